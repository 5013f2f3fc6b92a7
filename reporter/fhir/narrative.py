"""Section narratives: the sentences of the report as XHTML, each in an element with an id (FHIR_MAPPING §3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from reporter.fhir.datatypes import Json
from reporter.model.report import Narrative, Section

_ORDER = {"findings": 0, "conclusion": 1, "comparison": 2, "technique": 3, "indication": 4, "title": 5}
OPEN = '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr" lang="fr">'
_FREE = ' class="free-text"'
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
_ODD = re.compile(r"[^A-Za-z0-9./_-]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def anchors(section: Section) -> list[str]:
    """The id of the element of each sentence."""
    plain = [f"s.{section.id}.{sentence.id}" for sentence in section.sentences]
    if _UNSAFE.search("".join(plain)) is None:
        return plain
    return [element_id("s", section.id, sentence.id) for sentence in section.sentences]


def element_id(*parts: str) -> str:
    """An XML id made of the parts; different parts never make the same id."""
    plain = ".".join(parts)
    if _ODD.search(plain) is None:  # nearly always: the sign that marks the others, and the stroke of a path
        return plain.replace("_", "_5f_").replace("/", "..")
    return _UNSAFE.sub(lambda match: f"_{ord(match[0]):x}_", plain.replace("/", ".."))


def paragraphs(section: Section, keys: list[str]) -> str:
    """One <p> per paragraph, one <span id> per sentence (its id in `keys`); free text is marked by its class."""
    sentences = section.sentences
    shown = [sentence.text for sentence in sentences]
    whole = " ".join(shown)
    if text(whole) != whole:
        shown = [text(said) for said in shown]
    lines: dict[int, list[str]] = {}
    for key, sentence, said in zip(keys, sentences, shown, strict=True):
        span = f'<span id="{key}"{_FREE if sentence.free else ""}>{said}</span>'
        spans = lines.get(sentence.paragraph)
        if spans is None:
            lines[sentence.paragraph] = [span]
        else:
            spans.append(span)
    return f"<p>{'</p><p>'.join(map(' '.join, lines.values()))}</p>" if lines else ""


def items(entries: list[tuple[str, str]]) -> str:
    """A list of (element id, XML text): what a section holds and no sentence says."""
    made = [f'<li id="{key}">{said}</li>' for key, said in entries]
    return f"<ul>{''.join(made)}</ul>"


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


def first_said(narrative: Narrative, keys: Mapping[str, list[str]]) -> dict[str, str]:
    """Statement id → id of the first sentence that says it; Résultats and Conclusion come before the other sections.

    `keys` are the ids of the sentences of each section.
    """
    found: dict[str, str] = {}
    for section in sorted(narrative.sections, key=lambda s: _ORDER.get(s.id, len(_ORDER))):
        for key, sentence in zip(keys[section.id], section.sentences, strict=True):
            for statement in sentence.statements:
                if statement not in found:
                    found[statement] = key
    return found
