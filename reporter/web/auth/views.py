"""Login, logout, one's own account."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user as session_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from reporter.delivery import accounts
from reporter.delivery.accounts import AccountError
from reporter.delivery.audit import REFUSED
from reporter.delivery.store import User
from reporter.web.auth import again, sessions, trail
from reporter.web.auth.identity import of_account, of_pages, present
from reporter.web.auth.permissions import Permission, requires
from reporter.web.desk import desk

pages = Blueprint("access", __name__)
_LONGEST = 200


@pages.get("/login")
@requires(Permission.PUBLIC)
def login() -> Response:
    """Ask who is there."""
    if desk().config.demo or getattr(session_user, "record", None) is not None:
        return redirect(url_for("start.home"), 303)
    return again.login_page(200, next_=again.local(request.args.get("next", "/")), kept=[])


@pages.post("/login")
@requires(Permission.PUBLIC)
def enter() -> Response:
    """The right password begins a new session; the wrong one is counted, whoever it is for."""
    if desk().config.demo:
        raise NotFound
    login = request.form.get("login", "").strip()
    user = desk().store.user_by_login(login) if login.isprintable() and len(login) <= _LONGEST else None
    next_, kept = again.local(request.form.get("next", "/")), again.waiting()
    if not _right(user) or user is None:
        message = desk().texts.access.refused
        return again.login_page(401, message, next_=next_, kept=kept)
    return came_in(desk().store.login_succeeded(user.id), next_, kept)


def _right(user: User | None) -> bool:
    """Password, state and role allow a session. A locked account is not told apart from a wrong password."""
    here, password = desk(), request.form.get("password", "")
    right = accounts.verified(user, password)
    allowed = user is not None and user.active and user.role != accounts.Role.INTEGRATOR
    locked = user is not None and user.locked(here.now())
    if user is not None and not right and not locked:
        wait = dt.timedelta(minutes=here.config.lock_minutes)
        user = here.store.login_failed(user.id, lock_after=here.config.lock_after, lock_for=wait)
    if right and allowed and not locked:
        return True
    trail.about(entity="user", entity_id=user.id if user else "")
    trail.write("login", REFUSED, locked=bool(user and user.locked(here.now())), known=user is not None)
    return False


def came_in(user: User, next_: str, kept: list[tuple[str, str]]) -> Response:
    """A new session, then what was wanted, or what was being sent."""
    from flask import g

    sessions.begin(user, desk().now())
    g.person = of_account(user)
    trail.about(entity="user", entity_id=user.id)
    trail.write("login")
    return again.given_back(next_, kept) if kept else redirect(next_, 303)


@pages.post("/logout")
@requires(Permission.ACCOUNT)
def leave() -> Response:
    """End every session of the account."""
    trail.write("logout")
    sessions.end()
    return redirect(url_for("access.login"), 303)


@pages.get("/account")
@requires(Permission.ACCOUNT)
def account() -> str:
    """Who I am here, and my password."""
    return _account("")


def _account(message: str) -> str:
    return render_template("account.html.j2", person=of_pages(), roles=accounts.ROLE_FR, message=message)


@pages.post("/account/password")
@requires(Permission.ACCOUNT)
def password() -> tuple[str, int] | Response:
    """A new password ends the other sessions."""
    user, here, form = present().account, desk(), request.form
    if user is None or user.password_hash is None:
        raise NotFound
    trail.about(entity="user", entity_id=user.id)
    try:
        _renew(user, form.get("current", ""), form.get("password", ""), form.get("again", ""))
    except AccountError as error:
        trail.write("account.change", REFUSED)
        return _account(str(error)), 422
    sessions.begin(here.store.user(user.id), here.now())
    trail.write("account.change")
    flash(here.texts.access.changed, "success")
    return redirect(url_for("start.home"), 303)


def _renew(user: User, current: str, new: str, repeated: str) -> None:
    here = desk()
    if not accounts.verified(user, current):
        wait = dt.timedelta(minutes=here.config.lock_minutes)
        locked = here.store.login_failed(user.id, lock_after=here.config.lock_after, lock_for=wait)
        if locked.locked(here.now()):
            session.clear()
        raise AccountError(here.texts.access.wrong_current)
    if new != repeated or new == current:
        raise AccountError(here.texts.access.not_repeated)
    accounts.check_password(new, user.login)
    here.store.change_user(user.id, password_hash=accounts.password_hash(new), must_change=False)
