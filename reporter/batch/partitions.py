"""One partition of a large data set, NDJSON or Parquet: the task a cluster runs, again if need be.

A partition is written beside its place and renamed into it: a task done twice, or left half done by a lost worker,
changes nothing. Parquet needs the extra `cluster`.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reporter.batch.job import Job, run
from reporter.batch.records import Recipe, Result, Tally, results
from reporter.errors import MissingExtraError

_ROWS = 256
_COLUMNS = ("line", "result", "refusal")


def convert_partition(source: str, out: str, recipe: Recipe, column: str = "exam") -> dict[str, Any]:
    """Convert one file into the directory `out`, under its own name; returns what became of its lines.

    NDJSON (.gz or not) gives the output of `reporter batch`, and its side file in `out/refused`. Parquet gives `line`,
    `result` and `refusal` for each row of the text column `column`: JSON as text, one of the two null.
    """
    target = Path(out) / Path(source).name
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=out) as staging:
        made = Path(staging) / target.name
        if target.suffix == ".parquet":
            tally = _parquet(source, made, recipe, column)
        else:
            tally = _ndjson(source, made, recipe, target.parent / "refused" / target.name)
        made.replace(target)
    return {"partition": target.name, **dataclasses.asdict(tally)}


def _ndjson(source: str, made: Path, recipe: Recipe, refused: Path) -> Tally:
    """The side file takes its place first: an output that is there is complete."""
    aside = made.parent / "refused" / made.name
    summary = run(Job(source, str(made), str(aside), recipe, commit_seconds=float("inf")))
    refused.parent.mkdir(exist_ok=True)
    aside.replace(refused)
    return summary.tally


def _parquet(source: str, made: Path, recipe: Recipe, column: str) -> Tally:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise MissingExtraError("cluster") from error
    tally = Tally()
    schema = pa.schema([("line", pa.int64()), ("result", pa.string()), ("refusal", pa.string())])
    with parquet.ParquetFile(source) as rows, parquet.ParquetWriter(made, schema) as writer:
        for batch in rows.iter_batches(_ROWS, columns=[column]):
            lines = [(text or "").encode() for text in batch.column(0).to_pylist()]
            found = list(results(recipe, lines, tally.lines + 1))
            tally.add(_counted(found, len(lines)))
            writer.write_batch(pa.RecordBatch.from_pylist(list(_rows(found)), schema=schema))
    return tally


def _counted(found: list[Result], lines: int) -> Tally:
    tally = Tally(lines=lines, blank=lines - len(found))
    for result in found:
        tally.count(result)
    return tally


def _rows(found: list[Result]) -> Iterator[dict[str, Any]]:
    for result in found:
        values = (result.number, result.output.decode() or None, result.refusal.decode() or None)
        yield dict(zip(_COLUMNS, values, strict=True))
