"""Observations: `code` says what, `value` whether or how much (FHIR_MAPPING §3). One function per statement kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reporter.fhir import components as parts
from reporter.fhir import constants as c
from reporter.fhir import densitometry, labels
from reporter.fhir.codes import coded, equivalents
from reporter.fhir.datatypes import Json, coding, concept, extension, local, quantity
from reporter.fhir.elements import absent_reason, body_site, frame, qualifier, value
from reporter.fhir.graph import Graph
from reporter.model.dates import is_date
from reporter.model.report import Attribute, Statement, Value

# context fact → the list of its codes; anything else the user wrote there is text
_LISTS = {"risk_factor": "risk_factor", "treatment": "treatment_class"}


def add_all(graph: Graph) -> None:
    """Add every Observation of the report but those of the request and of the acquisition."""
    _age(graph)
    densitometry.add_priors(graph)
    for statement in graph.report.statements:
        add(graph, statement)


def add(graph: Graph, statement: Statement) -> None:
    """Add the Observation of a statement; kinds that are resources of their own are left alone."""
    mapping = _KINDS.get(statement.kind)
    if mapping is not None:
        key = graph.key_of(statement)
        graph.add(key, "Observation", {**frame(graph, key), **mapping(graph, statement)})


def _age(graph: Graph) -> None:
    """The age as given, when there is no birth date to compute it from."""
    age = graph.exam.patient.age_years
    if age is not None and graph.exam.patient.birth_date is None:
        what = coded("context", "age_years", text=labels.word("context", "age_years"))
        given = {**frame(graph, "context/age_years", "social-history"), "code": what}
        graph.add("context/age_years", "Observation", {**given, "valueQuantity": quantity(age, "a")})


def _finding(graph: Graph, statement: Statement) -> Json:
    entry = graph.catalog.findings.get(statement.concept)
    same = equivalents(graph.catalog, graph.settings, "finding", statement.concept)
    return {
        "code": coded("finding", statement.concept, same, entry.lexeme.noun if entry else None),
        **_seen(graph, statement),
        "derivedFrom": [graph.ref("study"), *_compared(graph, statement)],
    }


def _prior_finding(graph: Graph, statement: Statement) -> Json:
    """A sign of an earlier exam: dated of it, and without a standard code, so that no search takes it for current."""
    entry = graph.catalog.findings.get(statement.concept)
    text = labels.PRIOR.format(entry.lexeme.noun) if entry else None
    return {
        **densitometry.prior_frame(graph, statement),
        "identifier": [*graph.identifiers(graph.key_of(statement)), *_own_name(statement)],
        "code": coded("prior-finding", statement.concept, text=text),
        **_seen(graph, statement),
    }


def _own_name(statement: Statement) -> list[Json]:
    """The id the user gave to a sign of an earlier exam; without one it is named after its place there."""
    prior, _, place = statement.id.removeprefix("comparison/").partition("/finding/")
    given = statement.source_id != f"{prior}/{place.partition('.')[0]}"
    return [{"system": f"{c.IDENTIFIER}prior-finding", "value": statement.source_id}] if given else []


def _seen(graph: Graph, statement: Statement) -> Json:
    return {
        "valueCodeableConcept": qualifier(graph, statement.status or "indeterminate"),
        "note": [{"text": statement.comment}] if statement.comment else None,
        "bodySite": body_site(graph, statement.site),
        "hasMember": _relations(graph, statement),
        "component": parts.of_statement(graph, statement),
    }


def _compared(graph: Graph, statement: Statement) -> list[Json]:
    compared = statement.evolution.compared_to if statement.evolution else None
    key = f"comparison/{compared}"
    return [graph.ref(key)] if compared and graph.has(key) else []


def _relations(graph: Graph, statement: Statement) -> list[Json]:
    """References to the other signs of the same exam, each with the kind of relation; of a bilateral one, same side."""
    found = []
    exam = statement.id.rpartition("/")[0]
    for relation in statement.relations:
        targets = [
            s
            for s in graph.report.statements
            if s.kind == statement.kind and s.source_id == relation.target and s.id.rpartition("/")[0] == exam
        ]
        side = statement.site.laterality if statement.site else None
        same = [s for s in targets if s.site and s.site.laterality == side] or targets
        kind = extension(c.RELATION, valueCoding=local("relation", relation.type))
        found += [{"extension": [kind], **graph.ref(graph.key_of(s))} for s in same]
    return found


def _derived(graph: Graph, statement: Statement) -> Json:
    site = list(parts.of_site(graph, statement.site)) if statement.site else []
    return {
        "code": coded("derived", statement.concept, text=labels.word("derived", statement.concept)),
        **value(statement.value, statement.unit),
        "bodySite": body_site(graph, statement.site),
        "method": concept(local("rule", statement.origin.rule)) if statement.origin.rule else None,
        "derivedFrom": _evidence(graph, statement),
        "component": [*site, *(p for a in statement.attributes for p in _parameter(graph, a, statement.unit))],
    }


def _parameter(graph: Graph, given: Attribute, unit: str | None) -> Iterator[Json]:
    """What a computed fact says beside its value; numbers are in its own unit, or in that of their name."""
    for one in given.value if isinstance(given.value, (list, tuple)) else (given.value,):
        if given.name == "differential" and isinstance(one, str):
            for code in one.split():
                yield {"code": parts.code(given.name), "valueCodeableConcept": diagnosis(graph, code)}
        else:
            yield {"code": parts.code(given.name), **_parameter_value(given.name, one, unit)}


def _parameter_value(name: str, given: Value, unit: str | None) -> Json:
    """A number in its unit, a day, a word we have French for, else text."""
    if not isinstance(given, str):
        return value(given, None if isinstance(given, (bool, int)) else parts.UNITS.get(name, unit))
    if labels.word("derived-value", given):
        return value(given, None)
    return {"valueDateTime": given} if is_date(given) else {"valueString": given}


def _evidence(graph: Graph, statement: Statement) -> list[Json]:
    """References to the evidence; "dxa/0" stands for every result of the first region."""
    wanted: dict[str, None] = {}
    for item in statement.evidence:
        rests_on = [s for s in graph.report.statements if item in (s.id, s.source_id) and s.kind in ("finding", "dxa")]
        wanted.update((graph.key_of(s), None) for s in rests_on)
        if statement.kind == "derived" and graph.has(f"{item}/prior"):
            wanted[f"{item}/prior"] = None
    return [graph.ref(key) for key in wanted]


def _diagnosis(graph: Graph, statement: Statement) -> Json:
    certainty = statement.status or "discussed"
    same = equivalents(graph.catalog, graph.settings, "certainty", certainty)
    return {
        "code": diagnosis(graph, statement.concept),
        "valueCodeableConcept": coded("certainty", certainty, same, labels.word("certainty", certainty)),
        "bodySite": body_site(graph, statement.site),
        "derivedFrom": _evidence(graph, statement),
        "component": parts.of_statement(graph, statement),
    }


def diagnosis(graph: Graph, code: str) -> Json:
    """The concept of a diagnosis."""
    entry = graph.catalog.diagnoses.get(code)
    same = equivalents(graph.catalog, graph.settings, "diagnosis", code)
    return coded("diagnosis", code, same, entry.lexeme.noun if entry else None)


def _recommendation(graph: Graph, statement: Statement) -> Json:
    entry = graph.catalog.recommendations.get(statement.concept)
    return {
        "code": coded("recommendation", statement.concept, text=entry.sentence if entry else None),
        "valueCodeableConcept": coded("recommendation-status", "proposed", text=labels.PROPOSED),
        "method": concept(local("rule", statement.origin.rule)) if statement.origin.rule else None,
    }


def _context(graph: Graph, statement: Statement) -> Json:
    """A fact about the patient; yes and no are said as present and absent, never as a bare boolean."""
    return {
        "category": [concept(coding(c.OBSERVATION_CATEGORY, _category(statement)))],
        "code": _context_code(graph, statement.concept),
        **_context_value(graph, statement),
        "bodySite": body_site(graph, statement.site),
        "component": parts.of_statement(graph, statement),
    }


def _category(statement: Statement) -> str:
    return "laboratory" if statement.concept.startswith("lab.") else "social-history"


def _context_code(graph: Graph, name: str) -> Json:
    """A laboratory test the catalogue does not know has its name as text, never a code of our making."""
    test = name.removeprefix("lab.")
    if name.startswith("lab.") and test not in graph.catalog.vocabulary["lab"]:
        return coded("context", "lab", text=test)
    loinc = [coding(c.LOINC, c.PREGNANCY)] if name == "pregnancy_status" else []
    return coded("context", name, loinc, labels.word("context", name) or test)


def _context_value(graph: Graph, statement: Statement) -> Json:
    given = statement.value
    if isinstance(given, bool):
        return {"valueCodeableConcept": qualifier(graph, "present" if given else "absent")}
    known = graph.catalog.vocabulary.get(_LISTS.get(statement.concept, ""))
    if isinstance(given, str) and known is not None and given not in known:
        return {"valueString": given}
    return value(given, statement.unit, "context-value")


def _no_answer(graph: Graph, statement: Statement) -> Json:
    """« Unknown » and « not applicable » are reasons for having no value."""
    return {
        "category": [concept(coding(c.OBSERVATION_CATEGORY, _category(statement)))],
        "code": _context_code(graph, statement.concept),
        "dataAbsentReason": absent_reason(statement.status or "unknown"),
    }


_KINDS: dict[str, Callable[[Graph, Statement], Json]] = {
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
