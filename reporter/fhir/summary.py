"""One line of French for a resource: what a section shows for an entry that no sentence says."""

from __future__ import annotations

from decimal import Decimal

from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.datatypes import Json
from reporter.french import numbers
from reporter.model.dates import PartialDate

NBSP = "\u00a0"
CODED_VALUES = frozenset(
    ("valueCodeableConcept", "valueQuantity", "valueDateTime", "valueBoolean", "valueInteger")
)  # every value[x] of ours but plain text
_RECOMMENDATION = f"{c.LOCAL}recommendation"
_PRIOR = f"{c.LOCAL}prior-"
_UNCODED = ({"code": ""},)


def of(resource: Json) -> str:
    """« densité minérale osseuse (col fémoral gauche) : 0,828 g/cm² »."""
    code = resource.get("code")
    system = _system(code)
    if system == _RECOMMENDATION:
        return concept_text(code)
    line = concept_text(code) or resource.get("description") or _study(resource)
    place = resource.get("bodySite")
    if isinstance(place, dict) and (where := concept_text(place)):
        line = f"{line} ({where})"
    said = _value(resource)
    if "component" in resource and (not said or system.startswith(_PRIOR)):
        said = _detailed(said, resource["component"])
    if said:
        line = f"{line}{NBSP}: {said}"
    notes = " ".join([note["text"] for note in resource["note"]]) if "note" in resource else ""
    return f"{line} ({notes})" if notes else line


def is_recommendation(code: Json) -> bool:
    """Of a recommendation its sentence is the whole line."""
    return _system(code) == _RECOMMENDATION


def has_own_form(code: Json) -> bool:
    """Is it a recommendation, or of an earlier exam?"""
    return _system(code).startswith((_RECOMMENDATION, _PRIOR))


def _system(code: Json | None) -> str:
    """The system of the first coding of a concept."""
    return str(code["coding"][0].get("system", "")) if code and "coding" in code else ""


def _detailed(said: str, parts: list[Json]) -> str:
    """Without a value of its own, or of an earlier exam: no sentence says its components. The site says its place."""
    return ", ".join([text for text in (said, *map(component, parts)) if text])


def _study(resource: Json) -> str:
    """« IRM genou gauche, 2 mai 2020 » from the codes of a study."""
    modality = " ".join(
        labels.word("modality", coding["code"]) or coding["code"] for coding in resource.get("modality", [])
    )
    region = next((concept_text(e["valueCodeableConcept"]) for e in resource.get("extension", [])), "")
    date = numbers.date_fr(PartialDate.parse(resource["started"])) if "started" in resource else ""
    return ", ".join(part for part in (f"{modality} {region}".strip(), date) if part)


def pair(label: str, value: str) -> str:
    """« Sexe : féminin »."""
    return f"{label}{NBSP}: {value}"


def component(part: Json) -> str:
    """« extension : 12,5 mm » for one component."""
    return f"{concept_text(part['code'])} {_value(part)}"


def concept_text(concept: Json | None) -> str:
    """The text of a CodeableConcept, or its first code."""
    if not concept:
        return ""
    text: str = concept.get("text") or concept.get("coding", _UNCODED)[0]["code"]
    return text


def _value(element: Json) -> str:
    if "valueCodeableConcept" in element:
        return concept_text(element["valueCodeableConcept"])
    if "valueQuantity" in element:
        return quantity(element["valueQuantity"])
    if "valueDateTime" in element:
        return numbers.date_fr(PartialDate.parse(element["valueDateTime"]))
    if "dataAbsentReason" in element:
        return concept_text(element["dataAbsentReason"])
    if "valueBoolean" in element:
        return labels.YES_NO[element["valueBoolean"]]
    if "valueInteger" in element:
        return numbers.number(element["valueInteger"])
    return str(element.get("valueString", ""))


def quantity(value: Json) -> str:
    """« 0,828 g/cm² », with every decimal that was given."""
    amount = Decimal(value["value"])
    return numbers.quantity(amount, value.get("code") or value.get("unit") or "1", _places(amount))


def _places(amount: Decimal) -> int | None:
    digits = str(amount)
    if "E" not in digits:
        return len(digits.partition(".")[2])
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else None
