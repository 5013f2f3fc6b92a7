"""What a code may be: catalogue entries and closed lists, found without accents, case or spelling variants."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from reporter.catalog.entries import Catalog, FindingDef
from reporter.intake.aliases import ALIASES
from reporter.intake.messages import message

_PUNCTUATION = str.maketrans(dict.fromkeys("-‐‑‒–—−'’./()[]", " "))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """« Œdème médullaire » → « oedeme medullaire ». Underscores stay: a code is not a French phrase."""
    opened = text.casefold().replace("œ", "oe").replace("æ", "ae").translate(_PUNCTUATION)
    plain = "".join(c for c in unicodedata.normalize("NFKD", opened) if not unicodedata.combining(c))
    return " ".join(plain.split())


def closest(text: str, spellings: Mapping[str, str]) -> str:
    """« Vouliez-vous dire … ? » when a folded spelling is near the text, else nothing."""
    near = difflib.get_close_matches(fold(text[:80]), spellings, n=1, cutoff=0.6)
    return message("suggestion", proche=spellings[near[0]]) if near else ""


class Vocabulary:
    """Codes of every kind of one catalogue; the list and folded index of a kind are made when first asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._codes: dict[str, dict[str, None]] = {}
        self._indexes: dict[str, dict[str, str]] = {}

    def codes(self, kind: str) -> tuple[str, ...]:
        """The allowed codes of a kind, in catalogue order; empty for an unknown kind."""
        return tuple(self._table(kind))

    def _table(self, kind: str) -> dict[str, None]:
        if kind not in self._codes:
            self._codes[kind] = dict.fromkeys(self._listed(kind))
        return self._codes[kind]

    def _listed(self, kind: str) -> Iterable[str]:
        catalog = self.catalog
        tables: dict[str, Iterable[str]] = {
            "finding": catalog.findings,
            "site": catalog.sites,
            "region": catalog.regions,
            "roi": catalog.rois,
            "zone": catalog.zones,
            "diagnosis": catalog.diagnoses,
            "recommendation": catalog.recommendations,
            "rule": catalog.rules,
            "evolution": catalog.evolutions,
            "severity": catalog.severities,
            "level": (*catalog.levels, *catalog.vocabulary.get("level_variant", ())),
            "place": (*catalog.sites, *catalog.regions, *catalog.rois),
        }
        return tables.get(kind, catalog.vocabulary.get(kind, ()))

    def resolve(self, kind: str, text: str) -> str | None:
        """The code meant by `text`, or None. An exact code always wins over a synonym."""
        if text in self._table(kind):
            return text
        return self._spellings(kind).get(fold(text))

    def suggestion(self, kind: str, text: str) -> str:
        """« Vouliez-vous dire … ? » or nothing."""
        return closest(text, self._spellings(kind))

    def _spellings(self, kind: str) -> dict[str, str]:
        if kind not in self._indexes:
            self._indexes[kind] = self._index(kind)
        return self._indexes[kind]

    def _index(self, kind: str) -> dict[str, str]:
        """Folded spelling → code. A spelling two entries share means neither; codes come last, so they win."""
        codes = self.codes(kind)
        found: dict[str, str] = {}
        shared: set[str] = set()
        for spelling, code in self._synonyms(kind):
            folded = fold(spelling)
            if found.setdefault(folded, code) != code:
                shared.add(folded)
        index = {spelling: code for spelling, code in found.items() if spelling not in shared and code in codes}
        return index | {fold(code): code for code in codes}

    def _synonyms(self, kind: str) -> Iterator[tuple[str, str]]:
        yield from ALIASES.get(kind, {}).items()
        for name in ("site", "region") if kind == "place" else (kind,):
            yield from self.catalog.aliases.get(name, {}).items()

    def attribute_values(self, definition: FindingDef, name: str) -> tuple[str, ...]:
        """Codes an attribute of this finding may take: its own French table, else the list common to all signs."""
        own = definition.values_fr.get(name)
        return tuple(own) if own else self.codes(f"attribute.{name}")


_LAST: list[Vocabulary] = []


def vocabulary_of(catalog: Catalog) -> Vocabulary:
    """The vocabulary of a catalogue; that of the last catalogue asked for is kept."""
    last = next(iter(_LAST), None)
    if last is None or last.catalog is not catalog:
        last = Vocabulary(catalog)
        _LAST[:] = [last]
    return last
