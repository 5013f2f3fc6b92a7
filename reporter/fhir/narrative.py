"""Section narratives: the sentences of the report as XHTML, each in an element with an id (FHIR_MAPPING §3)."""

from __future__ import annotations

import re
from html import escape

from reporter.fhir.datatypes import Json
from reporter.model.report import Narrative, Section, Sentence

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def anchor(sentence: Sentence) -> str:
    """The id of the sentence's element."""
    return element_id("s", sentence.section, sentence.id)


def element_id(*parts: str) -> str:
    """An XML id made of the parts; different parts never make the same id."""
    return ".".join(_UNSAFE.sub(lambda match: f"_{ord(match[0]):x}_", p.replace("/", "..")) for p in parts)


def paragraphs(section: Section) -> list[str]:
    """One <p> per paragraph, one <span id> per sentence; free text of the radiologist is marked by its class."""
    lines: dict[int, list[str]] = {}
    for sentence in section.sentences:
        lines.setdefault(sentence.paragraph, []).append(_span(sentence))
    return [f"<p>{' '.join(spans)}</p>" for spans in lines.values()]


def _span(sentence: Sentence) -> str:
    mark = ' class="free-text"' if sentence.free else ""
    return f'<span id="{anchor(sentence)}"{mark}>{text(sentence.text)}</span>'


def items(entries: list[tuple[str, str]]) -> list[str]:
    """A list of (element id, text): what a section holds and no sentence says."""
    if not entries:
        return []
    return ["<ul>" + "".join(f'<li id="{key}">{text(said)}</li>' for key, said in entries) + "</ul>"]


def text(raw: str) -> str:
    """XML text: escaped, without the characters XML forbids, line feeds as <br/>."""
    allowed = raw if raw.isprintable() else _CONTROL.sub("", raw)
    return escape(allowed, quote=False).replace("\n", "<br/>")


def div(blocks: list[str], free: bool = False) -> Json:
    """A Narrative; "additional" when it says more than the coded data."""
    content = "".join(blocks)
    xhtml = f'<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr" lang="fr">{content}</div>'
    return {"status": "additional" if free else "generated", "div": xhtml}


def anchors(narrative: Narrative) -> dict[str, str]:
    """Statement id → id of the first sentence that says it; Résultats and Conclusion come before the other sections."""
    order = ("findings", "conclusion", "comparison", "technique", "indication", "title")
    found: dict[str, str] = {}
    for section in sorted(narrative.sections, key=lambda s: order.index(s.id) if s.id in order else len(order)):
        for sentence in section.sentences:
            for statement in sentence.statements:
                found.setdefault(statement, anchor(sentence))
    return found
