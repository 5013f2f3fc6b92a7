"""Everything, or what is named: `.venv/bin/python -m benchmarks [document live startup batch growth service …]`.

At the end each promise with its bound; `--write` puts them into docs/scaling.md. The batch goes up to 100 000 records
(a quarter of an hour), with `--quick` to 10 000. What the browser shows is `benchmarks.preview`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
from collections.abc import Callable

from benchmarks import batch, document, growth, live, service, signing, startup
from benchmarks.measure import ROOT, Bound

ALL: dict[str, Callable[[], list[Bound]]] = {
    "document": document.main,
    "live": live.main,
    "startup": startup.main,
    "batch": batch.main,
    "growth": growth.main,
    "service": service.main,
    "signing": signing.main,
}


def main() -> int:
    """Measure what is named; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*ALL, []], help="what to measure (default: everything)")
    parser.add_argument("--quick", action="store_true", help="the batch up to 10 000 records only")
    parser.add_argument("--write", action="store_true", help="put the promises into docs/scaling.md")
    args = parser.parse_args()
    where = _where()
    print(f"{where}. Median [middle half].")
    bounds: list[Bound] = []
    for name in args.names or ALL:
        print(f"\n== {name}")
        bounds += batch.main(batch.FEWER) if args.quick and name == "batch" else ALL[name]()
    print("\n== promises")
    for bound in bounds:
        print(bound)
    if args.write:
        _write(where, bounds)
    return 0 if all(bound.held for bound in bounds) else 1


def _where() -> str:
    one, five, _ = os.getloadavg()
    when = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
    busy = "; busy: ratios of CPU time hold, wall clock does not" if one > 1 else ""
    return f"{when}, {os.cpu_count()} cores, Python {platform.python_version()}, load {one:.1f} {five:.1f}{busy}"


def _write(where: str, bounds: list[Bound]) -> None:
    rows = [f"| {b.name} | {b.value:.3g} {b.unit} | {'≥' if b.least else '≤'} {b.limit:g} {b.unit} |" for b in bounds]
    table = "\n".join([f"{where}.", "", "| what | figure | bound |", "| --- | --- | --- |", *rows])
    page = ROOT / "docs" / "scaling.md"
    text = page.read_text(encoding="utf-8")
    start, end = "<!-- figures -->\n", "\n<!-- end of figures -->"
    marked = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    page.write_text(marked.sub(lambda _: start + table + end, text), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
