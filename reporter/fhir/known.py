"""Tables of what follows from the catalogue, filled as it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
# the coordinates of a site multiply: beyond this many a table grows no more
LIMIT = 10_000


class Known(dict[K, V]):
    """The answers of `make` about what the catalogue knows, looked up as in any dict; others are made and not kept.

    `tell` hears of each that is kept.
    """

    __slots__ = ("_known", "_make", "tell")

    def __init__(self, make: Callable[[K], V], known: Callable[[K], bool]) -> None:
        super().__init__()
        self._make, self._known = make, known
        self.tell: Callable[[V], None] | None = None

    def __missing__(self, key: K) -> V:
        made = self._make(key)
        if len(self) < LIMIT and self._known(key):
            kept = self.setdefault(key, made)
            if kept is made and self.tell is not None:  # of two threads that asked at once, one made what is kept
                self.tell(made)
            return kept
        return made
