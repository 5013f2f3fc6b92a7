"""Reports of earlier exams in a Bundle → comparisons of today's exam; what was not taken is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from reporter.errors import WARNING, Issue
from reporter.fhir.read import read
from reporter.web import priors
from reporter.web.api.incoming import Incoming
from reporter.web.desk import desk

Json = dict[str, Any]
ENTRY = re.compile(r"/entry/(\d+)(?:/resource)?(/.*)?\Z")
_UNUSABLE = "Compte rendu antérieur non repris : modalité, date ou région inconnue."


def read_in(incoming: Incoming) -> tuple[Json, list[Issue]]:
    """The input the Bundle holds, earlier reports as comparisons, and what was not read."""
    reading = read(incoming.without(incoming.past), desk().catalog)
    kept = [place for place in range(len(incoming.bundle.get("entry", []))) if place not in incoming.past]
    document: Json = {"input": dict(reading.data)}
    issues = _renumbered(reading.issues, kept)
    for paper in incoming.earlier:
        prior, unread = _prior(incoming, paper)
        issues += unread
        if prior is not None:
            document = priors.add(document, prior)
    return document["input"], issues


def _prior(incoming: Incoming, paper: int) -> tuple[Json | None, list[Issue]]:
    """One earlier exam, under the id the comparisons give it."""
    whole = incoming.resources[paper]
    places = sorted(incoming.closure([paper]))
    nested = whole["resourceType"] == "Bundle"
    reading = read(whole if nested else incoming.only(set(places)), desk().catalog)
    issues = [] if nested else _renumbered(reading.issues, places)
    made = priors.comparison(reading.data) if reading.usable else {}
    if all(made.get(name) for name in ("modality", "date", "region")):
        return made, issues
    return None, [*issues, Issue("API-PRIOR", WARNING, f"/entry/{paper}/resource", _UNUSABLE)]


def _renumbered(issues: Iterable[Issue], kept: list[int]) -> list[Issue]:
    """Paths in the Bundle as it came: the reader saw only some of its entries."""
    return [Issue(i.code, i.severity, _moved(i.path, kept), i.message, i.source) for i in issues]


def _moved(path: str, kept: list[int]) -> str:
    found = ENTRY.match(path)
    if not found or int(found[1]) >= len(kept):
        return path
    return f"/entry/{kept[int(found[1])]}/resource{found[2] or ''}"
