"""The profiles we may claim, and for each what must be there: read from its snapshot, kept as data.

A rule that our mapping meets by construction (fixed values, sections and categories that every report has, closed
elements we never emit) is not repeated here; what depends on the input is. Sources: HL7 Europe imaging R4 1.0.0-ballot,
HL7 Europe base 2.0.0, FR Core 2.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json

_IMAGING = "http://hl7.eu/fhir/imaging/StructureDefinition/"
_BASE = "http://hl7.eu/fhir/base/StructureDefinition/"
_FR = "https://hl7.fr/ig/fhir/core/StructureDefinition/"
PATIENT = f"{_BASE}patient-eu-core"
PRACTITIONER = f"{_BASE}practitioner-eu-core"
ROLE = f"{_BASE}practitionerRole-eu-core"
ORGANIZATION = f"{_BASE}organization-eu-core"
COMPOSITION = f"{_IMAGING}CompositionEuImaging"
REPORT = f"{_IMAGING}DiagnosticReportEuImaging"
MINIMAL_REPORT = f"{_IMAGING}DiagnosticReportEuImagingMinimalMetadata"
STUDY = f"{_IMAGING}ImagingStudyEuImaging"
PROCEDURE = f"{_IMAGING}ProcedureEuImaging"
DEVICE = f"{_IMAGING}DeviceEuImaging"
FINDING = f"{_IMAGING}ObservationFindingEuImaging"
DOSE = f"{_IMAGING}ObservationRadiationDoseEuImaging"
DOCUMENT = f"{_IMAGING}BundleReportEuImaging"
COLLECTION = f"{_IMAGING}BundleReportMinimalMetadataEuImaging"
FR_PRACTITIONER = f"{_FR}fr-core-practitioner"
FR_ORGANIZATION = f"{_FR}fr-core-organization"

Need = Callable[[Json], bool]
Targets = Callable[[Json], list[Json]]
Link = tuple[Targets, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: what a resource of its type must hold, and the profiles its references must meet.

    `element` must be there (a reason for its absence is none; every resource has a type), then every need must be met.
    """

    url: str
    type: str
    element: str = "resourceType"
    needs: tuple[Need, ...] = ()
    links: tuple[Link, ...] = ()


def values(node: Json, path: str) -> list[Json]:
    """Every value at a dotted path, lists flattened."""
    found: list[Json] = [node]
    for name in path.split("."):
        found = [item for one in found for item in _items(one.get(name) if isinstance(one, dict) else None)]
    return found


def _items(value: Json | list[Json] | None) -> list[Json]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def has(*names: str) -> Need:
    """One of the elements; what is built here is never empty."""
    return lambda node: any(name in node for name in names)


def at(name: str) -> Targets:
    """The references of an element."""
    return lambda node: _items(node.get(name))


def extension_at(url: str) -> Targets:
    """The references held by extensions of this URL."""
    return lambda node: [x["valueReference"] for x in node.get("extension", ()) if x["url"] == url]


def _studies(node: Json) -> list[Json]:
    """The entries of the first section, which is that of the exam."""
    entries: list[Json] = node["section"][0]["entry"]
    return entries


def _attesting(node: Json) -> list[Json]:
    return [attester["party"] for attester in node.get("attester", ())]


def _unlinked(node: Json) -> bool:
    """The request is named, not referred to."""
    return not any("reference" in item for item in node.get("basedOn", ()))


def each(path: str, *needs: Need) -> Need:
    """Every value of the element meets every need."""
    return lambda node: path not in node or all(need(item) for item in _items(node[path]) for need in needs)


def coded(system: str, code: str) -> Callable[[Json], bool]:
    """Does a concept carry the coding?"""
    wanted = {"system": system, "code": code}
    return lambda concept: any(wanted.items() <= coding.items() for coding in concept.get("coding", ()))


def only_typed(path: str, types: dict[str, str]) -> Need:
    """Identifiers of a national naming system carry its type (slices told apart by `system`)."""
    return lambda node: all(
        types[item["system"]] in [x.get("code") for x in values(item, "type.coding")]
        for item in _items(node.get(path))
        if item.get("system") in types
    )


