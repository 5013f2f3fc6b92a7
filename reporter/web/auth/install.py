"""Access, put in the application before anything else: what runs first is the guard."""

from __future__ import annotations

from flask import Flask

from reporter.errors import MissingExtraError
from reporter.web.auth import guard, limits, sessions, views
from reporter.web.auth.provider import Provider
from reporter.web.config import WebConfig
from reporter.web.user import visitor


def install(app: Flask, config: WebConfig) -> None:
    """Sessions, guard, rates, login pages."""
    sessions.install(app)
    guard.begin(app)
    limits.install(app, config)
    guard.check(app)
    app.register_blueprint(views.pages)
    if config.provider is not None:
        _provider(app, config.provider)
    app.jinja_env.globals["visitor"] = visitor


def _provider(app: Flask, provider: Provider) -> None:
    try:
        from reporter.web.auth import oidc
    except ModuleNotFoundError as error:
        raise MissingExtraError("oidc") from error
    oidc.install(app, provider)
