"""What each resource type is searched by: parameter → kind and paths, with the names of HL7's R4 search parameters.

Source: FHIR R4 « Search Parameter Registry ». `accession` is ours: the accession number of the exam, on every resource
that belongs to one exam (R4 has it as an identifier of ServiceRequest and ImagingStudy only).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TOKEN, REFERENCE, STRING, DATE = "token", "reference", "string", "date"
ACCESSION = "accession"
COMMON = MappingProxyType({"_id": TOKEN, "_lastUpdated": DATE})
SHARED_TYPES = frozenset({"Patient", "Practitioner", "PractitionerRole", "Organization", "Device"})

Param = tuple[str, tuple[str, ...]]

_IDENTIFIER: Param = (TOKEN, ("identifier",))
_STATUS: Param = (TOKEN, ("status",))
_CODE: Param = (TOKEN, ("code",))
_CATEGORY: Param = (TOKEN, ("category",))
_SUBJECT: Param = (REFERENCE, ("subject",))
_BASED_ON: Param = (REFERENCE, ("basedOn",))
_OF_PATIENT: dict[str, Param] = {"identifier": _IDENTIFIER, "status": _STATUS, "patient": _SUBJECT, "subject": _SUBJECT}

_PARAMS: dict[str, dict[str, Param]] = {
    "DiagnosticReport": {
        **_OF_PATIENT,
        "code": _CODE,
        "category": _CATEGORY,
        "date": (DATE, ("effectiveDateTime", "effectivePeriod")),
        "issued": (DATE, ("issued",)),
        "conclusion": (TOKEN, ("conclusionCode",)),
        "based-on": _BASED_ON,
        "result": (REFERENCE, ("result",)),
        "performer": (REFERENCE, ("performer",)),
        "results-interpreter": (REFERENCE, ("resultsInterpreter",)),
    },
    "Observation": {
        **_OF_PATIENT,
        "code": _CODE,
        "category": _CATEGORY,
        "date": (DATE, ("effectiveDateTime", "effectivePeriod", "effectiveInstant")),
        "value-concept": (TOKEN, ("valueCodeableConcept",)),
        "component-code": (TOKEN, ("component.code",)),
        "combo-code": (TOKEN, ("code", "component.code")),
        "method": (TOKEN, ("method",)),
        "based-on": _BASED_ON,
        "part-of": (REFERENCE, ("partOf",)),
        "derived-from": (REFERENCE, ("derivedFrom",)),
        "has-member": (REFERENCE, ("hasMember",)),
        "focus": (REFERENCE, ("focus",)),
        "performer": (REFERENCE, ("performer",)),
    },
    "Composition": {
        **_OF_PATIENT,
        "type": (TOKEN, ("type",)),
        "category": _CATEGORY,
        "date": (DATE, ("date",)),
        "title": (STRING, ("title",)),
        "author": (REFERENCE, ("author",)),
        "attester": (REFERENCE, ("attester.party",)),
        "entry": (REFERENCE, ("section.entry", "section.section.entry")),
        "period": (DATE, ("event.period",)),
    },
    "Patient": {
        "identifier": _IDENTIFIER,
        "name": (STRING, ("name",)),
        "family": (STRING, ("name.family",)),
        "given": (STRING, ("name.given",)),
        "birthdate": (DATE, ("birthDate",)),
        "gender": (TOKEN, ("gender",)),
        "organization": (REFERENCE, ("managingOrganization",)),
    },
    "ServiceRequest": {
        **_OF_PATIENT,
        "code": _CODE,
        "category": _CATEGORY,
        "intent": (TOKEN, ("intent",)),
        "priority": (TOKEN, ("priority",)),
        "authored": (DATE, ("authoredOn",)),
        "occurrence": (DATE, ("occurrenceDateTime", "occurrencePeriod")),
        "body-site": (TOKEN, ("bodySite",)),
        "requester": (REFERENCE, ("requester",)),
        "performer": (REFERENCE, ("performer",)),
        "based-on": _BASED_ON,
    },
    "ImagingStudy": {
        **_OF_PATIENT,
        "modality": (TOKEN, ("modality", "series.modality")),
        "started": (DATE, ("started",)),
        "basedon": _BASED_ON,
        "bodysite": (TOKEN, ("series.bodySite",)),
    },
    "Procedure": {
        **_OF_PATIENT,
        "code": _CODE,
        "date": (DATE, ("performedDateTime", "performedPeriod")),
        "based-on": _BASED_ON,
    },
    "Provenance": {"target": (REFERENCE, ("target",)), "recorded": (DATE, ("recorded",))},
    "BodyStructure": {"identifier": _IDENTIFIER, "patient": (REFERENCE, ("patient",))},
    "Practitioner": {"identifier": _IDENTIFIER, "name": (STRING, ("name",))},
    "PractitionerRole": {
        "identifier": _IDENTIFIER,
        "practitioner": (REFERENCE, ("practitioner",)),
        "organization": (REFERENCE, ("organization",)),
    },
    "Organization": {"identifier": _IDENTIFIER, "name": (STRING, ("name",))},
}
_OTHER: dict[str, Param] = {"identifier": _IDENTIFIER}
# what a chained parameter leads to when the request does not say: `patient.identifier`
_TARGETS = {
    "patient": "Patient", "subject": "Patient", "based-on": "ServiceRequest", "basedon": "ServiceRequest",
    "result": "Observation", "has-member": "Observation", "derived-from": "Observation", "organization": "Organization",
    "practitioner": "Practitioner",
}  # fmt: skip


def of_type(resource_type: str) -> Mapping[str, Param]:
    """The parameters of a type that are read from its own content."""
    return _PARAMS.get(resource_type, _OTHER)


def search_params(resource_type: str) -> dict[str, str]:
    """Every parameter of a type with its kind, as a capability statement lists them."""
    own = {name: kind for name, (kind, _) in of_type(resource_type).items()}
    exam = {} if resource_type in SHARED_TYPES else {ACCESSION: TOKEN}
    return {**COMMON, **own, **exam}


def searched_types() -> tuple[str, ...]:
    """The types with parameters of their own."""
    return tuple(_PARAMS)


def target_of(param: str) -> str:
    """The type a reference leads to when the request does not say."""
    return _TARGETS.get(param, "")
