"""Sentences rewritten by the radiologist, kept in the draft as `edits`."""

from __future__ import annotations

import copy

from reporter.web.desk import Desk
from reporter.web.drafts import Document


def change(desk: Desk, document: Document, key: str, verb: str, text: str) -> Document:
    """Edit (codes no longer confirmed) · confirm (the codes still hold) · reset (the engine's sentence again)."""
    made = copy.deepcopy(document)
    edits = made.setdefault("edits", {})
    known = edits.pop(key, None)
    base = _generated(desk, made, key)
    if verb == "reset" or (base is None and known is None):
        return made
    wanted = " ".join(text.split()) or (known or {}).get("text", "")
    if base is not None and wanted == base:
        return made
    confirmed = verb == "confirm" or bool(known and known["keeps_codes"] and known["text"] == wanted)
    edits[key] = {"text": wanted, "base": base if base is not None else known["base"], "keeps_codes": confirmed}
    return made


def _generated(desk: Desk, document: Document, key: str) -> str | None:
    """The engine's own sentence of a key, when it is in the report now."""
    report, _ = desk.preview({**document, "edits": {}})
    if report is None:
        return None
    texts = {report.keys.get(s.id): s.text for section in report.narrative.sections for s in section.sentences}
    return texts.get(key)
