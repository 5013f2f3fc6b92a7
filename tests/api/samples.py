"""What a RIS sends, written by hand, and our own samples."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "fhir_examples" / "mr_pelvis_sacral_stress_fracture"
V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
IPP, PLACER, ACCESSION = "urn:oid:1.2.250.1.999.1", "urn:oid:1.2.250.1.999.2", "urn:oid:1.2.250.1.999.3"


def sample_input(accession: str | None = None) -> Json:
    """The input of one of our samples."""
    data: Json = json.loads((SAMPLE / "input.json").read_text(encoding="utf-8"))
    if accession:
        data["exam"]["accession_number"] = accession
    return data


def sample_text() -> str:
    return (SAMPLE / "input.json").read_text(encoding="utf-8")


def findings() -> Json:
    """Our Observations, as a document."""
    made: Json = json.loads((SAMPLE / "bundle.json").read_text(encoding="utf-8"))
    return made


def typed(code: str, system: str, value: str) -> Json:
    return {"type": {"coding": [{"system": V2_0203, "code": code}]}, "system": system, "value": value}


PATIENT: Json = {
    "resourceType": "Patient",
    "identifier": [typed("PI", IPP, "800123")],
    "name": [{"use": "official", "family": "DURAND", "given": ["Zoé"]}],
    "gender": "female",
    "birthDate": "1950-03-02",
}
ORDER: Json = {
    "resourceType": "ServiceRequest",
    "identifier": [typed("PLAC", PLACER, "DEM-77"), typed("ACSN", ACCESSION, "ACC-77")],
    "status": "active",
    "intent": "order",
    "priority": "urgent",
    "code": {"coding": [{"system": "http://loinc.org", "code": "30673-8"}], "text": "IRM du bassin"},
    "subject": {"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"},
    "reasonCode": [{"text": "Douleur de la fesse gauche depuis trois semaines."}],
}


def prior_study(reference: str) -> list[Json]:
    """A report of an earlier exam, by another centre: an œdème of the sacrum."""
    sample = findings()
    region = next(e["resource"] for e in sample["entry"] if e["resource"]["resourceType"] == "ImagingStudy")
    study = {
        "resourceType": "ImagingStudy",
        "extension": region["extension"],
        "status": "available",
        "modality": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "MR"}],
        "subject": {"reference": reference},
        "started": "2024-01-10",
    }
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "30673-8"}], "text": "IRM du bassin"},
        "subject": {"reference": reference},
        "effectiveDateTime": "2024-01-10",
        "imagingStudy": [{"reference": "urn:uuid:44444444-4444-4444-8444-444444444444"}],
    }
    return [
        {"fullUrl": "urn:uuid:33333333-3333-4333-8333-333333333333", "resource": report},
        {"fullUrl": "urn:uuid:44444444-4444-4444-8444-444444444444", "resource": study},
    ]


def request_bundle(kind: str = "transaction", *, number: str = "DEM-77", prior: bool = False, **changes: Any) -> Json:
    """A request for a MRI of the pelvis."""
    order = {**copy.deepcopy(ORDER), **changes}
    order["identifier"][0]["value"] = number
    order["identifier"][1]["value"] = number.replace("DEM", "ACC")
    entries = [
        {"fullUrl": "urn:uuid:11111111-1111-4111-8111-111111111111", "resource": copy.deepcopy(PATIENT)},
        {"fullUrl": "urn:uuid:22222222-2222-4222-8222-222222222222", "resource": order},
        *(prior_study("urn:uuid:11111111-1111-4111-8111-111111111111") if prior else []),
    ]
    if kind in ("transaction", "batch"):
        for entry in entries:
            entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
    return {"resourceType": "Bundle", "type": kind, "entry": entries}
