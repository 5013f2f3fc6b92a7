"""`reporter schema`: the JSON Schema of the input."""

from __future__ import annotations

import argparse

from reporter.cli.shared import MESSAGES, OK, CommandError, Commands, add_command, catalog_of, print_json
from reporter.settings import Settings


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "schema", run, "print the JSON Schema of the input")
    parser.add_argument("exam", nargs="?", metavar="EXAM", help="id of one exam definition (default: any exam)")


def run(args: argparse.Namespace) -> int:
    """Print the schema of one exam, or of all."""
    from reporter import intake

    catalog = catalog_of(args, Settings())
    if args.exam is not None and args.exam not in catalog.exams:
        known = ", ".join(sorted(catalog.exams))
        raise CommandError(MESSAGES["unknown_exam"].format(value=args.exam, known=known))
    print_json(intake.schema(catalog, args.exam))
    return OK
