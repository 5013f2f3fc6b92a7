"""One line of French for a resource: what a section shows for an entry that no sentence says."""

from __future__ import annotations

from decimal import Decimal

from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.datatypes import Json
from reporter.french import numbers
from reporter.model.dates import PartialDate

NBSP = "\u00a0"


def of(resource: Json) -> str:
    """« densité minérale osseuse (col fémoral gauche) : 0,828 g/cm² »."""
    if resource.get("code", {}).get("coding", [{}])[0].get("system") == f"{c.LOCAL}recommendation":
        return concept_text(resource["code"])
    where = concept_text(resource.get("bodySite")) if isinstance(resource.get("bodySite"), dict) else ""
    head = concept_text(resource.get("code")) or resource.get("description") or _study(resource)
    details = [component(part) for part in resource.get("component", [])] if _shows_details(resource) else []
    said = ", ".join(part for part in (_value(resource), *details) if part)
    notes = " ".join(note["text"] for note in resource.get("note", []))
    line = head + (f" ({where})" if where else "") + (f"{NBSP}: {said}" if said else "")
    return f"{line} ({notes})" if notes else line


def _shows_details(resource: Json) -> bool:
    """Without a value of its own, or of an earlier exam: no sentence says its components. The site says its place."""
    system = str(resource.get("code", {}).get("coding", [{}])[0].get("system", ""))
    return not _value(resource) or system.startswith(f"{c.LOCAL}prior-")


def _study(resource: Json) -> str:
    """« IRM genou gauche, 2 mai 2020 » from the codes of a study."""
    modality = " ".join(
        labels.word("modality", coding["code"]) or coding["code"] for coding in resource.get("modality", [])
    )
    region = next((concept_text(e["valueCodeableConcept"]) for e in resource.get("extension", [])), "")
    date = numbers.date_fr(PartialDate.parse(resource["started"])) if "started" in resource else ""
    return ", ".join(part for part in (f"{modality} {region}".strip(), date) if part)


def component(part: Json) -> str:
    """« extension : 12,5 mm » for one component."""
    return f"{concept_text(part['code'])} {_value(part)}"


def concept_text(concept: Json | None) -> str:
    """The text of a CodeableConcept, or its first code."""
    if not concept:
        return ""
    return str(concept.get("text") or next((entry["code"] for entry in concept.get("coding", [])), ""))


def _value(element: Json) -> str:
    if "valueCodeableConcept" in element:
        return concept_text(element["valueCodeableConcept"])
    if "valueQuantity" in element:
        return _quantity(element["valueQuantity"])
    if "valueDateTime" in element:
        return numbers.date_fr(PartialDate.parse(element["valueDateTime"]))
    if "dataAbsentReason" in element:
        return concept_text(element["dataAbsentReason"])
    if "valueBoolean" in element:
        return labels.YES_NO[element["valueBoolean"]]
    if "valueInteger" in element:
        return numbers.number(element["valueInteger"])
    return str(element.get("valueString", ""))


def _quantity(value: Json) -> str:
    amount = Decimal(value["value"])
    exponent = amount.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else None
    return numbers.quantity(amount, value.get("code") or value.get("unit") or "1", places)
