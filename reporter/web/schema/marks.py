"""What is marked where: the findings of a draft by place, and what no figure shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.settings import Settings
from reporter.web.schema.places import Place, places_of

_STRONGEST = ("present", "indeterminate", "not_assessed", "absent")


@dataclass(frozen=True, slots=True)
class Mark:
    """The signs at one place: the strongest status is drawn, all are read."""

    place: Place
    status: str
    signs: tuple[str, ...]
    ids: tuple[str, ...]


def marks(data: Mapping[str, Any], catalog: Catalog, settings: Settings) -> dict[Place, Mark]:
    """One mark per place, for every finding whose sign, status and site are known."""
    found: dict[Place, list[tuple[str, str, str]]] = {}
    rows = data.get("findings")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping) and row.get("finding") in catalog.findings and row.get("status") in _STRONGEST:
            said = _said(row, catalog, settings)
            for place in places_of(row, catalog.sites):
                found.setdefault(place, []).append((str(row["status"]), said, str(row.get("id", ""))))
    return {place: _mark(place, signs) for place, signs in found.items()}


def _mark(place: Place, signs: list[tuple[str, str, str]]) -> Mark:
    statuses = {status for status, _, _ in signs}
    strongest = next(status for status in _STRONGEST if status in statuses)
    return Mark(place, strongest, tuple(said for _, said, _ in signs), tuple(key for _, _, key in signs if key))


def _said(row: Mapping[str, Any], catalog: Catalog, settings: Settings) -> str:
    """« œdème médullaire (présent) »."""
    words = catalog.lexicon.get("schema", {}).get("status", {})
    noun = catalog.findings[str(row["finding"])].lexeme.noun
    return french.typeset(f"{noun} ({words.get(row['status'], row['status'])})", settings)
