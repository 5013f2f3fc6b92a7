"""Everything that may be typed, as phrases with their meaning: made from the catalogue and its lexicon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporter.catalog.entries import Catalog, Lexeme
from reporter.french import NounPhrase, agree

Words = Callable[[str], tuple[str, ...]]
_EXACT = frozenset(("sequence", "side"))
_PARTIAL = frozenset(("finding", "site", "evolution"))
_EMPTY: Mapping[str, Any] = {
    "stop_words": (), "bare_level_sites": (), "sign_sites": {}, "evolution_status": {}, "status_fr": {}, "missing": {},
}  # fmt: skip
_POSITIONS = ("adjective", "inner", "outer")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words and what they mean. kind finding|site|side|status|attribute|severity|…; `exact`: words never shortened.

    `partial`: some of its words are enough (« œdème » for « œdème médullaire »).
    """

    kind: str
    value: Any
    words: tuple[str, ...]
    exact: bool = False
    partial: bool = True


def phrases(catalog: Catalog, words: Words) -> list[Phrase]:
    """All of them, without stop words and repeats."""
    stop = frozenset(table(catalog)["stop_words"])
    found: dict[tuple[str, str, tuple[str, ...]], Phrase] = {}
    for kind, value, text in _all(catalog):
        kept = tuple(word for word in words(text) if word not in stop)
        if kept:
            phrase = Phrase(kind, value, kept, kind in _EXACT, kind in _PARTIAL)
            found.setdefault((kind, repr(value), kept), phrase)
    return list(found.values())


def table(catalog: Catalog) -> Mapping[str, Any]:
    """The lexicon of quick entry; empty when an embedding application removed it."""
    found: Mapping[str, Any] = catalog.lexicon.get("quick_entry", _EMPTY)
    return found


def _all(catalog: Catalog) -> Iterator[tuple[str, Any, str]]:
    quick = table(catalog)
    yield from _named("finding", catalog.findings, catalog.aliases.get("finding", {}), quick.get("findings", {}))
    yield from _named("site", catalog.sites, catalog.aliases.get("site", {}), quick.get("sites", {}))
    for kind, name in (("side", "sides"), ("status", "status"), ("signal", "signal"), ("evolution", "evolution")):
        yield from _listed(kind, quick.get(name, {}))
    for kind, name in (("severity", "severity"), ("measure", "measures"), ("phase", "phases"), ("count", "counts")):
        yield from _listed(kind, quick.get(name, {}))
    yield from _listed("attribute_number", quick.get("attribute_numbers", {}))
    yield from _adjectives(catalog)
    yield from _attributes(catalog)
    for sequence in catalog.vocabulary.get("sequence", ()):
        yield "sequence", sequence, sequence
    for spelling, sequence in catalog.aliases.get("sequence", {}).items():
        yield "sequence", sequence, spelling


def _named(
    kind: str, entries: Mapping[str, Any], aliases: Mapping[str, str], extra: Mapping[str, list[str]]
) -> Iterator[tuple[str, Any, str]]:
    for key, entry in entries.items():
        for text in (*_nouns(entry.lexeme), *entry.synonyms):
            yield kind, key, text
    for spelling, key in aliases.items():
        if key in entries:
            yield kind, key, spelling
    yield from _listed(kind, {key: texts for key, texts in extra.items() if key in entries})


def _nouns(lexeme: Lexeme) -> Iterator[str]:
    yield from (text for text in (lexeme.noun, lexeme.plural, lexeme.traditional) if text)


def _listed(kind: str, entries: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Any, str]]:
    for value, texts in entries.items():
        for text in texts:
            yield kind, value, str(text)


def _adjectives(catalog: Catalog) -> Iterator[tuple[str, Any, str]]:
    """Degrees, zones and parts, in both genders."""
    for finding in catalog.findings.values():
        for code, text in finding.severity_fr.items():
            yield "severity", code, text
    for code, forms in catalog.severities.items():
        for gender in ("m", "f"):
            yield "severity", code, forms[gender]
    for zone, lexeme in catalog.zones.items():
        yield "zone", zone, lexeme.noun
        for text in _both_genders(lexeme.adjective or ""):
            yield "zone", zone, text
    for part, text in catalog.lexicon.get("parts", {}).items():
        for form in _both_genders(text):
            yield "part", part, form


def _attributes(catalog: Catalog) -> Iterator[tuple[str, Any, str]]:
    """Values of attributes: words of the lexicon, of each sign, and of quick entry."""
    booleans = frozenset(catalog.vocabulary.get("attribute_type.boolean", ()))
    for name, values in _attribute_texts(catalog):
        for value, text in values:
            meant = {"true": True, "false": False}.get(value, value) if name in booleans else value
            kind = "phase" if name == "phases" else "attribute"
            yield kind, value if name == "phases" else (name, meant), text


def _attribute_texts(catalog: Catalog) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for name, values in catalog.lexicon.get("attributes", {}).items():
        said = [(v, t) for v, spec in values.items() if v != "*" for t in _forms(spec)]
        yield name, said
    for finding in catalog.findings.values():
        for name, texts in finding.values_fr.items():
            yield name, list(texts.items())
    for name, values in table(catalog).get("attributes", {}).items():
        yield name, [(v, form) for v, texts in values.items() for text in texts for form in _both_genders(str(text))]


def _forms(spec: Mapping[str, str]) -> Iterator[str]:
    for position in _POSITIONS:
        if position in spec:
            yield from _both_genders(spec[position]) if position == "adjective" else (spec[position],)


def _both_genders(text: str) -> tuple[str, ...]:
    return (text, agree(text, NounPhrase("", "f"))) if text else ()
