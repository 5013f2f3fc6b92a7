"""What several threads write at the same time goes to the disk in one transaction, not in one each.

A transaction costs its start, its lock and the wait for the disk, whatever it holds. Whoever comes while one is under
way waits for its end anyway: then the first of those who wait writes for all of them. Alone, a caller waits for nobody.
Nothing is acknowledged before it is on the disk.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from reporter.delivery.store.errors import StoreError

Given = TypeVar("Given")
Made = TypeVar("Made")


class Together(Generic[Given, Made]):
    """`write` keeps all of them, in order, or none."""

    def __init__(self, write: Callable[[Sequence[Given]], Sequence[Made]]) -> None:
        self._write = write
        self._waiting: deque[tuple[Given, Future[Made]]] = deque()
        self._writing = threading.Lock()

    def add(self, given: Given) -> Made:
        """Returns once it is kept; raises what refused it."""
        mine: Future[Made] = Future()
        self._waiting.append((given, mine))
        with self._writing:
            if not mine.done():
                self._for_all()
        return mine.result()

    def _for_all(self) -> None:
        """Everybody's; when one of them spoils it for the others, each alone."""
        group = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            self._each_told(group)
        except BaseException as error:  # nobody waits for an answer that will not come
            _fail(group, error)
            raise

    def _each_told(self, group: Sequence[tuple[Given, Future[Made]]]) -> None:
        try:
            self._settle(group)
        except StoreError as error:
            _fail(group, error)
        except Exception:  # noqa: BLE001 - each is told its own failure
            for one in group:
                self._alone(one)

    def _alone(self, one: tuple[Given, Future[Made]]) -> None:
        try:
            self._settle([one])
        except Exception as error:  # noqa: BLE001 - told to the one who waits for it
            one[1].set_exception(error)

    def _settle(self, group: Sequence[tuple[Given, Future[Made]]]) -> None:
        made = self._write([given for given, _ in group])
        for (_, future), result in zip(group, made, strict=True):
            future.set_result(result)


def _fail(group: Sequence[tuple[object, Future[Made]]], error: BaseException) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
