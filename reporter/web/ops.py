"""Addresses for those who run the service: `/healthz` (the process), `/readyz` (its work), `/metrics` (Prometheus).

They stand before the application, outside its login, its redirection to HTTPS and its check of the header `Host`: a
probe knows none of these. They say nothing of a patient.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import threading
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, Unauthorized
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Request, Response

from reporter.delivery.readiness import Probe
from reporter.version import __version__
from reporter.web import ops_metrics
from reporter.web.config import WebConfig
from reporter.web.desk import Desk
from reporter.web.ops_proxy import PROXIED

_KEY = "reporter-ops"


class Ops:
    """What is asked from outside; `stopping` is set when the service is about to end."""

    def __init__(self, config: WebConfig, desk: Desk) -> None:
        self.stopping = threading.Event()
        self._config, self._desk = config, desk
        self._probe = Probe(config.database(), config.data, min_free_mb=config.min_free_mb)

    def healthz(self, _request: Request) -> Response:
        """The process answers."""
        return _json({"status": "ok", "version": __version__}, 200)

    def readyz(self, _request: Request) -> Response:
        """Send work here, or not: each check is « ok » or a word for what is wrong."""
        checks = self._probe.problems()
        checks["catalogue"] = "" if self._desk.catalog.exams else "empty"
        checks["process"] = "stopping" if self.stopping.is_set() else ""
        ready = not any(checks.values())
        said = {name: found or "ok" for name, found in checks.items()}
        return _json({"status": "ready" if ready else "unready", "checks": said}, 200 if ready else 503)

    def metrics(self, request: Request) -> Response:
        """For whoever holds the token, or for this machine."""
        if not self._may_measure(request):
            raise Unauthorized
        return Response(ops_metrics.page(self._desk.store, self._probe), content_type=ops_metrics.CONTENT_TYPE)

    def _may_measure(self, request: Request) -> bool:
        """Behind a proxy every request may seem to come from this machine: only the token counts there."""
        token = self._config.metrics_token
        if token:
            given = request.headers.get("Authorization", "")
            return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
        proxied = self._config.https or request.environ.get(PROXIED, False)
        return not proxied and _loopback(request.remote_addr)


def install(app: Flask, config: WebConfig, desk: Desk) -> None:
    """Put the three addresses before the application."""
    ops = Ops(config, desk)
    app.extensions[_KEY] = ops
    views = {"/healthz": ops.healthz, "/readyz": ops.readyz, "/metrics": ops.metrics}
    mounted = {path: _view(view) for path, view in views.items()}
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, mounted)  # type: ignore[method-assign]  # Flask's own way


def ops_of(app: Flask) -> Ops:
    """Those of an application."""
    found: Ops = app.extensions[_KEY]
    return found


def _view(view: Callable[[Request], Response]) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """GET or HEAD of exactly this address."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            if environ.get("PATH_INFO"):
                raise NotFound
            if request.method not in ("GET", "HEAD"):
                raise MethodNotAllowed(("GET", "HEAD"))
            response = view(request)
        except HTTPException as error:
            response = Response(error.name, error.code, dict(error.get_headers()), content_type="text/plain")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response(environ, start_response)

    return application


def _json(said: dict[str, object], status: int) -> Response:
    return Response(json.dumps(said), status, content_type="application/json")


def _loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
