"""`reporter explain`: where each sentence comes from."""

from __future__ import annotations

import argparse

from reporter.cli.shared import OK, Commands, add_command, add_input, build_report, print_json, refuse
from reporter.errors import InvalidExam


def add(commands: Commands) -> None:
    """The command and its arguments."""
    add_input(add_command(commands, "explain", run, "say where each sentence comes from, as JSON"))


def run(args: argparse.Namespace) -> int:
    """Print each sentence with its statements, its rule and the source of the rule."""
    try:
        report = build_report(args)
    except InvalidExam as error:
        return refuse(error.issues)
    print_json({"sentences": report.explain()})
    return OK
