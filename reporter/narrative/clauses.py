"""The clauses of a sign: adjectives, complements, signal, phases, relations, measures (STYLE §6.4–§6.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reporter import french
from reporter.catalog.entries import FindingDef
from reporter.french import NounPhrase
from reporter.model.exam import AttributeValue, Measure
from reporter.model.report import Attribute, Statement
from reporter.narrative.scope import Scope

_PREPOSITIONS = ("de ", "du ", "des ", "d'", "en ", "au ", "aux ", "à ", "dans ", "sur ", "sous ", "par ")
_OUTER_PREPOSITIONS = ("sans ", "avec ")
NEW = "new"
_PLAIN = frozenset(("severity", "uptake.phases"))


@dataclass(slots=True)
class Clauses:
    """Words by place around the noun and the site."""

    adjectives: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    outer: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    noun: str | None = None


def value_key(value: AttributeValue | int) -> str:
    """The key of an attribute value in the lexicon: « true », « gas », « 2 »."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else french.number(value)


def attribute_phrase(name: str, value: AttributeValue, entry: FindingDef, scope: Scope) -> tuple[str, str] | None:
    """(place, words) of one attribute value, or None when nothing says it. The finding's own words come first."""
    short = name.removeprefix("uptake.")
    key = value_key(value)
    own = entry.values_fr.get(short, {}).get(key)
    table = scope.table("attributes", short)
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


def attributes(
    statement: Statement, entry: FindingDef, phrase: NounPhrase, scope: Scope, skip: Iterable[str]
) -> Clauses:
    """Clauses of every attribute but signal, severity, phases and those in `skip`."""
    clauses = Clauses()
    for attribute in statement.attributes:
        if attribute.name.startswith("signal.") or attribute.name in _PLAIN or attribute.name in skip:
            continue
        found = attribute_phrase(attribute.name, attribute.value, entry, scope)
        if found is not None:
            _place(clauses, found, phrase, scope, statement)
    return clauses


def _place(clauses: Clauses, found: tuple[str, str], phrase: NounPhrase, scope: Scope, statement: Statement) -> None:
    place, words = found
    if place == "noun":
        clauses.noun = words
    elif place == "agreed":
        clauses.adjectives.append(french.plural_phrase(words) if phrase.plural else words)
    elif place == "adjective":
        clauses.adjectives.append(french.agree(words, phrase))
    elif place == "inner":
        agreed = words in scope.words("agreed_inner")
        clauses.inner.append(_agree_last(words, phrase) if agreed else words)
    elif place == "aside":
        clauses.aside.append(words)
    else:
        clauses.outer.append(_crossing(words, scope, statement))


def _agree_last(words: str, phrase: NounPhrase) -> str:
    first, _, last = words.rpartition(" ")
    return f"{first} {french.agree(last, phrase)}"


def _crossing(words: str, scope: Scope, statement: Statement) -> str:
    """« d'un bord à l'autre » + « de la tête »."""
    if not words.endswith("d'un bord à l'autre") or statement.site is None:
        return words
    return f"{words} {scope.word('crossed', statement.site.code)}".strip()


def signal(statement: Statement, phrase: NounPhrase, scope: Scope) -> str:
    """« en hyposignal T1 et en hypersignal T2 avec saturation de la graisse »."""
    by_value: dict[str, list[str]] = {}
    for attribute in statement.attributes:
        if attribute.name.startswith("signal."):
            by_value.setdefault(str(attribute.value), []).append(attribute.name.removeprefix("signal."))
    done = {s.sequence for s in scope.exam.study.technique.sequences} - set(scope.words("enhanced_sequences"))
    parts = [_signal_value(value, names, phrase, scope, done) for value, names in by_value.items()]
    return french.enumeration(parts)


def _signal_value(value: str, names: list[str], phrase: NounPhrase, scope: Scope, done: set[str]) -> str:
    template = scope.word("signal", value)
    if value in scope.words("signal_participles"):
        head, _, rest = template.partition(" après")
        return f"{_agree_last(head, phrase) if ' ' in head else head + french.ending(phrase)} après{rest}"
    if len(names) > 2 and set(names) == done:
        return template.format(v=scope.word("signal_everywhere"))
    return template.format(v=french.enumeration(scope.word("sequences", n) for n in names))


def phases(statement: Statement, scope: Scope) -> str:
    """« au temps osseux »; nothing when the exam had this one phase only (Technique says it)."""
    given = [str(a.value) for a in statement.attributes if a.name == "uptake.phases"]
    if not given or (len(given) == 1 and tuple(given) == scope.exam.study.technique.phases):
        return ""
    words = scope.table("phases", "words")
    ordered = [str(words[p]) for p in words if p in given]
    listed = french.enumeration(ordered)
    if len(ordered) == len(words):
        return scope.word("phases", "all").format(v=listed)
    return scope.word("phases", "one" if len(ordered) == 1 else "several").format(v=listed)


def measures(statement: Statement, phrase: NounPhrase, scope: Scope) -> Clauses:
    """Clauses of every measure; heights are said together."""
    clauses = Clauses()
    heights: list[str] = []
    for measure in statement.measures:
        found = scope.table("measures", measure.name) or scope.table("measures", "default")
        known = statement.evolution is not None and statement.evolution.change != NEW
        template = found["evolved"] if known and "evolved" in found else next(iter(found.values()))
        words = template.format(q=shown(measure))
        if "list" in found:
            heights.append(words)
        elif "aside" in found:
            clauses.aside.append(words)
        elif "inner" in found:
            clauses.inner.append(words)
        else:
            clauses.outer.append(_agree_head(words, phrase) if found.get("agrees") else words)
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


def rim(statement: Statement, scope: Scope) -> tuple[str, Statement]:
    """A rim and its thickness in one clause; the statement without them."""
    names: Mapping[str, Any] = scope.table("rim")
    measure = next((m for m in statement.measures if m.name == names.get("measure")), None)
    if measure is None or statement.attribute(names["attribute"]) != names["value"]:
        return "", statement
    shape = scope.word("attributes", names["attribute"], names["value"], "outer")
    words = f"{shape} {scope.word('measures', measure.name, 'outer').format(q=shown(measure))}"
    return words, _without(statement, names["attribute"], measure)


def _without(statement: Statement, attribute: str, measure: Measure) -> Statement:
    kept: tuple[Attribute, ...] = tuple(a for a in statement.attributes if a.name != attribute)
    return replace(statement, attributes=kept, measures=tuple(m for m in statement.measures if m is not measure))
