"""`reporter serve`: the form and the service in a browser, for a radiologist and for a RIS."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reporter.cli.shared import OK, Commands, add_command
from reporter.errors import MissingExtraError
from reporter.settings import Settings, from_file

if TYPE_CHECKING:
    from reporter.delivery.settings import Service
    from reporter.web.auth.provider import Provider

SETTINGS = "REPORTER_SETTINGS"
_NUMBERS = "PROMETHEUS_MULTIPROC_DIR"
_TEXTS = {
    "host": ("ADDRESS", "address to listen on (default: this machine only)"),
    "port": ("PORT", "port to listen on (default: 8000)"),
    "data": ("DIR", "directory of drafts and reports (default: reporter-data)"),
    "workers": ("N", "processes (default: 1)"),
    "threads": ("N", "requests at the same time in each process (default: 8)"),
    "letterhead": ("TEXT", "first lines of the printed page"),
    "trusted_proxies": ("NETWORKS", "proxies whose X-Forwarded-… headers are believed"),
    "hosts": ("NAMES", "names the service answers to, besides those of this machine"),
}
_FLAGS = {
    "https": "served behind an HTTPS proxy: secure cookies, no plain HTTP",
    "demo": "demonstration: no login, this machine only",
}


def add(commands: Commands) -> None:
    """The command and its arguments; what is not given is left to the environment and to the file."""
    parser = add_command(commands, "serve", run, "serve the report form and the FHIR interface")
    for name, (shown, words) in _TEXTS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar=shown, help=words)
    for name, words in _FLAGS.items():
        parser.add_argument(f"--{name}", action="store_true", default=None, help=words)
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        default=os.environ.get(SETTINGS),
        help=f"TOML file: settings of the site, [service], [[targets]] ({SETTINGS}); see docs/operations.md",
    )


def run(args: argparse.Namespace) -> int:
    """Listen until a signal."""
    try:
        from reporter.delivery.settings import load

        file = Path(args.settings) if args.settings else None
        service = load(_given(args), file)
        settings = from_file(file) if file else Settings()
        return _numbered(service, settings, file)
    except ModuleNotFoundError as error:
        raise MissingExtraError("web") from error


def _given(args: argparse.Namespace) -> dict[str, Any]:
    """What the command line says."""
    said = {name: getattr(args, name) for name in (*_TEXTS, *_FLAGS)}
    said["overlays"] = tuple(args.overlay) or None
    return {name: value for name, value in said.items() if value is not None}


def _numbered(service: Service, settings: Settings, file: Path | None) -> int:
    """Several processes share the files of their numbers, which are named before anything counts."""
    if service.workers > 1:
        os.environ[_NUMBERS] = tempfile.mkdtemp(prefix="reporter-metrics-")
    from reporter.web import ops_run

    try:
        ops_run.run(service, settings, _provider(file), file)
    finally:
        if service.workers > 1:
            shutil.rmtree(os.environ[_NUMBERS], ignore_errors=True)
    return OK


def _provider(file: Path | None) -> Provider | None:
    """The OpenID provider of the table `[oidc]`."""
    from reporter.web.auth.provider import from_table

    table = tomllib.loads(file.read_text(encoding="utf-8")).get("oidc") if file else None
    return None if table is None else from_table(table)
