"""The clauses of a sign: adjectives, complements, signal, phases, relations, measures (STYLE §6.4–§6.8)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog, FindingDef
from reporter.catalog.tables import per_catalog
from reporter.french import NounPhrase
from reporter.model.exam import AttributeValue, Measure, Site
from reporter.model.report import Attribute, Statement
from reporter.narrative.lexicon import lexicon
from reporter.narrative.scope import Scope
from reporter.narrative.signwords import Said, SignWords, agree_last, form, said, worded

NEW = "new"
_SIGNAL = "signal."
_EVERYWHERE = 3
Skipped = Container[str]


class Clauses:
    """Words by place around the noun and the site; a `noun` replaces the noun of the sign.

    `signals` (value → sequences) and `phases` are said by clauses of their own.
    """

    __slots__ = ("adjectives", "aside", "inner", "noun", "outer", "phases", "severity", "signals")

    def __init__(self) -> None:
        self.adjectives: list[str] = []
        self.inner: list[str] = []
        self.outer: list[str] = []
        self.aside: list[str] = []
        self.noun: str | None = None
        self.severity: str | None = None
        self.signals: dict[str, list[str]] = {}
        self.phases: list[str] = []


def value_key(value: AttributeValue | int) -> str:
    """The key of an attribute value in the lexicon: « true », « gas », « 2 »."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else french.number(value)


def attribute_phrase(name: str, value: AttributeValue, entry: FindingDef, scope: Scope) -> tuple[str, str] | None:
    """(place, words) of one attribute value, or None when nothing says it. The finding's own words come first."""
    return worded(name.removeprefix("uptake."), value_key(value), entry, scope.lexicon)


def attributes(
    given: Sequence[Attribute], site: Site | None, words: SignWords, phrase: NounPhrase, scope: Scope, skip: Skipped
) -> Clauses:
    """Clauses of every attribute but those in `skip`, in one pass."""
    clauses = Clauses()
    for attribute in given:
        name, value = attribute.name, attribute.value
        if name.startswith(_SIGNAL):
            clauses.signals.setdefault(str(value), []).append(name[len(_SIGNAL) :])
        elif name == "uptake.phases":
            clauses.phases.append(str(value))
        elif name == "severity":
            clauses.severity = clauses.severity or str(value)
        elif name not in skip:
            key = value if type(value) is str else value_key(value)
            found = words.attributes.get((name.removeprefix("uptake."), key))
            if found is None:
                plain = attribute_phrase(name, value, words.entry, scope)
                found = said(*plain, scope.lexicon) if plain else None
            if found is not None:
                _place(clauses, found, phrase, scope, site)
    return clauses


def _place(clauses: Clauses, found: Said, phrase: NounPhrase, scope: Scope, site: Site | None) -> None:
    words, place = found.forms[form(phrase)], found.place
    if place == "adjective":
        clauses.adjectives.append(words)
    elif place == "inner":
        clauses.inner.append(words)
    elif place == "aside":
        clauses.aside.append(words)
    elif place == "noun":
        clauses.noun = words
    elif words:
        clauses.outer.append(_crossing(words, scope, site) if found.crosses else words)


def _crossing(words: str, scope: Scope, site: Site | None) -> str:
    """« d'un bord à l'autre » + « de la tête »."""
    return words if site is None else f"{words} {scope.word('crossed', site.code)}".strip()


def signal(by_value: Mapping[str, list[str]], phrase: NounPhrase, scope: Scope) -> str:
    """« en hyposignal T1 et en hypersignal T2 avec saturation de la graisse »."""
    known = _one_signal(scope.catalog)
    return french.enumeration(
        [
            (len(names) == 1 and known.get((value, names[0]))) or _signal_value(value, names, phrase, scope)
            for value, names in by_value.items()
        ]
    )


@per_catalog
def _one_signal(catalog: Catalog) -> dict[tuple[str, str], str]:
    """(value, sequence) → « en hyposignal T1 », for the values that name their sequence."""
    words = lexicon(catalog)
    values, sequences = words.table("signal"), words.table("sequences").items()
    named = [value for value in values if value not in words.words("signal_participles")]
    return {(value, code): str(values[value]).format(v=name) for value in named for code, name in sequences}


