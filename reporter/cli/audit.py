"""`reporter audit`: verify the chain of the audit trail, export it as FHIR AuditEvent."""

from __future__ import annotations

import argparse
import sys

from reporter.cli.shared import INVALID, OK, Commands, add_command, print_json
from reporter.cli.stored import add_store, opened
from reporter.errors import ConfigError

HEAD = "--head : NUMÉRO:EMPREINTE, comme « reporter audit verify » les affiche."


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "audit", run, "verify or export the audit trail")
    parser.add_argument("action", choices=("verify", "export"), help="verify: exit 2 when a line was changed")
    parser.add_argument("--head", metavar="SEQ:HASH", help="the last line noted earlier: a tail cut off is seen too")
    add_store(parser)


def run(args: argparse.Namespace) -> int:
    """The verdict as JSON, or the events as NDJSON on stdout."""
    noted = _noted(args.head)
    with opened(args) as store:
        if args.action == "export":
            from reporter.delivery import audit

            sys.stdout.writelines(audit.export(store))
            return OK
        verdict, head = store.verify_audit(noted), store.audit_head()
    shown = f"{head.seq}:{head.hash}" if head else None
    print_json({"intact": verdict.intact, "lines": verdict.count, "broken": verdict.broken, "head": shown})
    return OK if verdict.intact else INVALID


def _noted(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    seq, _, digest = text.partition(":")
    if not seq.isdecimal() or not digest:
        raise ConfigError(HEAD)
    return int(seq), digest
