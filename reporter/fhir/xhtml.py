"""Narrative rules txt-1 and txt-2: the XHTML FHIR allows, well formed, with some text."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

_NAMESPACE = "{http://www.w3.org/1999/xhtml}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ELEMENTS = frozenset(
    (
        *("div", "p", "br", "span", "ul", "ol", "li", "b", "i", "em", "strong", "sub", "sup", "small", "pre"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"),
    )
)
_ATTRIBUTES = frozenset(("id", "class", "lang", "title", "style", "dir", "colspan", "rowspan", _XML_LANG))
_FORBIDDEN = ("<!DOCTYPE", "<!ENTITY", "<?")


def faults(div: str) -> Iterator[tuple[str, str]]:
    """(rule, message) of every fault of a narrative div."""
    root = _parse(div)
    if root is None:
        yield "txt-1", "the narrative is not well-formed XHTML"
        return
    if root.tag != f"{_NAMESPACE}div":
        yield "txt-1", "the narrative is not an XHTML div"
    for element in root.iter():
        yield from _element(element)
    if not "".join(root.itertext()).strip():
        yield "txt-2", "the narrative has no text"
    repeated = _repeated(root)
    if repeated:
        yield "txt-1", f"repeated ids: {', '.join(repeated)}"


def ids(div: str) -> frozenset[str]:
    """The element ids of a narrative; none when it cannot be read."""
    root = _parse(div)
    return frozenset(e.attrib["id"] for e in root.iter() if "id" in e.attrib) if root is not None else frozenset()


def _parse(div: str) -> ElementTree.Element | None:
    if any(mark in div for mark in _FORBIDDEN):
        return None
    try:
        return ElementTree.fromstring(div)  # noqa: S314 - our own text, and no DTD gets here
    except ElementTree.ParseError:
        return None


def _element(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in _ELEMENTS:
        yield "txt-1", f"element {name} is not allowed"
    for attribute in element.attrib:
        if attribute not in _ATTRIBUTES:
            yield "txt-1", f"attribute {attribute} is not allowed"


def _repeated(root: ElementTree.Element) -> list[str]:
    seen: set[str] = set()
    found = []
    for element in root.iter():
        key = element.attrib.get("id")
        if key in seen:
            found.append(str(key))
        elif key:
            seen.add(key)
    return found
