"""CSRF tokens, headers and cookies: Flask-WTF and Flask-Talisman, set strictly."""

from __future__ import annotations

from flask import Flask, Response
from flask_talisman import Talisman
from flask_wtf import CSRFProtect

from reporter.web.config import WebConfig

SELF = "'self'"
NONE = "'none'"
POLICY = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": [SELF, "data:"],
    "font-src": SELF,
    "connect-src": SELF,
    "form-action": SELF,
    "base-uri": NONE,
    "frame-ancestors": NONE,
    "object-src": NONE,
}


def protect(app: Flask, config: WebConfig) -> None:
    """A token lives as long as its session: a page left open all day still saves."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=config.https,
        SESSION_COOKIE_NAME="reporter",
    )
    CSRFProtect(app)
    Talisman(
        app,
        force_https=config.https,
        strict_transport_security=config.https,
        content_security_policy=POLICY,
        session_cookie_secure=config.https,
        session_cookie_http_only=True,
        session_cookie_samesite="Lax",
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
    app.after_request(_never_stored)


def _never_stored(response: Response) -> Response:
    """Pages about patients stay out of every cache; files of ours may be kept."""
    if not response.headers.get("Cache-Control") and response.mimetype in ("text/html", "application/json"):
        response.headers["Cache-Control"] = "no-store"
    return response
