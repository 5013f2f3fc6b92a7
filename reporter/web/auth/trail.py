"""What a request leaves in the audit trail: one line, with who, what, how it ended, and the id of the request."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import ServiceUnavailable

from reporter.delivery.audit import FAILED, OK, REFUSED
from reporter.delivery.store import Entry, StoreError
from reporter.web.auth.identity import Identity
from reporter.web.desk import desk

_VERBS = {"GET": "read", "HEAD": "read", "POST": "create", "PUT": "change", "DELETE": "delete"}
_KINDS = {"draft_id": "draft", "report_id": "report", "user_id": "user", "token_id": "token", "delivery_id": "delivery"}
_LONG = 190
_RECENT = "reporter-told"
_EVERY = dt.timedelta(minutes=5)
_REMEMBERED = 10_000


class Recent:
    """What was told less than five minutes ago; the oldest is forgotten first."""

    def __init__(self) -> None:
        self._told: OrderedDict[Hashable, dt.datetime] = OrderedDict()
        self._lock = threading.Lock()

    def due(self, key: Hashable, now: dt.datetime) -> bool:
        """Is it time to tell it again? If so it counts as told."""
        with self._lock:
            last = self._told.get(key)
            if last is not None and now - last < _EVERY:
                return False
            self._told[key] = now
            self._told.move_to_end(key)
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
            return True


def install(app: Flask) -> None:
    """The memory of what was told lately, one by application."""
    app.extensions[_RECENT] = Recent()


def correlation() -> str:
    """The id of this request: `X-Request-Id` of the answer."""
    return str(g.get("correlation", ""))


def about(*, entity: str = "", entity_id: str = "", patient: str | None = None, **detail: Any) -> None:
    """Say what the line of this request is about, beyond its address."""
    known = {"entity": entity, "entity_id": entity_id, "patient": patient or ""}
    kept: dict[str, Any] = g.setdefault("about", {"detail": {}})
    kept.update({name: value for name, value in known.items() if value})
    kept["detail"].update(detail)


def entry(event: str, outcome: str = OK, **detail: Any) -> Entry:
    """The line of an act of this request."""
    who, said = g.get("program") or g.get("person"), dict(g.get("about", {}))
    named = isinstance(who, Identity)
    more = {**said.pop("detail", {}), **detail, **({"token": g.token_shown} if "token_shown" in g else {})}
    values = {**_address(), **said, "actor": who.id if named else "", "actor_name": who.name if named else ""}
    short = {name: str(value)[:_LONG] for name, value in values.items()}
    return Entry(event, outcome, correlation=correlation(), detail=more, **short)


def act(entity: str, entity_id: str, patient: str | None, **detail: Any) -> Entry:
    """The line of this request, to be written in the transaction that keeps what it brought; then `told`."""
    made = entry(_event(), **detail)
    return dataclasses.replace(made, entity=entity, entity_id=entity_id[:_LONG], patient=(patient or "")[:_LONG])


def told() -> None:
    """The line of this request is written already, with the act itself."""
    g.told = True


def write(event: str, outcome: str = OK, **detail: Any) -> None:
    """Write a line now: the request leaves no other."""
    told()
    desk().store.audit(entry(event, outcome, **detail))


def record(response: Response) -> Response:
    """After the answer is made: its line. When it cannot be written, nothing is shown."""
    event = _event()
    if g.get("told") or not event:
        return response
    status = response.status_code
    try:
        if status in (401, 403):
            desk().store.audit(entry("access.refused", REFUSED, status=status, asked=event))
        elif status < 400 and not _just_told(event):
            desk().store.audit(entry(event))
        elif status >= 500:
            desk().store.audit(entry(event, FAILED, status=status))
    except StoreError as error:
        if status >= 500:
            return response
        return _unwritten(error)
    return response


def _unwritten(error: StoreError) -> Response:
    """The refusal of a line that cannot be written, in the way the client speaks."""
    from reporter.web.api.refusals import is_api, refused

    if is_api():
        return refused(error)
    return Response(str(error), ServiceUnavailable.code, content_type="text/plain; charset=utf-8")


def _event() -> str:
    """The event the view declares; of the API, the verb of the request."""
    view = g.get("view")
    declared = str(getattr(view, "event", ""))
    permission = getattr(view, "permission", None)
    if declared or permission is None or not permission.of_api:
        return declared
    searched = request.method == "GET" and not request.view_args
    return f"api.{'search' if searched else _VERBS.get(request.method, 'operation')}"


def _just_told(event: str) -> bool:
    """The form saves at each touch: one line a person, a draft and five minutes is enough of these."""
    who = g.get("person")
    if event != "draft.change" or request.endpoint != "draft.save" or not isinstance(who, Identity):
        return False
    said: Recent = current_app.extensions[_RECENT]
    return not said.due((who.id, str(request.view_args)), desk().now())


def _address() -> dict[str, str]:
    """What the address of the request names: ids of ours, never a text somebody typed."""
    given = request.view_args or {}
    for name, kind in _KINDS.items():
        if name in given:
            return {"entity": kind, "entity_id": str(given[name])}
    rule = request.url_rule.rule if request.url_rule else ""
    parts = rule.strip("/").split("/")
    if parts[0] in ("fhir", "api") and len(parts) > 1:
        return {"entity": parts[1], "entity_id": str(given.get("name", given.get("order", "")))}
    return {}
