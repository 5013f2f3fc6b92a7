"""Section narratives: the sentences of the report as XHTML, each in an element with an id (FHIR_MAPPING §3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from reporter.fhir.datatypes import Json
from reporter.model.report import Section

# the section that rather says something, first
_RANKED = ("findings", "conclusion", "comparison", "technique", "indication", "title")
OPEN = '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr" lang="fr">'
_FREE = ' class="free-text"'
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


class Written(NamedTuple):
    """The sections of a narrative as XHTML, and the elements of their sentences by id.

    `first`: of a statement, the first that says it (Résultats and Conclusion come before the other sections); `starts`:
    of a section, its first. `free`: the sections with free text of the radiologist.
    """

    sections: dict[str, str]
    first: dict[str, str]
    starts: dict[str, str]
    free: set[str]


def written(texts: Mapping[str, Section], careful: bool = False) -> Written:
    """One <p> per paragraph, one <span id> per sentence; free text is marked by its class.

    Nearly always ids and sentences are XML as they are, which is told of all at once; else each is made so (`careful`).
    """
    made = sections, first, starts, opened = Written({}, {}, {}, set())
    names, whole = [], []
    for section_id in _RANKED:
        if section_id not in texts:
            continue
        lines: dict[int, str] = {}
        for name, _, said, statements, _, free, paragraph, _ in texts[section_id].sentences:
            key = f"s.{section_id}.{name}"
            names.append(name)
            whole.append(said)
            if careful:
                key, said = element_id(key), text(said)
            for statement in statements:
                if statement not in first:
                    first[statement] = key
            if free:
                opened.add(section_id)
            if not lines:
                starts[section_id] = key
            span = f'<span id="{key}"{_FREE if free else ""}>{said}</span>'
            lines[paragraph] = f"{lines[paragraph]} {span}" if paragraph in lines else span
        sections[section_id] = f"<p>{'</p><p>'.join(lines.values())}</p>" if lines else ""
    if careful or (_safe("".join(names)) and text(joined := "".join(whole)) == joined):
        return made
    return written(texts, careful=True)


def _safe(names: str) -> bool:
    """Are all of them ids as they are? Ten times faster than to look for what is not."""
    letters = names.replace("-", "").replace(".", "")
    return letters.isascii() and letters.isalnum()


def element_id(*parts: str) -> str:
    """An XML id made of the parts; different parts never make the same id."""
    plain = ".".join(parts)
    made = plain.replace("_", "_5f_").replace("/", "..")  # nearly always: the sign that marks the others, and a path
    letters = made.replace("_", "").replace(".", "").replace("-", "")
    if letters.isascii() and letters.isalnum():
        return made
    return _UNSAFE.sub(lambda match: f"_{ord(match[0]):x}_", plain.replace("/", ".."))


def text(raw: str) -> str:
    """XML text: escaped, without the characters XML forbids, line feeds as <br/>."""
    if not raw.isprintable() and not raw.replace("\u00a0", "").replace("\u202f", "").isprintable():
        raw = _CONTROL.sub("", raw)
    if "&" in raw or "<" in raw or ">" in raw or "\n" in raw:
        return escape(raw, quote=False).replace("\n", "<br/>")
    return raw


def div(content: str, free: bool = False) -> Json:
    """A Narrative; "additional" when it says more than the coded data."""
    return {"status": "additional" if free else "generated", "div": f"{OPEN}{content}</div>"}
