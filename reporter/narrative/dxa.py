"""Densitometry in Résultats: one sentence per region of interest (STYLE §6.11)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reporter import french
from reporter.model.exam import DxaMeasurement
from reporter.model.report import Statement
from reporter.narrative import derived
from reporter.narrative.scope import Scope, Writer

_WHOLE = ("tbs", "frax_major", "frax_hip")
_NO_Z = "DX-Z"
_NONE = "none"


def results(writer: Writer, scope: Scope) -> None:
    """Every measurement, what the rules derive from it, then the scores of the whole exam."""
    dxa = scope.exam.dxa
    if dxa is None:
        return
    for index, measurement in enumerate(dxa.measurements):
        _measurement(writer, scope, f"dxa/{index}", measurement)
        _pairs(writer, scope, f"dxa/{index}")
    if _NO_Z in scope.report.assessment.fired:
        scores = [s.id for s in scope.of_kind("dxa") if s.concept == "t_score"]
        writer.say(scope.word("dxa_no_z"), scores, rules=[_NO_Z])
    for statement in scope.of_kind("dxa"):
        if statement.concept in _WHOLE:
            writer.say(value_phrase(statement, scope), [statement.id])


def value_phrase(statement: Statement, scope: Scope) -> str:
    """« DMO 0,828 g/cm² », « T-score −3,1 »."""
    places = scope.table("dxa_places").get(statement.concept)
    value = statement.value if isinstance(statement.value, (int, Decimal)) else Decimal(0)
    shown = french.number(value, places)
    quantity = french.quantity(value, statement.unit or "1", places)
    return scope.word("dxa_words", statement.concept).format(v=shown, q=quantity)


def _measurement(writer: Writer, scope: Scope, source: str, measurement: DxaMeasurement) -> None:
    statements = [s for s in scope.of_kind("dxa") if s.source_id == source]
    ids = [s.id for s in statements]
    values = ", ".join(value_phrase(s, scope) for s in statements)
    change, significant, facts = _change(scope, source, measurement)
    text = f"{roi_label(measurement, scope)} : {values}"
    if change and not significant:
        text += f" ; {change}"
        ids += [f.id for f in facts]
    writer.say(text, ids, rules=_rules(facts))
    lowest = [s for s in scope.of_kind("derived") if s.concept == "lowest_t_score" and source in s.evidence]
    writer.also(-1, [s.id for s in lowest], _rules(lowest))
    if change and significant:
        writer.say(change, [f.id for f in facts], rules=_rules(facts))
    for sentence in exclusions(measurement, scope):
        writer.say(sentence, [s.id for s in statements])
    if measurement.vertebra_t_scores:
        writer.say(_vertebrae(measurement, scope), [s.id for s in statements])


def roi_label(measurement: DxaMeasurement, scope: Scope) -> str:
    """« Rachis lombaire (L2-L4) », « Hanche totale gauche »."""
    name = french.roi_np(measurement.site, measurement.laterality, scope.catalog).text
    levels = level_range(measurement.vertebrae_included, scope)
    return french.capital(f"{name} ({levels})" if levels else name)


def level_range(levels: Sequence[str], scope: Scope) -> str:
    """« L2-L4 » when they follow each other, else « L1, L3 et L4 »."""
    order = scope.catalog.levels
    ranks = sorted(order.index(level) for level in levels if level in order)
    names = [french.level_fr(order[r], scope.settings) for r in ranks]
    if len(ranks) > 1 and ranks[-1] - ranks[0] == len(ranks) - 1:
        return f"{names[0]}-{names[-1]}"
    return french.enumeration(names)


def exclusions(measurement: DxaMeasurement, scope: Scope) -> list[str]:
    """« L1 est exclue de la mesure (fracture) », one sentence per reason."""
    by_reason: dict[str, list[str]] = {}
    for excluded in measurement.vertebrae_excluded:
        by_reason.setdefault(excluded.reason or "", []).append(french.level_fr(excluded.level, scope.settings))
    sentences = []
    for reason, levels in by_reason.items():
        verb = scope.word("dxa_excluded", "one" if len(levels) == 1 else "several")
        cause = scope.table("dxa_reasons").get(reason, reason)
        sentences.append(f"{french.enumeration(levels)} {verb}" + (f" ({cause})" if cause else ""))
    return sentences


def _vertebrae(measurement: DxaMeasurement, scope: Scope) -> str:
    scores = [
        f"{french.level_fr(level, scope.settings)} {french.number(score, 1)}"
        for level, score in measurement.vertebra_t_scores.items()
    ]
    return scope.word("dxa_vertebra_t").format(list=", ".join(scores))


def _change(scope: Scope, source: str, measurement: DxaMeasurement) -> tuple[str, bool, list[Statement]]:
    """(words, significant, facts) of the change since the prior measurement."""
    facts = [s for s in scope.of_kind("derived") if source in s.evidence and s.concept.startswith("bmd_change")]
    delta = next((f for f in facts if f.concept == "bmd_change"), None)
    if delta is None or measurement.prior is None:
        return "", False, facts
    percent = next((f for f in facts if f.concept == "bmd_change_pct"), None)
    shown = derived.shown(delta.value, delta.unit)
    if percent is not None and isinstance(percent.value, Decimal):
        relative = french.quantity(percent.value, "%", 1, signed=True)
        shown_all = scope.word("dxa_change", "both").format(delta=shown, percent=relative)
    else:
        shown_all = shown
    significant = delta.attribute("change") != _NONE
    frame = scope.word("dxa_change", "significant" if significant else "none")
    inner = shown_all if significant else shown_all.replace(" (", " ; ").removesuffix(")")
    return frame.format(delta=inner, year=measurement.prior.date.year), significant, facts


def _pairs(writer: Writer, scope: Scope, source: str) -> None:
    """Facts of two sides (mean, difference), after the second of them."""
    for fact in scope.of_kind("derived"):
        if fact.concept in ("mean_t_score", "side_difference") and fact.evidence and _latest(fact.evidence) == source:
            text = derived.sentence(fact, scope)
            writer.say(text, [fact.id], rules=_rules([fact]))


def _latest(evidence: Sequence[str]) -> str:
    """The measurement entered last: « dxa/1 » of « dxa/1 », « dxa/0 »."""
    return max(evidence, key=lambda e: int(e.rpartition("/")[2]))


def _rules(facts: Sequence[Statement]) -> list[str]:
    return [f.origin.rule for f in facts if f.origin.rule]
