"""Fields and groups of fields, made from the schema: what a template needs to draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from reporter.web.form.labels import Labels
from reporter.web.form.shape import Node, Shape

_LONG = frozenset({"indication", "question", "comment", "free_text", "summary", "reason", "limitations"})
_DATES = frozenset({"date", "birth_date"})


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `name` is set when each choice is a field of its own (several may hold)."""

    value: str
    label: str
    chosen: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """kind: text · long · number · date · choice (one of options) · combo (one, or own words) · checks · grid."""

    name: str
    label: str
    kind: str
    value: str = ""
    options: tuple[Option, ...] = ()
    unit: str = ""
    hint: str = ""
    required: bool = False

    @property
    def id(self) -> str:
        """An HTML id made of the name; different names make different ids."""
        return element_id(self.name)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; `entries` of a list are groups themselves."""

    name: str
    label: str
    fields: tuple[Field, ...] = ()
    groups: tuple[Group, ...] = ()
    filled: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """An HTML id made of the name."""
        return element_id(self.name)

    def names(self) -> list[str]:
        """The names of all its fields."""
        own = [name for one in self.fields for name in (one.name, *(o.name for o in one.options if o.name))]
        return own + [name for group in self.groups for name in group.names()]

    def required(self) -> list[str]:
        """The names of the fields that must be answered."""
        own = [one.name for one in self.fields if one.required]
        return own + [name for group in self.groups for name in group.required()]


@lru_cache(maxsize=16384)
def element_id(name: str) -> str:
    """« /order/indication » → « f-order-indication »."""
    return "f" + "".join(c if c.isalnum() or c == "_" else "-" if c == "/" else f".{ord(c):x}." for c in name)


class Builder:
    """Makes fields of one draft's input."""

    def __init__(self, shape: Shape, labels: Labels) -> None:
        self.shape = shape
        self.labels = labels

    def group(self, path: tuple[str, ...], value: Any, *, only: Iterable[str] = (), skip: Iterable[str] = ()) -> Group:
        """An object: a field per scalar, a group per object or list of objects."""
        node = value if isinstance(value, Mapping) else {}
        known = self.shape.properties(self._schema_path(path))
        names = [n for n in (tuple(only) or tuple(known)) if n in known and n not in tuple(skip)]
        required = self.shape.at(self._schema_path(path)).get("required", ())
        fields, groups = [], []
        for name in names:
            inner, here = known[name], (*path, name)
            if self._nested(here, inner):
                groups.append(self._inner(here, inner, node.get(name)))
            elif inner.get("type") == "object":
                continue
            else:
                fields.append(self.field(here, inner, node.get(name), required=name in required))
        return Group(pointer(path), self.labels.at(path), tuple(fields), tuple(groups), bool(node))

    def _schema_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        return ("findings", "0", *path[2:]) if path[:1] == ("findings",) else path

    def _nested(self, path: tuple[str, ...], inner: Node) -> bool:
        if inner.get("type") == "array":
            return self.shape.at((*self._schema_path(path), "0")).get("type") == "object"
        return inner.get("type") == "object" and "properties" in inner

    def _inner(self, path: tuple[str, ...], inner: Node, value: Any) -> Group:
        if inner.get("type") != "array":
            return self.group(path, value)
        items = list(value) if isinstance(value, list) else []
        entries = [self.group((*path, str(n)), item) for n, item in enumerate([*items, {}])]
        return Group(pointer(path), self.labels.at(path), (), tuple(entries), bool(items))

    def field(self, path: tuple[str, ...], node: Node, value: Any, *, required: bool = False) -> Field:
        """One field of the kind its schema asks for."""
        name, key = pointer(path), path[-1]
        label = self.labels.at(path)
        if node.get("type") == "array":
            return self._list(path, value)
        if node.get("type") == "boolean":
            flags = [(text, self.labels.code("boolean", text)) for text in ("true", "false")]
            return choice(name, label, flags, _flag(value), required=required)
        if "enum" in node:
            return choice(name, label, self._codes(key, node["enum"], _shown(value)), _shown(value), required=required)
        kind = "date" if key in _DATES else "number" if _number(node) else "long" if key in _LONG else "text"
        return Field(name, label, kind, _shown(value), required=required)

    def _codes(self, key: str, codes: Iterable[str], held: str) -> list[tuple[str, str]]:
        """With their labels; what is held is shown too, even when this exam does not offer it."""
        return [(code, self.labels.code(key, code)) for code in dict.fromkeys([*codes, held]) if code]

    def _list(self, path: tuple[str, ...], value: Any) -> Field:
        """Codes are boxes to tick; free lines are a text."""
        chosen = [str(item) for item in value] if isinstance(value, list) else []
        item = self.shape.at((*self._schema_path(path), "0"))
        codes = item.get("enum") or self.labels.catalog.vocabulary.get(path[-1].removesuffix("s"), ())
        label = self.labels.at(path)
        if not codes:
            return Field(pointer(path), label, "long", "\n".join(chosen))
        every = [*codes, *(c for c in chosen if c not in codes)]
        return checks(pointer(path), label, [(c, self.labels.code(path[-1], c)) for c in every], chosen)


def pointer(path: Iterable[str]) -> str:
    """The name of a field."""
    return "".join(["/" + key.replace("~", "~0").replace("/", "~1") for key in path])


def choice(
    name: str, label: str, codes: Iterable[tuple[str, str]], value: str, *, required: bool = False, own: bool = False
) -> Field:
    """One of several; what was entered and is no choice is shown too. `own`: the choices are made from the draft."""
    listed = list(codes)
    if value and value not in [code for code, _ in listed]:
        listed.append((value, value))
    other = Option if own else _free
    options = tuple([Option(code, text, True) if code == value else other(code, text) for code, text in listed])
    return Field(name, label, "choice", value, options, required=required)


def checks(name: str, label: str, codes: Iterable[tuple[str, str]], chosen: Iterable[str]) -> Field:
    """Several at once: each choice is a field of its own, `<name>/<code>`."""
    held = set(chosen)
    named = [(code, text, name + pointer([code])) for code, text in codes]
    options = tuple([Option("1", text, True, at) if code in held else _free("1", text, at) for code, text, at in named])
    return Field(name, label, "checks", "", options)


@lru_cache(maxsize=16384)
def _free(value: str, label: str, name: str = "") -> Option:
    """A choice of the catalogue that is not taken: a page has hundreds of them, the same for every draft."""
    return Option(value, label, name=name)


def narrowed(one: Field, codes: Iterable[str]) -> Field:
    """The field with these choices only, and what is chosen already."""
    kept = set(codes)
    options = (o for o in one.options if o.chosen or (o.name.rpartition("/")[2] if o.name else o.value) in kept)
    return replace(one, options=tuple(options))


def _number(node: Node) -> bool:
    kinds = node.get("type", ())
    return kinds in ("number", "integer") or (isinstance(kinds, list) and bool({"number", "integer"} & set(kinds)))


def _shown(value: Any) -> str:
    return "" if value is None else _flag(value) if isinstance(value, bool) else str(value)


def _flag(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else ""
