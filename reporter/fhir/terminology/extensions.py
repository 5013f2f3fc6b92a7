"""StructureDefinitions of our own extensions: one value each, on the elements the bundles put them on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json
from reporter.fhir.terminology.frame import resource

FHIR = "http://hl7.org/fhir/StructureDefinition/"
_FHIR_TYPE = f"{FHIR}structuredefinition-fhir-type"
_STRING = "http://hl7.org/fhirpath/System.String"


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: its URL, the type of its value, where it may stand, what it says."""

    url: str
    type: str
    contexts: tuple[str, ...]
    title: str
    definition: str


EXTENSIONS = (
    Extension(
        c.REGION,
        "CodeableConcept",
        ("ImagingStudy", "Composition", "DiagnosticReport", "ServiceRequest", "Procedure"),
        "Région examinée",
        "Région du corps sur laquelle porte l’examen.",
    ),
    Extension(
        c.LATERALITY,
        "CodeableConcept",
        ("ImagingStudy", "ServiceRequest", "Procedure"),
        "Côté",
        "Côté de la région examinée ou demandée.",
    ),
    Extension(
        c.RELATION,
        "Coding",
        ("Observation.hasMember", "Reference"),
        "Relation entre deux signes",
        "Nature du lien entre un signe et celui qui est référencé (au contact, en continuité…).",
    ),
    Extension(
        c.UNCODED,
        "boolean",
        ("Annotation", "Composition.section"),
        "Texte non codé",
        "Vrai quand le texte est celui du radiologue, sans code qui le dise.",
    ),
    Extension(
        c.STATEMENT,
        "string",
        ("Annotation",),
        "Énoncé",
        "Identifiant, dans le compte rendu, de l’énoncé dont ce texte est la copie.",
    ),
    Extension(
        c.SUPPRESSED_RULE,
        "Coding",
        ("Composition.section", "Composition"),
        "Règle écartée",
        "Règle dont le radiologue a refusé la phrase.",
    ),
)


def structure_definitions(catalog: Catalog) -> Iterator[Json]:
    """One StructureDefinition for each extension, with snapshot and differential."""
    for extension in EXTENSIONS:
        name = extension.url.removeprefix(c.STRUCTURE)
        yield resource(
            "StructureDefinition",
            name,
            extension.title,
            catalog,
            description=extension.definition,
            fhirVersion="4.0.1",
            kind="complex-type",
            abstract=False,
            context=[{"type": "element", "expression": where} for where in extension.contexts],
            type="Extension",
            baseDefinition=f"{FHIR}Extension",
            derivation="constraint",
            snapshot={"element": _snapshot(extension)},
            differential={"element": _differential(extension)},
        )


def _differential(extension: Extension) -> list[Json]:
    return [
        {"id": "Extension", "path": "Extension", "short": extension.title, "definition": extension.definition},
        {"id": "Extension.extension", "path": "Extension.extension", "max": "0"},
        {"id": "Extension.url", "path": "Extension.url", "fixedUri": extension.url},
        {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "type": [{"code": extension.type}]},
    ]


def _snapshot(extension: Extension) -> list[Json]:
    """The elements of R4's Extension, narrowed."""
    return [
        _element("Extension", extension.title, extension.definition, ("Extension", 0, "*"), (0, "*")),
        _element("Extension.id", "Identifiant de l’élément", "", ("Element.id", 0, "1"), (0, "1"), "string"),
        {
            **_element("Extension.extension", "Aucune", "", ("Element.extension", 0, "*"), (0, "0")),
            "type": [{"code": "Extension"}],
        },
        {
            **_element("Extension.url", "Sens de l’extension", "", ("Extension.url", 1, "1"), (1, "1"), "uri"),
            "fixedUri": extension.url,
        },
        {
            **_element("Extension.value[x]", extension.title, "", ("Extension.value[x]", 0, "1"), (1, "1")),
            "type": [{"code": extension.type}],
        },
    ]


def _element(
    path: str,
    short: str,
    definition: str,
    base: tuple[str, int, str],
    bounds: tuple[int, str],
    primitive: str | None = None,
) -> Json:
    typed = {"extension": [{"url": _FHIR_TYPE, "valueUrl": primitive}], "code": _STRING}
    return {
        "id": path,
        "path": path,
        "short": short,
        "definition": definition or short,
        "min": bounds[0],
        "max": bounds[1],
        "base": {"path": base[0], "min": base[1], "max": base[2]},
        "type": [typed] if primitive else [],
        "isModifier": False,
        "isSummary": False,
    }
