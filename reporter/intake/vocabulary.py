"""What a code may be: catalogue entries and closed lists, found without accents, case or spelling variants."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from reporter.catalog.entries import Catalog, FindingDef
from reporter.catalog.tables import per_catalog
from reporter.intake.aliases import ALIASES
from reporter.intake.messages import message

V = TypeVar("V")
_PUNCTUATION = str.maketrans(dict.fromkeys("-‐‑‒–—−'’./()[]", " "))


def fold(text: str) -> str:
    """« Œdème médullaire » → « oedeme medullaire ». Underscores stay: a code is not a French phrase."""
    if text.isascii():
        return " ".join(text.lower().translate(_PUNCTUATION).split())
    opened = text.casefold().replace("œ", "oe").replace("æ", "ae").translate(_PUNCTUATION)
    plain = "".join(c for c in unicodedata.normalize("NFKD", opened) if not unicodedata.combining(c))
    return " ".join(plain.split())


def closest(text: str, spellings: Mapping[str, str]) -> str:
    """« Vouliez-vous dire … ? » when a folded spelling is near the text, else nothing."""
    import difflib  # only a spelling nobody knows needs it

    near = difflib.get_close_matches(fold(text[:80]), spellings, n=1, cutoff=0.6)
    return message("suggestion", proche=spellings[near[0]]) if near else ""


class _Tables(dict[str, dict[str, V]]):
    """One table for each kind, made when first asked for; a kind the catalogue does not know leaves nothing."""

    def __init__(self, make: Callable[[str], dict[str, V]]) -> None:
        self.make = make

    def __missing__(self, kind: str) -> dict[str, V]:
        made = self.make(kind)
        if made:
            self[kind] = made
        return made


class Vocabulary:
    """Codes of every kind of one catalogue. `tables`: kind → its codes, in catalogue order."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.tables: Mapping[str, dict[str, None]] = _Tables(lambda kind: dict.fromkeys(self._listed(kind)))
        self._indexes: Mapping[str, dict[str, str]] = _Tables(self._index)

    def codes(self, kind: str) -> tuple[str, ...]:
        """The allowed codes of a kind, in catalogue order; empty for an unknown kind."""
        return tuple(self.tables[kind])

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
        return text if text in self.tables[kind] else self._indexes[kind].get(fold(text))

    def suggestion(self, kind: str, text: str) -> str:
        """« Vouliez-vous dire … ? » or nothing."""
        return closest(text, self._indexes[kind])

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


@per_catalog
def vocabulary_of(catalog: Catalog) -> Vocabulary:
    """The vocabulary of a catalogue."""
    return Vocabulary(catalog)
