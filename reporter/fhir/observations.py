"""Observations: `code` says what, `value` whether or how much (FHIR_MAPPING §3). One function per statement kind."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from reporter.fhir import components as parts
from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.codes import coded, equivalents, site_ids
from reporter.fhir.datatypes import Json, coding, concept, extension, is_code, local, quantity, snomed
from reporter.fhir.graph import Graph
from reporter.model.exam import Measure, Site
from reporter.model.report import Statement, Value


def add(graph: Graph, statement: Statement) -> None:
    """Add the Observation of a statement; kinds that are resources of their own are left alone."""
    mapping = _KINDS.get(statement.kind)
    if mapping is not None:
        key = graph.key_of(statement)
        graph.add(key, "Observation", {**frame(graph, key), **mapping(graph, statement)})


def frame(graph: Graph, key: str, category: str = "imaging") -> Json:
    """What every Observation of the report has; later keys of a mapping replace these."""
    return {
        "identifier": graph.identifiers(key),
        "status": graph.status,
        "category": [concept(coding(c.OBSERVATION_CATEGORY, category))],
        "code": None,
        "subject": graph.ref("patient"),
        "effectiveDateTime": str(graph.exam.study.date),
        "performer": [graph.ref("role")] if graph.has("role") else None,
    }


def qualifier(graph: Graph, status: str) -> Json:
    """A status in SNOMED CT; what was not assessed is « unknown » there, so it keeps our own code as well."""
    same = equivalents(graph.catalog, graph.settings, "status", status, systems=(c.RADLEX,))
    own = [local("status", status)] if status == "not_assessed" else []
    return concept(*own, snomed(c.STATUS[status]), *same, text=labels.word("status", status))


def body_site(graph: Graph, site: Site | None) -> Json | None:
    """The site: codes, French text with side and level, and a BodyStructure when there is a side."""
    if site is None:
        return None
    kind, ids = ("region", (f"dxa.{site.code}",)) if site.code in graph.catalog.rois else ("site", site_ids(site))
    if site.code not in graph.catalog.sites:
        ids = (*ids, site.code)
    place = coded(
        "site",
        site.code,
        equivalents(graph.catalog, graph.settings, kind, *ids),
        labels.site(site, graph.catalog, graph.settings),
    )
    if site.laterality is None:
        return place
    return {"extension": [extension(c.BODY_SITE, valueReference=_structure(graph, site, place))], **place}


def _structure(graph: Graph, site: Site, place: Json) -> Json:
    key = "structure/" + "/".join(
        str(part) for part in (site.code, site.laterality, site.level, site.number, site.part, *site.zones) if part
    )
    if graph.has(key):
        return graph.ref(key)
    content = {
        "identifier": graph.identifiers(key),
        "location": place,
        "locationQualifier": [parts.side(site.laterality)] if site.laterality else [],
        "patient": graph.ref("patient"),
    }
    return graph.add(key, "BodyStructure", content)


def value(raw: Value | None, unit: str | None, system: str = "derived-value") -> Json:
    """The value[x] of a typed value: boolean, integer, quantity, code or text."""
    if raw is None:
        return {}
    if isinstance(raw, bool):
        return {"valueBoolean": raw}
    if isinstance(raw, int) and unit is None:
        return {"valueInteger": raw}
    if isinstance(raw, (int, Decimal)):
        return {"valueQuantity": quantity(raw, unit or "1")}
    if is_code(raw) and " " not in raw:
        return {"valueCodeableConcept": coded(system, raw, text=labels.word(system, raw))}
    return {"valueString": raw}


def _finding(graph: Graph, statement: Statement) -> Json:
    entry = graph.catalog.findings.get(statement.concept)
    same = equivalents(graph.catalog, graph.settings, "finding", statement.concept)
    return {
        "code": coded("finding", statement.concept, same, entry.lexeme.noun if entry else None),
        "valueCodeableConcept": qualifier(graph, statement.status or "indeterminate"),
        "note": [{"text": statement.comment}] if statement.comment else None,
        "bodySite": body_site(graph, statement.site),
        "hasMember": _relations(graph, statement),
        "derivedFrom": [graph.ref("study"), *_prior(graph, statement)],
        "component": parts.of_statement(graph, statement),
    }


def _prior(graph: Graph, statement: Statement) -> list[Json]:
    compared = statement.evolution.compared_to if statement.evolution else None
    key = f"comparison/{compared}"
    return [graph.ref(key)] if compared and graph.has(key) else []


def _relations(graph: Graph, statement: Statement) -> list[Json]:
    """References to the other findings, each with the kind of relation; of a bilateral target, the same side."""
    found = []
    for relation in statement.relations:
        targets = [s for s in graph.report.statements if s.kind == "finding" and s.source_id == relation.target]
        side = statement.site.laterality if statement.site else None
        same = [s for s in targets if s.site and s.site.laterality == side] or targets
        kind = extension(c.RELATION, valueCoding=local("relation", relation.type))
        found += [{"extension": [kind], **graph.ref(graph.key_of(s))} for s in same]
    return found


def _dxa(graph: Graph, statement: Statement) -> Json:
    site = statement.site
    keys = [f"dxa.{statement.concept}"]
    if site:
        general = f"dxa.{statement.concept}.{site.code}"
        keys = [f"{general}.{site.laterality}", general] if site.laterality else [general]
    same = equivalents(graph.catalog, graph.settings, "measure", *keys)
    return {
        "code": coded("dxa", statement.concept, same, labels.word("dxa", statement.concept)),
        **value(statement.value, statement.unit or "1"),
        "bodySite": body_site(graph, site),
        "device": graph.ref("scanner") if graph.has("scanner") else None,
        "derivedFrom": [graph.ref("study")],
        "component": [*parts.of_statement(graph, statement), *_dxa_details(graph, statement)],
    }


def _dxa_details(graph: Graph, statement: Statement) -> list[Json]:
    """T-score of each vertebra, and the least significant change of the centre."""
    dxa = graph.exam.dxa
    if dxa is None or statement.site is None:
        return []
    if statement.concept == "bmd" and statement.site.code in dxa.lsc:
        return [parts.measure(graph, Measure("lsc", dxa.lsc[statement.site.code], "g/cm2"))]
    if statement.concept != "t_score":
        return []
    index = int(statement.id.split("/")[1])
    scores = dxa.measurements[index].vertebra_t_scores
    return [parts.measure(graph, Measure(f"t_score.{level}", score, "SD")) for level, score in scores.items()]


def add_prior_bmd(graph: Graph) -> None:
    """The earlier density of each region, an Observation dated of its own day: never a result of this exam."""
    for index, measurement in enumerate(graph.exam.dxa.measurements if graph.exam.dxa else ()):
        prior = measurement.prior
        if prior is None:
            continue
        site = Site(measurement.site, prior.laterality or measurement.laterality)
        included = [parts.component(graph, "vertebrae_included", level) for level in prior.vertebrae_included]
        key = f"dxa/{index}/prior"
        content = {
            **frame(graph, key),
            "status": "final",
            "code": coded("prior-dxa", "bmd", text=labels.PRIOR_BMD),
            "effectiveDateTime": str(prior.date),
            "performer": None,
            "valueQuantity": quantity(prior.bmd, "g/cm2"),
            "note": [{"text": prior.device}] if prior.device else None,
            "bodySite": body_site(graph, site),
            "component": [*parts.of_site(graph, site), *included],
        }
        graph.add(key, "Observation", content)


def _derived(graph: Graph, statement: Statement) -> Json:
    return {
        "code": coded("derived", statement.concept, text=labels.word("derived", statement.concept)),
        **value(statement.value, statement.unit),
        "bodySite": body_site(graph, statement.site),
        "method": concept(local("rule", statement.origin.rule)) if statement.origin.rule else None,
        "derivedFrom": _evidence(graph, statement),
        "component": list(parts.of_site(graph, statement.site)) if statement.site else None,
    }


def _evidence(graph: Graph, statement: Statement) -> list[Json]:
    """References to the evidence; "dxa/0" stands for every result of the first region."""
    wanted: dict[str, None] = {}
    for item in statement.evidence:
        rests_on = [s for s in graph.report.statements if item in (s.id, s.source_id) and s.kind in _KINDS]
        wanted.update((graph.key_of(s), None) for s in rests_on if s is not statement)
        if graph.has(f"{item}/prior"):
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
    return coded(
        "diagnosis",
        code,
        equivalents(graph.catalog, graph.settings, "diagnosis", code),
        entry.lexeme.noun if entry else None,
    )


def _recommendation(graph: Graph, statement: Statement) -> Json:
    entry = graph.catalog.recommendations.get(statement.concept)
    return {
        "code": coded("recommendation", statement.concept, text=entry.sentence if entry else None),
        "valueCodeableConcept": coded("recommendation-status", "proposed", text=labels.PROPOSED),
        "method": concept(local("rule", statement.origin.rule)) if statement.origin.rule else None,
    }


def _context(graph: Graph, statement: Statement) -> Json:
    """A fact about the patient; yes and no are said as present and absent, never as a bare boolean."""
    category = "laboratory" if statement.concept.startswith("lab.") else "social-history"
    loinc = [coding(c.LOINC, c.PREGNANCY)] if statement.concept == "pregnancy_status" else []
    text = labels.word("context", statement.concept) or statement.concept.removeprefix("lab.")
    said = value(statement.value, statement.unit, "context-value")
    if isinstance(statement.value, bool):
        said = {"valueCodeableConcept": qualifier(graph, "present" if statement.value else "absent")}
    return {
        "category": [concept(coding(c.OBSERVATION_CATEGORY, category))],
        "code": coded("context", statement.concept, loinc, text),
        **said,
        "bodySite": body_site(graph, statement.site),
        "component": parts.of_statement(graph, statement),
    }


_KINDS: dict[str, Callable[[Graph, Statement], Json]] = {
    "finding": _finding,
    "dxa": _dxa,
    "derived": _derived,
    "diagnosis": _diagnosis,
    "recommendation": _recommendation,
    "context": _context,
}
