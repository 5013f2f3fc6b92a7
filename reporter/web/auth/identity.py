"""Who asks: a person by the session, a program by its token, the one person of the demonstration."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from ipaddress import ip_address

from flask import g, request
from flask_login import current_user as session_user
from werkzeug.exceptions import Forbidden, Unauthorized

from reporter.delivery.accounts import Role, token_hash
from reporter.delivery.store import User
from reporter.web.auth.permissions import EVERYTHING, Permission, of_role, of_scopes
from reporter.web.desk import desk
from reporter.web.ops_proxy import FORWARDED, PROXIED

_USED_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever came in. `id` owns drafts and keys; `name` signs; `account` is empty in the demonstration."""

    id: str
    name: str
    permissions: frozenset[Permission]
    account: User | None = None
    token: str = ""
    identifiers: dict[str, str] = field(default_factory=dict)

    def can(self, permission: Permission | str) -> bool:
        """Is it theirs to do?"""
        return permission in self.permissions

    @property
    def must_change(self) -> bool:
        """A one-time password was used: it is to be changed before anything else."""
        return self.account is not None and not self.token and self.account.must_change


def of_pages() -> Identity | None:
    """The person of the session, once a request."""
    if "person" not in g:
        g.person = _demo() if desk().config.demo else _of_session()
    person: Identity | None = g.person
    return person


def of_api() -> Identity | None:
    """The program of the token, once a request; the demonstration needs none."""
    if "program" not in g:
        open_to_all = desk().config.demo and "Authorization" not in request.headers
        g.program = _demo() if open_to_all else _of_token()
    program: Identity | None = g.program
    return program


def present() -> Identity:
    """Whoever came in, by the way the request takes. Raises Unauthorized."""
    who = g.get("program") or g.get("person")
    if not isinstance(who, Identity):
        raise Unauthorized
    return who


def demand(permission: Permission) -> None:
    """Raise Unauthorized or Forbidden unless whoever asks holds the permission."""
    who = of_api() if permission.of_api else of_pages()
    if who is None:
        raise Unauthorized
    if permission not in who.permissions:
        raise Forbidden


def _demo() -> Identity:
    """The one person of the demonstration may do everything, from this machine only, through no proxy."""
    peer = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - compared, not listened on
    if not peer.is_loopback or request.environ.get(PROXIED) or any(name in request.headers for name in FORWARDED):
        raise Forbidden
    name = desk().config.user
    return Identity(name, name, EVERYTHING)


def _of_session() -> Identity | None:
    user = getattr(session_user, "record", None)
    return None if user is None else of_account(user)


def of_account(user: User) -> Identity:
    """A person with an account."""
    return Identity(user.id, user.name, of_role(user.role), user, identifiers=user.identifiers)


def _of_token() -> Identity | None:
    """The integrator a valid token belongs to, within the scopes of the token."""
    authorization, store = request.authorization, desk().store
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        return None
    shown = store.token_shown(token_hash(authorization.token))
    if shown is None:
        return None
    token, user = shown
    g.token_shown = token.id
    now = desk().now()
    if not token.valid(now) or not user.active or user.role != Role.INTEGRATOR:
        return None
    if token.last_used is None or now - token.last_used > _USED_EVERY:
        store.token_used(token.id)
    return Identity(user.id, user.name, of_role(user.role) & of_scopes(token.scopes), user, token.id)
