"""From lines to results: a pure function of a recipe and a chunk, wherever it runs."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from reporter import engine, intake
from reporter.batch.messages import MESSAGES
from reporter.catalog import Catalog, load_catalog
from reporter.engine import Report
from reporter.errors import ERROR, InvalidExam, Issue, IssuesError
from reporter.settings import Settings

MAX_LINE = 4 << 20
_BOM = b"\xef\xbb\xbf"
_GZIP_LEVEL = 6

KINDS: dict[str, Callable[[Report], Any]] = {
    "document": lambda report: report.bundle("document"),
    "transaction": lambda report: report.bundle("transaction"),
    "collection": lambda report: report.bundle("collection"),
    "text": Report.text,
    "report": Report.as_dict,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what a line becomes: small, hashable and picklable, so it can travel to any worker."""

    clock: dt.datetime
    kind: str = "document"
    settings: Settings = field(default_factory=Settings)
    overlays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one line became: a line of output, or of the side file with the issues that say why."""

    number: int
    output: bytes
    refusal: bytes = b""
    issues: tuple[Issue, ...] = ()


@dataclass(slots=True)
class Tally:
    """What became of some lines."""

    lines: int = 0
    blank: int = 0
    written: int = 0
    refused: int = 0
    codes: dict[str, int] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Count the lines of `other` too."""
        self.lines += other.lines
        self.blank += other.blank
        self.written += other.written
        self.refused += other.refused
        for code, count in other.codes.items():
            self.codes[code] = self.codes.get(code, 0) + count

    def count(self, result: Result) -> None:
        """Count a line with a result; a refused one under each code of its errors."""
        if not result.issues:
            self.written += 1
            return
        self.refused += 1
        for code in sorted({issue.code for issue in result.issues if issue.severity == ERROR}):
            self.codes[code] = self.codes.get(code, 0) + 1


@dataclass(slots=True)
class Outcome:
    """The bytes a chunk of lines adds to both outputs."""

    output: bytes
    refused: bytes
    tally: Tally

    def packed(self, *, output: bool, refused: bool) -> Outcome:
        """The same, each part as one gzip member where asked for; no time stamp, so the same bytes every time."""
        return Outcome(
            member(self.output) if output and self.output else self.output,
            member(self.refused) if refused and self.refused else self.refused,
            self.tally,
        )


def member(data: bytes) -> bytes:
    """One gzip member; members simply follow each other in a file (RFC 1952 §2.2)."""
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


@lru_cache(maxsize=4)
def catalog_for(recipe: Recipe) -> Catalog:
    """The catalogue of a recipe, loaded once in each process."""
    return load_catalog(*map(Path, recipe.overlays), snomed_licence=recipe.settings.snomed_licence)


def results(recipe: Recipe, lines: Iterable[bytes], first: int = 1) -> Iterator[Result]:
    """The result of each consecutive line that is not blank; `first` is the number of the first in its file."""
    catalog = catalog_for(recipe)
    for number, line in enumerate(lines, first):
        if line.removeprefix(_BOM).strip():
            answer = _convert(line, recipe, catalog)
            if isinstance(answer, bytes):
                yield Result(number, answer)
            else:
                yield Result(number, b"", _refusal(line, number, answer), answer)


def convert(recipe: Recipe, lines: Sequence[bytes], first: int = 1) -> Outcome:
    """The results of consecutive lines, as the bytes of both files and a count."""
    made = list(results(recipe, lines, first))
    tally = Tally(lines=len(lines), blank=len(lines) - len(made))
    for result in made:
        tally.count(result)
    written = (result.output for result in made if not result.issues)
    refused = (result.refusal for result in made if result.issues)
    return Outcome(_joined(written), _joined(refused), tally)


def compact(value: Any) -> bytes:
    """JSON on one line, decimals with every digit they have."""
    return orjson.dumps(value, default=_decimal)


def _decimal(value: Any) -> orjson.Fragment:
    """Its digits as they are; `str` is the quick way to them, with an exponent only for the very small or large."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError(f"not a JSON value: {type(value).__name__}")
    text = str(value)
    return orjson.Fragment(f"{value:f}" if "E" in text else text)


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"\n".join([*lines, b""])


def _convert(line: bytes, recipe: Recipe, catalog: Catalog) -> bytes | tuple[Issue, ...]:
    """The answer to one line, or why there is none: one bad record never stops the others."""
    if len(line) > MAX_LINE:
        return (_issue("RPT-LINE", maximum=MAX_LINE),)
    try:
        report = _report(intake.load_json(line), recipe, catalog)
        return compact(KINDS[recipe.kind](report))
    except IssuesError as error:
        return error.issues
    except Exception as error:  # noqa: BLE001 - a defect of ours in one record of years is told, and the rest goes on
        return (_issue("RPT-INTERNAL", kind=type(error).__name__, detail=error),)


def _report(data: Any, recipe: Recipe, catalog: Catalog) -> Report:
    """The report; a refused exam has all its problems at once, those of shape and those of the rules."""
    clock, settings = (lambda: recipe.clock), recipe.settings
    exam, issues = intake.parse_partial(data, catalog)
    if exam is None or issues:
        raise InvalidExam(engine.check(data, catalog, settings=settings, clock=clock))
    return engine.build_report(exam, catalog, clock=clock, settings=settings)


def _refusal(line: bytes, number: int, issues: Iterable[Issue]) -> bytes:
    """A line of the side file; the record comes along as it was when it is JSON, ready to be mended and sent again."""
    refusal: dict[str, Any] = {"line": number}
    try:
        data = orjson.loads(line.removeprefix(_BOM)) if len(line) <= MAX_LINE else None
    except orjson.JSONDecodeError:
        data = None
    name = _accession_number(data)
    if name:
        refusal["id"] = name
    refusal["issues"] = [issue.as_dict() for issue in issues]
    if data is not None:
        refusal["record"] = orjson.Fragment(line.removeprefix(_BOM).strip())
    return compact(refusal)


def _accession_number(data: Any) -> str | None:
    exam = data.get("exam") if isinstance(data, dict) else None
    name = exam.get("accession_number") if isinstance(exam, dict) else None
    return name if isinstance(name, str) else None


def _issue(code: str, **values: object) -> Issue:
    return Issue(code, ERROR, "", MESSAGES[code].format(**values))
