"""The one table of what `/fhir` serves: routes and CapabilityStatement are both made from it."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.web.auth.permissions import Permission

READ, VREAD, HISTORY, SEARCH = "read", "vread", "history-instance", "search-type"
_READ_ONLY = (READ, SEARCH)
_OF_REPORT = (READ, VREAD, HISTORY, SEARCH)
_COMMON_INCLUDES = ("patient", "subject", "based-on", "performer")


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type: interactions, parameters that may be followed (_include), and those that lead back to it."""

    type: str
    permission: Permission
    interactions: tuple[str, ...] = _READ_ONLY
    includes: tuple[str, ...] = ()
    reverse: tuple[str, ...] = ()
    operations: tuple[tuple[str, str], ...] = ()


KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        Kind(
            "DiagnosticReport",
            Permission.READ_REPORT,
            _OF_REPORT,
            (*_COMMON_INCLUDES, "result", "results-interpreter"),
            operations=(("generate", "OperationDefinition/DiagnosticReport-generate"),),
        ),
        Kind(
            "Observation",
            Permission.READ_OBSERVATION,
            includes=(*_COMMON_INCLUDES, "has-member", "derived-from", "part-of"),
            reverse=("DiagnosticReport:result", "Observation:has-member", "Observation:derived-from"),
        ),
        Kind(
            "Composition",
            Permission.READ_COMPOSITION,
            _OF_REPORT,
            ("patient", "subject", "author", "entry"),
            operations=(("document", "http://hl7.org/fhir/OperationDefinition/Composition-document"),),
        ),
        Kind(
            "Patient",
            Permission.READ_PATIENT,
            reverse=("DiagnosticReport:patient", "ServiceRequest:patient", "Observation:patient"),
        ),
        Kind(
            "ServiceRequest",
            Permission.READ_ORDER,
            includes=("patient", "subject", "requester"),
            reverse=("DiagnosticReport:based-on", "ImagingStudy:basedon"),
        ),
        Kind("ImagingStudy", Permission.READ_STUDY, includes=("patient", "subject", "basedon")),
        Kind("Procedure", Permission.READ_PROCEDURE, includes=("patient", "subject", "based-on")),
        Kind("Practitioner", Permission.READ_PRACTITIONER),
        Kind("PractitionerRole", Permission.READ_ROLE, includes=("practitioner", "organization")),
        Kind("Organization", Permission.READ_ORGANIZATION),
        Kind("Device", Permission.READ_DEVICE),
        Kind("BodyStructure", Permission.READ_BODY_STRUCTURE, includes=("patient",)),
        Kind("Provenance", Permission.READ_PROVENANCE, includes=("target",)),
    )
}
