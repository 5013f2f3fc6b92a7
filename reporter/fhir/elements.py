"""What Observations of every kind share: frame, status, site, typed value (FHIR_MAPPING §3)."""

from __future__ import annotations

from decimal import Decimal

from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.datatypes import Json, coding, concept, is_code, plain, quantity
from reporter.fhir.graph import NAMED, Graph, TwiceError
from reporter.fhir.intact import constants
from reporter.fhir.places import Place
from reporter.fhir.profiles import SURE_OBSERVATIONS
from reporter.model.dates import PartialDate
from reporter.model.exam import Site
from reporter.model.report import Value

CATEGORIES = constants(
    {
        name: [concept(coding(c.OBSERVATION_CATEGORY, name))]
        for name in ("imaging", "laboratory", "procedure", "social-history", "survey")
    }
)
_LINKED = c.NARRATIVE_LINK
# the place of the narrative link (see `keep`)
LINK: list[Json] = [{}]
# category → the profiles its Observations claim: those that follow from it alone, or None for those yet to be found
_CLAIMS = {**SURE_OBSERVATIONS, "procedure": None}
# category → an Observation of any report: what each says of its own has its place
_BLANKS = {
    name: {"resourceType": "Observation", "id": None}
    | ({"meta": _CLAIMS[name]} if name in _CLAIMS else {})
    | {"text": None, "extension": LINK, "identifier": None, "status": None, "category": category, "code": None}
    for name, category in CATEGORIES.items()
}


def frame(graph: Graph, key: str, category: str = "imaging") -> Json:
    """An Observation as far as all of the report are alike, its code to be set.

    What it says is put into it, at once in its place and only where there is something to say; then it is kept.
    """
    frames = graph.frames
    made = (frames[category] if category in frames else _common(graph, category)).copy()
    made["identifier"] = named = graph.identifiers(key)
    made["id"] = named[0]["value"][NAMED:]
    return made


def _common(graph: Graph, category: str) -> Json:
    common: Json = _BLANKS[category].copy()
    common["status"] = graph.status
    common["subject"] = graph.ref("patient")
    common["effectiveDateTime"] = graph.day
    if graph.has("role"):
        common["performer"] = [graph.ref("role")]
    graph.frames[category] = common
    return common


def keep(graph: Graph, key: str, made: Json, home: str, *, listed: bool = True) -> Json:
    """Add an Observation that is finished but for its narrative, and for the link to what says it; its reference.

    `home` is the section it belongs to, which lists it unless something else there leads to it.
    """
    if graph.resources.setdefault(key, made) is not made:
        raise TwiceError(key)
    line, made["text"] = graph.shown.narrative(made)
    ref = graph.names[key]
    element = graph.homes.put(key, ref if listed else None, home, line)
    made["extension"] = [{"url": _LINKED, "valueUrl": graph.page + element}]
    return ref


def earlier(made: Json, date: PartialDate) -> None:
    """Turn the frame of this exam into that of an earlier one: final, of its day, and not known by whom."""
    made["status"] = "final"
    made["effectiveDateTime"] = str(date)
    made.pop("performer", None)


def put_site(graph: Graph, made: Json, site: Site) -> tuple[Json, ...]:
    """The site: codes, French text with side and level, and a BodyStructure when there is a side.

    Returns its coordinates as components.
    """
    place = graph.concepts.place[site.code, site.laterality, site.level, site.number, site.part, site.zones]
    if place.sides:
        link = {"url": c.BODY_SITE, "valueReference": _structure(graph, place)}
        made["bodySite"] = {"extension": [link], **place.concept}
    else:
        made["bodySite"] = place.concept
    return place.components


def _structure(graph: Graph, place: Place) -> Json:
    key = place.structure
    ref = graph.ref(key)
    if not graph.has(key):
        made = graph.begin(key, "BodyStructure")
        made["identifier"] = graph.identifiers(key)
        made["location"] = place.concept
        made["locationQualifier"] = place.sides
        made["patient"] = graph.ref("patient")
    return ref


def put_value(graph: Graph, made: Json, raw: Value | None, unit: str | None, system: str = "derived-value") -> None:
    """Put the value[x] of a typed value: quantity, boolean, integer, code or text."""
    if isinstance(raw, Decimal):
        made["valueQuantity"] = quantity(raw, unit or "1")
    elif isinstance(raw, str):
        known = graph.concepts.word.get((system, raw))
        if known is not None:
            made["valueCodeableConcept"] = known
        elif is_code(raw) and " " not in raw:
            made["valueCodeableConcept"] = graph.concepts.word[system, raw]
        elif said := plain(raw):
            made["valueString"] = said
    elif isinstance(raw, bool):
        made["valueBoolean"] = raw
    elif raw is not None and unit is None:
        made["valueInteger"] = raw
    elif raw is not None:
        made["valueQuantity"] = quantity(raw, unit or "1")


def absent_reason(reason: str) -> Json:
    """Why there is no value: unknown or not applicable, as the user answered."""
    return concept(coding(c.ABSENT_REASON, reason.replace("_", "-")), text=labels.word("no-answer", reason))
