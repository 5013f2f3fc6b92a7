"""CapabilityStatement and OperationDefinition, from the table the routes are made from."""

from __future__ import annotations

from typing import Any

from reporter.delivery.store import search_params
from reporter.fhir import constants as c
from reporter.version import __version__
from reporter.web.api import media, served
from reporter.web.api.kinds import KINDS, SEARCH, Kind
from reporter.web.desk import desk

Json = dict[str, Any]
_OPERATION = f"{c.BASE}/OperationDefinition/DiagnosticReport-generate"
_ACCESSION = "Numéro de l'examen (accession number), sur toute ressource d'un même examen."
_DESCRIPTION = (
    "Comptes rendus d'imagerie ostéo-articulaire : demandes reçues (POST d'un Bundle), comptes rendus produits "
    "($generate ou POST d'un Bundle d'observations), comptes rendus signés (lecture et recherche)."
)


def statement() -> Json:
    """What this server does, and nothing more."""
    resources = [_resource(kind) for kind in KINDS.values()]
    return {
        "resourceType": "CapabilityStatement",
        "language": "fr",
        "url": f"{served.base()}metadata",
        "version": __version__,
        "name": "FhirReporter",
        "title": "fhir-reporter",
        "status": "active",
        "date": desk().now().date().isoformat(),
        "publisher": "fhir-reporter",
        "description": _DESCRIPTION,
        "kind": "instance",
        "software": {"name": "fhir-reporter", "version": __version__},
        "implementation": {"description": "fhir-reporter", "url": served.base().rstrip("/")},
        "fhirVersion": "4.0.1",
        "format": [media.FHIR_JSON, media.FHIR_XML, "json", "xml"],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": "Jetons porteurs (Bearer), portées SMART « system/… »."},
                "resource": resources,
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(kind: Kind) -> Json:
    made: Json = {
        "type": kind.type,
        "interaction": [{"code": code} for code in kind.interactions],
        "versioning": "versioned",
        "readHistory": "vread" in kind.interactions,
        "updateCreate": False,
        "conditionalCreate": kind.type == "ServiceRequest",
        "conditionalRead": "full-support",
        "conditionalUpdate": False,
    }
    if kind.includes:
        made["searchInclude"] = [f"{kind.type}:{name}" for name in kind.includes]
    if kind.reverse:
        made["searchRevInclude"] = list(kind.reverse)
    if SEARCH in kind.interactions:
        made["searchParam"] = [_param(name, form) for name, form in search_params(kind.type).items()]
    if kind.operations:
        made["operation"] = [{"name": name, "definition": _definition(url)} for name, url in kind.operations]
    return made


def _param(name: str, form: str) -> Json:
    made = {"name": name, "type": form}
    return {**made, "documentation": _ACCESSION} if name == "accession" else made


def _definition(url: str) -> str:
    return url if "://" in url else served.base() + url


def operation() -> Json:
    """`DiagnosticReport/$generate`."""
    return {
        "resourceType": "OperationDefinition",
        "id": "DiagnosticReport-generate",
        "language": "fr",
        "url": _OPERATION,
        "version": __version__,
        "name": "Generate",
        "title": "Produire un compte rendu",
        "status": "active",
        "kind": "operation",
        "description": "Un examen structuré devient un compte rendu et son Bundle FHIR. Rien n'est enregistré.",
        "affectsState": False,
        "code": "generate",
        "resource": ["DiagnosticReport"],
        "system": False,
        "type": True,
        "instance": False,
        "parameter": [
            _parameter("input", "in", 1, "string", "L'examen : texte JSON (schéma : /api/schema)."),
            _parameter("kind", "in", 0, "code", "document (défaut), transaction ou collection."),
            _parameter("return", "out", 1, "Bundle", "Le compte rendu."),
        ],
    }


def _parameter(name: str, use: str, least: int, form: str, text: str) -> Json:
    return {"name": name, "use": use, "min": least, "max": "1", "documentation": text, "type": form}
