"""The store of the service, for the commands that work on it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reporter.errors import MissingExtraError

if TYPE_CHECKING:
    from reporter.delivery.store import Store

DATABASE = "REPORTER_DATABASE"


def add_store(parser: argparse.ArgumentParser) -> None:
    """Where the store is."""
    parser.add_argument("--data", type=Path, default=Path("reporter-data"), metavar="DIR", help="drafts and reports")
    parser.add_argument(
        "--database", metavar="URL", default=os.environ.get(DATABASE), help=f"instead of DIR ({DATABASE})"
    )


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Store]:
    """The store, closed at the end."""
    try:
        from reporter.delivery.store import Store
    except ModuleNotFoundError as error:
        raise MissingExtraError("web") from error
    if not args.database:
        args.data.mkdir(parents=True, exist_ok=True)
    store = Store(args.database or f"sqlite:///{args.data / 'reporter.sqlite'}")
    try:
        yield store
    finally:
        store.close()
