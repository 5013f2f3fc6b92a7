"""Every failure under `/fhir` and `/api` as an OperationOutcome."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, SecurityError

from reporter.delivery.store import KeyBusyError, KeyReusedError, StoreError, UnknownError
from reporter.errors import IssuesError
from reporter.web.api import media
from reporter.web.api.messages import BY_STATUS
from reporter.web.api.outcome import ApiError, Refused, of_issues
from reporter.web.desk import desk
from reporter.web.views import errors

_PREFIXES = ("/fhir", "/api")
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate", "Accept-Post")
_WAIT = "2"


def is_api() -> bool:
    """Does the request speak to the service, and not to the form?"""
    return any(request.path == prefix or request.path.startswith(f"{prefix}/") for prefix in _PREFIXES)


def refused(error: Exception) -> Response:
    """The refusal as OperationOutcome."""
    if isinstance(error, (Refused, IssuesError)):
        status = error.status if isinstance(error, Refused) else 422
        return media.refusal(of_issues(error.issues, desk().catalog.rules), status)
    known = _as_api_error(error)
    return media.refusal(known.outcome(), known.refusal.status, known.headers)


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, StoreError):
        return _of_store(error)
    if isinstance(error, HTTPException) and error.code is not None and 400 <= error.code < 500:
        return _of_http(error, error.code)
    current_app.logger.exception("unexpected", exc_info=error)
    return ApiError("API-BROKEN")


def _of_store(error: StoreError) -> ApiError:
    if isinstance(error, UnknownError):
        return ApiError("API-UNKNOWN", value=f"{error.kind} {error.key}")
    if isinstance(error, KeyReusedError):
        return ApiError("API-KEY-REUSED")
    if isinstance(error, KeyBusyError):
        return ApiError("API-CONFLICT", value=error, headers={"Retry-After": _WAIT})
    if error.retryable:
        return ApiError("API-RETRY", value=error, headers={"Retry-After": _WAIT})
    return ApiError("API-CONFLICT", value=error)


def _of_http(error: HTTPException, status: int) -> ApiError:
    headers = {name: value for name, value in error.get_headers(request.environ) if name in _KEPT}
    if status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="fhir-reporter"')
    value = request.method if status == 405 else request.path
    return ApiError(BY_STATUS.get(status, "API-HTTP"), value=value, headers=headers)


def _unrouted(error: HTTPException) -> Any:
    """No route, a wrong method, a foreign Host: ours only under our paths."""
    return refused(error) if is_api() else errors.other(error)


def register(app: Flask) -> None:
    """Errors that happen before a route is known; those of our views are registered on the blueprints."""
    for kind in (404, 405, SecurityError):
        app.register_error_handler(kind, _unrouted)
