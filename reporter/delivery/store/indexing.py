"""FHIR resources kept for reading and searching, with whom each one comes from.

A resource lives as long as one holder (a report, an order) has it; its version grows only when its content changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from reporter.delivery.store import database, extraction, params, spans
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.tables import holdings, index, resources

Key = tuple[str, str]


def report_holder(report_id: str) -> str:
    """The name of a report among holders."""
    return f"report:{report_id}"


def order_holder(order_id: str) -> str:
    """The name of an order among holders."""
    return f"order:{order_id}"


def keep_bundle(connection: Connection, holder: str, bundle: str, now: dt.datetime) -> None:
    """Keep the resources of a bundle instead of those the holder had."""
    found = _entries(bundle)
    names = {entry["fullUrl"]: "/".join(_key(entry["resource"])) for entry in found if "fullUrl" in entry}
    keep(connection, holder, [entry["resource"] for entry in found], now, names)


def keys_of(bundle: str) -> set[Key]:
    """Type and id of every resource of a bundle."""
    return {_key(entry["resource"]) for entry in _entries(bundle)}


def _entries(bundle: str) -> list[dict[str, Any]]:
    content = loads(bundle)
    entries = content.get("entry", []) if isinstance(content, dict) else []
    return [entry for entry in entries if isinstance(entry.get("resource"), dict) and entry["resource"].get("id")]


def keep(
    connection: Connection,
    holder: str,
    given: Sequence[Mapping[str, Any]],
    now: dt.datetime,
    names: Mapping[str, str] | None = None,
) -> None:
    """Keep these resources instead of those the holder had; `names`: what the full URLs in them stand for."""
    wanted = {_key(resource): resource for resource in given}
    had = {(row.type, row.id) for row in connection.execute(select(holdings).where(holdings.c.holder == holder))}
    if not wanted and not had:
        return
    present = _locked(connection, wanted, had)
    _hold(connection, holder, set(wanted) - had, had - set(wanted))
    gone = _unheld(connection, had - set(wanted))
    changes = [_changed(key, dumps(resource), present[key], now) for key, resource in sorted(wanted.items())]
    changes += [_changed(key, None, present[key], now) for key in sorted(gone)]
    _write(connection, [change for change in changes if change])
    _index(connection, wanted, gone, names or {})


def _key(resource: Mapping[str, Any]) -> Key:
    return str(resource["resourceType"]), str(resource["id"])


def _locked(connection: Connection, wanted: Iterable[Key], had: Iterable[Key]) -> dict[Key, Any]:
    """The rows of these resources, made when missing, ours until the end; always in the same order: no deadlock."""
    new = [
        {"type": kind, "id": name, "version_id": 0, "last_updated": 0, "deleted": False, "json": ""}
        for kind, name in sorted(wanted)
    ]
    database.insert_missing(connection, resources, new)
    keys = sorted({*wanted, *had})
    query = select(resources).where(tuple_(resources.c.type, resources.c.id).in_(keys))
    query = query.order_by(resources.c.type, resources.c.id).with_for_update()
    return {(row.type, row.id): row for row in connection.execute(query)}


def _hold(connection: Connection, holder: str, more: set[Key], less: set[Key]) -> None:
    if more:
        rows = [{"holder": holder, "type": kind, "id": name} for kind, name in sorted(more)]
        connection.execute(insert(holdings), rows)
    if less:
        mine = holdings.c.holder == holder
        connection.execute(delete(holdings).where(mine, tuple_(holdings.c.type, holdings.c.id).in_(sorted(less))))


def _unheld(connection: Connection, keys: set[Key]) -> set[Key]:
    """Those of them that nobody holds any more."""
    if not keys:
        return set()
    query = select(holdings.c.type, holdings.c.id).where(tuple_(holdings.c.type, holdings.c.id).in_(sorted(keys)))
    return keys - {(row.type, row.id) for row in connection.execute(query)}


def _changed(key: Key, text: str | None, row: Any, now: dt.datetime) -> dict[str, Any] | None:
    """The new content of a row, None when it is the same; `text` None: the resource is gone."""
    if row.json == (text or "") and row.deleted == (text is None) and row.version_id > 0:
        return None
    last = max(spans.micros(now), row.last_updated)
    return {
        "t": key[0], "i": key[1], "json": text or "", "deleted": text is None, "last_updated": last,
        "version_id": row.version_id + 1,
    }  # fmt: skip


def _write(connection: Connection, changes: list[dict[str, Any]]) -> None:
    if changes:
        mine = (resources.c.type == bindparam("t")) & (resources.c.id == bindparam("i"))
        values: dict[str, Any] = {name: bindparam(name) for name in ("json", "deleted", "last_updated", "version_id")}
        connection.execute(update(resources).where(mine).values(**values), changes)


def _index(
    connection: Connection, wanted: Mapping[Key, Mapping[str, Any]], gone: set[Key], names: Mapping[str, str]
) -> None:
    """Write the search index of these resources again."""
    connection.execute(delete(index).where(tuple_(index.c.type, index.c.id).in_(sorted({*wanted, *gone}))))
    numbers = extraction.accessions(wanted.values())
    rows: list[dict[str, Any]] = []
    for key, resource in sorted(wanted.items()):
        found = extraction.rows(resource, names)
        if key[0] not in params.SHARED_TYPES:
            found += [
                {"param": params.ACCESSION, "system": system, "value": value, "low": None, "high": None}
                for system, value in sorted(numbers, key=str)
            ]
        rows += [{"type": key[0], "id": key[1], **row} for row in found]
    if rows:
        connection.execute(insert(index), rows)
