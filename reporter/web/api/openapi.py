"""The OpenAPI 3.1 document of `/api`, from the table its routes are made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reporter.version import __version__
from reporter.web.auth.permissions import Permission

Json = dict[str, Any]
JSON, OUTCOME = "application/json", "application/fhir+json"
_OF_BODY = (400, 413, 415)
_OF_ANY = (401, 403, 406, 429)
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_REASONS = {
    400: "Demande illisible", 401: "Authentification nécessaire", 403: "Action non autorisée", 404: "Introuvable",
    406: "Format non disponible", 413: "Trop volumineux", 415: "Type de contenu non accepté", 422: "Examen refusé",
    429: "Trop de demandes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route: what it takes and gives (names in `SCHEMAS`), the refusals of its own, its query parameters."""

    method: str
    path: str
    view: Callable[..., Any]
    summary: str
    permission: Permission
    takes: str | None
    gives: str
    refusals: tuple[int, ...] = ()
    query: tuple[tuple[str, Json], ...] = ()


def _object(required: Sequence[str] = (), **properties: Json) -> Json:
    return {"type": "object", "required": list(required or properties), "properties": properties}


def _list(name: str) -> Json:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


_SEVERITY: Json = {"type": "string", "enum": ["error", "warning", "information"]}
_STATUS: Json = {"type": "string", "enum": ["received", "started", "reported", "cancelled"]}
SCHEMAS: Json = {
    "Input": {"type": "object", "description": "Un examen structuré ; son schéma JSON est celui de /api/schema."},
    "Schema": {"type": "object"},
    "Issue": _object(code=_TEXT, severity=_SEVERITY, path=_TEXT, message=_TEXT),
    "Checked": _object(valid={"type": "boolean"}, issues=_list("Issue")),
    "Rendered": _object(text=_TEXT, html=_TEXT, issues=_list("Issue")),
    "Exam": _object(id=_TEXT, title=_TEXT, modality=_TEXT, regions={"type": "array", "items": _TEXT}),
    "Exams": _object(exams=_list("Exam")),
    "Order": _object(
        id=_TEXT, key=_TEXT, accession=_MAYBE, title=_TEXT, exam=_MAYBE, date=_MAYBE, priority=_TEXT, status=_STATUS,
        report=_MAYBE, created=_TEXT, updated=_TEXT,
    ),
    "Worklist": _object(orders=_list("Order")),
    "OperationOutcome": _object(
        ("resourceType", "issue"),
        resourceType={"const": "OperationOutcome"},
        issue={"type": "array", "minItems": 1, "items": {"type": "object"}},
    ),
}  # fmt: skip


def document(endpoints: Sequence[Endpoint], server: str) -> Json:
    """The whole description."""
    paths: Json = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "fhir-reporter", "version": __version__, "summary": "Ce que /fhir (FHIR R4) ne couvre pas."},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> Json:
    taken = _OF_BODY if endpoint.takes else ()
    statuses = sorted({*endpoint.refusals, *taken, *(() if endpoint.permission is Permission.PUBLIC else _OF_ANY)})
    made: Json = {
        "operationId": endpoint.view.__name__,
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": {
            "200": {"description": "Réponse", "content": {JSON: {"schema": _ref(endpoint.gives)}}},
            **{str(status): _refusal(status) for status in statuses},
        },
        "security": [] if endpoint.permission is Permission.PUBLIC else [{"token": [str(endpoint.permission)]}],
    }
    if endpoint.takes:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(endpoint.takes)}}}
    return made


def _parameters(endpoint: Endpoint) -> list[Json]:
    named = re.findall(r"\{(\w+)\}", endpoint.path)
    path = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in named]
    return [*path, *({"name": name, "in": "query", "schema": schema} for name, schema in endpoint.query)]


def _refusal(status: int) -> Json:
    content = {kind: {"schema": _ref("OperationOutcome")} for kind in (OUTCOME,)}
    return {"description": _REASONS[status], "content": content}
