"""What a code may be: catalogue entries and closed lists, found without accents, case or spelling variants."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from reporter.catalog.entries import Catalog, FindingDef
from reporter.intake.aliases import ALIASES
from reporter.intake.messages import message

_PUNCTUATION = str.maketrans({c: " " for c in "-‐‑‒–—−'’./()[]"})


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """« Œdème médullaire » → « oedeme medullaire ». Underscores stay: a code is not a French phrase."""
    opened = text.casefold().replace("œ", "oe").replace("æ", "ae").translate(_PUNCTUATION)
    plain = "".join(c for c in unicodedata.normalize("NFKD", opened) if not unicodedata.combining(c))
    return " ".join(plain.split())


class Vocabulary:
    """Codes of every kind of one catalogue; the folded index of a kind is made the first time it is asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._indexes: dict[str, dict[str, str]] = {}

    def codes(self, kind: str) -> tuple[str, ...]:
        """The allowed codes of a kind, in catalogue order; empty for an unknown kind."""
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
        return tuple(dict.fromkeys(tables.get(kind, catalog.vocabulary.get(kind, ()))))

    def resolve(self, kind: str, text: str) -> str | None:
        """The code meant by `text`, or None. An exact code always wins over a synonym."""
        if text in self.codes(kind):
            return text
        if kind not in self._indexes:
            self._indexes[kind] = self._index(kind)
        return self._indexes[kind].get(fold(text))

    def suggestion(self, kind: str, text: str) -> str:
        """« Vouliez-vous dire … ? » or nothing."""
        self.resolve(kind, text)
        index = self._indexes.get(kind, {})
        near = difflib.get_close_matches(fold(text)[:80], index, n=1, cutoff=0.6) if index else []
        return message("suggestion", proche=index[near[0]]) if near else ""

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
        kinds = ("site", "region", "roi") if kind == "place" else (kind,)
        for name in kinds:
            yield from self.catalog.aliases.get(name, {}).items()
            for code, entry in self._entries(name).items():
                yield from ((text, code) for text in _spellings(entry))

    def _entries(self, kind: str) -> Mapping[str, Any]:
        catalog = self.catalog
        tables: dict[str, Mapping[str, Any]] = {
            "finding": catalog.findings,
            "site": catalog.sites,
            "region": catalog.regions,
            "roi": catalog.rois,
            "diagnosis": catalog.diagnoses,
        }
        return tables.get(kind, {})

    def attribute_values(self, definition: FindingDef, name: str) -> tuple[str, ...]:
        """Codes an attribute of this finding may take: its own French table, else the list common to all signs."""
        own = definition.values_fr.get(name)
        return tuple(own) if own else self.codes(f"attribute.{name}")


def _spellings(entry: Any) -> Iterator[str]:
    """French names of an entry: noun, traditional noun, synonyms, with « interne/externe » for médial/latéral."""
    names = (entry.lexeme.noun, entry.lexeme.traditional, *getattr(entry, "synonyms", ()))
    for name in filter(None, names):
        yield name
        variant = name.replace("médial", "interne").replace("latéral", "externe")
        if variant != name:
            yield variant
