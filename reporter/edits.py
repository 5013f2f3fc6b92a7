"""Sentences the radiologist rewrote: the text is theirs; codes stay only when they say that the codes still hold.

A rewritten sentence whose codes are not confirmed is a free-text note, and the statements it said leave the report:
nothing coded asserts what the radiologist no longer says. A sentence that leans on them alone becomes uncoded too.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reporter.errors import ERROR, Issue
from reporter.model.exam import Exam
from reporter.model.report import Narrative, Origin, ReportData, Section, Sentence, Statement

MAX_LENGTH = 2000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MESSAGES = {
    "stale": "La phrase d'origine a changé depuis votre modification : confirmez votre texte ou rétablissez la phrase.",
    "frame": "Cette phrase dit la demande, la technique ou l'examen antérieur : confirmez que les données saisies "
    "restent vraies, ou corrigez le champ.",
    "orphan": "La phrase que vous aviez modifiée n'est plus dans le compte rendu : supprimez la modification ou "
    "reprenez son texte : « {text} ».",
    "text": "Phrase modifiée non valable : texte vide, trop long ou avec un caractère interdit.",
}
_FRAME = ("order", "technique")
CODE = "RPT-EDIT"


@dataclass(frozen=True, slots=True)
class Edit:
    """One rewritten sentence; `base` is what the engine said when it was rewritten."""

    text: str
    base: str
    keeps_codes: bool = False


Edits = Mapping[str, Edit]


def judged(exam: Exam, edits: Edits) -> Exam:
    """The exam as the rules of free text must see it: rewritten sentences are judged like any text."""
    if not edits:
        return exam
    texts = dict(exam.free_text)
    for key, edit in edits.items():
        section = key.partition("-")[0]
        texts[section] = "\n".join(part for part in (texts.get(section), edit.text) if part)
    return dataclasses.replace(exam, free_text=texts)


class Keys(Mapping[str, str]):
    """The `keys` of a report, worked out when they are first asked for: only who offers to edit sentences does."""

    def __init__(self, data: ReportData, narrative: Narrative) -> None:
        self._drawn = (data, narrative)

    @functools.cached_property
    def _known(self) -> dict[str, str]:
        return keys(*self._drawn)

    def __getitem__(self, sentence: str) -> str:
        return self._known[sentence]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def keys(data: ReportData, narrative: Narrative) -> dict[str, str]:
    """Sentence id → key: the section and what the sentence says, so that other entries do not change it."""
    statements = {s.id: s for s in data.statements}
    found: dict[str, str] = {}
    taken: dict[str, int] = {}
    for sentence in _sentences(narrative):
        said = ";".join(_stable(statements[i]) for i in sentence.statements if i in statements)
        base = f"{sentence.section}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"
        taken[base] = taken.get(base, 0) + 1
        found[sentence.id] = f"{base}-{taken[base]}"
    return found


def _stable(statement: Statement) -> str:
    if statement.kind != "derived":
        return statement.id
    return f"{statement.origin.rule}:{statement.concept}:{statement.site}"


def _sentences(narrative: Narrative) -> list[Sentence]:
    return [sentence for section in narrative.sections for sentence in section.sentences]


def apply(data: ReportData, narrative: Narrative, edits: Edits) -> tuple[ReportData, Narrative, list[Issue]]:
    """The report with its rewritten sentences, and what must be settled before it is signed."""
    named = keys(data, narrative)
    known = {named[s.id]: s for s in _sentences(narrative) if not s.free}
    issues = [issue for key, edit in edits.items() for issue in _problems(key, edit, known.get(key))]
    used = {known[key].id: edit for key, edit in edits.items() if key in known}
    loose = {known[k].id for k, edit in edits.items() if k in known and not (edit.keeps_codes or _framed(known[k]))}
    dropped = {name for s in _sentences(narrative) if s.id in loose for name in s.statements}
    writer = _Rewriter(data, used, loose, dropped)
    sections = tuple(writer.section(section) for section in narrative.sections)
    return writer.data(), Narrative(sections), issues


def _framed(sentence: Sentence) -> bool:
    return any(name in _FRAME or name.startswith("comparison/") for name in sentence.statements)


def _problems(key: str, edit: Edit, sentence: Sentence | None) -> Iterable[Issue]:
    if not edit.text.strip() or len(edit.text) > MAX_LENGTH or _FORBIDDEN.search(edit.text):
        yield _issue(key, "text")
    if sentence is None:
        yield _issue(key, "orphan", text=edit.text)
        return
    if sentence.text != edit.base:
        yield _issue(key, "stale")
    if _framed(sentence) and not edit.keeps_codes:
        yield _issue(key, "frame")


def _issue(key: str, name: str, **values: str) -> Issue:
    return Issue(CODE, ERROR, f"/edits/{key}", _MESSAGES[name].format(**values))


class _Rewriter:
    """Rewrites sections, collecting the notes that take the place of statements."""

    def __init__(self, data: ReportData, edits: Mapping[str, Edit], loose: set[str], dropped: set[str]) -> None:
        self._data = data
        self._edits = edits
        self._loose = loose
        self._dropped = dropped
        self._notes: dict[str, Statement] = {}

    def section(self, section: Section) -> Section:
        return dataclasses.replace(section, sentences=tuple(self._sentence(s) for s in section.sentences))

    def _sentence(self, sentence: Sentence) -> Sentence:
        edit = self._edits.get(sentence.id)
        text = _FORBIDDEN.sub("", edit.text) if edit else sentence.text
        kept = tuple(name for name in sentence.statements if name not in self._dropped)
        if sentence.id in self._loose or (sentence.statements and not kept):
            kept = (self._note(sentence, text),)
        free = sentence.free or self._is_note(kept)
        return sentence._replace(text=text, statements=kept, edited=edit is not None, free=free)

    def _is_note(self, names: tuple[str, ...]) -> bool:
        return any(name in self._notes for name in names)

    def _note(self, sentence: Sentence, text: str) -> str:
        name = f"note/{sentence.id}"
        origin = Origin("entered", f"/edits/{sentence.id}")
        self._notes[name] = Statement(name, "note", sentence.section, origin, source_id=sentence.id, value=text)
        return name

    def data(self) -> ReportData:
        """The statements that are left, none of which leans on one that is not."""
        left = [s for s in self._data.statements if s.id not in self._dropped]
        targets = {s.source_id for s in left}
        kept = [
            dataclasses.replace(
                s,
                evidence=tuple(i for i in s.evidence if i not in self._dropped),
                relations=tuple(r for r in s.relations if r.target in targets),
            )
            for s in left
        ]
        return dataclasses.replace(self._data, statements=(*kept, *self._notes.values()))
