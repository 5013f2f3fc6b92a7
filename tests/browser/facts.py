"""What a downloaded bundle says, as short sentences to be compared with facts written by hand.

Read from the FHIR JSON alone, by the code systems of the project and SNOMED CT: nothing of the writer is used.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

OWN = "https://w3id.org/fhir-reporter/CodeSystem/"
SPOKEN = ("finding", "diagnosis", "dxa", "recommendation")
PRESENCE = {"52101004": "present", "2667000": "absent", "82334004": "indeterminate"}
IGNORED = ("compared_to", "vertebrae_included", "vertebrae_excluded")


def facts(bundle: Json) -> set[str]:
    """« finding bone_marrow_oedema present vertebra L1 signal.T1=hypo » for each stated observation."""
    return {_fact(kind, resource) for kind, resource in _observations(bundle)}


def vertebrae(bundle: Json) -> dict[str, list[str]]:
    """Vertebrae kept in and left out of the densitometry."""
    found: dict[str, list[str]] = {"vertebrae_included": [], "vertebrae_excluded": []}
    for kind, resource in _observations(bundle):
        if kind == "dxa" and _own(resource["code"])[1] == "bmd":
            for component in resource.get("component", []):
                name = _own(component["code"])[1]
                if name in found:
                    found[name].append(str(_value(component)))
    return found


def statuses(bundle: Json) -> set[str]:
    """The status of the Composition and of the DiagnosticReport."""
    wanted = ("Composition", "DiagnosticReport")
    return {r["status"] for r in _resources(bundle) if r["resourceType"] in wanted}


def _resources(bundle: Json) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"]]


def _observations(bundle: Json) -> Iterator[tuple[str, Json]]:
    for resource in _resources(bundle):
        if resource["resourceType"] == "Observation" and (kind := _own(resource["code"])[0]) in SPOKEN:
            yield kind, resource


def _own(concept: Json) -> tuple[str, str]:
    for coding in concept.get("coding", []):
        if coding.get("system", "").startswith(OWN):
            return coding["system"].removeprefix(OWN), coding["code"]
    return "", concept.get("text", "")


def _value(holder: Json) -> str:
    if "valueQuantity" in holder:
        quantity = holder["valueQuantity"]
        return f"{quantity['value']} {quantity.get('unit', '')}".strip()
    if concept := holder.get("valueCodeableConcept"):
        known = [PRESENCE[c["code"]] for c in concept.get("coding", []) if c["code"] in PRESENCE]
        return known[0] if known else _own(concept)[1]
    if reason := holder.get("dataAbsentReason"):
        return str(reason["coding"][0]["code"])
    return next((str(value) for key, value in holder.items() if key.startswith("value")), "")


def _fact(kind: str, resource: Json) -> str:
    parts = {_own(c["code"])[1]: _value(c) for c in resource.get("component", [])}
    place = [_own(resource.get("bodySite", {}))[1], parts.pop("laterality", ""), parts.pop("level", "")]
    details = sorted(f"{name}={value}" for name, value in parts.items() if not name.startswith(IGNORED))
    words = [kind, _own(resource["code"])[1], _value(resource), *place, *details]
    return " ".join(word for word in words if word)
