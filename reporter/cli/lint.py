"""`reporter lint`: every problem of the catalogue."""

from __future__ import annotations

import argparse
from pathlib import Path

from reporter.cli.shared import Commands, add_command, has_errors, print_issues


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "lint", run, "list every problem of the catalogue, as JSON")
    parser.add_argument("dir", nargs="?", type=Path, metavar="DIR", help="site overlay to lint with the catalogue")


def run(args: argparse.Namespace) -> int:
    """Print the problems of the entries; those of the rules too, once the entries load."""
    from reporter import rules
    from reporter.catalog import read_catalog
    from reporter.catalog.lint import lint
    from reporter.fhir import terminology

    overlays = [*args.overlay, *([args.dir] if args.dir else [])]
    issues = lint(*overlays)
    if not has_errors(issues):
        catalog = read_catalog(*overlays)
        issues += [*rules.lint(catalog), *terminology.lint(catalog)]
    return print_issues(issues)
