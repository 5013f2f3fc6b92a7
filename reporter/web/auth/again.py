"""Nobody is logged in: ask, and give back afterwards what was being sent. Only addresses of this site are followed."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reporter.web.desk import desk

KEPT = "kept:"
_NOT_KEPT = ("csrf_token",)
_LONGEST = 2000


def local(address: str) -> str:
    """The address when it is a path of this site, else the start page."""
    parts = urlsplit(address) if address.isprintable() and len(address) <= _LONGEST else None
    inside = parts is not None and not parts.scheme and not parts.netloc and "\\" not in address
    return address if inside and address.startswith("/") and not address.startswith("//") else url_for("start.home")


def from_here() -> bool:
    """Was the form sent by a page of ours? Browsers say it (Fetch Metadata, else Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or f"{origin}/" == request.host_url


def asked_again() -> Response:
    """To the login page; a form that was sent waits there, in the page, until its author is known."""
    if request.method in ("GET", "HEAD") and request.headers.get("HX-Request") != "true":
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("access.login", next=wanted if wanted != "/" else None), 303)
    kept = [(name, value) for name, values in request.form.lists() for value in values if name not in _NOT_KEPT]
    response = login_page(401, next_=request.path, kept=kept if from_here() else [])
    response.headers["X-Reporter"] = "login"
    return response


def login_page(status: int, message: str = "", *, next_: str = "", kept: list[tuple[str, str]]) -> Response:
    """Login and password; `kept` are the fields that wait."""
    provider = desk().config.provider
    label = provider.label if provider else ""
    page = render_template("login.html.j2", message=message, next=next_, kept=kept, provider=label)
    return make_response(page, status)


def waiting() -> list[tuple[str, str]]:
    """The fields that came back with the login."""
    pairs = [(name, value) for name, values in request.form.lists() for value in values]
    return [(name.removeprefix(KEPT), value) for name, value in pairs if name.startswith(KEPT)]


def given_back(address: str, fields: list[tuple[str, str]]) -> Response:
    """The page that holds what was being sent, ready to be sent again."""
    version = next((value for name, value in fields if name == "version"), "")
    shown = [(name, value) for name, value in fields if name != "version"]
    words = desk().texts.errors.expired
    page = render_template("again.html.j2", kind="expired", words=words, fields=shown, version=version, action=address)
    return make_response(page, 200)
