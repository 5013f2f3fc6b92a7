"""API tokens: make one, shown once; revoke."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reporter.delivery import accounts
from reporter.delivery.accounts import AccountError, Role
from reporter.web.auth import trail
from reporter.web.auth.permissions import SCOPES, Permission, known_scope, requires
from reporter.web.desk import desk

pages = Blueprint("tokens", __name__, url_prefix="/admin/tokens")
WILD = ("system/*.read", "system/*.write", "system/*.*")


@pages.get("")
@requires(Permission.TOKENS, "token.view")
def listed() -> str:
    """Every token, without its secret."""
    return _page()


def _page(message: str = "", secret: str = "") -> str:
    here = desk()
    users = {user.id: user for user in here.store.users()}
    return render_template(
        "admin_tokens.html.j2",
        tokens=list(reversed(here.store.tokens())),
        users=users,
        integrators=[user for user in users.values() if user.role == Role.INTEGRATOR and user.active],
        scopes=[*WILD, *map(str, SCOPES)],
        now=here.now(),
        message=message,
        secret=secret,
    )


@pages.post("")
@requires(Permission.TOKENS, "token.create")
def create() -> tuple[str, int]:
    """A new token; its secret is in this answer and nowhere else."""
    here, form = desk(), request.form
    scopes = [*form.getlist("scope"), *form.get("scopes", "").split()]
    try:
        _check(scopes)
        user = here.store.user(form.get("user", ""))
        token, secret = accounts.create_token(here.store, user, form.get("name", ""), scopes, _end(form))
    except AccountError as error:
        return _page(str(error)), 422
    trail.about(entity="token", entity_id=token.id, scopes=list(token.scopes))
    return _page(secret=secret), 201


@pages.post("/<token_id>/revoke")
@requires(Permission.TOKENS, "token.revoke")
def revoke(token_id: str) -> Response:
    """From now on, and for good."""
    desk().store.revoke_token(token_id)
    flash(desk().texts.admin.revoked, "success")
    return redirect(url_for("tokens.listed"), 303)


def _check(scopes: list[str]) -> None:
    for scope in scopes:
        if not known_scope(scope):
            raise AccountError(desk().texts.admin.no_scope.format(scope=scope[:80]))


def _end(form: dict[str, str]) -> dt.datetime | None:
    """The end of the day chosen; empty: until it is revoked."""
    text = form.get("expires", "").strip()
    if not text:
        return None
    try:
        end = dt.datetime.fromisoformat(text).replace(hour=23, minute=59, second=59).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        end = None
    if end is None or end <= desk().now():
        raise AccountError(desk().texts.admin.no_date)
    return end
