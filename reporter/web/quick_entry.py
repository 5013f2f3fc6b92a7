"""Quick entry: what a line of text adds to a draft."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from reporter.web import drafts
from reporter.web.desk import Desk
from reporter.web.drafts import Document
from reporter.web.form.pointers import find
from reporter.web.quick import Candidate, suggest

_NOT_ENTERED = frozenset({"word", "site", "prior"})


def candidates(desk: Desk, document: Mapping[str, Any], text: str) -> list[Candidate]:
    """What the text may mean, best first."""
    if not text.strip():
        return []
    settings = desk.config.settings
    return suggest(text, document["exam_def"], desk.catalog, document["input"], settings=settings)


def chosen(desk: Desk, document: Mapping[str, Any], text: str, token: str) -> Candidate | None:
    """The candidate of a token, else the best one unless it assumes something; None: not to be entered.

    A side or a level left out is asked for beside its field, as the rules do.
    """
    found = candidates(desk, document, text)
    one = next((c for c in found if not token or c.token == token), None)
    if one is None or (one.assumed and not token):
        return None
    return None if _NOT_ENTERED & set(one.missing) else one


def enter(desk: Desk, document: Document, candidate: Candidate) -> Document:
    """The draft with the findings of a candidate: it completes a sign already there, answers a row, or adds a sign."""
    made = copy.deepcopy(document)
    for finding, update in zip(candidate.findings, candidate.updates, strict=True):
        known = find(made["input"], update) if update else None
        if known is not None:
            _merge(known, finding)
        else:
            made = drafts.enter(made, finding, desk.catalog)
    return made


def _merge(known: dict[str, Any], more: Mapping[str, Any]) -> None:
    """What is typed later completes or replaces what was typed before, measure by measure."""
    for key, value in more.items():
        if key == "measures":
            names = {m["name"] for m in value}
            known[key] = [m for m in known.get(key, []) if m.get("name") not in names] + copy.deepcopy(value)
        elif isinstance(value, dict) and isinstance(known.get(key), dict):
            known[key] = {**known[key], **copy.deepcopy(value)}
        else:
            known[key] = copy.deepcopy(value)
