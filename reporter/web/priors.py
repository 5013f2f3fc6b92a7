"""Earlier exams in a draft: loaded from the store or from a bundle, and what became of each lesion.

Nothing about the lesion today is copied from the earlier exam but its name and its place.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reporter.fhir.read import read
from reporter.web.desk import Desk
from reporter.web.drafts import Document, enter
from reporter.web.form.findings import prior_label
from reporter.web.form.pointers import Input, find, tidy

CHANGES = ("partial_regression", "complete_regression", "unchanged", "increased")
GONE, NEW = "complete_regression", "new"
_SEEN = ("present", "indeterminate")
_COPIED = ("finding", "status", "site", "signal", "density", "uptake", "morphology", "measures", "severity", "count")
_STUDY = ("modality", "date", "region", "laterality")


@dataclass(frozen=True, slots=True)
class Lesion:
    """A sign seen earlier; `change` is what is said of it now, `finding` the sign of today it is compared with."""

    index: int
    label: str
    change: str
    finding: str


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier exam; `fresh`: signs of today it does not show, each with whether it is marked new."""

    id: str
    index: int
    label: str
    summary: str
    lesions: tuple[Lesion, ...]
    fresh: tuple[tuple[str, str, bool], ...]


def comparison(tree: Mapping[str, Any]) -> Input:
    """An exam of this model as an earlier exam; its links to its own priors stay behind."""
    exam = tree.get("exam", {})
    made: Input = {key: exam[key] for key in _STUDY if exam.get(key)}
    made["findings"] = [{k: copy.deepcopy(f[k]) for k in _COPIED if f.get(k)} for f in tree.get("findings", [])]
    if tree.get("dxa"):
        made["dxa"] = copy.deepcopy(tree["dxa"])
    return made


def from_bundle(desk: Desk, bundle: object) -> tuple[Input | None, list[str]]:
    """The earlier exam a bundle holds, and what of it was not read."""
    reading = read(bundle, desk.catalog)
    made = comparison(reading.data) if reading.usable else None
    complete = made is not None and all(made.get(key) for key in ("modality", "date", "region"))
    return (made if complete else None), [issue.message for issue in reading.issues]


def add(document: Document, prior: Mapping[str, Any]) -> Document:
    """The draft with one more earlier exam, newest first."""
    made = copy.deepcopy(document)
    known: list[Input] = made["input"].setdefault("comparisons", [])
    taken = {str(p.get("id")) for p in known}
    number = next(n for n in range(1, len(taken) + 2) if f"C{n}" not in taken)
    known.append({**copy.deepcopy(dict(prior)), "id": f"C{number}"})
    known.sort(key=lambda one: str(one.get("date", "")), reverse=True)
    return made


def remove(document: Document, prior_id: str) -> Document:
    """The draft without an earlier exam, nor what was compared with it."""
    made = copy.deepcopy(document)
    tree = made["input"]
    tree["comparisons"] = [p for p in tree.get("comparisons", []) if p.get("id") != prior_id]
    for finding in tree.get("findings", []):
        if finding.get("evolution", {}).get("compared_to") == prior_id:
            del finding["evolution"]
    tidy(tree)
    return made


def evolve(desk: Desk, document: Document, prior_id: str, index: int, change: str) -> Document:
    """Say what became of a lesion: the sign of today at its place gets the evolution, or is entered with it."""
    prior: Input = next((p for p in document["input"].get("comparisons", []) if p.get("id") == prior_id), {})
    lesions = prior.get("findings", [])
    if change not in CHANGES or index >= len(lesions):
        return document
    lesion, made = lesions[index], copy.deepcopy(document)
    known = _same(made["input"], lesion)
    if known is None:
        made = enter(made, {"finding": lesion["finding"], "site": lesion["site"]}, desk.catalog)
        known = made["input"]["findings"][-1]
    known["status"] = "absent" if change == GONE else "present"
    known["evolution"] = {"change": change, "compared_to": prior_id}
    return made


def mark_new(document: Document, prior_id: str, finding_id: str) -> Document:
    """A sign of today that the earlier exam does not show is new; said twice, it is no longer marked."""
    made = copy.deepcopy(document)
    finding = find(made["input"], finding_id)
    if finding is not None:
        marked = finding.pop("evolution", {}).get("change") == NEW
        if not marked:
            finding["evolution"] = {"change": NEW, "compared_to": prior_id}
    return made


def priors(desk: Desk, document: Mapping[str, Any]) -> list[Prior]:
    """What the screen shows of the earlier exams."""
    tree = document["input"]
    return [_prior(desk, tree, n, prior) for n, prior in enumerate(tree.get("comparisons", []))]


def _prior(desk: Desk, tree: Mapping[str, Any], index: int, prior: Mapping[str, Any]) -> Prior:
    name, earlier = str(prior.get("id", "")), prior.get("findings", [])
    lesions = tuple(_lesion(desk, tree, name, n, f) for n, f in enumerate(earlier) if f.get("status") in _SEEN)
    today = [f for f in tree.get("findings", []) if f.get("status") in _SEEN]
    fresh = tuple(
        (str(f.get("id")), desk.labels.sign(f["finding"], f.get("site", {})), _is_new(f, name))
        for f in today
        if not any(_alike(f, e) for e in earlier if e.get("status") in _SEEN)
    )
    return Prior(name, index, prior_label(desk, prior), str(prior.get("summary", "")), lesions, fresh)


def _is_new(finding: Mapping[str, Any], prior_id: str) -> bool:
    return bool(finding.get("evolution", {}) == {"change": NEW, "compared_to": prior_id})


def _lesion(desk: Desk, tree: Mapping[str, Any], prior: str, index: int, lesion: Mapping[str, Any]) -> Lesion:
    today = _same(tree, lesion) or {}
    evolution = today.get("evolution", {})
    change = evolution.get("change", "") if evolution.get("compared_to") == prior else ""
    label = desk.labels.sign(str(lesion.get("finding", "")), lesion.get("site", {}))
    return Lesion(index, label, str(change), str(today.get("id", "")))


def _same(tree: Mapping[str, Any], lesion: Mapping[str, Any]) -> Input | None:
    return next((f for f in tree.get("findings", []) if _alike(f, lesion)), None)


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """The same sign at the same place; zones refine a place and do not make another."""
    keys = ("code", "laterality", "level", "number", "part")
    first, second = one.get("site", {}), other.get("site", {})
    return one.get("finding") == other.get("finding") and all(first.get(k) == second.get(k) for k in keys)
