"""Issues gathered while reading, and whether an Exam can still be built from what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from reporter.errors import ERROR, Issue

Path = tuple[str | int, ...]


def pointer(path: Iterable[str | int]) -> str:
    """JSON pointer (RFC 6901); a lone surrogate in a key is shown as « ? »."""
    keys = (str(key).replace("~", "~0").replace("/", "~1") for key in path)
    return "".join(f"/{key}" for key in keys).encode("utf-8", "replace").decode()


class UnusualError(Exception):
    """Something that must be mended or refused: for the careful way, which does the one and tells the other."""


@dataclass(slots=True)
class Problems:
    """`fatal`: leaving the entry out could make a rule complain about its absence, so no Exam is built."""

    issues: list[Issue] = field(default_factory=list)
    fatal: bool = False

    def add(self, code: str, path: Path, text: str, *, fatal: bool = False) -> None:
        """Record one error."""
        clean = text.encode("utf-8", "replace").decode()
        self.issues.append(Issue(code, ERROR, pointer(path), clean))
        self.fatal = self.fatal or fatal

    def mend(self, parent: Any, key: str | int, value: object) -> None:
        """Put the canonical form in the place of what was written."""
        parent[key] = value


class NoProblems(Problems):
    """For data that must stay as they are: there is nothing to mend and nothing to refuse, or all is left at once."""

    def add(self, *_said: object, **_more: object) -> NoReturn:
        """Not here."""
        raise UnusualError

    def mend(self, *_said: object, **_more: object) -> NoReturn:
        """Not here."""
        raise UnusualError
