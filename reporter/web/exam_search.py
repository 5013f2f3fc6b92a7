"""« irm genou g » → the exams it may mean: definition, region and side. Words are data (lexicon, `exam_search`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog, ExamDef
from reporter.catalog.text import alias_key
from reporter.settings import Settings

_SIDES = ("left", "right", "bilateral")
_PREFIX = 2


@dataclass(frozen=True, slots=True)
class ExamChoice:
    """One exam that may be meant. `laterality` None for a region without sides."""

    exam_def: str
    region: str
    laterality: str | None
    label: str
    score: float


def search(text: str, catalog: Catalog, *, settings: Settings | None = None, limit: int = 12) -> list[ExamChoice]:
    """Best first. Every typed word must be understood; a paired region without a side gives each side, never one."""
    words = [word for word in alias_key(text).replace("-", " ").replace("'", " ").split() if word not in _stop(catalog)]
    side = _side(words, catalog)
    rest = [word for word in words if word not in _side_words(catalog)]
    found = [choice for exam in catalog.exams.values() for choice in _of_exam(exam, rest, side, catalog, settings)]
    return sorted(found, key=lambda choice: -choice.score)[:limit]


def _of_exam(
    exam: ExamDef, words: list[str], side: str | None, catalog: Catalog, settings: Settings | None
) -> Iterator[ExamChoice]:
    names = _exam_names(exam, catalog)
    for rank, region in enumerate(exam.regions):
        score = _score(words, names, _region_names(region, catalog))
        if score is None:
            continue
        usual = _table(catalog).get("usual_region", {}).get(exam.modality)
        score += 0.3 if region == usual else -0.02 * rank
        for laterality, bonus in _sides(region, side, catalog):
            label = exam_label(exam, region, laterality, catalog, settings)
            yield ExamChoice(exam.id, region, laterality, label, round(score + bonus, 4))


def _sides(region: str, side: str | None, catalog: Catalog) -> Iterator[tuple[str | None, float]]:
    if catalog.regions[region].laterality != "paired":
        if side is None:
            yield None, 0.0
    elif side is not None:
        yield side, 0.0
    else:
        for rank, one in enumerate(_SIDES):
            yield one, -0.01 * rank


def exam_label(
    exam: ExamDef, region: str, laterality: str | None, catalog: Catalog, settings: Settings | None = None
) -> str:
    """« IRM du genou gauche »."""
    noun = str(exam.raw.get("short") or exam.raw.get("heading") or exam.label.noun)
    if exam.raw.get("region") is False:
        return french.typeset(f"{noun} : {catalog.regions[region].lexeme.noun}", settings)
    return french.typeset(f"{noun} {french.de(french.region_np(region, laterality, catalog))}", settings)


def _score(words: list[str], exam_names: Iterable[str], region_names: Iterable[str]) -> float | None:
    """The mean quality of the typed words; None when one of them names neither the exam nor the region."""
    exam_words, region_words = list(exam_names), list(region_names)
    found: list[float] = []
    for word in words:
        best = max((_likeness(word, known) for known in (*exam_words, *region_words)), default=0.0)
        if best == 0.0:
            return None
        found.append(best)
    return sum(found) / len(found) if found else 0.0


def _likeness(word: str, known: str) -> float:
    if word == known:
        return 1.0
    return 0.5 + 0.4 * len(word) / len(known) if len(word) >= _PREFIX and known.startswith(word) else 0.0


def _exam_names(exam: ExamDef, catalog: Catalog) -> tuple[str, ...]:
    listed = _table(catalog).get("modalities", {}).get(exam.modality, ())
    return _words((exam.label.noun, exam.label.plural or "", *exam.synonyms, *listed))


def _region_names(region: str, catalog: Catalog) -> tuple[str, ...]:
    lexeme = catalog.regions[region].lexeme
    return _words((lexeme.noun, lexeme.plural or "", *_table(catalog).get("regions", {}).get(region, ())))


@lru_cache(maxsize=512)
def _words(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for text in texts for w in alias_key(text).replace("-", " ").split()))


def _table(catalog: Catalog) -> Mapping[str, Any]:
    found: Mapping[str, Any] = catalog.lexicon.get("exam_search", {})
    return found


def _quick(catalog: Catalog, name: str, empty: Any) -> Any:
    return catalog.lexicon.get("quick_entry", {}).get(name, empty)


def _stop(catalog: Catalog) -> frozenset[str]:
    return frozenset(map(str, _quick(catalog, "stop_words", ())))


def _side_words(catalog: Catalog) -> dict[str, str]:
    return {alias_key(str(word)): side for side, words in _quick(catalog, "sides", {}).items() for word in words}


def _side(words: list[str], catalog: Catalog) -> str | None:
    known = _side_words(catalog)
    return next((known[word] for word in words if word in known), None)
