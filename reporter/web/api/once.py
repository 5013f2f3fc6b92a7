"""Idempotency-Key: a request sent twice is carried out once and answered twice (draft-ietf-httpapi-idempotency-key)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from flask import Response, current_app, request

from reporter.delivery.store import Answer
from reporter.web.api.outcome import ApiError
from reporter.web.auth.permissions import caller
from reporter.web.desk import desk

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
_KEY = re.compile(r"[!-~]{1,200}\Z")
_KEPT = ("Content-Type", "ETag", "Last-Modified", "Link", "Location", "Reporter-Warnings", "Vary", "Cache-Control")
_COUNTS = ("Accept", "Content-Type", "Prefer", "If-Match", "If-None-Exist")
# refusals that say nothing of the request itself: the same one may succeed later
_PASSING = (401, 403, 409, 429)


def once(view: Callable[[], Response]) -> Response:
    """Carry the view out, unless this very request was answered already."""
    given = request.headers.get(HEADER)
    if given is None:
        return view()
    if not _KEY.match(given):
        raise ApiError("API-HEADER", name=HEADER)
    key = f"{caller()} {given}"
    known = desk().store.begin_key(key, _digest())
    if known is not None:
        return Response(known.body, known.status, {**known.headers, REPLAYED: "true"})
    return _carried_out(view, key)


def _carried_out(view: Callable[[], Response], key: str) -> Response:
    try:
        response = _answer(view)
    except BaseException:
        desk().store.forget_key(key)
        raise
    if response.status_code >= 500 or response.status_code in _PASSING:
        desk().store.forget_key(key)
    else:
        headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
        desk().store.finish_key(key, Answer(response.status_code, headers, response.get_data()))
    return response


def _answer(view: Callable[[], Response]) -> Response:
    """The answer, refusals too."""
    try:
        return view()
    except Exception as error:  # noqa: BLE001 - handled as the application would
        return current_app.make_response(current_app.handle_user_exception(error))


def _digest() -> str:
    """What makes a request another one."""
    head = [request.method, request.full_path, *(request.headers.get(name, "") for name in _COUNTS)]
    return hashlib.sha256("\n".join(head).encode() + b"\n" + request.get_data(cache=True)).hexdigest()
