"""Narrative rules txt-1 and txt-2 (R4 §2.4.2): the XHTML FHIR allows, well formed, with some text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
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
# The subset that our narratives are written in (`narrative`): a text that matches is well formed, uses only elements
# and attributes of the lists above, and says something. Blocks hold sentences, and these no element but a line break.
# What no text may hold is looked for apart (`_ours`): one excluded character is by far the quickest to match.
_OPEN = '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr" lang="fr">'
_TEXT = r"[^<]*+(?:<br/>[^<]*+)*+"
_NAME = "[A-Za-z0-9._-]+"
_ID = rf' id="{_NAME}"'
_PARAGRAPH = rf'<p>{_TEXT}(?:<span{_ID}(?: class="free-text")?>{_TEXT}</span>{_TEXT})*+</p>'
_LIST = rf"<ul>(?:<li(?:{_ID})?>{_TEXT}</li>)++</ul>"
_SAYS = r"(?=(?:<p>|<ul><li[^<>]*>)(?:<span[^<>]*>)?[^\s<>])"
_OURS = re.compile(rf"(?:{_SAYS}(?:{_PARAGRAPH}|{_LIST})++</div><)*+\Z")
_IDS = re.compile(r'<(?:span|li) id="([^"]+)"')
_PLAIN = re.compile(rf"{_NAME}\Z")
_CONTROLS = bytes(range(32))
_NO_CHARACTERS = "\ufffe\uffff"
_ENTITIES = (b"&amp;", b"&lt;", b"&gt;")
_CONTENT = itemgetter(slice(len(_OPEN), None))


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


def named(divs: list[str], groups: Mapping[str, list[str]]) -> Mapping[str, set[str]] | None:
    """The element ids in groups of these narratives, those that can stand in a URL; None when a narrative has a fault.

    All are read in one step if they are of the subset we write, else each by the XML parser.
    """
    joined = _ours(divs)
    if joined is not None:
        ids = {name: set(_IDS.findall("".join(group))) for name, group in groups.items()}
        if joined.count(' id="') == sum(map(len, ids.values())):
            return ids  # all are in these groups, and none is there twice
    known = {div: read(div) for div in divs}
    if any(narrative.faults for narrative in known.values()):
        return None
    return {name: {i for div in group for i in known[div].ids if _PLAIN.match(i)} for name, group in groups.items()}


def _ours(divs: list[str]) -> str | None:
    """What follows the tag that each begins with, all in one text, if all are of the subset."""
    joined = "<".join([*map(_CONTENT, divs), ""])
    encoded = joined.encode()
    fine = (
        all(map(str.startswith, divs, repeat(_OPEN)))
        and encoded.count(b"</div>") == len(divs)
        and (b"&" not in encoded or encoded.count(b"&") == sum(map(encoded.count, _ENTITIES)))
        and (b"]" not in encoded or b"]]>" not in encoded)
        and not any(map(joined.__contains__, _NO_CHARACTERS))
        and len(encoded.translate(None, _CONTROLS)) == len(encoded)
        and _OURS.match(joined) is not None
    )
    return joined if fine else None


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
