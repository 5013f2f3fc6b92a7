"""`reporter render`: the report of an exam as files."""

from __future__ import annotations

import argparse
from pathlib import Path

from reporter.cli.shared import OK, Commands, add_command, add_input, build_report, print_json, refuse, tell
from reporter.errors import InvalidExam


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "render", run, "write the report of an exam into a directory")
    add_input(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="directory of the output files")
    parser.add_argument("--xml", action="store_true", help="write both bundles as FHIR XML too")


def run(args: argparse.Namespace) -> int:
    """Write every file of the report, or only its issues when the input is refused."""
    from reporter import outputs

    try:
        report = build_report(args)
    except InvalidExam as error:
        outputs.write(args.out, outputs.issue_files(error.issues))
        return refuse(error.issues)
    files = outputs.report_files(report, xml=args.xml)
    outputs.write(args.out, files)
    issues = report.data.assessment.issues
    tell(issues)
    print_json({"files": [str(args.out / name) for name in files], **outputs.issues_dict(issues)})
    return OK
