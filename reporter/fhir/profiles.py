"""The profiles we may claim, and for each what must be there: read from its snapshot, kept as data.

A rule that our mapping meets by construction (fixed values, closed elements we never emit) is not repeated here; what
depends on the input is. Sources: HL7 Europe imaging R4 1.0.0-ballot, HL7 Europe base 2.0.0, FR Core 2.2.
"""

from __future__ import annotations

from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: what a resource of its type must hold, and the profiles its references must meet."""

    url: str
    type: str
    needs: tuple[Need, ...] = ()
    links: tuple[tuple[Targets, tuple[str, ...]], ...] = ()


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


def has(*paths: str) -> Need:
    """A value at one of the paths; a reason for its absence is none."""
    return lambda node: any(values(node, path) for path in paths)


def lacks(path: str) -> Need:
    """Nothing at the path."""
    return lambda node: not values(node, path)


def at(path: str) -> Targets:
    """The references at the path."""
    return lambda node: values(node, path)


def extension_at(url: str) -> Targets:
    """The references held by extensions of this URL."""
    return lambda node: [x["valueReference"] for x in values(node, "extension") if x["url"] == url]


def section_at(name: str) -> Targets:
    """The entries of a section."""
    one = coded("code", c.LOINC, c.SECTION_CODES[name])
    return lambda node: [x for section in values(node, "section") if one(section) for x in values(section, "entry")]


def each(path: str, *needs: Need) -> Need:
    """Every element at the path meets every need."""
    return lambda node: all(need(item) for item in values(node, path) for need in needs)


def coded(path: str, system: str, code: str, count: int | None = 1) -> Need:
    """So many elements at the path carry the coding (None: one or more)."""
    pattern = {("system", system), ("code", code)}

    def need(node: Json) -> bool:
        found = [x for x in values(node, path) if any(pattern <= set(y.items()) for y in x.get("coding", []))]
        return bool(found) if count is None else len(found) == count

    return need


def extended(url: str) -> Need:
    """Exactly one extension of this URL."""
    return lambda node: sum(item["url"] == url for item in values(node, "extension")) == 1


def only_typed(path: str, types: dict[str, str]) -> Need:
    """Identifiers of a national naming system carry its type (slices told apart by `system`)."""
    return lambda node: all(
        types[item["system"]] in [x.get("code") for x in values(item, "type.coding")]
        for item in values(node, path)
        if item.get("system") in types
    )


def _accession(node: Json) -> bool:
    """A link to the request carries the accession number (AccessionNumberIdentifierEuImaging)."""
    number = node.get("identifier", {})
    return {"system", "value"} <= set(number) and coded("type", c.V2_0203, c.ACCESSION)(number)


def _study_uid(node: Json) -> bool:
    """One identifier, the DICOM study UID as an OID (im-imagingstudy-01; the slice takes in every identifier)."""
    uids = values(node, "identifier")
    typed = coded("type", c.DICOM, c.STUDY_UID)
    return len(uids) == 1 and typed(uids[0]) and str(uids[0].get("value")).startswith("urn:oid:")


def _section(name: str) -> Need:
    return coded("section.code", c.LOINC, c.SECTION_CODES[name])


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
        (has("name"), each("name", has("family", "given", "text", "extension")), has("birthDate")),
    ),
    Profile(PRACTITIONER, "Practitioner", (has("name"),)),
    Profile(FR_PRACTITIONER, "Practitioner", (has("name"), _IDENTIFIED, only_typed("identifier", _NATIONAL))),
    Profile(
        ROLE,
        "PractitionerRole",
        links=((at("practitioner"), (PRACTITIONER,)), (at("organization"), (ORGANIZATION,))),
    ),
    Profile(ORGANIZATION, "Organization", (has("name"),)),
    Profile(FR_ORGANIZATION, "Organization", (_IDENTIFIED, only_typed("identifier", _STRUCTURES))),
    Profile(STUDY, "ImagingStudy", (_study_uid, _BASED_ON), ((at("subject"), (PATIENT,)),)),
    Profile(PROCEDURE, "Procedure", (has("code"), lacks("performer"))),
    Profile(DEVICE, "Device", (extended(c.DEVICE_CATEGORY), has("status"))),
    Profile(FINDING, "Observation", (coded("category", c.OBSERVATION_CATEGORY, "imaging"), _BASED_ON)),
    Profile(
        DOSE,
        "Observation",
        (coded("code", c.LOINC, c.DOSE), has("valueString"), has("derivedFrom"), _BASED_ON),
        (
            (at("subject"), (PATIENT,)),
            (at("partOf"), (PROCEDURE,)),
            (at("derivedFrom"), (STUDY,)),
            (at("device"), (DEVICE,)),
        ),
    ),
    Profile(
        REPORT,
        "DiagnosticReport",
        (has("identifier"), *_CATEGORIES, extended(c.REPORT_COMPOSITION), _BASED_ON),
        (
            (at("subject"), (PATIENT,)),
            (at("performer"), (ORGANIZATION,)),
            (at("resultsInterpreter"), _PEOPLE),
            (at("result"), (FINDING,)),
            (at("imagingStudy"), (STUDY,)),
            (extension_at(c.REPORT_COMPOSITION), (COMPOSITION,)),
        ),
    ),
    Profile(
        MINIMAL_REPORT,
        "DiagnosticReport",
        (has("identifier"), *_CATEGORIES, lacks("basedOn.reference"), _BASED_ON),
        ((at("subject"), (PATIENT,)), (at("imagingStudy"), (STUDY,))),
    ),
    Profile(
        COMPOSITION,
        "Composition",
        (
            has("identifier"),
            *_CATEGORIES,
            *(_section(name) for name in ("exam", "order", "history", "technique")),
            each("attester", has("time"), has("party")),
        ),
        (
            (section_at("exam"), (STUDY,)),
            (at("custodian"), (ORGANIZATION,)),
            (at("attester.party"), _PEOPLE),
            (extension_at(c.REPORT_REFERENCE), (REPORT,)),
        ),
    ),
)
