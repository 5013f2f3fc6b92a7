"""The radiologist's form: pages, live preview and what they are made of. Needs the extra `web`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from reporter.web.config import WebConfig

__all__ = ["create_app"]


def create_app(config: WebConfig) -> Flask:
    """The WSGI application of one site; imported when called, so that parts without Flask stay usable alone."""
    from reporter.web.app import build

    return build(config)
