"""Observations: `code` says what, `value` whether or how much (FHIR_MAPPING §3). One function per statement kind."""

from __future__ import annotations

from collections.abc import Callable

from reporter.fhir import components as parts
from reporter.fhir import constants as c
from reporter.fhir import densitometry, labels
from reporter.fhir.codes import coded
from reporter.fhir.datatypes import Json, filled, plain, quantity
from reporter.fhir.elements import absent_reason, frame, keep, put_site, put_value
from reporter.fhir.graph import Graph
from reporter.fhir.homes import CONCLUDED
from reporter.fhir.intact import constant
from reporter.model.dates import is_date
from reporter.model.report import Attribute, Statement, Value

# context fact → the list of its codes; anything else the user wrote there is text
_LISTS = {"risk_factor": "risk_factor", "treatment": "treatment_class"}
# sections of what this exam did not show
_ELSEWHERE = ("comparison", "history")
_PROPOSED = constant(coded("recommendation-status", "proposed", text=labels.PROPOSED))


def add_all(graph: Graph) -> None:
    """Add every Observation of the report but those of the request and of the acquisition."""
    _age(graph)
    densitometry.add_priors(graph)
    for key, statement in graph.keyed:
        if known := _KINDS.get(statement.kind):  # else a resource of its own
            say, home, category = known
            made = frame(graph, key, category or _category(statement))
            say(graph, statement, made)
            ref = keep(graph, key, made, home or _concluded(graph, key, statement))
            if home not in _ELSEWHERE:
                graph.results.append(ref)


def _age(graph: Graph) -> None:
    """The age as given, when there is no birth date to compute it from."""
    age = graph.exam.patient.age_years
    if age is not None and graph.exam.patient.birth_date is None:
        made = frame(graph, "context/age_years", "social-history")
        made["code"] = graph.concepts.context["age_years"]
        made["valueQuantity"] = quantity(age, "a")
        keep(graph, "context/age_years", made, "history")


def _concluded(graph: Graph, key: str, statement: Statement) -> str:
    """Derived facts go where they are said; a proposed one that is not said belongs to the conclusion."""
    said = graph.homes.anchors.get(key)
    concluded = said.startswith(CONCLUDED) if said else statement.origin.kind == "proposed"
    return "conclusion" if concluded else "findings"


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
    coordinates = put_site(graph, made, statement.site) if statement.site else ()
    if statement.relations and (members := _relations(graph, statement)):
        made["hasMember"] = members
    if found := parts.of_statement(graph, statement, coordinates):
        made["component"] = found


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
    put_value(graph, made, statement.value, statement.unit)
    components = [*put_site(graph, made, statement.site)] if statement.site else []
    if rule := statement.origin.rule:
        made["method"] = graph.concepts.rule[rule]
    if statement.evidence:
        _put_evidence(graph, statement, made)
    for attribute in statement.attributes:
        components += _parameter(graph, attribute, statement.unit)
    if components:
        made["component"] = components


def _parameter(graph: Graph, given: Attribute, unit: str | None) -> list[Json]:
    """What a computed fact says beside its value; numbers are in its own unit, or in that of their name."""
    code, found = graph.concepts.parameter[given.name], []
    for one in given.value if isinstance(given.value, (list, tuple)) else (given.value,):
        if given.name == "differential" and isinstance(one, str):
            found += [graph.concepts.differential[diagnosis] for diagnosis in one.split()]
        else:
            made = {"code": code}
            _put_parameter(graph, made, given.name, one, unit)
            found.append(made)
    return found


def _put_parameter(graph: Graph, made: Json, name: str, given: Value, unit: str | None) -> None:
    """A number in its unit, a day, a word we have French for, else text."""
    if not isinstance(given, str):
        put_value(graph, made, given, None if isinstance(given, (bool, int)) else parts.UNITS.get(name, unit))
    elif labels.word("derived-value", given):
        put_value(graph, made, given, None)
    elif given[:1].isdigit() and is_date(given):
        made["valueDateTime"] = given
    elif said := plain(given):
        made["valueString"] = said


def _put_evidence(graph: Graph, statement: Statement, made: Json) -> None:
    """References to the evidence; "dxa/0" stands for every result of the first region."""
    wanted: dict[str, None] = {}
    known = graph.index.evidence()
    for item in statement.evidence:
        for key in known.get(item, ()):
            wanted[key] = None
        if statement.kind == "derived" and graph.has(f"{item}/prior"):
            wanted[f"{item}/prior"] = None
    if wanted:
        made["derivedFrom"] = [graph.ref(key) for key in wanted]


def _diagnosis(graph: Graph, statement: Statement, made: Json) -> None:
    made["code"] = graph.concepts.diagnosis[statement.concept]
    made["valueCodeableConcept"] = graph.concepts.certainty[statement.status or "discussed"]
    coordinates = put_site(graph, made, statement.site) if statement.site else ()
    if statement.evidence:
        _put_evidence(graph, statement, made)
    if found := parts.of_statement(graph, statement, coordinates):
        made["component"] = found


def _recommendation(graph: Graph, statement: Statement, made: Json) -> None:
    made["code"] = graph.concepts.recommendation[statement.concept]
    made["valueCodeableConcept"] = _PROPOSED
    if rule := statement.origin.rule:
        made["method"] = graph.concepts.rule[rule]


def _context(graph: Graph, statement: Statement, made: Json) -> None:
    """A fact about the patient."""
    made["code"] = graph.concepts.context[statement.concept]
    _put_context(graph, statement, made)
    coordinates = put_site(graph, made, statement.site) if statement.site else ()
    if found := parts.of_statement(graph, statement, coordinates):
        made["component"] = found


def _category(statement: Statement) -> str:
    return "laboratory" if statement.concept.startswith("lab.") else "social-history"


def _put_context(graph: Graph, statement: Statement, made: Json) -> None:
    """Yes and no are said as present and absent, never as a bare boolean; an unknown word of a list is text."""
    given = statement.value
    if isinstance(given, bool):
        made["valueCodeableConcept"] = graph.concepts.status["present" if given else "absent"]
        return
    known = graph.catalog.vocabulary.get(_LISTS.get(statement.concept, ""))
    if known is None or not isinstance(given, str) or given in known:
        put_value(graph, made, given, statement.unit, "context-value")
    elif said := plain(given):
        made["valueString"] = said


def _no_answer(graph: Graph, statement: Statement, made: Json) -> None:
    """« Unknown » and « not applicable » are reasons for having no value."""
    made["code"] = graph.concepts.context[statement.concept]
    made["dataAbsentReason"] = absent_reason(statement.status or "unknown")


# kind → what says it, the section it belongs to and its category ("" for what the statement itself decides)
_KINDS: dict[str, tuple[Callable[[Graph, Statement, Json], None], str, str]] = {
    "finding": (_finding, "findings", "imaging"),
    "prior_finding": (_prior_finding, "comparison", "imaging"),
    "dxa": (densitometry.result, "findings", "imaging"),
    "prior_dxa": (densitometry.prior_result, "comparison", "imaging"),
    "derived": (_derived, "", "imaging"),
    "diagnosis": (_diagnosis, "conclusion", "imaging"),
    "recommendation": (_recommendation, "recommendation", "imaging"),
    "context": (_context, "history", ""),
    "no_answer": (_no_answer, "history", ""),
}
