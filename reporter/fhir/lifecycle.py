"""Lifecycle in FHIR: statuses, version, legal attestation, links to earlier versions, addenda (FHIR_MAPPING §2).

Composition.identifier and DiagnosticReport.identifier stay the same from version to version (R4 Composition.identifier
is version independent); the document of each version has its own identifier, `<report>/v<version>`.
"""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json, coding, concept, extension, filled, given, identifier, plain
from reporter.fhir.graph import Graph
from reporter.fhir.intact import constant, constants
from reporter.model.lifecycle import Addendum

# DiagnosticReport.status → Composition.status
_COMPOSITION = {
    "preliminary": "preliminary",
    "final": "final",
    "amended": "amended",
    "corrected": "amended",
    "appended": "amended",
    "cancelled": "entered-in-error",
    "entered-in-error": "entered-in-error",
}
_OPERATIONS = {"replaces": "UPDATE", "appends": "APPEND"}
_DONE = constants(
    {code: concept(coding(c.DATA_OPERATION, code)) for code in ("CREATE", *_OPERATIONS.values(), "NULLIFY")}
)
_VERSION = constant(concept(text="version du compte rendu"))


def report_identifier(graph: Graph) -> Json:
    """The identity of the report, shared by Composition and DiagnosticReport in every version."""
    return identifier(graph.report.identifier, f"{c.IDENTIFIER}report")


def document_identifier(report: str, version: int) -> Json:
    """The identity of the document of one version."""
    return identifier(f"{report}/v{version}", f"{c.IDENTIFIER}document")


def own_document(graph: Graph) -> Json:
    """The identity of this document."""
    return document_identifier(graph.report.identifier, graph.lifecycle.version)


def composition_status(graph: Graph) -> str:
    """Composition.status of the report's status."""
    return _COMPOSITION[graph.lifecycle.status]


def version(graph: Graph) -> Json:
    """The version of the document, a whole number as the French document core asks."""
    return extension(c.COMPOSITION_VERSION, valueString=str(graph.lifecycle.version))


def attesters(graph: Graph) -> list[Json]:
    """Who answers for the report by law, and since when; nobody before it is signed."""
    signed = graph.lifecycle.signature
    if signed is None:
        return []
    return [{"mode": "legal", "time": signed.time.isoformat(timespec="seconds"), "party": graph.ref("signer-role")}]


def relations(graph: Graph) -> list[Json]:
    """The documents this one replaces or completes, by the identity of their version."""
    return [
        {
            "code": relation.code,
            "targetIdentifier": {"type": _VERSION, **document_identifier(relation.identifier, relation.version)},
        }
        for relation in graph.lifecycle.relates_to
    ]


def operation(graph: Graph) -> Json:
    """What was done to the report, for Provenance.activity (v3-DataOperation)."""
    codes = [_OPERATIONS[relation.code] for relation in graph.lifecycle.relates_to]
    code = "NULLIFY" if composition_status(graph) == "entered-in-error" else None
    return _DONE[code or (codes[0] if codes else "CREATE")]


def addendum_notes(graph: Graph) -> list[Json]:
    """Each addendum as an annotation marked as uncoded."""
    return [_annotation(addendum) for addendum in graph.lifecycle.addenda]


def _annotation(addendum: Addendum) -> Json:
    return filled(
        {
            "extension": [extension(c.UNCODED, valueBoolean=True)],
            "authorString": given(addendum.author),
            "time": addendum.time.isoformat(timespec="seconds") if addendum.time else None,
            "text": plain(addendum.text),
        }
    )
