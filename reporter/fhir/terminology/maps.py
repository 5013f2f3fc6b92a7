"""ConceptMaps: our codes to those of SNOMED CT, LOINC, RadLex, CCAM, ICD-10 and DICOM, with the relation of each.

R4 says of `equivalence` what the target is to the source: `wider` when our code is the narrower one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reporter.catalog.entries import Catalog, Coding
from reporter.catalog.registry import COMPOSED, PLUS
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json
from reporter.fhir.terminology.frame import canonical, resource
from reporter.fhir.terminology.licences import copyright_of
from reporter.fhir.terminology.sources import Source, source
from reporter.fhir.terminology.systems import Codes

TARGETS = {
    "snomed": (c.SNOMED, "SNOMED CT"),
    "loinc": (c.LOINC, "LOINC"),
    "radlex": (c.RADLEX, "RadLex"),
    "ccam": (c.CCAM, "CCAM"),
    "icd-10": (c.ICD10, "CIM-10"),
    "dicom": (c.DICOM, "DICOM"),
    "observation-interpretation": (
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
        "ObservationInterpretation (HL7)",
    ),
}
_EQUIVALENCE = {
    "equivalent": "equivalent",
    "broader": "wider",
    "narrower": "narrower",
    "related": "relatedto",
    COMPOSED: "relatedto",
}
_COMMENTS = {
    "broader": "The target is wider than our code.",
    "narrower": "The target is narrower than our code.",
    "related": "The target names what our code is about.",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One line of a map."""

    source: Source
    target: str
    display: str | None
    relation: str
    comment: str

    def to_fhir(self) -> Json:
        """ConceptMap.group.element.target."""
        return {
            "code": self.target,
            "display": self.display,
            "equivalence": _EQUIVALENCE[self.relation],
            "comment": self.comment or _COMMENTS.get(self.relation),
            "dependsOn": [{"property": uri, "value": value} for uri, value in self.source.depends],
        }


def concept_maps(catalog: Catalog, systems: Mapping[str, Codes]) -> Iterator[Json]:
    """One map for each target system that has at least one link."""
    licensed = any(e.ship == "licence" for entries in catalog.codes.values() for e in entries)
    for name, (target, title) in TARGETS.items():
        groups = _groups(catalog, systems, target)
        if groups:
            yield resource(
                "ConceptMap",
                f"to-{name}",
                f"Codes de fhir-reporter vers {title}",
                catalog,
                copyright=copyright_of([target], licensed),
                group=[_group(system, target, elements, systems) for system, elements in groups.items()],
            )


Groups = dict[str, dict[str, dict[str, Link]]]


def _groups(catalog: Catalog, systems: Mapping[str, Codes], target: str) -> Groups:
    """Source system → source code → links, one for each target code and condition."""
    groups: Groups = {}
    for (kind, catalogue_id), entries in catalog.codes.items():
        if not any(entry.system == target for entry in entries):
            continue
        place = source(kind, catalogue_id, catalog)
        if place is None or place.code not in systems[place.system]:
            continue
        for link in _links(place, entries, target):
            element = groups.setdefault(place.system, {}).setdefault(place.code, {})
            element.setdefault(f"{link.target} {place.depends}", link)
    return groups


def _links(place: Source, entries: tuple[Coding, ...], target: str) -> Iterator[Link]:
    for entry in entries:
        if entry.system != target:
            continue
        relation = place.relation(entry.relation)
        if entry.relation == COMPOSED:
            comment = f"One part of the composition {entry.code} ({entry.display})."
            for code in entry.code.split(PLUS):
                yield Link(place, code, None, COMPOSED, comment)
        else:
            yield Link(place, entry.code, entry.display, relation, "" if relation == "equivalent" else entry.note)


def _group(system: str, target: str, elements: Mapping[str, Mapping[str, Link]], systems: Mapping[str, Codes]) -> Json:
    return {
        "source": canonical("CodeSystem", system),
        "target": target,
        "element": [
            {"code": code, "display": systems[system][code], "target": [link.to_fhir() for link in links.values()]}
            for code, links in elements.items()
        ],
    }
