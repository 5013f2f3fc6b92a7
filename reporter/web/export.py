"""What is copied to the clipboard: the whole report or one section, as plain text and as rich text.

Line breaks, œ, ° and no-break spaces stay as the report has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from reporter.model.report import Narrative, Section

_TITLE = "title"


def plain(narrative: Narrative, section_id: str | None = None) -> str:
    """Headings in capitals, sections separated by a blank line; of one section, its text alone.

    Raises KeyError when there is no such section.
    """
    if section_id is not None:
        return narrative.section(section_id).text()
    return "\n\n".join(_plain(section) for section in narrative.sections) + "\n"


def rich(narrative: Narrative, section_id: str | None = None) -> str:
    """An HTML fragment that word processors take: headings, paragraphs, line breaks; no style of ours."""
    sections: Iterable[Section] = narrative.sections if section_id is None else (narrative.section(section_id),)
    parts = [_rich(section, heading=section_id is None) for section in sections]
    return f'<div lang="fr">{"".join(parts)}</div>'


def _plain(section: Section) -> str:
    return section.text() if section.id == _TITLE else f"{section.heading.upper()}\n{section.text()}"


def _rich(section: Section, *, heading: bool) -> str:
    paragraphs = [f"<p>{escape(line)}</p>" for line in section.text().split("\n") if line]
    if section.id == _TITLE:
        return f"<h1>{escape(section.text())}</h1>"
    return (f"<h2>{escape(section.heading)}</h2>" if heading else "") + "".join(paragraphs)
