"""What Observations of every kind share: frame, status, site, typed value (FHIR_MAPPING §3)."""

from __future__ import annotations

from decimal import Decimal

from reporter.fhir import components as parts
from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.codes import coded, equivalents, site_ids
from reporter.fhir.datatypes import Json, coding, concept, extension, is_code, local, quantity, snomed
from reporter.fhir.graph import Graph
from reporter.model.exam import Site
from reporter.model.report import Value


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
    own = [local("finding-status", status)] if status == "not_assessed" else []
    return concept(*own, snomed(c.STATUS[status]), *same, text=labels.word("finding-status", status))


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


def absent_reason(reason: str) -> Json:
    """Why there is no value: unknown or not applicable, as the user answered."""
    return concept(coding(c.ABSENT_REASON, reason.replace("_", "-")), text=labels.word("no-answer", reason))
