"""FHIR XML as the JSON form of the resource. What comes in is not trusted: no DTD, no entity, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from reporter.errors import ERROR, InvalidExam, Issue
from reporter.fhir import shapes
from reporter.fhir.shapes import RESOURCE, Element
from reporter.fhir.xml_write import FHIR, XHTML, Json, is_attribute

MESSAGES = {
    "encoding": "Le fichier XML n'est pas en UTF-8.",
    "dtd": "Une DTD ou une entité n'est pas admise dans du XML FHIR.",
    "syntax": "XML mal formé : {detail}",
    "depth": "Les éléments XML sont trop imbriqués.",
    "namespace": "Ligne {line} : un élément de l'espace de noms http://hl7.org/fhir est attendu, pas {value}.",
    "resource": "Ligne {line} : type de ressource inconnu : {value}.",
    "one": "Ligne {line} : une seule ressource est attendue ici.",
    "element": "Ligne {line} : {type} n'a pas d'élément {value}.",
    "attribute": "Ligne {line} : {type} n'a pas d'attribut {value}.",
    "repeated": "Ligne {line} : {value} ne se répète pas.",
    "text": "Ligne {line} : texte inattendu dans {type}.",
    "value": "Ligne {line} : {value} n'est pas une valeur de type {type}.",
}
_MARKS = ("<!DOCTYPE", "<!ENTITY")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,99})(\.[0-9]{1,99})?([eE][+-]?[0-9]{1,2})?\Z")
_INTEGERS = ("integer", "unsignedInt", "positiveInt")
_DEFAULT: Any = {None: XHTML}
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def from_xml(data: bytes) -> Json:
    """The resource of an XML file; InvalidExam with every problem when it is not FHIR R4 XML."""
    reader = _Reader()
    root = _parse(data)
    try:
        resource = reader.resource(root)
    except RecursionError as error:
        raise _refused("depth") from error
    if reader.issues:
        raise InvalidExam(reader.issues)
    return resource


def _parse(data: bytes) -> etree._Element:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("encoding") from error
    if any(mark in text for mark in _MARKS):
        raise _refused("dtd")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refused("syntax", detail=str(error)) from error


def _refused(name: str, **values: object) -> InvalidExam:
    return InvalidExam([Issue("RPT-XML", ERROR, "/", MESSAGES[name].format(**values))])


_Part = tuple[Any, Json | None]


class _Reader:
    """Reads elements by the shape of their type, and keeps every problem."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def resource(self, node: etree._Element) -> Json:
        kind = self._name(node)
        if not kind or not shapes.is_resource(kind):
            self._issue("resource", node, value=kind or node.tag)
            return {}
        return {"resourceType": kind, **self._object(node, kind)}

    def _object(self, node: etree._Element, type_name: str) -> Json:
        known = shapes.elements(type_name)
        found: dict[str, list[_Part]] = {}
        self._no_text(node, type_name)
        for child in node:
            element = known.get(self._name(child))
            if element is None or is_attribute(type_name, element.name):
                self._issue("element", child, type=type_name, value=etree.QName(child).localname)
            elif element.name in found and not element.many:
                self._issue("repeated", child, value=element.name)
            else:
                found.setdefault(element.name, []).append(self._value(child, element))
        result: Json = dict(self._attributes(node, type_name))
        for name, parts in found.items():
            result.update(_json(name, parts, known[name].many))
        return result

    def _attributes(self, node: etree._Element, type_name: str) -> Iterator[tuple[str, str]]:
        for name, value in node.attrib.items():
            if is_attribute(type_name, str(name)):
                yield str(name), str(value)
            elif not str(name).startswith(_XSI):
                self._issue("attribute", node, type=type_name, value=name)

    def _value(self, child: etree._Element, element: Element) -> _Part:
        if element.type == RESOURCE:
            return self._inner(child), None
        if element.type == "xhtml":
            return _div(child), None
        if not element.primitive:
            return self._object(child, element.type), None
        text = child.get("value")
        child.attrib.pop("value", "")
        shadow = self._object(child, "Element") or None
        return None if text is None else self._primitive(child, element.type, str(text)), shadow

    def _inner(self, node: etree._Element) -> Json:
        if len(node) != 1:
            self._issue("one", node)
            return {}
        self._no_text(node, RESOURCE)
        return self.resource(node[0])

    def _primitive(self, node: etree._Element, type_name: str, text: str) -> Any:
        if type_name == "boolean" and text in ("true", "false"):
            return text == "true"
        if type_name in _INTEGERS and _INTEGER.match(text):
            return int(text)
        if type_name == "decimal" and _DECIMAL.match(text):
            return int(text) if _INTEGER.match(text) else Decimal(text)
        if type_name in ("boolean", "decimal", *_INTEGERS):
            self._issue("value", node, type=type_name, value=f"{text:.40}")
        return text

    def _name(self, node: etree._Element) -> str:
        name = etree.QName(node)
        allowed = name.namespace == FHIR or (name.namespace == XHTML and name.localname == "div")
        if not allowed:
            self._issue("namespace", node, value=node.tag)
            return ""
        return name.localname

    def _no_text(self, node: etree._Element, type_name: str) -> None:
        if any(text and text.strip() for text in (node.text, *(child.tail for child in node))):
            self._issue("text", node, type=type_name)

    def _issue(self, name: str, node: etree._Element, **values: object) -> None:
        message = MESSAGES[name].format(line=node.sourceline, **values)
        self.issues.append(Issue("RPT-XML", ERROR, _path(node), message))


def _json(name: str, parts: list[_Part], many: bool) -> Iterator[tuple[str, Any]]:
    """`name` and `_name` of one element (R4 §2.6.2.3): lists of equal length, `null` where one has nothing to say."""
    for key, values in ((name, [value for value, _ in parts]), (f"_{name}", [shadow for _, shadow in parts])):
        if any(value is not None for value in values):
            yield key, values if many else values[0]


def _path(node: etree._Element) -> str:
    steps = [etree.QName(step).localname for step in (node, *node.iterancestors())]
    return ".".join(reversed(steps))


def _div(node: etree._Element) -> str:
    """The narrative as FHIR JSON holds it: XHTML in its default namespace."""
    copy = _plain(node)
    copy.tail = None
    return etree.tostring(copy, encoding="unicode")


def _plain(node: etree._Element) -> etree._Element:
    copy = etree.Element(node.tag, nsmap=_DEFAULT)
    copy.attrib.update(dict(node.attrib))
    copy.text, copy.tail = node.text, node.tail
    for child in node:
        copy.append(_plain(child))
    return copy
