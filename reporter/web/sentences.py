"""Sentences rewritten by the radiologist, kept in the draft as `edits`."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from reporter import french
from reporter.web.desk import Desk
from reporter.web.drafts import Document

FIELD = "text-"
"""The name of the field of a sentence: this, and its key."""


def change(desk: Desk, document: Document, key: str, verb: str, text: str) -> Document:
    """Edit (codes no longer confirmed) · confirm (the codes still hold) · reset (the engine's sentence again)."""
    made = copy.deepcopy(document)
    edits = made.setdefault("edits", {})
    known = edits.pop(key, None)
    base = _shown(desk, {**made, "edits": {}}).get(key)
    if verb == "reset" or (base is None and known is None):
        return made
    wanted = french.typeset(_one_line(text), desk.config.settings) or (known or {}).get("text", "")
    if base is not None and _one_line(wanted) == _one_line(base):
        return made
    confirmed = verb == "confirm" or bool(known and known["keeps_codes"] and known["text"] == wanted)
    edits[key] = {"text": wanted, "base": base if base is not None else known["base"], "keeps_codes": confirmed}
    return made


def unsaid(desk: Desk, shown: Document, posted: Mapping[str, str]) -> dict[str, str]:
    """Key → words of the sentences that were being rewritten on a page that showed this document."""
    texts = _shown(desk, shown)
    typed = {name.removeprefix(FIELD): text for name, text in posted.items() if name.startswith(FIELD)}
    return {key: text for key, text in typed.items() if key in texts and _one_line(text) != _one_line(texts[key])}


def _shown(desk: Desk, document: Document) -> dict[str, str]:
    """Key → text of the sentences that are in the report now."""
    report, _ = desk.preview(document)
    if report is None:
        return {}
    return {report.keys[s.id]: s.text for section in report.narrative.sections for s in section.sentences}


def _one_line(text: str) -> str:
    return " ".join(text.split())
