"""Who is at the keyboard: the one seam where accounts come in."""

from __future__ import annotations

from flask import g

from reporter.model.exam import Identifier
from reporter.model.lifecycle import Signature
from reporter.web.auth.identity import Identity, of_pages, present
from reporter.web.desk import desk


def current_user() -> Identity:
    """Whoever came in: `id` owns drafts, `name` signs. Raises Unauthorized."""
    of_pages()
    return present()


def visitor() -> Identity | None:
    """Whoever came in, if anybody: for pages that are shown to all. Never looks by itself."""
    who = g.get("person")
    return who if isinstance(who, Identity) else None


def signature(typed: str) -> Signature:
    """Who signs, now: the account, with its numbers; in the demonstration, the name typed."""
    person = current_user()
    if person.account is None:
        return Signature(desk().now(), typed.strip())
    numbers = tuple(Identifier(value, kind) for kind, value in person.identifiers.items())
    return Signature(desk().now(), person.name, numbers)
