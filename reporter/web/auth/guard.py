"""Before every request: its id, who asks, may they. After it: its line in the audit trail."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from reporter.web.auth import sessions, trail
from reporter.web.auth.again import asked_again
from reporter.web.auth.identity import demand, of_pages
from reporter.web.auth.permissions import Permission
from reporter.web.desk import desk

REQUEST_ID = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BEFORE_CHANGE = (Permission.ACCOUNT, Permission.PUBLIC)


def begin(app: Flask) -> None:
    """First and last of what runs around a view: installed before anything else."""
    trail.install(app)
    app.before_request(_begin)
    app.after_request(_end)


def check(app: Flask) -> None:
    """What runs after the rates are counted, and before anything else."""
    app.before_request(_check)


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.correlation = given if _GIVEN.fullmatch(given) else str(uuid.uuid4())


def _check() -> AnyResponse | None:
    """Refuse by default: a view that declares nothing is shown to nobody."""
    if request.endpoint in (None, "static"):
        return None
    g.view = current_app.view_functions[str(request.endpoint)]
    permission = getattr(g.view, "permission", None)
    if not isinstance(permission, Permission):
        raise Forbidden
    if permission is Permission.PUBLIC:
        return None
    try:
        demand(permission)
    except Unauthorized:
        if permission.of_api:
            raise
        return _asked()
    return None if permission.of_api else _of_person(permission)


def _asked() -> AnyResponse:
    """To the login page. Following a link without a session is no refusal; sending something is one."""
    response = asked_again()
    if response.status_code < 400:
        trail.told()
    return response


def _of_person(permission: Permission) -> AnyResponse | None:
    """A session that is used goes on; a one-time password is changed before anything else."""
    person = of_pages()
    if not desk().config.demo:
        sessions.seen(desk().now())
    if person is None or not person.must_change or permission in _BEFORE_CHANGE:
        return None
    trail.told()
    return redirect(url_for("access.account"), 303)


def _end(response: Response) -> Response:
    response = trail.record(response)
    response.headers[REQUEST_ID] = trail.correlation()
    return response
