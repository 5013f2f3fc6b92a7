"""The functions a plan is made of (see `build`): each reads one shape of value, or raises for what is not of it.

Loops and calls are few on purpose: nearly all the time of reading an exam is spent here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from types import MappingProxyType
from typing import Any

from reporter.intake.leaves import Read
from reporter.intake.problems import UnusualError
from reporter.intake.values import is_blank

Kind = Callable[..., Any]
Placed = Callable[[Any, str], Any]
Fields = Mapping[str, tuple[str, Callable[..., Any]]]
"""How users name a field → its own name, and what reads it. Passed on under its own: Python knows that one at sight."""


def said(read: Read) -> Read:
    """A blank text where there may be none is an absent one."""

    def found(value: Any) -> Any:
        text = read(value)
        return None if not text[:1].isalnum() and is_blank(text) else text

    return found


def entries(read: Read, least: int) -> Read:
    """The entries of a list, without the absent ones."""

    def made(items: Any) -> tuple[Any, ...]:
        if type(items) is not list or len(items) < least:
            raise UnusualError
        return tuple([read(item) for item in items if item is not None])

    return made


def view(name: Read, read: Read) -> Read:
    """The values of an object whose names are values too, without the absent ones."""

    def made(items: Any) -> Mapping[Any, Any]:
        if type(items) is not dict:
            raise UnusualError
        return MappingProxyType({name(key): read(item) for key, item in items.items() if item is not None})

    return made


def plain(kind: Kind, reads: Fields) -> Read:
    """An object that does not know its place."""

    def made(entry: Any) -> Any:
        if type(entry) is not dict:
            raise UnusualError
        found = {}
        for key, value in entry.items():
            name, read = reads[key]
            found[name] = read(value)
        return kind(**found)

    return made


def pointed(kind: Kind, reads: Fields) -> Placed:
    """An object that knows its place."""

    def made(entry: Any, at: str) -> Any:
        if type(entry) is not dict:
            raise UnusualError
        found: dict[str, Any] = {"path": at}
        for key, value in entry.items():
            name, read = reads[key]
            found[name] = read(value)
        return kind(**found)

    return made


def composed(kind: Kind, reads: Fields, parts: Container[str], *, own: bool) -> Placed:
    """An object with `parts` that know their place; `own`: it knows its own."""

    def made(entry: Any, at: str) -> Any:
        if type(entry) is not dict:
            raise UnusualError
        found: dict[str, Any] = {"path": at} if own else {}
        for key, value in entry.items():
            name, read = reads[key]
            found[name] = read(value, at) if name in parts else read(value)
        return kind(**found)

    return made


def placed_entries(make: Placed, name: str, least: int) -> Placed:
    """One object per entry; an absent entry keeps its index, so paths stay those of the input."""

    def made(items: Any, at: str) -> tuple[Any, ...]:
        if type(items) is not list or len(items) < least:
            raise UnusualError
        return tuple([make(item, f"{at}/{name}/{index}") for index, item in enumerate(items) if item is not None])

    return made


def placed_part(make: Placed, name: str) -> Placed:
    """The one object of a field."""
    return lambda entry, at: make(entry, f"{at}/{name}")
