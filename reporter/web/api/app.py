"""The service in the application."""

from __future__ import annotations

from flask import Flask

from reporter.web.api import jsonapi, refusals, routes
from reporter.web.api.messages import BY_STATUS

_PAGES = (routes.pages, jsonapi.pages)
for _pages in _PAGES:
    _pages.register_error_handler(Exception, refusals.refused)
    for _status in BY_STATUS:  # by number too, or the handler of the form comes first
        _pages.register_error_handler(_status, refusals.refused)


def install(app: Flask) -> None:
    """Routes and refusals.

    No CSRF token: what changes anything takes no content type that a foreign page may send without being asked first
    (Fetch, « CORS-safelisted request-header »).
    """
    for pages in _PAGES:
        app.extensions["csrf"].exempt(pages)
        app.register_blueprint(pages)
    refusals.register(app)
