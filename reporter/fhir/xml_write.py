"""A resource as FHIR XML: attributes `value`, `id` and `url`, narratives as real XHTML, resources in resources."""

from __future__ import annotations

from decimal import Decimal
from itertools import zip_longest
from typing import Any

from lxml import etree

from reporter.errors import RenderError
from reporter.fhir import shapes
from reporter.fhir.encode import number
from reporter.fhir.shapes import RESOURCE, Element

Json = dict[str, Any]
FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
# Elements of the definitions that are attributes in XML (R4 §2.6.1): ids below the resource, and Extension.url.
NAMESPACES: Any = {None: FHIR}  # the stubs of lxml know no default namespace
ATTRIBUTES = frozenset((("Extension", "url"),))
MESSAGES = {
    "resource": "Type de ressource inconnu : {value}.",
    "element": "Élément inconnu : {value}.",
    "value": "Valeur impossible en XML pour {name} : {value}.",
    "div": "Le récit de {name} n'est pas du XHTML bien formé.",
}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def to_xml(resource: Json) -> bytes:
    """The resource as indented UTF-8 XML; RenderError when it is not one that FHIR R4 defines."""
    writer = _Writer()
    root = etree.Element(_tag(_kind(resource)), nsmap=NAMESPACES)
    writer.resource(root, resource)
    etree.indent(root)
    for placeholder, div in writer.narratives:
        _replace(placeholder, div)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


class _Writer:
    """Fills XML elements; narratives wait until the rest is indented, because spaces count inside them."""

    def __init__(self) -> None:
        self.narratives: list[tuple[etree._Element, etree._Element]] = []

    def resource(self, target: etree._Element, resource: Json) -> None:
        kind = _kind(resource)
        self._object(target, {k: v for k, v in resource.items() if k != "resourceType"}, kind)

    def _object(self, target: etree._Element, value: Any, type_name: str) -> None:
        if not isinstance(value, dict):
            where = etree.QName(target).localname
            raise RenderError(MESSAGES["value"].format(name=where, value=f"{value!r:.40}"))
        known = shapes.elements(type_name)
        unknown = [name for name in value if name.removeprefix("_") not in known]
        if unknown:
            raise RenderError(MESSAGES["element"].format(value=f"{type_name}.{unknown[0]}"))
        for name, element in known.items():
            if name in value or f"_{name}" in value:
                self._element(target, element, value.get(name), value.get(f"_{name}"), type_name)

    def _element(self, target: etree._Element, element: Element, value: Any, shadow: Any, type_name: str) -> None:
        if is_attribute(type_name, element.name):
            _set(target, element.name, value)
            return
        values = value if isinstance(value, list) else [value]
        shadows = shadow if isinstance(shadow, list) else [shadow]
        for item, extra in zip_longest(values, shadows):
            if item is not None or extra is not None:
                self._item(etree.SubElement(target, _tag(element.name)), element, item, extra)

    def _item(self, child: etree._Element, element: Element, item: Any, extra: Any) -> None:
        if element.type == RESOURCE:
            self.resource(etree.SubElement(child, _tag(_kind(item))), item)
        elif element.type == "xhtml":
            self.narratives.append((child, _parse(item, element.name)))
        elif element.primitive:
            if item is not None:
                _set(child, "value", item)
            self._object(child, extra or {}, "Element")
        else:
            self._object(child, item, element.type)


def is_attribute(type_name: str, name: str) -> bool:
    """Is this element of this type an attribute in XML?"""
    return (name == "id" and not shapes.is_resource(type_name)) or (type_name, name) in ATTRIBUTES


def _kind(resource: Any) -> str:
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str) or not shapes.is_resource(kind):
        raise RenderError(MESSAGES["resource"].format(value=kind))
    return kind


def _tag(name: str) -> str:
    return f"{{{FHIR}}}{name}"


def _set(target: etree._Element, name: str, value: Any) -> None:
    try:
        target.set(name, _text(value))
    except (TypeError, ValueError) as error:
        where = f"{etree.QName(target).localname}.{name}"
        raise RenderError(MESSAGES["value"].format(name=where, value=f"{value!r:.40}")) from error


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, (str, int)):
        return str(value)
    raise TypeError(type(value).__name__)


def _parse(div: Any, name: str) -> etree._Element:
    try:
        if not isinstance(div, str) or "<!DOCTYPE" in div:
            raise ValueError(name)
        return etree.fromstring(div.encode(), _PARSER)
    except (ValueError, etree.XMLSyntaxError) as error:
        raise RenderError(MESSAGES["div"].format(name=name)) from error


def _replace(placeholder: etree._Element, div: etree._Element) -> None:
    parent = placeholder.getparent()
    if parent is not None:
        div.tail = placeholder.tail
        parent.replace(placeholder, div)