def _signal_value(value: str, names: list[str], phrase: NounPhrase, scope: Scope) -> str:
    template = scope.word("signal", value)
    if value in scope.words("signal_participles"):
        head, _, rest = template.partition(" après")
        return f"{agree_last(head, phrase) if ' ' in head else head + french.ending(phrase)} après{rest}"
    if len(names) >= _EVERYWHERE and set(names) == _plain_sequences(scope):
        return template.format(v=scope.word("signal_everywhere"))
    return template.format(v=french.enumeration([scope.word("sequences", name) for name in names]))


def _plain_sequences(scope: Scope) -> set[str]:
    """What was acquired without enhancement."""
    return {s.sequence for s in scope.exam.study.technique.sequences} - set(scope.words("enhanced_sequences"))


def phases(given: list[str], scope: Scope) -> str:
    """« au temps osseux »; nothing when the exam had this one phase only (Technique says it)."""
    if len(given) == 1 and tuple(given) == scope.exam.study.technique.phases:
        return ""
    words = scope.table("phases", "words")
    ordered = [str(words[p]) for p in words if p in given]
    listed = french.enumeration(ordered)
    if len(ordered) == len(words):
        return scope.word("phases", "all").format(v=listed)
    return scope.word("phases", "one" if len(ordered) == 1 else "several").format(v=listed)


@dataclass(frozen=True, slots=True)
class _MeasureWords:
    """How a measure is said; `evolved`: when the sign was known already. `place`: inner, outer, aside or list."""

    place: str
    template: str
    evolved: str
    agrees: bool


@per_catalog
def _measure_words(catalog: Catalog) -> dict[str, _MeasureWords]:
    return {name: _read(found) for name, found in lexicon(catalog).table("measures").items()}


def _read(found: Mapping[str, Any]) -> _MeasureWords:
    template = str(next(iter(found.values())))
    place = next((place for place in ("list", "aside", "inner") if place in found), "outer")
    return _MeasureWords(place, template, str(found.get("evolved", template)), bool(found.get("agrees")))


def measures(given: Sequence[Measure], known: bool, phrase: NounPhrase, scope: Scope) -> Clauses:
    """Clauses of every measure (`known`: of a sign seen before); heights are said together."""
    clauses = Clauses()
    table, heights = _measure_words(scope.catalog), list[str]()
    places = {"list": heights, "aside": clauses.aside, "inner": clauses.inner, "outer": clauses.outer}
    for measure in given:
        found = table.get(measure.name) or table["default"]
        words = (found.evolved if known else found.template).format(q=shown(measure))
        agrees = found.agrees and found.place == "outer"
        places[found.place].append(_agree_head(words, phrase) if agrees else words)
    if heights:
        head = scope.word("measure_list", "one" if len(heights) == 1 else "several")
        clauses.outer.append(f"{head} {french.enumeration(heights)}")
    return clauses


def shown(measure: Measure) -> str:
    """The quantity as printed."""
    return french.quantity(measure.value, measure.unit)


def _agree_head(words: str, phrase: NounPhrase) -> str:
    head, _, rest = words.partition(" ")
    return f"{head}{french.ending(phrase)} {rest}"


def rim(statement: Statement, scope: Scope) -> tuple[str, tuple[Attribute, ...], tuple[Measure, ...]]:
    """A rim and its thickness in one clause; the attributes and measures left to say."""
    names: Mapping[str, Any] = scope.table("rim")
    thickness = names.get("measure")
    thick = [m for m in statement.measures if m.name == thickness]
    if not thick or statement.attribute(names["attribute"]) != names["value"]:
        return "", statement.attributes, statement.measures
    measure = thick[0]
    shape = scope.word("attributes", names["attribute"], names["value"], "outer")
    words = f"{shape} {scope.word('measures', measure.name, 'outer').format(q=shown(measure))}"
    attributes = tuple([a for a in statement.attributes if a.name != names["attribute"]])
    return words, attributes, tuple([m for m in statement.measures if m is not measure])
