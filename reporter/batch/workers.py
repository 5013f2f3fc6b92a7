"""Shares chunks out among processes, and gives their outcomes back in order.

A task is a chunk of raw lines and its answer raw bytes: what goes between two processes is copied, never pickled piece
by piece. On Linux the workers are forked after the catalogue is loaded, and share its memory.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait

from reporter.batch.records import Outcome, Recipe, catalog_for, convert
from reporter.batch.source import Chunk, Source
from reporter.heap import settled

_AHEAD = 3


class LostWorkerError(Exception):
    """A worker process ended before its time."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with every chunk."""

    recipe: Recipe
    pack_output: bool = False
    pack_refused: bool = False

    def run(self, chunk: Chunk) -> Outcome:
        """The outcome of a chunk."""
        outcome = convert(self.recipe, chunk.lines, chunk.first)
        return outcome.packed(output=self.pack_output, refused=self.pack_refused)


def outcomes(task: Task, source: Source, workers: int) -> Iterator[tuple[Chunk, Outcome]]:
    """Each chunk with its outcome, in the order of the input; one worker is this very process."""
    catalog_for(task.recipe)
    with settled():
        if workers == 1:
            yield from ((chunk, task.run(chunk)) for chunk in source.chunks())
        else:
            yield from _shared(task, source, workers)


def _shared(task: Task, source: Source, workers: int) -> Iterator[tuple[Chunk, Outcome]]:
    """At most _AHEAD chunks a worker are under way: memory does not grow with the input."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    waiting: deque[tuple[Chunk, Future[Outcome]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin) as pool:
        try:
            for chunk in source.chunks():
                waiting.append((chunk, pool.submit(task.run, chunk)))
                if len(waiting) >= _AHEAD * workers:
                    yield _first(waiting)
            while waiting:
                yield _first(waiting)
        except BrokenProcessPool:
            raise LostWorkerError from None
        finally:
            pool.shutdown(cancel_futures=True)


def _first(waiting: deque[tuple[Chunk, Future[Outcome]]]) -> tuple[Chunk, Outcome]:
    chunk, future = waiting.popleft()
    return chunk, future.result()


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent, and never outlives it (kill -9 leaves no orphan)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
