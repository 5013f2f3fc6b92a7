"""The routes of `/fhir`, made from the table of kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from reporter.web.api import capability, exchange, finished, media, reads
from reporter.web.api.kinds import HISTORY, KINDS, READ, SEARCH, VREAD, Kind
from reporter.web.api.once import once
from reporter.web.api.outcome import ApiError
from reporter.web.auth.permissions import Permission, requires

View = Callable[..., Response]
Route = tuple[str, str, View]
ID = "<string(maxlength=64):name>"
pages = Blueprint("fhir", __name__, url_prefix="/fhir")


def _routes() -> None:
    """Every interaction of every kind, guarded by the permission of the kind."""
    for kind in KINDS.values():
        for path, method, action in _of(kind):
            view = requires(kind.permission)(_bound(action, kind))
            endpoint = f"{kind.type}-{method}-{path}".replace("/", "-").replace(".", "-")
            pages.add_url_rule(f"/{kind.type}{path}", endpoint, view, methods=[method])


def _of(kind: Kind) -> list[Route]:
    served: dict[str, list[Route]] = {
        READ: [(f"/{ID}", "GET", reads.read)],
        VREAD: [(f"/{ID}/_history/<string(maxlength=10):version>", "GET", reads.vread)],
        HISTORY: [(f"/{ID}/_history", "GET", reads.history)],
        SEARCH: [("", "GET", reads.search), ("/_search", "POST", reads.search)],
    }
    return [route for interaction in kind.interactions for route in served[interaction]]


def _bound(action: View, kind: Kind) -> View:
    def view(**values: Any) -> Response:
        return action(kind, **values)

    return view


_routes()
pages.add_url_rule(
    f"/Composition/{ID}/$document",
    "document",
    requires(KINDS["Composition"].permission)(lambda name: reads.document(name)),
)


@pages.get("/metadata")
@requires(Permission.PUBLIC)
def metadata() -> Response:
    """What this server does; open to all (FHIR R4 « RESTful API », § capabilities)."""
    if request.args.get("mode", "full") not in ("full", "normative"):
        raise ApiError("API-VALUE", name="mode", value=request.args["mode"])
    return media.answer(capability.statement())


@pages.get("/OperationDefinition/DiagnosticReport-generate")
@requires(Permission.PUBLIC)
def definition() -> Response:
    """What `$generate` takes and gives."""
    return media.answer(capability.operation())


@pages.post("/")
@pages.post("", endpoint="exchange-bare")
@requires(Permission.API)
def exchanged() -> Response:
    """A Bundle: a request, or findings."""
    media.wanted()
    return once(exchange.exchange)


@pages.post("/DiagnosticReport/$generate")
@requires(Permission.API)
def generated() -> Response:
    """Our input, or findings, as a finished report."""
    media.wanted()
    return once(finished.operation)
