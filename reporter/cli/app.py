"""The parser of the command line, and the last resort of every failure."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from importlib import import_module
from typing import NoReturn

from reporter.cli.shared import EXAMPLES, FAILURE, MESSAGES, fail, tell
from reporter.errors import IssuesError, ReporterError
from reporter.heap import unswept
from reporter.version import __version__

COMMANDS = (
    "render",
    "batch",
    "check",
    "read",
    "codes",
    "explain",
    "lint",
    "schema",
    "serve",
    "deliver",
    "store",
    "users",
    "audit",
)
"""Each is a module of this package."""
SHORT = frozenset(("render", "check", "read", "explain"))
"""Commands of one exam: over before the garbage of cycles could matter."""
REASONS: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "introuvable"),
    (PermissionError, "accès refusé"),
    (IsADirectoryError, "c'est un dossier"),
    (NotADirectoryError, "ce n'est pas un dossier"),
    (FileExistsError, "ce n'est pas un dossier"),
)


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
    words = sys.argv[1:] if argv is None else argv
    args = _parser(words).parse_args(words)
    command: Callable[[argparse.Namespace], int] = args.run
    try:
        with unswept() if words[0] in SHORT else nullcontext():
            return command(args)
    except IssuesError as error:
        tell(error.issues)
        return FAILURE
    except ReporterError as error:
        return fail(str(error))
    except OSError as error:
        reason = next((words for kind, words in REASONS if isinstance(error, kind)), str(error.strerror))
        return fail(MESSAGES["file"].format(value=error.filename or "-", reason=reason))
    except KeyboardInterrupt:
        return fail(MESSAGES["interrupted"])
    except Exception as error:  # noqa: BLE001 - the last resort DESIGN §7 asks for: exit 1 with words, no traceback
        return fail(MESSAGES["internal"].format(kind=type(error).__name__, detail=error))


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """With the command that is named; with all of them when none is, to list them."""
    parser = _Parser(
        prog="reporter",
        description="French radiology reports and FHIR R4 bundles from structured findings.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"reporter {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in words[:1] if words and words[0] in COMMANDS else COMMANDS:
        import_module(f"reporter.cli.{name}").add(commands)
    return parser
