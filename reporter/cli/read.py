"""`reporter read`: the input of a FHIR bundle, the inverse of `render`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from reporter.cli.shared import OK, Commands, add_command, catalog_of, print_issues, read_input, settings_of, tell
from reporter.errors import InvalidExam

_BOM = b"\xef\xbb\xbf"


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "read", run, "print the input JSON that a FHIR bundle or resource holds")
    parser.add_argument("input", metavar="BUNDLE", help="FHIR R4 JSON or XML file, or - for standard input")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="TOML file of site settings")
    parser.add_argument("--issues", type=Path, metavar="FILE", help="write what was not read to this file, as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the input; say what was not read. Without anything usable, print the issues and return 2."""
    from reporter import outputs
    from reporter.fhir import read, to_json

    try:
        bundle = _parsed(read_input(args.input))
    except InvalidExam as error:
        return print_issues(error.issues)
    reading = read.read(bundle, catalog_of(args, settings_of(args)))
    if args.issues:
        args.issues.write_text(outputs.dump(outputs.issues_dict(reading.issues)), encoding="utf-8", newline="\n")
    if not reading.usable:
        return print_issues(reading.issues)
    tell(reading.issues)
    sys.stdout.write(to_json(reading.data))
    sys.stdout.flush()
    return OK


def _parsed(data: bytes) -> Any:
    """JSON, or XML when it begins as XML does."""
    from reporter import intake

    if data.removeprefix(_BOM).lstrip().startswith(b"<"):
        from reporter.fhir.xml import from_xml

        return from_xml(data)
    return intake.load_json(data)
