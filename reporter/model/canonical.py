"""A digest of frozen data that depends on content only: not on the order of mappings, nor on places in the input."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import orjson

_PLACE = "path"
_LENGTH = 32
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def digest(value: object) -> str:
    """128 bits of SHA-256 over the canonical JSON of a model object, as hexadecimal.

    Canonical: names sorted, no blanks, and every value that JSON has no type for as its text (a decimal keeps the
    digits it was given with).
    """
    return hashlib.sha256(orjson.dumps(value, default=_plain, option=_OPTIONS)).hexdigest()[:_LENGTH]


def _plain(value: Any) -> Any:
    """What orjson does not write by itself, in a form it does; it asks once for each object."""
    return _READERS[type(value)](value)


class _Readers(dict[type, Callable[[Any], Any]]):
    """How the objects of a class are read: a class is looked into only once."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        made = self[kind] = _reader(kind)
        return made


def _reader(kind: type) -> Callable[[Any], Any]:
    """What reads an object of a class: spelt out by its names, for looking each one up takes three times longer."""
    if not is_dataclass(kind):
        return dict if issubclass(kind, Mapping) else str
    names = sorted(f.name for f in fields(kind) if f.name != _PLACE)
    values = ", ".join(f"{name!r}: made.{name}" for name in names)
    read: Callable[[Any], Any] = eval(f"lambda made: {{{values}}}")  # noqa: S307 - nothing but names of fields
    return read


_READERS = _Readers()
