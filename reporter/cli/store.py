"""`reporter store`: copies of the database, signed versions out and in, everything checked again."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from reporter.cli.shared import INVALID, OK, Commands, add_command, print_json
from reporter.cli.stored import add_store
from reporter.errors import MissingExtraError

if TYPE_CHECKING:
    from reporter.delivery.store import Store

FILE_NAME = "reporter.sqlite"


def add(commands: Commands) -> None:
    """The command, its actions and their arguments."""
    parser = add_command(
        commands, "store", run, "back up, restore, export, import or verify the reports of the service"
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    for name, (_, help_text, takes_file) in _ACTIONS.items():
        action = actions.add_parser(name, help=help_text, description=help_text)
        if takes_file:
            action.add_argument("file", metavar="FILE", type=Path)
        add_store(action)


def run(args: argparse.Namespace) -> int:
    """Do what is asked."""
    return _ACTIONS[args.action][0](args)


def _url(args: argparse.Namespace) -> str:
    return args.database or f"sqlite:///{args.data / FILE_NAME}"


def _open(args: argparse.Namespace, *, new: bool = False) -> Store:
    """The store; a database file that is not there is not made, unless something is put into it."""
    try:
        from reporter.delivery.store import Store
    except ModuleNotFoundError as error:
        raise MissingExtraError("web") from error
    if not args.database:
        path = args.data / FILE_NAME
        if new:
            args.data.mkdir(parents=True, exist_ok=True)
        elif not path.exists():
            raise FileNotFoundError(2, "", str(path))
    return Store(_url(args))


def _backup(args: argparse.Namespace) -> int:
    store = _open(args)
    try:
        from reporter.delivery.store import backup

        backup.backup(store, args.file)
    finally:
        store.close()
    print_json({"file": str(args.file)})
    return OK


def _restore(args: argparse.Namespace) -> int:
    try:
        from reporter.delivery.store import backup
    except ModuleNotFoundError as error:
        raise MissingExtraError("web") from error
    backup.restore(args.file, _url(args))
    return _verify(args)


def _export(args: argparse.Namespace) -> int:
    store = _open(args)
    try:
        from reporter.delivery.store import backup

        if str(args.file) == "-":
            sys.stdout.writelines(store.export_lines())
            return OK
        with os.fdopen(backup.private(args.file), "w", encoding="utf-8", newline="\n") as file:
            file.writelines(store.export_lines())
    finally:
        store.close()
    print_json({"file": str(args.file)})
    return OK


def _import(args: argparse.Namespace) -> int:
    with args.file.open("r", encoding="utf-8", newline="\n") as file:
        store = _open(args, new=True)
        try:
            done = store.import_lines(file)
        finally:
            store.close()
    print_json({"added": done.added, "known": done.known})
    return OK


def _verify(args: argparse.Namespace) -> int:
    store = _open(args)
    try:
        checked = store.verify()
    finally:
        store.close()
    problems = [{"code": p.code, "place": p.place, "message": p.message} for p in checked.problems]
    counts = {"reports": checked.reports, "versions": checked.versions, "audit": checked.audit}
    print_json({**counts, "problems": problems})
    return INVALID if problems else OK


_ACTIONS: dict[str, tuple[Callable[[argparse.Namespace], int], str, bool]] = {
    "backup": (_backup, "copy the whole database while it is in use; an existing file is never written over", True),
    "restore": (_restore, "make the database from a copy; an existing database is never written over", True),
    "export": (
        _export,
        "every signed version with its FHIR document and its hash, one a line (- for standard output)",
        True,
    ),
    "import": (_import, "take exported versions in: all or none, those there already are left alone", True),
    "verify": (_verify, "read everything again: hashes, version numbers, audit trail, database file", False),
}
