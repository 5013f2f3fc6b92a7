"""Trap codes: codes met elsewhere with a meaning they do not have (`codes/traps.csv`)."""

from __future__ import annotations

from collections.abc import Mapping

from reporter.catalog.loader import Tree
from reporter.catalog.registry import Key
from reporter.catalog.text import alias_key

# A code of these kinds says another thing than its label suggests, wherever it stands.
_NEVER = ("chapter", "retired", "obsolete", "check-digit")
_EMPTY_WORDS = frozenset({"and", "or", "of", "the", "a", "to", "in"})
Traps = Mapping[Key, Mapping[str, str]]


def traps(tree: Tree) -> dict[Key, Mapping[str, str]]:
    """The trap of each (system, code)."""
    found: dict[Key, Mapping[str, str]] = {}
    for _file, _line, trap in tree.tables.get("traps", ()):
        found.setdefault((trap["system"], trap["code"]), trap)
    return found


def forbidden(trap: Mapping[str, str]) -> bool:
    """Is the code wrong in any meaning?"""
    return trap["code_forbidden_in_any_meaning"] == "yes" or trap["kind"] in _NEVER


def caught(trap: Mapping[str, str], columns: Mapping[str, str]) -> bool:
    """Is this use of the code one that the trap warns of?

    The uses listed as `allowed` are true. Any other one is refused when the code is never right, when it is said to be
    equivalent, when its display is not the true meaning, or when the entry is named as the wrong meaning is.
    """
    if forbidden(trap):
        return True
    if _use(columns) in trap["allowed"].split(";"):
        return alias_key(columns["display"]) == alias_key(trap["wrong_meaning"])
    true = _words(trap["true_meaning"]) <= _words(columns["display"])
    return columns["relation"] == "equivalent" or not true or _named_wrong(trap, columns)


def _use(columns: Mapping[str, str]) -> str:
    return f"{columns['kind']}:{columns['catalogue_id']}:{columns['relation']}"


def _named_wrong(trap: Mapping[str, str], columns: Mapping[str, str]) -> bool:
    named = _words(columns["catalogue_id"].replace("_", " ").replace(".", " "))
    return _words(trap["wrong_meaning"]) - _EMPTY_WORDS <= named


def _words(text: str) -> set[str]:
    return set(alias_key(text).replace("(", " ").replace(")", " ").split())
