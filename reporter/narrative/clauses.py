"""The clauses of a sign: adjectives, complements, signal, phases, relations, measures (STYLE §6.4–§6.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog, FindingDef
from reporter.catalog.tables import per_catalog
from reporter.french import NounPhrase
from reporter.model.exam import AttributeValue, Measure, Site
from reporter.model.report import Attribute, Statement
from reporter.narrative.lexicon import lexicon
from reporter.narrative.scope import Scope
from reporter.narrative.sign import Sign
from reporter.narrative.signwords import Said, SignWords, agree_last, form, said, worded

NEW = "new"
_SIGNAL = "signal."
_EVERYWHERE = 3


def value_key(value: AttributeValue | int) -> str:
    """The key of an attribute value in the lexicon: « true », « gas », « 2 »."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else french.number(value)


def attribute_phrase(name: str, value: AttributeValue, entry: FindingDef, scope: Scope) -> tuple[str, str] | None:
    """(place, words) of one attribute value, or None when nothing says it. The finding's own words come first."""
    return worded(name.removeprefix("uptake."), value_key(value), entry, scope.lexicon)


def attributes(sign: Sign, given: Sequence[Attribute], site: Site | None, words: SignWords, scope: Scope) -> None:
    """The words of every attribute but those that the place says, in one pass."""
    agreed = form(sign.noun)
    for attribute in given:
        name, value = attribute.name, attribute.value
        if name.startswith(_SIGNAL):
            if sign.signals is None:
                sign.signals = {}
            sign.signals.setdefault(str(value), []).append(name[len(_SIGNAL) :])
        elif name == "severity":
            sign.severity = sign.severity or str(value)
        elif name == "uptake.phases":
            sign.phases = [*(sign.phases or ()), str(value)]
        elif name not in sign.site.said:
            key = value if type(value) is str else value_key(value)
            found = words.attributes.get((name.removeprefix("uptake."), key))
            if found is None:
                plain = attribute_phrase(name, value, words.entry, scope)
                found = said(*plain, scope.lexicon) if plain else None
            if found is not None:
                _add(sign, found, found.forms[agreed], site, scope)


def _add(sign: Sign, found: Said, words: str, site: Site | None, scope: Scope) -> None:
    place = found.place
    if place == "adjective":
        sign.adjectives.append(words)
    elif place == "inner":
        sign.inner.append(words)
    elif place == "aside":
        sign.aside.append(words)
    elif place == "noun":
        sign.value_noun = words
    elif words:
        sign.outer.append(_crossing(words, scope, site) if found.crosses else words)


def _crossing(words: str, scope: Scope, site: Site | None) -> str:
    """« d'un bord à l'autre » + « de la tête »."""
    return words if site is None else f"{words} {scope.word['crossed', site.code]}".strip()


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
    values, sequences = words.table["signal"], words.table["sequences"].items()
    named = [value for value in values if value not in words.words["signal_participles"]]
    return {(value, code): str(values[value]).format(v=name) for value in named for code, name in sequences}


def _signal_value(value: str, names: list[str], phrase: NounPhrase, scope: Scope) -> str:
    template = scope.word["signal", value]
    if value in scope.words["signal_participles"]:
        head, _, rest = template.partition(" après")
        return f"{agree_last(head, phrase) if ' ' in head else head + french.ending(phrase)} après{rest}"
    if len(names) >= _EVERYWHERE and set(names) == _plain_sequences(scope):
        return template.format(v=scope.word["signal_everywhere"])
    return template.format(v=french.enumeration([scope.word["sequences", name] for name in names]))


def _plain_sequences(scope: Scope) -> set[str]:
    """What was acquired without enhancement."""
    return {s.sequence for s in scope.exam.study.technique.sequences} - set(scope.words["enhanced_sequences"])


def phases(given: list[str], scope: Scope) -> list[str]:
    """« au temps osseux »; nothing when the exam had this one phase only (Technique says it)."""
    if len(given) == 1 and tuple(given) == scope.exam.study.technique.phases:
        return []
    words = scope.table["phases", "words"]
    ordered = [str(words[p]) for p in words if p in given]
    number = "all" if len(ordered) == len(words) else "one" if len(ordered) == 1 else "several"
    said = scope.word["phases", number].format(v=french.enumeration(ordered))
    return [said] if said else []


def measures(sign: Sign, given: Sequence[Measure], known: bool, scope: Scope) -> None:
    """The words of every measure (`known`: of a sign seen before); heights are said together.

    With a noun of its own (« angle de cyphose … de 25° ») a sign has its angle after the site.
    """
    inner, aside, heights = list[str](), list[str](), list[str]()
    for measure in given:
        found = scope.measures.get(measure.name) or scope.measures["default"]
        words = (found.evolved if known else found.template).format(q=shown(measure))
        if found.place == "outer":
            sign.outer.append(_agree_head(words, sign.noun) if found.agrees else words)
        else:
            (aside if found.place == "aside" else heights if found.place == "list" else inner).append(words)
    if heights:
        head = scope.word["measure_list", "one" if len(heights) == 1 else "several"]
        sign.outer.append(f"{head} {french.enumeration(heights)}")
    sign.aside[:0] = aside
    if sign.value_noun:
        sign.site = replace(sign.site, text=" ".join([sign.site.text, *inner]).strip())
    else:
        sign.inner += inner


def shown(measure: Measure) -> str:
    """The quantity as printed."""
    return french.quantity(measure.value, measure.unit)


def _agree_head(words: str, phrase: NounPhrase) -> str:
    head, _, rest = words.partition(" ")
    return f"{head}{french.ending(phrase)} {rest}"


def rim(sign: Sign, statement: Statement, scope: Scope) -> tuple[tuple[Attribute, ...], tuple[Measure, ...]]:
    """Say a rim and its thickness in one clause; the attributes and measures left to say."""
    names: Mapping[str, Any] = scope.table["rim"]
    thickness, attributes, measures = names.get("measure"), statement.attributes, statement.measures
    measure = next((m for m in measures if m.name == thickness), None)
    if measure is None or statement.attribute(names["attribute"]) != names["value"]:
        return attributes, measures
    shape = scope.word["attributes", names["attribute"], names["value"], "outer"]
    sign.outer.append(f"{shape} {scope.word['measures', measure.name, 'outer'].format(q=shown(measure))}")
    left = tuple([a for a in attributes if a.name != names["attribute"]])
    return left, tuple([m for m in measures if m is not measure])
