"""API tokens: only their hash is kept."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from reporter.delivery.store.accounts import User, user_made
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import DuplicateError, UnknownError
from reporter.delivery.store.prepared import Prepared
from reporter.delivery.store.tables import tokens, users


@dataclass(frozen=True, slots=True)
class Token:
    """What a program shows to come in as `user_id`, within `scopes`."""

    id: str
    user_id: str
    name: str
    hash: str
    scopes: tuple[str, ...]
    created: dt.datetime
    expires: dt.datetime | None
    last_used: dt.datetime | None
    revoked: dt.datetime | None

    def valid(self, now: dt.datetime) -> bool:
        """Neither revoked nor past its date."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Tokens(Base):
    """Tokens, by hash, by user."""

    def create_token(
        self, user_id: str, name: str, token_hash: str, scopes: Iterable[str], expires: dt.datetime | None = None
    ) -> Token:
        """A new token. Raises UnknownError when there is no such user."""
        row = {"id": str(uuid.uuid4()), "user_id": user_id, "name": name, "hash": token_hash, "expires": expires}
        query = insert(tokens).values(**row, scopes=" ".join(scopes), created=self._clock()).returning(tokens)
        try:
            with self._writing() as connection:
                return _token_of(connection.execute(query).mappings().one())
        except IntegrityError as error:
            if self.token_by_hash(token_hash) is not None:
                raise DuplicateError("jeton", name) from error
            raise UnknownError("utilisateur", user_id) from error

    def token_by_hash(self, token_hash: str) -> Token | None:
        """The token of a hash, revoked ones too: whoever shows one is worth a line in the audit trail."""
        found = self.token_shown(token_hash)
        return None if found is None else found[0]

    def token_shown(self, token_hash: str) -> tuple[Token, User] | None:
        """The same with the account it belongs to."""
        with self._driven(self._engine) as connection:
            row = self._shown.first(connection, {"hash": token_hash})
        return None if row is None else (_made(row[:_WIDTH]), user_made(row[_WIDTH:]))

    @cached_property
    def _shown(self) -> Prepared:
        return self._prepared(_SHOWN)

    def tokens(self, user_id: str | None = None) -> list[Token]:
        """The tokens of a user, or all, oldest first."""
        query = select(tokens).order_by(tokens.c.created, tokens.c.id)
        query = query if user_id is None else query.where(tokens.c.user_id == user_id)
        with self._reading() as connection:
            return [_token_of(row) for row in connection.execute(query).mappings()]

    def revoke_token(self, token_id: str) -> Token:
        """No longer valid, for good; the first time counts. Raises UnknownError."""
        when = func.coalesce(tokens.c.revoked, self._clock())
        query = update(tokens).where(tokens.c.id == token_id).values(revoked=when).returning(tokens)
        with self._writing() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise UnknownError("jeton", token_id)
        return _token_of(row)

    def token_used(self, token_id: str) -> None:
        """Note when it was last shown."""
        with self._writing() as connection:
            connection.execute(update(tokens).where(tokens.c.id == token_id).values(last_used=self._clock()))


def _token_of(row: RowMapping) -> Token:
    return _made([row[name] for name in Token.__slots__])


def _made(values: Sequence[Any]) -> Token:
    """By the values of its fields, in their order."""
    token_id, user_id, name, kept, scopes, *dates = values
    return Token(token_id, user_id, name, kept, tuple(scopes.split()), *dates)


_WIDTH = len(Token.__slots__)
_SHOWN = (
    select(*(tokens.c[name] for name in Token.__slots__), *(users.c[n].label(f"account_{n}") for n in User.__slots__))
    .join(users, users.c.id == tokens.c.user_id)
    .where(tokens.c.hash == bindparam("hash"))
)
