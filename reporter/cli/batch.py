"""`reporter batch`: many exams, one JSON a line, in one run."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from reporter.cli.shared import CLOCK_HELP, INVALID, OK, Commands, add_command, catalog_of, clock_of, settings_of

_KINDS = ("document", "transaction", "collection", "text", "report")
_SUFFIXES = (".gz", ".ndjson", ".jsonl")


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "batch", run, "convert many exams: one JSON a line in, one result a line out")
    parser.add_argument("input", metavar="IN", help="NDJSON file of exams (.gz: gzip), or - for standard input")
    parser.add_argument("--out", required=True, metavar="OUT", help="NDJSON file of results (.gz: gzip), or -")
    parser.add_argument(
        "--refused", metavar="FILE", help="NDJSON file of refused exams (default: OUT.refused.ndjson; - is stderr)"
    )
    parser.add_argument("--kind", choices=_KINDS, default="document", help="what an exam becomes (default: document)")
    parser.add_argument("--workers", type=_positive, default=0, metavar="N", help="processes (default: one a core)")
    parser.add_argument("--resume", action="store_true", help="go on where a killed run of the same command was")
    parser.add_argument("--clock", metavar="ISO", help=CLOCK_HELP)
    parser.add_argument("--settings", type=Path, metavar="FILE", help="TOML file of site settings")


def run(args: argparse.Namespace) -> int:
    """Run; the summary is JSON on stdout (on stderr when the results are there)."""
    from reporter import outputs
    from reporter.batch import Job, Recipe, job

    settings = settings_of(args)
    if args.overlay:
        catalog_of(args, settings)
    overlays = tuple(str(path) for path in args.overlay)
    summary = job.run(
        Job(
            source=args.input,
            out=args.out,
            refused=args.refused or _refused_name(args.out),
            recipe=Recipe(clock_of(args)(), args.kind, settings, overlays),
            workers=args.workers or job.cores(),
            resume=args.resume,
            clock_given=bool(args.clock or os.environ.get("SOURCE_DATE_EPOCH")),
        )
    )
    stream = sys.stderr if args.out == "-" else sys.stdout
    stream.write(outputs.dump(summary.as_dict()))
    return INVALID if summary.tally.refused else OK


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return value


def _refused_name(out: str) -> str:
    """OUT without its suffixes, then `.refused.ndjson`; beside standard output, standard error."""
    if out == "-":
        return "-"
    for suffix in _SUFFIXES:
        out = out.removesuffix(suffix)
    return f"{out}.refused.ndjson"
