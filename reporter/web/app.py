"""The application: templates, security, pages, errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from reporter.resources import data_roots
from reporter.version import __version__
from reporter.web import api, ops, ops_metrics, security
from reporter.web.auth import install as access
from reporter.web.config import WebConfig
from reporter.web.desk import install, open_desk
from reporter.web.user import current_user
from reporter.web.views import blueprints, errors


class _App(Flask):
    """All our views wait for their answer: Flask need not look, around each request, whether one does not."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is."""
        return func


def build(config: WebConfig) -> Flask:
    """Everything put together."""
    app = _App("reporter.web", static_folder="static", template_folder=None)
    app.config.update(
        SECRET_KEY=config.secret_key(),
        PERMANENT_SESSION_LIFETIME=dt.timedelta(minutes=config.session_minutes),
        MAX_CONTENT_LENGTH=config.max_bytes,
        MAX_FORM_MEMORY_SIZE=config.max_bytes,
        MAX_FORM_PARTS=5000,
        TRUSTED_HOSTS=list(config.hosts) or None,
    )
    ops_metrics.install(app)
    access.install(app, config)
    security.protect(app, config)
    here = open_desk(config)
    install(app, here)
    _templates(app, config)
    app.jinja_env.globals.update(t=here.texts, version=__version__, current_user=current_user, config_web=config)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    errors.register(app)
    api.install(app)
    ops.install(app, config, here)
    return app


def _templates(app: Flask, config: WebConfig) -> None:
    """Pages of the overlays first, then ours; a missing value is a mistake, never a blank."""
    roots = [root / "templates" / "web" for root in data_roots(*config.overlays)]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(root) for root in roots])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.autoescape = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
