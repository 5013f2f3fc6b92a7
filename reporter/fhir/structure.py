"""Structural check: elements, cardinalities, types, formats, choices, required bindings, in one walk of the tree.

The walk also sorts every object by its type, so that the rules that look further need no walk of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from reporter.errors import Issue
from reporter.fhir import primitives, shapes
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import Path, issue
from reporter.fhir.shapes import RESOURCE, Element

Node = tuple[Path, Json]


Valid = Callable[[str, Any], bool]


@dataclass(slots=True)
class Part:
    """One resource with what it contains; those in entries or parameters are parts of their own."""

    path: Path
    resource: Json
    kind: str = ""
    issues: list[Issue] = field(default_factory=list)
    nodes: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))
    references: list[tuple[Path, Json, frozenset[str]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shape:
    """A type, compiled: the elements by JSON name, the names that must be there, the choices that must be there."""

    name: str
    elements: dict[str, Element]
    required: frozenset[str]
    choices: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def shape(type_name: str) -> Shape:
    """The compiled shape of a type."""
    elements, choices = shapes.elements(type_name), shapes.choices(type_name)
    required = frozenset(e.name for e in elements.values() if e.required and not e.choice)
    needed = {e.choice for e in elements.values() if e.required and e.choice}
    return Shape(type_name, elements, required, tuple((b, n) for b, n in choices.items() if b in needed))


def parts(resource: Any, *, ours: bool = False) -> list[Part]:
    """Every part of a resource, itself first, each with its structural faults (in `ours`, special spaces too)."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    name = kind if isinstance(kind, str) and kind else RESOURCE
    walk = _Walk(_once(primitives.plain if ours else primitives.valid))
    walk.part((None, name, None), resource)
    return walk.parts


def _once(valid: Valid) -> Valid:
    """The same, for one walk: codes, systems and URLs come back in every resource."""
    of_text = cache(valid)
    return lambda type_name, value: of_text(type_name, value) if type(value) is str else valid(type_name, value)


def bound(concept: Json, codes: frozenset[str]) -> bool:
    """Of a coded concept one coding at least comes from the required value set."""
    found = _coded(concept)
    return not any(found) or not codes.isdisjoint(c for c in found if isinstance(c, str))


def _coded(concept: Json) -> list[Any]:
    codings = concept.get("coding", [concept])
    return [c.get("code") for c in codings if isinstance(c, dict)] if isinstance(codings, list) else []


class _Walk:
    """One walk; `_part` is the part the walk is in."""

    def __init__(self, valid: Valid) -> None:
        self._valid = valid
        self.parts: list[Part] = []
        self._part = Part((None, "", None), {})

    def part(self, path: Path, resource: Any) -> None:
        outer, self._part = self._part, Part(path, resource)
        self.parts.append(self._part)
        self._resource(path, resource)
        self._part = outer

    def _issue(self, code: str, path: Path, **values: object) -> None:
        self._part.issues.append(issue(code, path, **values))

    def _resource(self, path: Path, resource: Any) -> None:
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(kind, str) or not shapes.is_resource(kind):
            self._issue("FHIR-TYPE", path, value=kind)
            return
        self._part.kind = self._part.kind or kind
        self._object(path, resource, shape(kind))

    def _object(self, path: Path, value: Json, known: Shape) -> None:
        elements, valid = known.elements, self._valid
        self._part.nodes[known.name].append((path, value))
        if not value:
            self._issue("ele-1", path)
        for name, content in value.items():
            element = elements.get(name)
            if element is None:
                self._other(path, name, content, value, known)
            elif element.many:
                self._many((path, name, None), content, element, value.get(f"_{name}"))
            elif isinstance(content, list):
                self._issue("FHIR-MAX.one", (path, name, None))
            elif not (element.primitive and element.binding is None and valid(element.type, content)):
                self._item((path, name, None), content, element)
            if element is not None and element.choice:
                self._choice(path, element, value, known)
        missing = known.required.difference(value)
        if missing or known.choices:
            self._missing(path, value, known, missing)

    def _missing(self, path: Path, value: Json, known: Shape, missing: frozenset[str]) -> None:
        for name in missing:
            if f"_{name}" not in value:
                self._issue("FHIR-MIN", (path, name, None))
        for base, names in known.choices:
            if not any(name in value or f"_{name}" in value for name in names):
                self._issue("FHIR-MIN", (path, f"{base}[x]", None))

    def _choice(self, path: Path, element: Element, value: Json, known: Shape) -> None:
        """Only the first of two types of a choice reports the other."""
        base = str(element.choice)
        chosen = [name for name in value if name.startswith(base) and name in known.elements]
        same = [name for name in chosen if known.elements[name].choice == base]
        if len(same) > 1 and same[0] == element.name:
            self._issue("FHIR-CHOICE", (path, f"{base}[x]", None), value=base)

    def _many(self, path: Path, content: Any, element: Element, shadows: Any) -> None:
        parent, name, _ = path
        if not isinstance(content, list):
            self._issue("FHIR-MAX.list", path)
            return
        if not content:
            self._issue("ele-1", path)
        for index, item in enumerate(content):
            if item is not None or not element.primitive or not shadows:
                self._item((parent, name, index), item, element)

    def _item(self, path: Path, item: Any, element: Element) -> None:
        type_name = element.type
        if element.primitive:
            if not self._valid(type_name, item):
                self._issue("FHIR-VALUE", path, value=repr(item), type=type_name)
            elif element.binding is not None and item not in element.binding:
                self._issue("FHIR-BINDING", path, value=item)
        elif type_name == RESOURCE:
            self._inner(path, item)
        elif not isinstance(item, dict):
            self._issue("FHIR-VALUE", path, value=repr(item), type=type_name)
        else:
            if type_name == "Reference":
                self._part.references.append((path, item, element.targets))
            elif element.binding is not None:
                self._bound(path, item, element.binding)
            self._object(path, item, shape(type_name))

    def _inner(self, path: Path, item: Any) -> None:
        """A resource that is contained belongs to its container; in an entry or a parameter it is a part of its own."""
        if path[1] == "contained":
            self._resource(path, item)
        else:
            self.part(path, item)

    def _bound(self, path: Path, concept: Json, codes: frozenset[str]) -> None:
        if not bound(concept, codes):
            self._issue("FHIR-BINDING", path, value=", ".join(map(str, _coded(concept))))

    def _other(self, path: Path, name: str, content: Any, value: Json, known: Shape) -> None:
        """`resourceType`, `_name` (id and extensions of a primitive), or an element that does not exist."""
        element = known.elements.get(name[1:]) if name.startswith("_") else None
        where: Path = (path, name, None)
        if name == "resourceType" and shapes.is_resource(known.name):
            return
        if element is None or not element.primitive:
            self._issue("FHIR-ELEMENT", where, type=known.name, value=name)
        elif not element.many:
            self._shadow(where, content)
        elif not isinstance(content, list) or len(content) != len(value.get(name[1:], content)):
            self._issue("FHIR-NULL", where, value=name)
        else:
            for index, item in enumerate(content):
                if item is not None:
                    self._shadow((path, name, index), item)

    def _shadow(self, path: Path, content: Any) -> None:
        if isinstance(content, dict):
            self._object(path, content, shape("Element"))
        else:
            self._issue("FHIR-VALUE", path, value=repr(content), type="Element")
