"""Densitometry in Résultats: one sentence per region of interest (STYLE §6.11)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import DxaMeasurement
from reporter.model.report import Statement
from reporter.narrative import derived
from reporter.narrative.lexicon import lexicon
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer

_WHOLE = ("tbs", "frax_major", "frax_hip")
_NO_Z = "DX-Z"
_NONE = "none"
ValueWords = dict[str, tuple[str, int | None]]
_UNSAID: tuple[str, int | None] = ("", None)


def results(writer: Writer, scope: Scope) -> None:
    """Every measurement, what the rules derive from it, then the scores of the whole exam."""
    dxa = scope.exam.dxa
    if dxa is None:
        return
    values, facts, words = by_source(scope), _facts_by_evidence(scope), _value_words(scope.catalog)
    for index in range(len(dxa.measurements)):
        source = f"dxa/{index}"
        _measurement(writer, scope, index, values.get(source, ()), facts.get(source, ()))
        _pairs(writer, scope, source, facts.get(source, ()))
    if _NO_Z in scope.report.assessment.fired:
        scores = [s.id for s in scope.of_kind("dxa") if s.concept == "t_score"]
        writer.say(scope.word["dxa_no_z"], scores, rules=[_NO_Z])
    for statement in scope.of_kind("dxa"):
        if statement.concept in _WHOLE:
            writer.say(value_phrase(statement, words), [statement.id])


def by_source(scope: Scope) -> dict[str, list[Statement]]:
    """The values of each measurement."""
    found: dict[str, list[Statement]] = {}
    for statement in scope.of_kind("dxa"):
        found.setdefault(statement.source_id, []).append(statement)
    return found


def _facts_by_evidence(scope: Scope) -> dict[str, list[Statement]]:
    """What the rules derive from each measurement."""
    found: dict[str, list[Statement]] = {}
    for fact in scope.derived:
        for source in dict.fromkeys(fact.evidence):
            found.setdefault(source, []).append(fact)
    return found


def value_phrase(statement: Statement, words_of: ValueWords) -> str:
    """« DMO 0,828 g/cm² », « T-score −3,1 »."""
    words, places = words_of.get(statement.concept, _UNSAID)
    value = statement.value if isinstance(statement.value, (int, Decimal)) else Decimal(0)
    if "{q}" in words:
        return words.format(q=french.quantity(value, statement.unit or "1", places))
    return words.format(v=french.number(value, places))


@per_catalog
def _value_words(catalog: Catalog) -> ValueWords:
    """The words of each kind of value, and its decimals."""
    words = lexicon(catalog)
    places = words.table["dxa_places"]
    return {concept: (str(text), places.get(concept)) for concept, text in words.table["dxa_words"].items()}


def _measurement(
    writer: Writer,
    scope: Scope,
    index: int,
    statements: Sequence[Statement],
    facts: Sequence[Statement],
) -> None:
    region, measurement = regions(scope)[index]
    ids, words = [s.id for s in statements], _value_words(scope.catalog)
    text = f"{region} : {', '.join([value_phrase(s, words) for s in statements])}"
    changes = [s for s in facts if s.concept.startswith("bmd_change")]
    change, significant = _change(scope, changes, measurement)
    fired = _rules(changes)
    said = ids
    if change and not significant:
        text, said = f"{text} ; {change}", [*ids, *(f.id for f in changes)]
    writer.say(text, said, rules=fired)
    lowest = [s for s in facts if s.concept == "lowest_t_score"]
    if lowest:
        writer.also(-1, [s.id for s in lowest], _rules(lowest))
    if change and significant:
        writer.say(change, [f.id for f in changes], rules=fired)
    for sentence in exclusions(measurement, scope):
        writer.say(sentence, ids)
    if measurement.vertebra_t_scores:
        writer.say(_vertebrae(measurement, scope), ids)


def regions(scope: Scope) -> Sequence[tuple[str, DxaMeasurement]]:
    """The measurements with their regions: Technique and Résultats both name them."""
    if scope.regions is None:
        dxa = scope.exam.dxa
        scope.regions = [(roi_label(m, scope), m) for m in dxa.measurements] if dxa else ()
    return scope.regions


def roi_label(measurement: DxaMeasurement, scope: Scope) -> str:
    """« Rachis lombaire (L2-L4) », « Hanche totale gauche »."""
    name = french.roi_np(measurement.site, measurement.laterality, scope.catalog).text
    levels = level_range(measurement.vertebrae_included, scope)
    return french.capital(f"{name} ({levels})" if levels else name)


def level_range(levels: Sequence[str], scope: Scope) -> str:
    """« L2-L4 » when they follow each other, else « L1, L3 et L4 »."""
    if not levels:
        return ""
    order, settings = scope.catalog.levels, scope.settings
    ranks = sorted([rank - 1 for level in levels if (rank := scope.ranks.get(level))])
    if len(ranks) > 1 and ranks[-1] - ranks[0] == len(ranks) - 1:
        return f"{french.level_fr(order[ranks[0]], settings)}-{french.level_fr(order[ranks[-1]], settings)}"
    return french.enumeration([french.level_fr(order[rank], settings) for rank in ranks])


def exclusions(measurement: DxaMeasurement, scope: Scope) -> list[str]:
    """« L1 est exclue de la mesure (fracture) », one sentence per reason."""
    by_reason: dict[str, list[str]] = {}
    for excluded in measurement.vertebrae_excluded:
        by_reason.setdefault(excluded.reason or "", []).append(french.level_fr(excluded.level, scope.settings))
    sentences = []
    for reason, levels in by_reason.items():
        verb = scope.word["dxa_excluded", "one" if len(levels) == 1 else "several"]
        cause = scope.table["dxa_reasons"].get(reason, reason)
        sentences.append(f"{french.enumeration(levels)} {verb}" + (f" ({cause})" if cause else ""))
    return sentences


def _vertebrae(measurement: DxaMeasurement, scope: Scope) -> str:
    scores = [
        f"{french.level_fr(level, scope.settings)} {french.number(score, 1)}"
        for level, score in measurement.vertebra_t_scores.items()
    ]
    return scope.word["dxa_vertebra_t"].format(list=", ".join(scores))


def _change(scope: Scope, facts: Sequence[Statement], measurement: DxaMeasurement) -> tuple[str, bool]:
    """(words, significant) of the change since the prior measurement."""
    delta = next((f for f in facts if f.concept == "bmd_change"), None)
    if delta is None or measurement.prior is None:
        return "", False
    percent = next((f for f in facts if f.concept == "bmd_change_pct"), None)
    shown = derived.shown(delta.value, delta.unit)
    if percent is not None and isinstance(percent.value, Decimal):
        relative = french.quantity(percent.value, "%", 1, signed=True)
        shown_all = scope.word["dxa_change", "both"].format(delta=shown, percent=relative)
    else:
        shown_all = shown
    significant = delta.attribute("change") != _NONE
    frame = scope.word["dxa_change", "significant" if significant else "none"]
    inner = shown_all if significant else shown_all.replace(" (", " ; ").removesuffix(")")
    return frame.format(delta=inner, year=measurement.prior.date.year), significant


def _pairs(writer: Writer, scope: Scope, source: str, facts: Sequence[Statement]) -> None:
    """Facts of two sides (mean, difference), after the second of them."""
    for fact in facts:
        if fact.concept in ("mean_t_score", "side_difference") and _latest(fact.evidence) == source:
            derived.say(writer, fact, scope)


def _latest(evidence: Sequence[str]) -> str:
    """The measurement entered last: « dxa/1 » of « dxa/1 », « dxa/0 »."""
    return max(evidence, key=lambda e: int(e.rpartition("/")[2]))


def _rules(facts: Sequence[Statement]) -> list[str]:
    return [f.origin.rule for f in facts if f.origin.rule]
