"""What the commands have in common: messages, arguments, reading the input, writing the answer."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from reporter.errors import ERROR, InvalidExam, Issue, ReporterError
from reporter.settings import Settings, from_file

if TYPE_CHECKING:
    from reporter.catalog import Catalog
    from reporter.engine import Clock, Report

Commands: TypeAlias = "argparse._SubParsersAction[Any]"

OK, FAILURE, INVALID = 0, 1, 2
SEVERITY_FR = {"error": "erreur", "warning": "avertissement", "information": "information"}
MESSAGES = {
    "clock": "Date illisible : {value} (attendu : 2024-05-31T10:00:00+02:00).",
    "epoch": "SOURCE_DATE_EPOCH illisible : {value} (attendu : un nombre de secondes).",
    "refused": "Entrée refusée : {count} erreur(s), aucun compte rendu n'est écrit.",
    "unknown_exam": "Examen inconnu : {value}. Examens connus : {known}.",
    "file": "Fichier inaccessible : {value} ({reason}).",
    "internal": "Erreur interne ({kind}) : {detail}. Merci de la signaler avec l'entrée qui la provoque.",
    "interrupted": "Interrompu.",
}
EXAMPLES = """examples:
  reporter render input.json --out out/          five files in out/: text, HTML, JSON, two FHIR bundles
  reporter render - --out out/ < input.json      the same, from standard input
  reporter render input.json --out out/ --xml    the two bundles as FHIR XML too
  reporter batch in.ndjson --out out.ndjson      one exam a line in, one bundle a line out; --resume after a kill
  reporter check input.json                      every problem at once, as JSON
  reporter read bundle.json > input.json         the input a bundle holds: the inverse of render
  reporter explain input.json                    each sentence: its statements, its rule, the source of the rule
  reporter schema mr_pelvis                      JSON Schema of one exam (all exams without a name)
  reporter lint --overlay my_site/               problems of the catalogue, with file and line

exit codes: 0 done, 2 invalid input, 1 any other failure
"""
CLOCK_HELP = (
    "date and time written in the report, ISO 8601, UTC when it names no offset (default: SOURCE_DATE_EPOCH, else the "
    "last change of the input file, else now: the same file gives the same bytes)"
)


class CommandError(ReporterError):
    """A command line that cannot be carried out."""


def add_command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], help_text: str
) -> argparse.ArgumentParser:
    """A command with the option every command has: --overlay."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_text,
        description=help_text,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "--overlay",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="site directory of catalogue entries and templates, searched first (may be repeated)",
    )
    return parser


def add_input(parser: argparse.ArgumentParser) -> None:
    """The arguments of a command that reads one exam."""
    parser.add_argument("input", metavar="INPUT", help="JSON file of one exam, or - for standard input")
    parser.add_argument("--clock", metavar="ISO", help=CLOCK_HELP)
    parser.add_argument("--settings", type=Path, metavar="FILE", help="TOML file of site settings")


def build_report(args: argparse.Namespace) -> Report:
    """The report of the input; raises InvalidExam with every problem, those of shape and those of the rules."""
    from reporter import engine, intake

    clock, settings = clock_of(args), settings_of(args)
    data = intake.load_json(read_input(args.input))
    catalog = catalog_of(args, settings)
    issues = engine.check(data, catalog, settings=settings, clock=clock)
    if has_errors(issues):
        raise InvalidExam(issues)
    return engine.build_report(intake.parse(data, catalog), catalog, clock=clock, settings=settings)


def catalog_of(args: argparse.Namespace, settings: Settings) -> Catalog:
    """The catalogue; the rules of an overlay are checked too (ours are linted before they are released)."""
    from reporter.catalog import load_catalog
    from reporter.rules.rulebook import rulebook

    catalog = load_catalog(*args.overlay, snomed_licence=settings.snomed_licence)
    if args.overlay:
        rulebook(catalog)
    return catalog


def read_input(name: str) -> bytes:
    """The bytes of a file, or of standard input."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def settings_of(args: argparse.Namespace) -> Settings:
    """The site settings of the command line, or the defaults."""
    return from_file(args.settings) if args.settings else Settings()


def clock_of(args: argparse.Namespace) -> Clock:
    """A clock that always says the same time: --clock, SOURCE_DATE_EPOCH, the file's last change, or now."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if args.clock:
        moment = _moment(args.clock)
    elif epoch:
        moment = _epoch(epoch)
    elif args.input == "-":
        moment = dt.datetime.now(dt.UTC)
    else:
        moment = dt.datetime.fromtimestamp(int(Path(args.input).stat().st_mtime), dt.UTC)
    return lambda: moment


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(MESSAGES["clock"].format(value=text)) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _epoch(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(int(text), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise CommandError(MESSAGES["epoch"].format(value=text)) from error


def has_errors(issues: Iterable[Issue]) -> bool:
    """Is one of them an error?"""
    return any(issue.severity == ERROR for issue in issues)


def print_json(value: Any) -> None:
    """The answer of a command, on stdout."""
    from reporter import outputs

    sys.stdout.write(outputs.dump(value))
    sys.stdout.flush()


def print_issues(issues: Sequence[Issue]) -> int:
    """The answer of a command that only finds problems: in words, as JSON, as an exit code."""
    from reporter import outputs

    tell(issues)
    print_json(outputs.issues_dict(issues))
    return INVALID if has_errors(issues) else OK


def tell(issues: Iterable[Issue]) -> None:
    """The issues in words, on stderr."""
    for issue in issues:
        sys.stderr.write(f"{SEVERITY_FR[issue.severity]} {issue.code} {issue.path} : {issue.message}\n")


def refuse(issues: Sequence[Issue]) -> int:
    """Say why an input is refused."""
    from reporter import outputs

    tell(issues)
    count = sum(issue.severity == ERROR for issue in issues)
    sys.stderr.write(MESSAGES["refused"].format(count=count) + "\n")
    print_json(outputs.issues_dict(issues))
    return INVALID


def fail(message: str) -> int:
    """Say why a command failed."""
    sys.stderr.write(message + "\n")
    return FAILURE
