"""A document that another system could have sent: REST addresses, relative references, HL7 Europe profiles claimed."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
BASE = "https://hospital.example.com/fhir/"
IMAGING = "http://hl7.eu/fhir/imaging/StructureDefinition/"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
LOINC = "http://loinc.org"
EHDS = "http://hl7.eu/fhir/health-data-api/CodeSystem/eehrxf-document-priority-category-cs"
CATEGORIES = [
    {"coding": [{"system": LOINC, "code": "85430-7"}]},
    {"coding": [{"system": EHDS, "code": "Medical-Imaging"}]},
]
REFERENCE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.composition"


def narrative(text: str) -> Json:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{text}</p></div>'}


def section(code: str, *entries: str) -> Json:
    held: Json = {"entry": [{"reference": e} for e in entries]} if entries else {"emptyReason": {"text": "none"}}
    return {"code": {"coding": [{"system": LOINC, "code": code}]}, "text": narrative("words"), **held}


def composition() -> Json:
    return {
        "meta": {"profile": [f"{IMAGING}CompositionEuImaging"]},
        "identifier": {"system": "urn:example", "value": "1"},
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "18748-4"}]},
        "category": CATEGORIES,
        "subject": {"reference": "Patient/p"},
        "date": "2024-05-31",
        "author": [{"reference": "Practitioner/x"}],
        "title": "Report",
        "attester": [{"mode": "legal", "time": "2024-05-31T10:00:00+02:00", "party": {"reference": "Practitioner/x"}}],
        "section": [
            section("18726-0", "ImagingStudy/s"),
            section("55115-0"),
            section("11329-0"),
            section("55111-9"),
            section("59776-5", "DiagnosticReport/d", "Observation/o"),
        ],
    }


def report() -> Json:
    return {
        "meta": {"profile": [f"{IMAGING}DiagnosticReportEuImaging|1.0.0-ballot"]},
        "extension": [{"url": REFERENCE, "valueReference": {"reference": "Composition/c"}}],
        "identifier": [{"system": "urn:example", "value": "1"}],
        "status": "final",
        "category": CATEGORIES,
        "code": {"text": "MR"},
        "subject": {"reference": "Patient/p"},
    }


def study() -> Json:
    return {
        "meta": {"profile": [f"{IMAGING}ImagingStudyEuImaging"]},
        "identifier": [
            {
                "type": {"coding": [{"system": DICOM, "code": "110180", "display": "Study Instance UID"}]},
                "system": "urn:dicom:uid",
                "value": "urn:oid:1.2.3",
            }
        ],
        "status": "available",
        "subject": {"reference": "Patient/p"},
    }


def observation() -> Json:
    """A measurement with a contained device and an extension on a primitive."""
    return {
        "contained": [{"resourceType": "Device", "id": "scanner", "modelNumber": "M1"}],
        "status": "final",
        "_status": {"extension": [{"url": "urn:example:why", "valueCode": "checked"}]},
        "code": {"coding": [{"system": LOINC, "code": "24701-5"}]},
        "subject": {"reference": "Patient/p", "type": "Patient"},
        "device": {"reference": "#scanner"},
        "valueQuantity": {"value": 1, "unit": "g/cm²", "system": "http://unitsofmeasure.org", "code": "g/cm2"},
    }


def document() -> Json:
    resources: tuple[tuple[str, str, Json], ...] = (
        ("Composition", "c", composition()),
        ("DiagnosticReport", "d", report()),
        ("Patient", "p", {"name": [{"family": "Example"}], "birthDate": "1960-03-12"}),
        ("ImagingStudy", "s", study()),
        ("Practitioner", "x", {"name": [{"family": "Reader"}]}),
        ("Observation", "o", observation()),
    )
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{IMAGING}BundleReportEuImaging"]},
        "identifier": {"system": "urn:example", "value": "document-1"},
        "type": "document",
        "timestamp": "2024-05-31T10:00:00Z",
        "entry": [
            {"fullUrl": f"{BASE}{kind}/{name}", "resource": {"resourceType": kind, "id": name, **content}}
            for kind, name, content in resources
        ],
    }
