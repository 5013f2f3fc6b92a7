"""Stored resources as they are served: literal references, version and time of the last change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

from reporter.delivery.store import Resource, loads
from reporter.web.api.references import UUID, named, renamed
from reporter.web.desk import desk

Json = dict[str, Any]


def base() -> str:
    """The FHIR base URL the client used, with its last slash."""
    from flask import request

    return f"{request.url_root}fhir/"


def instant(moment: dt.datetime) -> str:
    """A FHIR instant."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(found: Sequence[Resource]) -> list[Json]:
    """The resources with literal references, meta.versionId and meta.lastUpdated."""
    contents = [loads(resource.json) for resource in found]
    names = _names(contents)
    return [
        stamped(renamed(content, names), resource.version_id, resource.last_updated)
        for content, resource in zip(contents, found, strict=True)
    ]


def literal(content: Json) -> Json:
    """A resource out of a document, with literal references."""
    renewed: Json = renamed(content, _names([content]))
    return renewed


def _names(contents: Sequence[Json]) -> Mapping[str, str]:
    return {f"{UUID}{name}": f"{kind}/{name}" for name, kind in desk().store.located(named(contents)).items()}


def stamped(resource: Json, version: int, updated: dt.datetime) -> Json:
    """The resource with the version it is in."""
    meta = {"versionId": str(version), "lastUpdated": instant(updated), **resource.get("meta", {})}
    head: Json = {key: resource[key] for key in ("resourceType", "id") if key in resource}
    return {**head, "meta": meta, **{key: value for key, value in resource.items() if key not in (*head, "meta")}}


def tags(version: int, updated: dt.datetime) -> dict[str, str]:
    """ETag and Last-Modified (FHIR R4 « RESTful API », § managing resource contention)."""
    return {
        "ETag": f'W/"{version}"',
        "Last-Modified": format_datetime(updated.astimezone(dt.UTC).replace(microsecond=0), usegmt=True),
    }
