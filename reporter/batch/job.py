"""One local run from start, or from where a killed one was, to its end."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporter.batch import journal
from reporter.batch.journal import Journal, State
from reporter.batch.messages import MESSAGES, BatchError
from reporter.batch.progress import Progress
from reporter.batch.records import Recipe, Tally, catalog_for
from reporter.batch.sink import Sink, is_file
from reporter.batch.source import STDIO, is_gzip, opened
from reporter.batch.workers import LostWorkerError, Task, outcomes
from reporter.version import __version__

_FORMAT = 1
_ASKED = {"kind": "la sorte de sortie", "clock": "la date", "settings": "les réglages", "catalog": "le catalogue"}


@dataclass(frozen=True, slots=True)
class Job:
    """What to run.

    `refused` is a file, or `-` for standard error. A date given by name (`clock_given`) must be that of the run gone on
    with; another is forgotten then. At least `commit_seconds` lie between two commits.
    """

    source: str
    out: str
    refused: str
    recipe: Recipe
    workers: int = 1
    resume: bool = False
    clock_given: bool = False
    commit_seconds: float = 1.0

    @property
    def journal(self) -> Path:
        """Beside the output."""
        return Path(f"{self.out}.journal")

    @property
    def journalled(self) -> bool:
        """Only a run whose outputs can be cut and gone on with keeps a journal."""
        return is_file(self.out) and (self.refused == STDIO or is_file(self.refused))


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the lines, and how long this run took."""

    tally: Tally
    resumed_after: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """As the command prints it."""
        here = self.tally.lines - self.resumed_after
        return {
            **dataclasses.asdict(self.tally),
            "resumed_after_line": self.resumed_after,
            "seconds": round(self.seconds, 3),
            "lines_per_second": round(here / self.seconds, 1) if self.seconds else 0.0,
        }


def run(job: Job) -> Summary:
    """Run to the end; BatchError when it cannot, with everything committed that was done."""
    _check_names(job)
    began = time.monotonic()
    job, state = _from_journal(job) if job.resume else (job, State())
    resumed_after = state.tally.lines
    if not state.done:
        _Run(job, state).to_the_end()
    return Summary(state.tally, resumed_after, time.monotonic() - began)


def _check_names(job: Job) -> None:
    if job.resume and not job.journalled:
        raise BatchError("no_resume")
    names = [Path(name).resolve() for name in (job.source, job.out, job.refused) if name != STDIO and is_file(name)]
    for name in names:
        if names.count(name) > 1:
            raise BatchError("same_file", path=name)


def _from_journal(job: Job) -> tuple[Job, State]:
    """Where the killed run was; its date is taken over unless another was asked for."""
    found = journal.read(job.journal)
    if found is None:
        sys.stderr.write(MESSAGES["no_journal"].format(path=job.journal) + "\n")
        return job, State()
    header, state = found
    if header.get("format") != _FORMAT:
        raise BatchError("journal", path=job.journal)
    if not job.clock_given:
        clock = type(job.recipe.clock).fromisoformat(header["clock"])
        job = dataclasses.replace(job, recipe=dataclasses.replace(job.recipe, clock=clock))
    _check_header(header, _header(job))
    return job, state


def _check_header(before: dict[str, Any], now: dict[str, Any]) -> None:
    if before["size"] != now["size"]:
        raise BatchError("input")
    changed = [words for name, words in _ASKED.items() if before[name] != now[name]]
    if changed:
        raise BatchError("changed", what=", ".join(changed))


def _header(job: Job) -> dict[str, Any]:
    """What must be the same for a run to be gone on with: it decides the bytes of the output."""
    return {
        "format": _FORMAT,
        "kind": job.recipe.kind,
        "clock": job.recipe.clock.isoformat(),
        "settings": _plain(job.recipe.settings),
        "catalog": f"{__version__} {catalog_for(job.recipe).hash}",
        "size": Path(job.source).stat().st_size if job.source != STDIO and is_file(job.source) else 0,
    }


def _plain(settings: Any) -> dict[str, Any]:
    values = dataclasses.asdict(settings)
    return {name: sorted(v) if isinstance(v, (frozenset, tuple)) else v for name, v in values.items()}


class _Run:
    """The open files of a run, and its place."""

    def __init__(self, job: Job, state: State) -> None:
        self._job, self._state, self._first = job, state, state.tally.lines
        self._committed = time.monotonic()

    def to_the_end(self) -> None:
        """Every chunk, each commit, and the words for what stops it."""
        try:
            with ExitStack() as stack:
                self._open(stack)
                self._all_chunks()
                self._finish()
        except KeyboardInterrupt:
            raise self._stopped("interrupted") from None
        except LostWorkerError:
            raise self._stopped("worker") from None

    def _open(self, stack: ExitStack) -> None:
        job, state = self._job, self._state
        self._source = stack.enter_context(opened(job.source, state.mark, state.tally.lines + 1))
        self._journal: Journal | None = None
        if job.journalled:
            self._tell_again()
            self._journal = stack.enter_context(closing(Journal(job.journal, _header(job), state)))
        self._output = stack.enter_context(closing(Sink(job.out, state.output)))
        errors = sys.stderr.buffer if job.refused == STDIO else None
        self._refused = stack.enter_context(closing(Sink(job.refused, state.refused, errors)))

    def _tell_again(self) -> None:
        found = None if self._job.resume else journal.read(self._job.journal)
        if found is not None and not found[1].done:
            sys.stderr.write(MESSAGES["again"].format(path=self._job.out) + "\n")

    def _all_chunks(self) -> None:
        job = self._job
        size = _header(job)["size"]
        task = Task(job.recipe, is_gzip(job.out), is_gzip(job.refused))
        with closing(Progress(size, self._source.position())) as progress:
            try:
                for chunk, outcome in outcomes(task, self._source, job.workers):
                    self._output.write(outcome.output)
                    self._refused.write(outcome.refused)
                    self._advance(chunk.end, outcome.tally)
                    progress.show(chunk.position, self._state.tally, self._state.tally.lines - self._first)
            finally:
                self._commit()

    def _advance(self, mark: Any, tally: Tally) -> None:
        self._state.tally.add(tally)
        self._state.mark = mark
        self._state.output, self._state.refused = self._output.offset, self._refused.offset
        if time.monotonic() - self._committed >= self._job.commit_seconds:
            self._commit()

    def _commit(self) -> None:
        """Outputs first, then the line that says they are there."""
        if self._journal is not None:
            self._output.sync()
            self._refused.sync()
            self._journal.commit(self._state)
        self._committed = time.monotonic()

    def _finish(self) -> None:
        self._output.finish()
        self._refused.finish()
        self._state.done = True
        self._commit()

    def _stopped(self, name: str) -> BatchError:
        advice = MESSAGES["advice" if self._job.journalled else "no_advice"]
        return BatchError(name, line=self._state.tally.lines, advice=advice)


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
