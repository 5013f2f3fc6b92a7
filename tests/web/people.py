"""People with accounts and programs with tokens, on a site that asks who is there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask

from reporter.delivery import accounts
from reporter.delivery.accounts import Role
from reporter.delivery.store import NewUser, Store, User
from tests.web.window import NOW, Browser, app

PASSWORD = "correct cheval agrafe pile"  # noqa: S105 - that of the people of the tests
PEOPLE = (Role.RADIOLOGIST, Role.RESIDENT, Role.SECRETARY, Role.ADMINISTRATOR)


@lru_cache(maxsize=1)
def kept() -> str:
    return accounts.password_hash(PASSWORD)


@dataclass
class Clock:
    """A clock that tests move."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def later(self, **delay: float) -> None:
        self.now += dt.timedelta(**delay)


def site(data: Path, **options: Any) -> Flask:
    """Not a demonstration."""
    return app(data, **{"demo": False, **options})


def store_of(made: Flask) -> Store:
    found: Store = made.extensions["reporter"].store
    return found


def account(made: Flask, role: Role, login: str = "", **more: Any) -> User:
    login = login or role.value
    known = store_of(made).user_by_login(login)
    hashed = None if role is Role.INTEGRATOR else kept()
    return known or store_of(made).create_user(NewUser(login, f"Dr {login}", role, hashed, **more))


def person(made: Flask, role: Role, login: str = "") -> Browser:
    """A browser where somebody of this role is logged in."""
    account(made, role, login)
    browser = Browser(made.test_client())
    log_in(browser, login or role.value)
    return browser


def log_in(browser: Browser, login: str, password: str = PASSWORD, **more: str) -> None:
    browser.get("/login")
    browser.post("/login", {"login": login, "password": password, **more})


def integrator(made: Flask, *scopes: str, expires: dt.datetime | None = None, login: str = "ris") -> str:
    """The secret of a new token."""
    user = account(made, Role.INTEGRATOR, login)
    return accounts.create_token(store_of(made), user, "test", scopes, expires)[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def actions(made: Flask) -> list[tuple[str, str]]:
    """What the audit trail says, in order."""
    return [(line.action, line.outcome) for line in store_of(made).audit_lines()]
