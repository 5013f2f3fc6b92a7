"""Observations: `code` says what, `value` whether or how much (FHIR_MAPPING §3). One function per statement kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reporter.fhir import components as parts
from reporter.fhir import constants as c
from reporter.fhir import densitometry, labels
from reporter.fhir.codes import coded
from reporter.fhir.datatypes import Json, filled, plain, quantity
from reporter.fhir.elements import CATEGORIES, absent_reason, frame, keep, put_site, value
from reporter.fhir.graph import Graph
from reporter.fhir.intact import constant
from reporter.model.dates import is_date
from reporter.model.report import Attribute, Statement, Value

# context fact → the list of its codes; anything else the user wrote there is text
_LISTS = {"risk_factor": "risk_factor", "treatment": "treatment_class"}
_PROPOSED = constant(coded("recommendation-status", "proposed", text=labels.PROPOSED))


def add_all(graph: Graph) -> None:
    """Add every Observation of the report but those of the request and of the acquisition."""
    _age(graph)
    densitometry.add_priors(graph)
    for key, statement in graph.keyed:
        say = _KINDS.get(statement.kind)
        if say is not None:  # else a resource of its own
            made = frame(graph, key)
            say(graph, statement, made)
            keep(graph, key, made)


def _age(graph: Graph) -> None:
    """The age as given, when there is no birth date to compute it from."""
    age = graph.exam.patient.age_years
    if age is not None and graph.exam.patient.birth_date is None:
        made = frame(graph, "context/age_years", "social-history")
        made["code"] = graph.concepts.context["age_years"]
        made["valueQuantity"] = quantity(age, "a")
        keep(graph, "context/age_years", made)


def _finding(graph: Graph, statement: Statement, made: Json) -> None:
    made["code"] = graph.concepts.finding[statement.concept]
    _seen(graph, statement, made)
    made["derivedFrom"] = [graph.ref("study"), *_compared(graph, statement)]


def _prior_finding(graph: Graph, statement: Statement, made: Json) -> None:
    """A sign of an earlier exam: dated of it, and without a standard code, so that no search takes it for current."""
    densitometry.of_prior(graph, statement, made)
    made["identifier"] = [*made["identifier"], *_own_name(statement)]
    made["code"] = graph.concepts.prior_finding[statement.concept]
    _seen(graph, statement, made)


def _own_name(statement: Statement) -> list[Json]:
    """The id the user gave to a sign of an earlier exam; without one it is named after its place there."""
    prior, _, place = statement.id.removeprefix("comparison/").partition("/finding/")
    given = statement.source_id != f"{prior}/{place.partition('.')[0]}"
    return [filled({"system": f"{c.IDENTIFIER}prior-finding", "value": plain(statement.source_id)})] if given else []


def _seen(graph: Graph, statement: Statement, made: Json) -> None:
    made["valueCodeableConcept"] = graph.concepts.status[statement.status or "indeterminate"]
    if statement.comment and (comment := plain(statement.comment)):
        made["note"] = [{"text": comment}]
    coordinates = put_site(graph, made, statement.site)
    if statement.relations and (members := _relations(graph, statement)):
        made["hasMember"] = members
    parts.put(graph, made, statement, coordinates)


def _compared(graph: Graph, statement: Statement) -> list[Json]:
    if statement.evolution is None:
        return []
    compared = statement.evolution.compared_to
    key = f"comparison/{compared}"
    return [graph.ref(key)] if compared and graph.has(key) else []


def _relations(graph: Graph, statement: Statement) -> list[Json]:
    """References to the other signs of the same exam, each with the kind of relation; of a bilateral one, same side."""
    found = []
    for relation in statement.relations:
        targets = graph.index.related(statement, relation.target)
        side = statement.site.laterality if statement.site else None
        same = [(key, s) for key, s in targets if s.site and s.site.laterality == side] or targets
        kind = graph.concepts.relation[relation.type]
        found += [{"extension": kind, **graph.ref(key)} for key, _ in same]
    return found


def _derived(graph: Graph, statement: Statement, made: Json) -> None:
    made["code"] = graph.concepts.word["derived", statement.concept]
    made.update(value(graph, statement.value, statement.unit))
    components = [*put_site(graph, made, statement.site)]
    _put_rule(graph, statement, made)
    _put_evidence(graph, statement, made)
    for attribute in statement.attributes:
        components += _parameter(graph, attribute, statement.unit)
    if components:
        made["component"] = components


def _put_rule(graph: Graph, statement: Statement, made: Json) -> None:
    if rule := statement.origin.rule:
        made["method"] = graph.concepts.rule[rule]


def _parameter(graph: Graph, given: Attribute, unit: str | None) -> Iterator[Json]:
    """What a computed fact says beside its value; numbers are in its own unit, or in that of their name."""
    code = graph.concepts.parameter[given.name]
    for one in given.value if isinstance(given.value, (list, tuple)) else (given.value,):
        if given.name == "differential" and isinstance(one, str):
            for diagnosis in one.split():
                yield {"code": code, "valueCodeableConcept": graph.concepts.diagnosis[diagnosis]}
        else:
            yield {"code": code, **_parameter_value(graph, given.name, one, unit)}


def _parameter_value(graph: Graph, name: str, given: Value, unit: str | None) -> Json:
    """A number in its unit, a day, a word we have French for, else text."""
    if not isinstance(given, str):
        return value(graph, given, None if isinstance(given, (bool, int)) else parts.UNITS.get(name, unit))
    if labels.word("derived-value", given):
        return value(graph, given, None)
    return {"valueDateTime": given} if is_date(given) else filled({"valueString": plain(given)})


def _put_evidence(graph: Graph, statement: Statement, made: Json) -> None:
    """References to the evidence; "dxa/0" stands for every result of the first region."""
    wanted: dict[str, None] = {}
    for item in statement.evidence:
        for key in graph.index.evidence(item):
            wanted[key] = None
        if statement.kind == "derived" and graph.has(f"{item}/prior"):
            wanted[f"{item}/prior"] = None
    if wanted:
        made["derivedFrom"] = [graph.ref(key) for key in wanted]


def _diagnosis(graph: Graph, statement: Statement, made: Json) -> None:
    made["code"] = graph.concepts.diagnosis[statement.concept]
    made["valueCodeableConcept"] = graph.concepts.certainty[statement.status or "discussed"]
    coordinates = put_site(graph, made, statement.site)
    _put_evidence(graph, statement, made)
    parts.put(graph, made, statement, coordinates)


def _recommendation(graph: Graph, statement: Statement, made: Json) -> None:
    made["code"] = graph.concepts.recommendation[statement.concept]
    made["valueCodeableConcept"] = _PROPOSED
    _put_rule(graph, statement, made)


def _context(graph: Graph, statement: Statement, made: Json) -> None:
    """A fact about the patient; yes and no are said as present and absent, never as a bare boolean."""
    made["category"] = _category(statement)
    made["code"] = graph.concepts.context[statement.concept]
    made.update(_context_value(graph, statement))
    coordinates = put_site(graph, made, statement.site)
    parts.put(graph, made, statement, coordinates)


def _category(statement: Statement) -> list[Json]:
    return CATEGORIES["laboratory" if statement.concept.startswith("lab.") else "social-history"]


def _context_value(graph: Graph, statement: Statement) -> Json:
    given = statement.value
    if isinstance(given, bool):
        return {"valueCodeableConcept": graph.concepts.status["present" if given else "absent"]}
    known = graph.catalog.vocabulary.get(_LISTS.get(statement.concept, ""))
    if isinstance(given, str) and known is not None and given not in known:
        return filled({"valueString": plain(given)})
    return value(graph, given, statement.unit, "context-value")


def _no_answer(graph: Graph, statement: Statement, made: Json) -> None:
    """« Unknown » and « not applicable » are reasons for having no value."""
    made["category"] = _category(statement)
    made["code"] = graph.concepts.context[statement.concept]
    made["dataAbsentReason"] = absent_reason(statement.status or "unknown")


_KINDS: dict[str, Callable[[Graph, Statement, Json], None]] = {
    "finding": _finding,
    "prior_finding": _prior_finding,
    "dxa": densitometry.result,
    "prior_dxa": densitometry.prior_result,
    "derived": _derived,
    "diagnosis": _diagnosis,
    "recommendation": _recommendation,
    "context": _context,
    "no_answer": _no_answer,
}
