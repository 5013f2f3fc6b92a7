"""`reporter deliver`: send what was signed to the targets of the site, beside `serve` or on a machine of its own."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reporter.cli.shared import FAILURE, OK, Commands, add_command, print_json
from reporter.errors import ConfigError, MissingExtraError, ReporterError

if TYPE_CHECKING:
    from reporter.delivery.store import Store
    from reporter.delivery.targets import Target

SETTINGS = "REPORTER_SETTINGS"
DATABASE_FILE = "reporter.sqlite"
MESSAGES = {
    "settings": "--settings FILE : les destinations [[targets]] y sont décrites.",
    "none": "Aucune destination dans ces réglages.",
    "which": "Donnez les numéros des envois, ou --dead.",
}


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "deliver", run, "send signed reports to FHIR servers and HL7 v2 receivers")
    actions = ("run", "once", "list", "replay", "abandon")
    parser.add_argument("action", nargs="?", choices=actions, default="run", help="run until stopped (default), …")
    parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="deliveries to replay or abandon")
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        default=os.environ.get(SETTINGS),
        help=f"TOML file: [service], [[targets]] ({SETTINGS}); the database is the one of `serve`",
    )
    parser.add_argument("--data", metavar="DIR", help="directory of drafts and reports (default: reporter-data)")
    parser.add_argument("--target", metavar="NAME", help="only this target")
    parser.add_argument("--dead", action="store_true", help="replay or abandon every dead letter; list only those")


def run(args: argparse.Namespace) -> int:
    """Open the store, do what is asked."""
    try:
        from reporter.delivery.settings import load
        from reporter.delivery.store import Store
    except ModuleNotFoundError as error:
        raise MissingExtraError("web,ris") from error
    args.settings = Path(args.settings) if args.settings else None
    service = load({"data": args.data} if args.data else {}, args.settings)
    url = service.database.get_secret_value() if service.database else f"sqlite:///{service.data / DATABASE_FILE}"
    store = Store(url)
    try:
        return _act(args, store)
    finally:
        store.close()


def _act(args: argparse.Namespace, store: Store) -> int:
    if args.action == "list":
        return _list(args, store)
    if args.action in ("replay", "abandon"):
        return _settle(args, store)
    return _send(_targets(args), store, once=args.action == "once")


def _targets(args: argparse.Namespace) -> tuple[Target, ...]:
    from reporter.delivery.targets import from_file

    if args.settings is None:
        raise ConfigError(MESSAGES["settings"])
    targets = tuple(t for t in from_file(args.settings) if args.target in (None, t.name))
    if not targets:
        raise ConfigError(MESSAGES["none"])
    return targets


def _send(targets: tuple[Target, ...], store: Store, *, once: bool) -> int:
    """Send; SIGTERM and SIGINT let the letters under way reach their end."""
    from reporter.delivery import ending
    from reporter.delivery.outbox import Deliverer, events

    events.to_stream(sys.stderr)
    deliverer = Deliverer(store, targets)
    if once:
        deliverer.drain()
        return OK
    told = ending.word()
    deliverer.start()
    ending.wait(told)
    ending.unheard()
    return OK if deliverer.stop() else FAILURE


def _list(args: argparse.Namespace, store: Store) -> int:
    """Deliveries, last first, as JSON; no answer of a receiver, which may name a patient."""
    found = store.deliveries(status="dead" if args.dead else None, target=args.target, limit=1000)
    print_json([_shown(delivery) for delivery in found])
    return OK


def _shown(delivery: Any) -> dict[str, Any]:
    names = ("id", "target", "report_id", "n", "status", "attempts")
    error = delivery.error.partition("\n")[0] if delivery.error else None
    return {**{name: getattr(delivery, name) for name in names}, "error": error}


def _settle(args: argparse.Namespace, store: Store) -> int:
    """Replay or abandon; what is refused is said and the others go on."""
    dead = store.deliveries(status="dead", target=args.target, limit=100_000) if args.dead else []
    ids = sorted({*args.ids, *(delivery.id for delivery in dead)})
    if not args.ids and not args.dead:
        raise ConfigError(MESSAGES["which"])
    act = store.replay if args.action == "replay" else store.abandon
    code = OK
    for delivery_id in ids:
        try:
            act(delivery_id)
        except ReporterError as error:
            sys.stderr.write(f"{error}\n")
            code = FAILURE
    return code
