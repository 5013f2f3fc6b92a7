"""Rates, by Flask-Limiter: refused logins and refused requests by address, answered requests by token."""

from __future__ import annotations

import time

from flask import Flask, Response, request
from flask_limiter import Limit, Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import TooManyRequests

from reporter.delivery.accounts import token_hash
from reporter.web.auth.counters import SCHEME
from reporter.web.config import WebConfig

_KEPT_IN = f"{SCHEME}://"
_OF_API = ("fhir", "api")


def install(app: Flask, config: WebConfig) -> Limiter:
    """No limit in the demonstration; what goes past one is told 429 and when to come back."""
    refusals = Limit(config.refusal_rate, deduct_when=refused, scope="refused", shared=True)
    answers = Limit(config.api_rate, key_function=_token, exempt_when=_of_pages, scope="api", shared=True)
    limiter = Limiter(
        get_remote_address,
        app=app,
        default_limits=[refusals, answers],
        storage_uri=_KEPT_IN,
        enabled=not config.demo,
    )

    def told_when(response: Response) -> Response:
        past = limiter.current_limit if response.status_code == TooManyRequests.code else None
        if past is not None:
            response.headers["Retry-After"] = str(max(1, past.reset_at - int(time.time())))
        return response

    app.after_request(told_when)
    return limiter


def refused(response: Response) -> bool:
    """Does the answer count against the address?"""
    return response.status_code in (401, 403)


def _token() -> str:
    """The token, not readable: two programs behind one address do not share a rate."""
    return token_hash(request.headers.get("Authorization", get_remote_address()))[:32]


def _of_pages() -> bool:
    return request.blueprint not in _OF_API
