"""Narrative rules txt-1 and txt-2 (R4 §2.4.2): the XHTML FHIR allows, well formed, with some text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

_NAMESPACE = "{http://www.w3.org/1999/xhtml}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
# Basic formatting of HTML 4.0, chapters 7 to 11 (but 9.4) and 15, <a> and images.
_ELEMENTS = frozenset(
    (
        *("a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd"),
        *("dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "map"),
        *("area", "ol", "p", "pre", "q", "samp", "small", "span", "strong", "style", "sub", "sup", "table", "tbody"),
        *("td", "tfoot", "th", "thead", "tr", "tt", "ul", "var"),
    )
)
_ATTRIBUTES = frozenset(
    (
        *("abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding"),
        *("cellspacing", "cellvalign", "char", "charoff", "charset", "cite", "class", "clear", "color", "colspan"),
        *("compact", "coords", "datetime", "dir", "frame", "headers", "height", "href", "hreflang", "hspace", "id"),
        *("ismap", "lang", "longdesc", "name", "nowrap", "rel", "rev", "rowspan", "rules", "scope", "shape", "span"),
        *("src", "start", "style", "summary", "tabindex", "title", "type", "usemap", "valign", "value", "vspace"),
        *("width", f"{_XML}lang", f"{_XML}space", f"{_XML}base"),
    )
)
_FORBIDDEN = ("<!DOCTYPE", "<!ENTITY", "<?")


@dataclass(frozen=True, slots=True)
class Narrative:
    """What the rules need to know of one narrative: its faults as (message, value), and its element ids."""

    faults: tuple[tuple[str, str], ...]
    ids: frozenset[str]


def read(div: str) -> Narrative:
    """The faults and the ids of a narrative div."""
    root = _parse(div)
    if root is None:
        return Narrative((("txt-1.syntax", ""),), frozenset())
    ids: set[str] = set()
    return Narrative(tuple(_faults(root, ids)), frozenset(ids))


def _parse(div: str) -> ElementTree.Element | None:
    if any(mark in div for mark in _FORBIDDEN):
        return None
    try:
        return ElementTree.fromstring(div)  # noqa: S314 - no DTD and no entity gets here
    except ElementTree.ParseError:
        return None


def _faults(root: ElementTree.Element, ids: set[str]) -> Iterator[tuple[str, str]]:
    if root.tag != f"{_NAMESPACE}div":
        yield "txt-1.div", ""
    empty = True
    for element in root.iter():
        name = element.tag.removeprefix(_NAMESPACE)
        if name not in _ELEMENTS:
            yield "txt-1.element", name
        for attribute, value in element.attrib.items():
            if attribute not in _ATTRIBUTES:
                yield "txt-1.attribute", attribute
            elif attribute == "id" and value in ids:
                yield "txt-1.id", value
            elif attribute == "id":
                ids.add(value)
        empty = empty and name != "img" and not _says(element)
    if empty:
        yield "txt-2", ""


def _says(element: ElementTree.Element) -> bool:
    return bool((element.text and element.text.strip()) or (element.tail and element.tail.strip()))
