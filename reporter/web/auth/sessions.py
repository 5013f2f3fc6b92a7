"""Sessions of people: begun anew at login (no fixation), ended when idle, when old, or when the account says so."""

from __future__ import annotations

import datetime as dt

from flask import Flask, Request, Response, g, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, login_user, logout_user

from reporter.delivery.store import UnknownError, User
from reporter.web.desk import desk

_SINCE, _SEEN = "since", "seen"
_WRITE_EVERY_S = 60


class Account:
    """What Flask-Login asks of a user: its id names the epoch too, so that a new epoch ends older sessions."""

    is_active = is_authenticated = True
    is_anonymous = False

    def __init__(self, record: User) -> None:
        self.record = record

    def get_id(self) -> str:
        """Id and epoch."""
        return f"{self.record.id}:{self.record.epoch}"


class Cookies(SecureCookieSessionInterface):
    """Flask's own; a request without a cookie, as programs send them, has an empty session at no cost."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds."""
        known = self.get_cookie_name(app) in request.cookies
        return super().open_session(app, request) if known else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """The cookie; of an empty session that stays empty there is nothing to say but that it was looked at."""
        if session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")


def install(app: Flask) -> None:
    """Flask-Login; a session that moves to another address or browser ends."""
    app.session_interface = Cookies()
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = "strong"
    manager.user_loader(_loaded)


def begin(user: User, now: dt.datetime) -> None:
    """A new session: nothing of the one before stays, not even its CSRF token."""
    session.clear()
    g.pop("csrf_token", None)
    login_user(Account(user))
    session[_SINCE] = session[_SEEN] = int(now.timestamp())


def end() -> None:
    """The session is over on this side, and a kept copy of its cookie is worth nothing: the epoch moves on."""
    user = getattr(_current(), "record", None)
    if user is not None:
        desk().store.change_user(user.id, active=True)
    logout_user()
    session.clear()


def seen(now: dt.datetime) -> None:
    """Somebody is there."""
    if now.timestamp() - session.get(_SEEN, 0) >= _WRITE_EVERY_S:
        session[_SEEN] = int(now.timestamp())


def _current() -> object:
    from flask_login import current_user

    return current_user


def _loaded(name: str) -> Account | None:
    """The account of a session that still holds."""
    user_id, _, epoch = name.rpartition(":")
    config, now = desk().config, desk().now().timestamp()
    idle, old = now - session.get(_SEEN, 0), now - session.get(_SINCE, 0)
    if idle > config.idle_minutes * 60 or old > config.session_minutes * 60:
        return None
    try:
        user = desk().store.user(user_id)
    except UnknownError:
        return None
    return Account(user) if user.active and str(user.epoch) == epoch else None
