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
    """Edit (codes no longer confirmed) · confirm (the codes still hold) · reset (the engine's sentence again).

    Words for a sentence that is no longer in the report are kept all the same: the radiologist is asked about them.
    """
    made = copy.deepcopy(document)
    edits = made.setdefault("edits", {})
    known = edits.pop(key, None)
    base = _shown(desk, {**made, "edits": {}}).get(key)
    wanted = _typed(desk, text) or (known or {}).get("text", "")
    if verb == "reset" or (base is None and not wanted) or (base is not None and _same(desk, wanted, base)):
        return made
    confirmed = verb == "confirm" or bool(known and known["keeps_codes"] and _same(desk, known["text"], wanted))
    said = base if base is not None else known["base"] if known else ""
    edits[key] = {"text": wanted, "base": said, "keeps_codes": confirmed}
    return made


def unsaid(desk: Desk, shown: Document, posted: Mapping[str, str]) -> dict[str, str]:
    """Key → words typed in place of sentences of a page that showed this document (without script)."""
    typed = {name.removeprefix(FIELD): text for name, text in posted.items() if name.startswith(FIELD)}
    texts = _shown(desk, shown) if typed else {}
    return {key: text for key, text in typed.items() if key in texts and not _same(desk, text, texts[key])}


def _shown(desk: Desk, document: Document) -> dict[str, str]:
    """Key → text of the sentences that are in the report now."""
    report, _ = desk.preview(document)
    if report is None:
        return {}
    return {report.keys[s.id]: s.text for section in report.narrative.sections for s in section.sentences}


def _typed(desk: Desk, text: str) -> str:
    """As the report is typeset; a no-break space that was typed stays."""
    return french.typeset(french.single_spaced(text), desk.config.settings)


def _same(desk: Desk, one: str, other: str) -> bool:
    """Do they say the same, whatever their blanks?"""
    return _typed(desk, one).split() == _typed(desk, other).split()
