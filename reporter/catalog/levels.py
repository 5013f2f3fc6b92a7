"""Vertebral levels: ranges of the YAML tree (« C1-L5 », « C2C3-L5S1 ») expanded in cranio-caudal order."""

from __future__ import annotations

import re
from itertools import pairwise

_PAIR = re.compile(r"([A-Z]\d+)([A-Z]\d+)\Z")


class UnknownLevelError(Exception):
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
        raise UnknownLevelError(spec)
    span = order[_index(pair[1], order) : _index(end[2], order) + 1]
    return tuple(upper + lower for upper, lower in pairwise(span))


def _known(level: str, order: tuple[str, ...]) -> str:
    pair = _PAIR.match(level)
    for part in pair.groups() if pair else (level,):
        _index(part, order)
    return level


def _index(level: str, order: tuple[str, ...]) -> int:
    if level not in order:
        raise UnknownLevelError(level)
    return order.index(level)
