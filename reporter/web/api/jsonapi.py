"""Plain JSON under `/api`: check, text, exams, schemas, work list. `endpoints` describes each route once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from reporter import engine, intake, outputs
from reporter.delivery.store import Order
from reporter.errors import ERROR, InvalidExam
from reporter.web.api import openapi
from reporter.web.api.body import checked
from reporter.web.api.finished import build
from reporter.web.api.openapi import Endpoint
from reporter.web.api.outcome import ApiError, Refused
from reporter.web.api.served import instant
from reporter.web.auth.permissions import Permission, requires
from reporter.web.desk import desk

Json = dict[str, Any]
pages = Blueprint("api", __name__, url_prefix="/api")
_STATUSES = ("received", "started", "reported", "cancelled")
_MAX = 200


def check() -> Response:
    """Every problem of an input."""
    here = desk()
    found = engine.check(_input(), here.catalog, settings=here.config.settings, clock=here.config.clock)
    return jsonify({"valid": not any(i.severity == ERROR for i in found), **outputs.issues_dict(found)})


def render() -> Response:
    """The report as text and HTML."""
    report, issues = build(_input())
    return jsonify({"text": report.text(), "html": report.html(), **outputs.issues_dict(issues)})


def exams() -> Response:
    """Every exam of the catalogue."""
    known = desk().catalog.exams.values()
    shown = [{"id": e.id, "title": e.label.noun, "modality": e.modality, "regions": list(e.regions)} for e in known]
    return jsonify({"exams": shown})


def schema() -> Response:
    """JSON Schema of any exam."""
    return jsonify(intake.schema(desk().catalog))


def exam_schema(exam: str) -> Response:
    """JSON Schema of one exam."""
    if exam not in desk().catalog.exams:
        raise ApiError("API-UNKNOWN", value=exam)
    return jsonify(intake.schema(desk().catalog, exam))


def worklist() -> Response:
    """The lines of the work list, last received first."""
    status, accession = request.args.get("status"), request.args.get("accession")
    if status is not None and status not in _STATUSES:
        raise ApiError("API-VALUE", name="status", value=status)
    if accession is not None and (not accession.isprintable() or len(accession) > _MAX):
        raise ApiError("API-VALUE", name="accession", value=accession)
    wanted = (status,) if status else _STATUSES
    found = desk().store.orders(
        statuses=wanted, accession=accession, limit=_number("count", 50), offset=_number("offset", 0)
    )
    return jsonify({"orders": [_line(order) for order in found]})


def line(order: str) -> Response:
    """One line of the work list."""
    return jsonify(_line(desk().store.order(order)))


def document() -> Response:
    """What you read."""
    return jsonify(openapi.document(ENDPOINTS, request.url_root.rstrip("/")))


ENDPOINTS = (
    Endpoint("POST", "/api/check", check, "Vérifier un examen", Permission.WRITE_REPORT, "Input", "Checked"),
    Endpoint("POST", "/api/render", render, "Texte d'un examen", Permission.WRITE_REPORT, "Input", "Rendered", (422,)),
    Endpoint("GET", "/api/exams", exams, "Examens du catalogue", Permission.WRITE_REPORT, None, "Exams"),
    Endpoint("GET", "/api/schema", schema, "Schéma JSON de tout examen", Permission.WRITE_REPORT, None, "Schema"),
    Endpoint(
        "GET", "/api/exams/{exam}/schema", exam_schema, "Schéma JSON d'un examen", Permission.WRITE_REPORT, None,
        "Schema", (404,),
    ),
    Endpoint(
        "GET", "/api/worklist", worklist, "Liste de travail", Permission.READ_ORDER, None, "Worklist", (400,),
        (
            ("status", {"type": "string", "enum": list(_STATUSES)}),
            ("accession", {"type": "string", "maxLength": _MAX}),
            ("count", {"type": "integer", "minimum": 1, "maximum": _MAX, "default": 50}),
            ("offset", {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0}),
        ),
    ),
    Endpoint("GET", "/api/worklist/{order}", line, "Une demande", Permission.READ_ORDER, None, "Order", (404,)),
    Endpoint("GET", "/api/openapi.json", document, "Cette description", Permission.PUBLIC, None, "Schema"),
)  # fmt: skip


def _routes() -> None:
    for endpoint in ENDPOINTS:
        view = requires(endpoint.permission)(endpoint.view)
        path = endpoint.path.removeprefix("/api").replace("{", "<").replace("}", ">")
        pages.add_url_rule(path, endpoint.view.__name__, view, methods=[endpoint.method])


_routes()


def _input() -> Json:
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise ApiError("API-MEDIA", value=request.headers.get("Content-Type", "—"))
    try:
        return checked(intake.load_json(request.get_data()))
    except InvalidExam as error:
        raise Refused(400, error.issues) from error


def _number(name: str, default: int) -> int:
    least, most = {"count": (1, _MAX), "offset": (0, 1_000_000)}[name]
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 8 and least <= int(text) <= most):
        raise ApiError("API-VALUE", name=name, value=text)
    return int(text)


def _line(order: Order) -> Json:
    return {
        "id": order.id,
        "key": order.key,
        "accession": order.accession,
        "title": order.title,
        "exam": order.exam_def,
        "date": order.exam_date,
        "priority": order.priority,
        "status": order.status,
        "report": order.report_id,
        "created": instant(order.created),
        "updated": instant(order.updated),
    }
