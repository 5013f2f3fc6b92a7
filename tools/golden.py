"""Render every sample again: `python3 tasks.py golden` (the diff is then read by a person)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from reporter import engine, intake, outputs
from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog

SAMPLES = Path(__file__).resolve().parent.parent / "fhir_examples"
CLOCK = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC)


def samples() -> list[Path]:
    """The directories that hold a sample, in a stable order."""
    return sorted(path.parent for path in SAMPLES.glob("*/input.json"))


def render(sample: Path, catalog: Catalog) -> dict[str, str]:
    """The files of a sample at the fixed time."""
    exam = intake.parse(intake.load_json((sample / "input.json").read_bytes()), catalog)
    return outputs.report_files(engine.build_report(exam, catalog, clock=lambda: CLOCK))


def main() -> None:
    """Write every expected output."""
    catalog = load_catalog()
    for sample in samples():
        outputs.write(sample, render(sample, catalog))
        print(sample.name)


if __name__ == "__main__":
    main()
