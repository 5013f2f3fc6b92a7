"""The words of a sign that follow from the catalogue alone: nouns, attributes and severities in every agreement.

They are worked out once for each sign of a catalogue; building a sentence is then a matter of choosing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog, FindingDef
from reporter.catalog.tables import per_catalog
from reporter.french import NounPhrase
from reporter.narrative.lexicon import Lexicon, lexicon

_PREPOSITIONS = ("de ", "du ", "des ", "d'", "en ", "au ", "aux ", "à ", "dans ", "sur ", "sous ", "par ")
_OUTER_PREPOSITIONS = ("sans ", "avec ")
_CROSSING = "d'un bord à l'autre"
# masculine, feminine, and their plurals: see `form`
_AGREEMENTS = tuple(NounPhrase("", gender, plural) for plural in (False, True) for gender in "mf")
Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one attribute value: their place around the noun (see lexicon `attributes`), in every agreement.

    `crosses`: they are completed by what the site lets cross (« d'un bord à l'autre de la tête »).
    """

    place: str
    forms: Forms
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class SignWords:
    """The words of one sign. `named_by`: attributes that change its noun; `attributes`: (attribute, value) → words.

    `locating`: the attribute that says where it went, if it has one (the place of a leak).
    """

    entry: FindingDef
    negative: NounPhrase
    one: NounPhrase
    many: NounPhrase
    by_modality: Mapping[str, NounPhrase]
    named_by: tuple[tuple[str, NounPhrase, NounPhrase], ...]
    attributes: Mapping[tuple[str, str], Said]
    severities: Mapping[str, Forms]
    locating: str | None


class Signs(dict[str, SignWords]):
    """The words of each sign of a catalogue, worked out when it is first said."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog

    def __missing__(self, finding: str) -> SignWords:
        found = self[finding] = _sign_words(self._catalog, finding)
        return found


@per_catalog
def signs_of(catalog: Catalog) -> Signs:
    """The words of the signs of a catalogue."""
    return Signs(catalog)


def _sign_words(catalog: Catalog, finding: str) -> SignWords:
    entry, words = catalog.findings[finding], lexicon(catalog)
    gender, location = entry.lexeme.gender, words.word["leak", "attribute"]
    return SignWords(
        entry,
        negative=french.np(entry.lexeme).with_text(entry.negative),
        one=french.np(entry.lexeme),
        many=french.np(entry.lexeme, plural=True),
        by_modality={modality: NounPhrase(text, gender) for modality, text in entry.modality_phrase.items() if text},
        named_by=tuple(
            (attribute, NounPhrase(noun, gender), NounPhrase(french.plural_phrase(noun), gender, True))
            for attribute, noun in words.table["noun_with", finding].items()
        ),
        attributes=dict(_attributes(entry, words)),
        severities={value: _severity(value, entry, catalog) for value in {*entry.severity_fr, *catalog.severities}},
        locating=location if location in entry.attributes else None,
    )


def form(phrase: NounPhrase) -> int:
    """Which of four forms agrees with a phrase."""
    return (phrase.gender == "f") + 2 * phrase.plural


def worded(name: str, key: str, entry: FindingDef, words: Lexicon) -> tuple[str, str] | None:
    """(place, words) of one attribute value, or None when nothing says it. The finding's own words come first."""
    own = entry.values_fr.get(name, {}).get(key)
    table = words.table["attributes", name]
    known: Mapping[str, str] | None = table.get(key) or table.get("*")
    if own is None and known is None:
        return None
    if own is not None and (known is None or "*" not in table):
        return _place_of(own), own
    place, template = next(iter((known or {}).items()))
    return place, template.format(v=own or key)


def _place_of(words: str) -> str:
    """Where words given by a sign's own entry go: « agreed » is an adjective already in the sign's gender."""
    if words.startswith(_OUTER_PREPOSITIONS):
        return "outer"
    return "inner" if words.startswith(_PREPOSITIONS) else "agreed"


def said(place: str, text: str, words: Lexicon) -> Said:
    """Words of an attribute with the form they take beside each kind of noun."""
    if place == "agreed":
        plural = french.plural_phrase(text)
        return Said("adjective", (text, text, plural, plural))
    if place == "adjective":
        return Said(place, tuple(french.agree(text, kind) for kind in _AGREEMENTS))
    if place == "inner" and text in words.words["agreed_inner"]:
        return Said(place, tuple(agree_last(text, kind) for kind in _AGREEMENTS))
    if place in ("noun", "inner", "aside"):
        return Said(place, (text,) * 4)
    return Said("outer", (text,) * 4, text.endswith(_CROSSING))


def agree_last(text: str, phrase: NounPhrase) -> str:
    """« non déplacée » : the last word agrees."""
    first, _, last = text.rpartition(" ")
    return f"{first} {french.agree(last, phrase)}"


def _attributes(entry: FindingDef, words: Lexicon) -> Iterator[tuple[tuple[str, str], Said]]:
    """Every value that the catalogue itself names; a number given by an input is said when it comes."""
    tables: Mapping[str, Any] = words.table["attributes"]
    for name in {*tables, *entry.values_fr}:
        for key in {*tables.get(name, ()), *entry.values_fr.get(name, ())}:
            found = None if key == "*" else worded(name, key, entry, words)
            if found is not None:
                yield (name, key), said(*found, words)


def _severity(value: str, entry: FindingDef, catalog: Catalog) -> Forms:
    """« marqué », « abondant », « discrète » beside each kind of noun."""
    own, general = entry.severity_fr.get(value), catalog.severities.get(value, {})
    masculine, feminine = own or general["m"], own or general["f"]
    return masculine, feminine, french.plural_phrase(masculine), french.plural_phrase(feminine)


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """How a measure is said; `evolved`: when the sign was known already. `place`: inner, outer, aside or list."""

    place: str
    template: str
    evolved: str
    agrees: bool


@per_catalog
def measures_of(catalog: Catalog) -> dict[str, MeasureWords]:
    """The words of each measure."""
    return {name: _measure(found) for name, found in lexicon(catalog).table["measures"].items()}


def _measure(found: Mapping[str, Any]) -> MeasureWords:
    template = str(next(iter(found.values())))
    place = next((place for place in ("list", "aside", "inner") if place in found), "outer")
    return MeasureWords(place, template, str(found.get("evolved", template)), bool(found.get("agrees")))
