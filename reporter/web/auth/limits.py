"""Rates, counted by `limits`: refused logins and refused requests by address, answered requests by token.

Flask-Limiter makes every limit anew for each request: 0.25 ms, a twentieth of a `$generate`. These are made once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, g, request
from limits import RateLimitItem, parse_many
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from reporter.delivery.accounts import token_hash
from reporter.web.auth.counters import Counters
from reporter.web.config import WebConfig

LOGIN = "access.enter"
_OF_API = ("fhir", "api")
_UNCOUNTED = (None, "static")


@dataclass(frozen=True, slots=True)
class _Rate:
    """So many requests in a time for each `key`, of those it is `about`; `of_refusals`: only the refused ones count."""

    name: str
    rate: str
    key: Callable[[], str]
    about: Callable[[], bool]
    of_refusals: bool = False


class _Rates:
    """All of them, around each request."""

    def __init__(self, *rates: _Rate) -> None:
        # the shortest window first: what it refuses is not counted by the others
        self._rates = [(rate, tuple(sorted(parse_many(rate.rate)))) for rate in rates]
        self._counted = FixedWindowRateLimiter(Counters())

    def ask(self) -> None:
        """Before a request. Raises TooManyRequests; the answer then says when to come back."""
        for rate, items in self._asked():
            key = rate.key()
            look = self._counted.test if rate.of_refusals else self._counted.hit
            past = next((item for item in items if not look(item, rate.name, key)), None)
            if past is not None:
                g.retry_after = self._left(past, rate.name, key)
                raise TooManyRequests

    def note(self, response: Response) -> Response:
        """After it."""
        if "retry_after" in g:
            response.headers["Retry-After"] = str(g.retry_after)
        elif response.status_code in (401, 403):
            for rate, items in self._asked():
                for item in items if rate.of_refusals else ():
                    self._counted.hit(item, rate.name, rate.key())
        return response

    def _asked(self) -> list[tuple[_Rate, tuple[RateLimitItem, ...]]]:
        counted = request.endpoint not in _UNCOUNTED
        return [each for each in self._rates if each[0].about()] if counted else []

    def _left(self, item: RateLimitItem, *key: str) -> int:
        """Seconds until the window ends."""
        return max(1, math.ceil(self._counted.get_window_stats(item, *key).reset_time - time.time()))


def install(app: Flask, config: WebConfig) -> None:
    """No limit in the demonstration; what goes past one is told 429 and when to come back."""
    if config.demo:
        return
    rates = _Rates(
        _Rate("refused", config.refusal_rate, _address, lambda: True, of_refusals=True),
        _Rate("login", config.login_rate, _address, lambda: request.endpoint == LOGIN, of_refusals=True),
        _Rate("api", config.api_rate, _token, lambda: request.blueprint in _OF_API),
    )
    app.before_request(rates.ask)
    app.after_request(rates.note)


def _address() -> str:
    return request.remote_addr or "127.0.0.1"


def _token() -> str:
    """The token, not readable: two programs behind one address do not share a rate."""
    return token_hash(request.headers.get("Authorization", _address()))[:32]
