"""The command `reporter`: machine output is JSON on stdout, words for people go to stderr.

Exit codes: 0 done · 2 the input (or catalogue) is invalid · 1 anything else. A traceback never reaches the user.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from reporter import engine, intake, outputs, rules
from reporter.catalog import Catalog, load_catalog
from reporter.catalog.lint import lint
from reporter.errors import ERROR, CatalogError, InvalidExam, Issue, IssuesError, ReporterError
from reporter.settings import Settings, from_file
from reporter.version import __version__

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
REASONS: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "introuvable"),
    (PermissionError, "accès refusé"),
    (IsADirectoryError, "c'est un dossier"),
    (NotADirectoryError, "ce n'est pas un dossier"),
    (FileExistsError, "ce n'est pas un dossier"),
)
EXAMPLES = """examples:
  reporter render input.json --out out/          five files in out/: text, HTML, JSON, two FHIR bundles
  reporter render - --out out/ < input.json      the same, from standard input
  reporter check input.json                      every problem at once, as JSON
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


class _Parser(argparse.ArgumentParser):
    """Wrong usage is a failure (1): 2 is kept for an invalid input."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(FAILURE, f"{self.prog}: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    args = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = args.run
    try:
        return command(args)
    except IssuesError as error:
        _tell(error.issues)
        return FAILURE
    except ReporterError as error:
        return _fail(str(error))
    except OSError as error:
        reason = next((words for kind, words in REASONS if isinstance(error, kind)), str(error.strerror))
        return _fail(MESSAGES["file"].format(value=error.filename or "-", reason=reason))
    except KeyboardInterrupt:
        return _fail(MESSAGES["interrupted"])
    except Exception as error:  # noqa: BLE001 - the last resort DESIGN §7 asks for: exit 1 with words, no traceback
        return _fail(MESSAGES["internal"].format(kind=type(error).__name__, detail=error))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="reporter",
        description="French radiology reports and FHIR R4 bundles from structured findings.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"reporter {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    render = _command(commands, "render", _render, "write the report of an exam into a directory")
    _add_input(render)
    render.add_argument("--out", required=True, type=Path, metavar="DIR", help="directory of the output files")
    for name, run, help_text in (
        ("check", _check, "list every problem of an input, as JSON"),
        ("explain", _explain, "say where each sentence comes from, as JSON"),
    ):
        _add_input(_command(commands, name, run, help_text))
    lint_parser = _command(commands, "lint", _lint, "list every problem of the catalogue, as JSON")
    lint_parser.add_argument("dir", nargs="?", type=Path, metavar="DIR", help="site overlay to lint with the catalogue")
    schema = _command(commands, "schema", _schema, "print the JSON Schema of the input")
    schema.add_argument("exam", nargs="?", metavar="EXAM", help="id of one exam definition (default: any exam)")
    return parser


def _command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    help_text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
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


def _add_input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="INPUT", help="JSON file of one exam, or - for standard input")
    parser.add_argument("--clock", metavar="ISO", help=CLOCK_HELP)
    parser.add_argument("--settings", type=Path, metavar="FILE", help="TOML file of site settings")


def _render(args: argparse.Namespace) -> int:
    try:
        report = _report(args)
    except InvalidExam as error:
        outputs.write(args.out, outputs.issue_files(error.issues))
        return _refuse(error.issues)
    files = outputs.report_files(report)
    outputs.write(args.out, files)
    issues = report.data.assessment.issues
    _tell(issues)
    _print({"files": [str(args.out / name) for name in files], **outputs.issues_dict(issues)})
    return OK


def _check(args: argparse.Namespace) -> int:
    try:
        data = intake.load_json(_read(args.input))
    except InvalidExam as error:
        issues: Iterable[Issue] = error.issues
    else:
        settings = _settings(args)
        issues = engine.check(data, _catalog(args, settings), settings=settings, clock=_clock(args))
    issues = list(issues)
    _tell(issues)
    _print(outputs.issues_dict(issues))
    return INVALID if any(issue.severity == ERROR for issue in issues) else OK


def _explain(args: argparse.Namespace) -> int:
    try:
        report = _report(args)
    except InvalidExam as error:
        return _refuse(error.issues)
    _print({"sentences": report.explain()})
    return OK


def _lint(args: argparse.Namespace) -> int:
    overlays = [*args.overlay, *([args.dir] if args.dir else [])]
    issues = lint(*overlays)
    if not any(issue.severity == ERROR for issue in issues):
        issues += rules.lint(load_catalog(*overlays))
    _tell(issues)
    _print(outputs.issues_dict(issues))
    return INVALID if any(issue.severity == ERROR for issue in issues) else OK


def _schema(args: argparse.Namespace) -> int:
    catalog = _catalog(args, Settings())
    if args.exam is not None and args.exam not in catalog.exams:
        known = ", ".join(sorted(catalog.exams))
        raise CommandError(MESSAGES["unknown_exam"].format(value=args.exam, known=known))
    _print(intake.schema(catalog, args.exam))
    return OK


def _report(args: argparse.Namespace) -> engine.Report:
    """The report of the input; raises InvalidExam with every problem, those of shape and those of the rules."""
    clock, settings = _clock(args), _settings(args)
    data = intake.load_json(_read(args.input))
    catalog = _catalog(args, settings)
    issues = engine.check(data, catalog, settings=settings, clock=clock)
    if any(issue.severity == ERROR for issue in issues):
        raise InvalidExam(issues)
    return engine.build_report(intake.parse(data, catalog), catalog, clock=clock, settings=settings)


def _catalog(args: argparse.Namespace, settings: Settings) -> Catalog:
    """The catalogue; the rules of an overlay are checked too (ours are linted before they are released)."""
    catalog = load_catalog(*args.overlay, snomed_licence=settings.snomed_licence)
    problems = rules.lint(catalog) if args.overlay else ()
    if problems:
        raise CatalogError(problems)
    return catalog


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _settings(args: argparse.Namespace) -> Settings:
    return from_file(args.settings) if args.settings else Settings()


def _clock(args: argparse.Namespace) -> engine.Clock:
    """A clock that always says the same time: --clock, SOURCE_DATE_EPOCH, the file's last change, or now."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if args.clock:
        moment = _moment(args.clock)
    elif epoch:
        moment = _epoch(epoch)
    elif args.input == "-":
        moment = engine.utc_now()
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


def _print(value: Any) -> None:
    sys.stdout.write(outputs.dump(value))
    sys.stdout.flush()


def _tell(issues: Iterable[Issue]) -> None:
    for issue in issues:
        sys.stderr.write(f"{SEVERITY_FR[issue.severity]} {issue.code} {issue.path} : {issue.message}\n")


def _refuse(issues: Sequence[Issue]) -> int:
    _tell(issues)
    count = sum(issue.severity == ERROR for issue in issues)
    sys.stderr.write(MESSAGES["refused"].format(count=count) + "\n")
    _print(outputs.issues_dict(issues))
    return INVALID


def _fail(message: str) -> int:
    sys.stderr.write(message + "\n")
    return FAILURE


if __name__ == "__main__":
    sys.exit(main())