def _accession(node: Json) -> bool:
    """A link to the request carries the accession number (AccessionNumberIdentifierEuImaging)."""
    number = node.get("identifier", {})
    return "system" in number and "value" in number and _IS_ACCESSION(number.get("type", {}))


def _study_uid(node: Json) -> bool:
    """One identifier, the DICOM study UID as an OID (im-imagingstudy-01; the slice takes in every identifier)."""
    uids = node["identifier"]
    return len(uids) == 1 and _IS_STUDY_UID(uids[0].get("type", {})) and uids[0].get("value", "").startswith("urn:oid:")


def _link(targets: Targets, *allowed: str) -> Link:
    return targets, frozenset(allowed)


_IS_ACCESSION = coded(c.V2_0203, c.ACCESSION)
_IS_STUDY_UID = coded(c.DICOM, c.STUDY_UID)
_IDENTIFIED = each("identifier", has("system"), has("value"))
_BASED_ON = each("basedOn", _accession)
_PEOPLE = (PRACTITIONER, ROLE)
_NATIONAL = {"urn:oid:1.2.250.1.71.4.2.1": "IDNPS", "https://rpps.esante.gouv.fr": "RPPS"}
_STRUCTURES = {"urn:oid:1.2.250.1.71.4.2.2": "IDNST"}

PROFILES: tuple[Profile, ...] = (
    Profile(PATIENT, "Patient", "birthDate"),
    Profile(PRACTITIONER, "Practitioner"),
    Profile(FR_PRACTITIONER, "Practitioner", needs=(_IDENTIFIED, only_typed("identifier", _NATIONAL))),
    Profile(
        ROLE,
        "PractitionerRole",
        links=(_link(at("practitioner"), PRACTITIONER), _link(at("organization"), ORGANIZATION)),
    ),
    Profile(ORGANIZATION, "Organization", "name"),
    Profile(FR_ORGANIZATION, "Organization", needs=(_IDENTIFIED, only_typed("identifier", _STRUCTURES))),
    Profile(STUDY, "ImagingStudy", needs=(_study_uid, _BASED_ON), links=(_link(at("subject"), PATIENT),)),
    Profile(
        DOSE,
        "Observation",
        "valueString",  # no other Observation of an acquisition has one
        links=(_link(at("subject"), PATIENT), _link(at("derivedFrom"), STUDY)),
    ),
    Profile(
        REPORT,
        "DiagnosticReport",
        "extension",  # that names its Composition
        (_BASED_ON,),
        (
            _link(at("subject"), PATIENT),
            _link(at("performer"), ORGANIZATION),
            _link(at("resultsInterpreter"), *_PEOPLE),
            _link(at("imagingStudy"), STUDY),
            _link(extension_at(c.REPORT_COMPOSITION), COMPOSITION),
        ),
    ),
    Profile(
        MINIMAL_REPORT,
        "DiagnosticReport",
        needs=(_unlinked, _BASED_ON),
        links=(_link(at("subject"), PATIENT), _link(at("imagingStudy"), STUDY)),
    ),
    Profile(
        COMPOSITION,
        "Composition",
        links=(
            _link(_studies, STUDY),
            _link(at("custodian"), ORGANIZATION),
            _link(_attesting, *_PEOPLE),
            _link(extension_at(c.REPORT_REFERENCE), REPORT),
        ),
    ),
)

BY_TYPE: Mapping[str, tuple[Profile, ...]] = {
    kind: tuple(profile for profile in PROFILES if profile.type == kind) for kind in {p.type for p in PROFILES}
}
# what a resource claims whatever the input, by its key in the graph; and an Observation by its category
SURE: Mapping[str, Json] = {
    "procedure": {"profile": [PROCEDURE]},
    "scanner": {"profile": [DEVICE]},
}
SURE_OBSERVATIONS: Mapping[str, Json] = {"imaging": {"profile": [FINDING]}}
