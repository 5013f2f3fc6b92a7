"""The profiles we may claim, and for each what must be there: read from its snapshot, kept as data.

A rule that our mapping meets by construction (fixed values, closed elements we never emit) is not repeated here; what
depends on the input is. Sources: HL7 Europe imaging R4 1.0.0-ballot, HL7 Europe base 2.0.0, FR Core 2.2.
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

    `elements` must be there (a reason for the absence of one is none), then every need must be met.
    """

    url: str
    type: str
    elements: frozenset[str] = frozenset()
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


def lacks(path: str) -> Need:
    """Nothing at the path."""
    return lambda node: not values(node, path)


def at(path: str) -> Targets:
    """The references at the path."""
    return lambda node: values(node, path)


def extension_at(url: str) -> Targets:
    """The references held by extensions of this URL."""
    return lambda node: [x["valueReference"] for x in _items(node.get("extension")) if x["url"] == url]


def section_at(name: str) -> Targets:
    """The entries of a section."""
    code = c.SECTION_CODES[name]
    return lambda node: [
        entry
        for section in node.get("section", ())
        for coding in section["code"]["coding"]
        if coding["code"] == code and coding["system"] == c.LOINC
        for entry in section.get("entry", ())
    ]


def each(path: str, *needs: Need) -> Need:
    """Every value of the element meets every need."""
    return lambda node: path not in node or all(need(item) for item in _items(node[path]) for need in needs)


def coded(path: str, system: str, code: str) -> Need:
    """Exactly one value of the element carries the coding."""
    alone = [{"coding": [{"system": system, "code": code}]}]

    def need(node: Json) -> bool:
        found, value = 0, node.get(path, ())
        if value == alone:  # as most Observations have it
            return True
        for item in (value,) if type(value) is dict else value:
            for coding in item.get("coding", ()):
                if coding.get("code") == code and coding.get("system") == system:
                    found += 1
                    break
        return found == 1

    return need


def sectioned(*names: str) -> Need:
    """Exactly one section of each name."""
    wanted = [c.SECTION_CODES[name] for name in names]

    def need(node: Json) -> bool:
        sections = node.get("section", ())
        found = [x["code"] for part in sections for x in part["code"]["coding"] if x["system"] == c.LOINC]
        return all(found.count(code) == 1 for code in wanted)

    return need


def extended(url: str) -> Need:
    """Exactly one extension of this URL."""
    return lambda node: sum(item["url"] == url for item in _items(node.get("extension"))) == 1


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
    return "system" in number and "value" in number and _IS_ACCESSION(number)


def _study_uid(node: Json) -> bool:
    """One identifier, the DICOM study UID as an OID (im-imagingstudy-01; the slice takes in every identifier)."""
    uids = _items(node.get("identifier"))
    return len(uids) == 1 and _IS_STUDY_UID(uids[0]) and str(uids[0].get("value")).startswith("urn:oid:")


def _link(targets: Targets, *allowed: str) -> Link:
    return targets, frozenset(allowed)


_IS_ACCESSION = coded("type", c.V2_0203, c.ACCESSION)
_IS_STUDY_UID = coded("type", c.DICOM, c.STUDY_UID)
_CATEGORIES = (coded("category", c.LOINC, c.REPORT_CATEGORY), coded("category", c.EHDS_CATEGORY, c.EHDS_IMAGING))
_IDENTIFIED = each("identifier", has("system"), has("value"))
_BASED_ON = each("basedOn", _accession)
_PEOPLE = (PRACTITIONER, ROLE)
_NATIONAL = {"urn:oid:1.2.250.1.71.4.2.1": "IDNPS", "https://rpps.esante.gouv.fr": "RPPS"}
_STRUCTURES = {"urn:oid:1.2.250.1.71.4.2.2": "IDNST"}

PROFILES: tuple[Profile, ...] = (
    Profile(
        PATIENT,
        "Patient",
        frozenset(("name", "birthDate")),
        (each("name", has("family", "given", "text", "extension")),),
    ),
    Profile(PRACTITIONER, "Practitioner", frozenset(("name",))),
    Profile(FR_PRACTITIONER, "Practitioner", frozenset(("name",)), (_IDENTIFIED, only_typed("identifier", _NATIONAL))),
    Profile(
        ROLE,
        "PractitionerRole",
        links=(_link(at("practitioner"), PRACTITIONER), _link(at("organization"), ORGANIZATION)),
    ),
    Profile(ORGANIZATION, "Organization", frozenset(("name",))),
    Profile(FR_ORGANIZATION, "Organization", needs=(_IDENTIFIED, only_typed("identifier", _STRUCTURES))),
    Profile(STUDY, "ImagingStudy", needs=(_study_uid, _BASED_ON), links=(_link(at("subject"), PATIENT),)),
    Profile(PROCEDURE, "Procedure", frozenset(("code",)), (lacks("performer"),)),
    Profile(DEVICE, "Device", frozenset(("status",)), (extended(c.DEVICE_CATEGORY),)),
    Profile(FINDING, "Observation", needs=(coded("category", c.OBSERVATION_CATEGORY, "imaging"), _BASED_ON)),
    Profile(
        DOSE,
        "Observation",
        frozenset(("valueString", "derivedFrom")),
        (coded("code", c.LOINC, c.DOSE), _BASED_ON),
        (
            _link(at("subject"), PATIENT),
            _link(at("partOf"), PROCEDURE),
            _link(at("derivedFrom"), STUDY),
            _link(at("device"), DEVICE),
        ),
    ),
    Profile(
        REPORT,
        "DiagnosticReport",
        frozenset(("identifier",)),
        (*_CATEGORIES, extended(c.REPORT_COMPOSITION), _BASED_ON),
        (
            _link(at("subject"), PATIENT),
            _link(at("performer"), ORGANIZATION),
            _link(at("resultsInterpreter"), *_PEOPLE),
            _link(at("result"), FINDING),
            _link(at("imagingStudy"), STUDY),
            _link(extension_at(c.REPORT_COMPOSITION), COMPOSITION),
        ),
    ),
    Profile(
        MINIMAL_REPORT,
        "DiagnosticReport",
        frozenset(("identifier",)),
        (lacks("basedOn.reference"), *_CATEGORIES, _BASED_ON),
        (_link(at("subject"), PATIENT), _link(at("imagingStudy"), STUDY)),
    ),
    Profile(
        COMPOSITION,
        "Composition",
        frozenset(("identifier",)),
        (
            *_CATEGORIES,
            sectioned("exam", "order", "history", "technique"),
            each("attester", has("time"), has("party")),
        ),
        (
            _link(section_at("exam"), STUDY),
            _link(at("custodian"), ORGANIZATION),
            _link(at("attester.party"), *_PEOPLE),
            _link(extension_at(c.REPORT_REFERENCE), REPORT),
        ),
    ),
)

BY_TYPE: Mapping[str, tuple[Profile, ...]] = {
    kind: tuple(profile for profile in PROFILES if profile.type == kind) for kind in {p.type for p in PROFILES}
}
