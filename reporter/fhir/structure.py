"""Structural check: elements, cardinalities, types, formats, choices, required bindings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from reporter.errors import ERROR, Issue
from reporter.fhir import primitives, shapes
from reporter.fhir.datatypes import Json
from reporter.fhir.shapes import Element

RESOURCE = "Resource"


def issue(code: str, path: str, message: str) -> Issue:
    """A defect of a bundle of ours."""
    return Issue(code, ERROR, path, message)


def check(resource: Any, path: str) -> Iterator[Issue]:
    """Every structural fault of a resource."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str) or not shapes.is_resource(kind):
        yield issue("FHIR-TYPE", path, f"unknown resource type {kind!r}")
        return
    yield from _object({k: v for k, v in resource.items() if k != "resourceType"}, kind, path)


def _object(value: Json, type_name: str, path: str) -> Iterator[Issue]:
    known = shapes.elements(type_name)
    if not value:
        yield issue("ele-1", path, "empty element")
    for name, content in value.items():
        element = known.get(name.removeprefix("_"))
        if element is None:
            yield issue("FHIR-ELEMENT", f"{path}.{name}", f"{type_name} has no element {name}")
        elif name.startswith("_"):
            yield from _shadow(content, element, f"{path}.{name}")
        else:
            yield from _element(content, element, f"{path}.{name}")
    yield from _cardinality(value, known, path)


def _cardinality(value: Json, known: dict[str, Element], path: str) -> Iterator[Issue]:
    present = {name.removeprefix("_") for name in value}
    for name, element in known.items():
        if element.required and not element.choice and name not in present:
            yield issue("FHIR-MIN", f"{path}.{name}", "required element is missing")
    choices = Counter(known[name].choice for name in present if name in known and known[name].choice)
    needed = {e.choice for e in known.values() if e.required and e.choice}
    for base in needed - set(choices):
        yield issue("FHIR-MIN", f"{path}.{base}[x]", "required element is missing")
    for choice, times in choices.items():
        if times > 1:
            yield issue("FHIR-CHOICE", f"{path}.{choice}[x]", "more than one type of a choice")


def _element(content: Any, element: Element, path: str) -> Iterator[Issue]:
    if isinstance(content, list) != element.many:
        yield issue("FHIR-MAX", path, "a list is needed" if element.many else "a list is not allowed")
        return
    if element.many and not content:
        yield issue("ele-1", path, "empty list")
    for index, item in enumerate(content if element.many else [content]):
        yield from _item(item, element, f"{path}[{index}]" if element.many else path)


def _item(item: Any, element: Element, path: str) -> Iterator[Issue]:
    type_name = element.types[0]
    if type_name == RESOURCE:
        yield from check(item, path)
    elif primitives.is_primitive(type_name):
        if not primitives.valid(type_name, item):
            yield issue("FHIR-VALUE", path, f"not a {type_name}: {item!r}")
        elif element.binding is not None and item not in element.binding:
            yield issue("FHIR-BINDING", path, f"code {item!r} is outside the required value set")
    elif not isinstance(item, dict):
        yield issue("FHIR-VALUE", path, f"an object {type_name} is needed")
    else:
        yield from _object(item, type_name, path)


def _shadow(content: Any, element: Element, path: str) -> Iterator[Issue]:
    """`_name`: id and extensions of a primitive."""
    if element.many or not primitives.is_primitive(element.types[0]) or not isinstance(content, dict):
        yield issue("FHIR-ELEMENT", path, "extensions are expected on a primitive that does not repeat")
        return
    for name, value in content.items():
        if name != "extension":
            yield issue("FHIR-ELEMENT", f"{path}.{name}", "only extensions are expected here")
        else:
            yield from _element(value, shapes.elements("Coding")["extension"], f"{path}.extension")
