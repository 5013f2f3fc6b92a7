"""`reporter check`: every problem of an input."""

from __future__ import annotations

import argparse

from reporter.cli.shared import (
    Commands,
    add_command,
    add_input,
    catalog_of,
    clock_of,
    print_issues,
    read_input,
    settings_of,
)
from reporter.errors import InvalidExam


def add(commands: Commands) -> None:
    """The command and its arguments."""
    add_input(add_command(commands, "check", run, "list every problem of an input, as JSON"))


def run(args: argparse.Namespace) -> int:
    """Print the problems; nothing is written."""
    from reporter import engine, intake

    try:
        data = intake.load_json(read_input(args.input))
    except InvalidExam as error:
        return print_issues(error.issues)
    settings = settings_of(args)
    return print_issues(engine.check(data, catalog_of(args, settings), settings=settings, clock=clock_of(args)))
