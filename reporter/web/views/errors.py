"""Refusals in French. Work that came with a refused request is given back in the page, ready to be sent again."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.wrappers import Response

from reporter.delivery.store import AlreadySignedError, StaleDraft, StoreError, UnknownError
from reporter.errors import ReporterError
from reporter.web.auth.again import from_here
from reporter.web.desk import desk
from reporter.web.sentences import FIELD

_SECRET = ("access", "users", "tokens")
_NOT_SENT_BACK = frozenset({"csrf_token", "version"})


def register(app: Flask) -> None:
    """Every failure a user can meet."""
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(StaleDraft, stale)
    app.register_error_handler(AlreadySignedError, signed)
    app.register_error_handler(UnknownError, unknown)
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(StoreError, unavailable)
    app.register_error_handler(ReporterError, refused)
    app.register_error_handler(HTTPException, other)
    app.register_error_handler(Exception, broken)


def expired(_error: CSRFError) -> Response:
    """The session ended, or the page is not ours: nothing is done; the typed fields come back with a new token.

    Not those of a page of another site, and no password is ever shown again.
    """
    if request.blueprint in _SECRET or not from_here():
        return _page(400, desk().texts.access.again)
    return _again("expired", 400, "")


def stale(error: StaleDraft) -> Response:
    """Another window saved since: the user chooses which of the two stays."""
    return _again("stale", 409, str(error.current))


def _comes_back(name: str, kind: str) -> bool:
    """Sentences of the older page, but the one that was rewritten, are no words of the user beside a newer page."""
    own = FIELD + (request.view_args or {}).get("key", "")
    return name not in _NOT_SENT_BACK and not (kind == "stale" and name.startswith(FIELD) and name != own)


def _again(kind: str, status: int, version: str, message: str = "") -> Response:
    fragment = request.headers.get("HX-Request") == "true"
    kept = [(name, value) for name, values in request.form.lists() if _comes_back(name, kind) for value in values]
    page = render_template(
        "_again.html.j2" if fragment else "again.html.j2",
        kind=kind,
        words=getattr(desk().texts.errors, kind),
        message=message,
        fields=kept,
        version=version or request.form.get("version", ""),
        action=request.path,
    )
    response = make_response(page, status)
    response.headers["X-Reporter"] = kind
    return response


def signed(error: AlreadySignedError) -> Response:
    """The form was sent twice: it was signed once."""
    return redirect(url_for("report.show", report_id=error.report_id), 303)


def unknown(error: UnknownError) -> Response:
    """No such draft or report."""
    return _page(404, str(error))


def too_large(_error: RequestEntityTooLarge) -> Response:
    """More than the form takes."""
    return _page(413, desk().texts.errors.too_large)


def unavailable(error: StoreError) -> Response:
    """The database is full, held or down: nothing was kept; what was typed comes back, to be sent again."""
    if not error.retryable:
        return refused(error)
    sent = request.method == "POST" and request.blueprint not in _SECRET
    response = _again("unavailable", 503, "", str(error)) if sent else _page(503, str(error))
    response.headers["Retry-After"] = "5"
    return response


def refused(error: ReporterError) -> Response:
    """What the engine refuses, in its words."""
    return _page(422, str(error))


def other(error: HTTPException) -> Any:
    """Any other HTTP refusal; a redirection goes its way."""
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        return Response(desk().texts.get("errors", "http", "400"), error.code, content_type="text/plain; charset=utf-8")
    known = desk().texts.get("errors", "http", str(error.code))
    return _page(error.code, known or error.description or "")


def broken(_error: Exception) -> Response:
    """A defect of ours: words, no traceback; the draft is as last saved."""
    current_app.logger.exception("unexpected")
    return _page(500, desk().texts.errors.broken)


def _page(status: int, message: str) -> Response:
    return make_response(render_template("error.html.j2", status=status, message=message), status)
