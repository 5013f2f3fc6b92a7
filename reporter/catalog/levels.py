"""Vertebral levels: ranges of the YAML tree (« C1-L5 », « C2C3-L5S1 ») expanded in cranio-caudal order."""

from __future__ import annotations

import re

_PAIR = re.compile(r"([A-Z]\d+)([A-Z]\d+)\Z")


class UnknownLevel(Exception):
    """A level that the section `levels` does not hold."""


def expand(spec: str | list[str], order: tuple[str, ...]) -> tuple[str, ...]:
    """The levels named by a list or by a range, both ends included."""
    if not isinstance(spec, str):
        return tuple(_known(level, order) for level in spec)
    first, _, last = spec.partition("-")
    last = last or first
    pair = _PAIR.match(first)
    if pair is None:
        return order[_index(first, order) : _index(last, order) + 1]
    end = _PAIR.match(last)
    if end is None:
        raise UnknownLevel(spec)
    span = order[_index(pair[1], order) : _index(end[2], order) + 1]
    return tuple(upper + lower for upper, lower in zip(span, span[1:], strict=False))


def _known(level: str, order: tuple[str, ...]) -> str:
    for part in _PAIR.match(level).groups() if _PAIR.match(level) else (level,):  # type: ignore[union-attr]
        _index(part, order)
    return level


def _index(level: str, order: tuple[str, ...]) -> int:
    if level not in order:
        raise UnknownLevel(level)
    return order.index(level)
