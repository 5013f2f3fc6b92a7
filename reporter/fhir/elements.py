"""What Observations of every kind share: frame, status, site, typed value (FHIR_MAPPING §3)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.datatypes import Json, coding, concept, filled, is_code, plain, quantity
from reporter.fhir.graph import NAMED, Graph
from reporter.fhir.intact import constants
from reporter.fhir.places import Place
from reporter.model.dates import PartialDate
from reporter.model.exam import Site
from reporter.model.report import Value

CATEGORIES = constants(
    {
        name: [concept(coding(c.OBSERVATION_CATEGORY, name))]
        for name in ("imaging", "laboratory", "procedure", "social-history", "survey")
    }
)
# the place of the narrative link (see `keep`)
LINK: list[Json] = [{}]


def frame(graph: Graph, key: str, category: str = "imaging") -> Json:
    """An Observation as far as all of the report are alike, its code to be set.

    What it says is put into it, at once in its place and only where there is something to say; then it is kept.
    """
    common = graph.frames.get(category)
    if common is None:
        common = graph.frames[category] = _common(graph, category)
    made = common.copy()
    made["identifier"] = named = graph.identifiers(key)
    made["id"] = named[0]["value"][NAMED:]
    return made


def _common(graph: Graph, category: str) -> Json:
    common = {
        "resourceType": "Observation",
        "id": None,
        "meta": None,
        "text": None,
        "extension": LINK,
        "identifier": None,
        "status": graph.status,
        "category": CATEGORIES[category],
        "code": None,
        "subject": graph.ref("patient"),
        "effectiveDateTime": graph.day,
    }
    if graph.has("role"):
        common["performer"] = [graph.ref("role")]
    return common


def keep(graph: Graph, key: str, made: Json) -> None:
    """Add an Observation that is finished but for its narrative, and for the link to what says it in the report."""
    element = graph.keep(key, made)
    made["text"] = graph.shown.narrative(made)
    if element is None:
        del made["extension"]
    else:
        place = f"{graph.names['composition']['reference']}#{element}"
        made["extension"] = [{"url": c.NARRATIVE_LINK, "valueUrl": place}]


def earlier(made: Json, date: PartialDate) -> None:
    """Turn the frame of this exam into that of an earlier one: final, of its day, and not known by whom."""
    made["status"] = "final"
    made["effectiveDateTime"] = str(date)
    made.pop("performer", None)


def put_site(graph: Graph, made: Json, site: Site | None) -> tuple[Json, ...]:
    """The site: codes, French text with side and level, and a BodyStructure when there is a side.

    Returns its coordinates as components.
    """
    if site is None:
        return ()
    place = graph.concepts.at(site)
    if place.sides:
        link = {"url": c.BODY_SITE, "valueReference": _structure(graph, place)}
        made["bodySite"] = {"extension": [link], **place.concept}
    else:
        made["bodySite"] = place.concept
    return place.components


def _structure(graph: Graph, place: Place) -> Json:
    key = place.structure
    if graph.has(key):
        return graph.ref(key)
    content = {
        "identifier": graph.identifiers(key),
        "location": place.concept,
        "locationQualifier": place.sides,
        "patient": graph.ref("patient"),
    }
    return graph.add(key, "BodyStructure", content)


def value(graph: Graph, raw: Value | None, unit: str | None, system: str = "derived-value") -> Json:
    """The value[x] of a typed value: boolean, integer, quantity, code or text."""
    if raw is None:
        return {}
    if isinstance(raw, str):
        known = graph.concepts.word.get((system, raw))
        if known is not None:
            return {"valueCodeableConcept": known}
        if is_code(raw) and " " not in raw:
            return {"valueCodeableConcept": graph.concepts.word[system, raw]}
        return filled({"valueString": plain(raw)})
    if isinstance(raw, bool):
        return {"valueBoolean": raw}
    if isinstance(raw, int) and unit is None:
        return {"valueInteger": raw}
    return {"valueQuantity": quantity(raw, unit or "1")}


def absent_reason(reason: str) -> Json:
    """Why there is no value: unknown or not applicable, as the user answered."""
    return concept(coding(c.ABSENT_REASON, reason.replace("_", "-")), text=labels.word("no-answer", reason))
