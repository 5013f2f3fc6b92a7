"""Write valid exams of every modality with their bundles: `python -m tools.conformance.generate --out DIR`.

The same seed and count give the same exams. Each has its document and its transaction, as JSON and as XML; one in three
is signed, one in six corrected after signature, one in twelve completed by an addendum.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from reporter import engine, fhir, intake
from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.fhir import xml
from reporter.model.exam import Identifier
from reporter.model.lifecycle import DRAFT, Addendum, Lifecycle, RelatesTo, Signature
from tools.conformance import exams, people
from tools.conformance.draw import TEXTS

KINDS = ("document", "transaction")


def write(catalog: Catalog, seed: int, count: int, out: Path, tally: exams.Count) -> Iterator[Path]:
    """Write `count` exams below `out`; the folder of each as soon as it is complete."""
    for number, data in enumerate(exams.exams(catalog, seed, count, tally)):
        folder = out / f"{number:04}_{data['exam']['modality'].lower()}"
        folder.mkdir(parents=True, exist_ok=True)
        text = fhir.to_json(data)
        (folder / "input.json").write_text(text, encoding="utf-8")
        _bundles(intake.load_json(text.encode()), catalog, folder, number)
        yield folder


def _bundles(data: object, catalog: Catalog, folder: Path, number: int) -> None:
    exam = intake.parse(data, catalog)
    report = engine.build_report(exam, catalog, clock=lambda: exams.CLOCK)
    state = lifecycle(report.data.identifier, number)
    for kind in KINDS:
        bundle = report.to_fhir(kind, lifecycle=state)
        (folder / f"{kind}.json").write_text(fhir.to_json(bundle), encoding="utf-8")
        (folder / f"{kind}.xml").write_bytes(xml.to_xml(bundle))


def lifecycle(identifier: str, number: int) -> Lifecycle:
    """Where the report of this number stands."""
    if number % 3:
        return DRAFT
    rpps = Identifier(people.luhn("9999000001"), "RPPS")
    signed = Signature(exams.CLOCK, "Dr Signataire FICTIF", (rpps,) if number % 2 else ())
    if number % 12 == 9:
        added = Addendum(TEXTS[0], exams.CLOCK, "Dr Signataire FICTIF")
        return Lifecycle("appended", 2, signed, (RelatesTo("appends", identifier),), (added,))
    if number % 6 == 3:
        return Lifecycle("corrected", 2, signed, (RelatesTo("replaces", identifier),))
    return Lifecycle("final", 1, signed)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="tools.conformance.generate", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    tally = exams.Count()
    folders = list(write(load_catalog(), given.seed, given.count, given.out, tally))
    print(f"seed {given.seed}: {given.count} exams, {len(folders) * len(KINDS)} bundles; {tally}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
