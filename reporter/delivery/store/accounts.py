"""Users of the service. What a password is and who may do what is decided elsewhere."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from reporter.delivery.store import database
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import DuplicateError, UnknownError
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.tables import users

_CHANGES = frozenset({"name", "role", "password_hash", "subject", "identifiers", "active", "must_change"})
_ENDS_SESSIONS = frozenset({"role", "password_hash", "active"})


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to make; `subject` is who the person is for an OpenID provider."""

    login: str
    name: str
    role: str
    password_hash: str | None = None
    subject: str | None = None
    identifiers: dict[str, str] = field(default_factory=dict)
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """An account; `epoch` grows when every open session must end."""

    id: str
    login: str
    name: str
    role: str
    password_hash: str | None
    subject: str | None
    identifiers: dict[str, str]
    active: bool
    must_change: bool
    failures: int
    locked_until: dt.datetime | None
    epoch: int
    created: dt.datetime
    last_login: dt.datetime | None

    def locked(self, now: dt.datetime) -> bool:
        """Too many failed logins, not long ago."""
        return self.locked_until is not None and now < self.locked_until


class Accounts(Base):
    """Users, by id, by login (case aside), by subject."""

    def create_user(self, new: NewUser) -> User:
        """A new account. Raises DuplicateError when its login or its subject is taken."""
        with self._writing() as connection:
            return _created(connection, new, self._clock())

    def create_first_user(self, new: NewUser) -> User | None:
        """The first account of all; None when there is one already, however many processes start at once."""
        with self._writing() as connection:
            database.lock(connection, "first user")
            if connection.execute(select(users.c.id).limit(1)).first() is not None:
                return None
            return _created(connection, new, self._clock())

    def user(self, user_id: str) -> User:
        """One account. Raises UnknownError."""
        found = self._user(users.c.id == user_id)
        if found is None:
            raise UnknownError("utilisateur", user_id)
        return found

    def user_by_login(self, login: str) -> User | None:
        """The account of a login, case aside."""
        return self._user(users.c.login == login.strip().casefold())

    def user_by_subject(self, subject: str) -> User | None:
        """The account of a person known to an OpenID provider."""
        return self._user(users.c.subject == subject)

    def users(self) -> list[User]:
        """Every account, by login."""
        with self._reading() as connection:
            return [_user_of(row) for row in connection.execute(select(users).order_by(users.c.login)).mappings()]

    def change_user(self, user_id: str, **changes: Any) -> User:
        """Change an account; another role, password or state ends its open sessions (`epoch`)."""
        if wrong := changes.keys() - _CHANGES:
            raise ValueError(f"not to be changed: {sorted(wrong)}")
        values: dict[str, Any] = dict(changes)
        if "identifiers" in values:
            values["identifiers"] = dumps(values["identifiers"])
        if changes.keys() & _ENDS_SESSIONS:
            values["epoch"] = users.c.epoch + 1
        return self._changed(user_id, values)

    def login_failed(self, user_id: str, *, lock_after: int, lock_for: dt.timedelta) -> User:
        """Count a wrong password; the account is locked for a while after `lock_after` of them."""
        with self._writing() as connection:
            counted = _update(connection, user_id, {"failures": users.c.failures + 1})
            if counted.failures < lock_after:
                return counted
            return _update(connection, user_id, {"failures": 0, "locked_until": self._clock() + lock_for})

    def login_succeeded(self, user_id: str) -> User:
        """The right password: failures are forgotten."""
        return self._changed(user_id, {"failures": 0, "locked_until": None, "last_login": self._clock()})

    def unlock_user(self, user_id: str) -> User:
        """Let a locked account in again."""
        return self._changed(user_id, {"failures": 0, "locked_until": None})

    def _user(self, which: ColumnElement[bool]) -> User | None:
        with self._reading() as connection:
            row = connection.execute(select(users).where(which)).mappings().first()
        return None if row is None else _user_of(row)

    def _changed(self, user_id: str, values: dict[str, Any]) -> User:
        with self._writing() as connection:
            return _update(connection, user_id, values)


def _created(connection: Connection, new: NewUser, now: dt.datetime) -> User:
    login = new.login.strip().casefold()
    row = {name: getattr(new, name) for name in NewUser.__slots__}
    row |= {"id": str(uuid.uuid4()), "login": login, "identifiers": dumps(new.identifiers), "created": now}
    query = insert(users).values(**row, active=True, failures=0, epoch=1).returning(users)
    try:
        return _user_of(connection.execute(query).mappings().one())
    except IntegrityError as error:
        raise DuplicateError("utilisateur", login) from error


def _update(connection: Connection, user_id: str, values: dict[str, Any]) -> User:
    if not values:
        query: Any = select(users).where(users.c.id == user_id)
    else:
        query = update(users).where(users.c.id == user_id).values(**values).returning(users)
    try:
        row = connection.execute(query).mappings().first()
    except IntegrityError as error:
        raise DuplicateError("utilisateur", str(values.get("subject"))) from error
    if row is None:
        raise UnknownError("utilisateur", user_id)
    return _user_of(row)


def _user_of(row: RowMapping) -> User:
    return user_made([row[name] for name in User.__slots__])


def user_made(values: Sequence[Any]) -> User:
    """By the values of its fields, in their order."""
    user_id, login, name, role, kept, subject, identifiers, *others = values
    return User(user_id, login, name, role, kept, subject, loads(identifiers), *others)
