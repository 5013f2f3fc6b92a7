"""Accounts: make, change, close, open again, give a new one-time password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reporter.delivery import accounts
from reporter.delivery.accounts import AccountError, Role
from reporter.delivery.store import DuplicateError, User
from reporter.web.auth import trail
from reporter.web.auth.permissions import Permission, requires
from reporter.web.desk import desk
from reporter.web.user import current_user

pages = Blueprint("users", __name__, url_prefix="/admin/users")
RPPS = "RPPS"


@pages.get("")
@requires(Permission.USERS, "user.view")
def listed() -> str:
    """Every account."""
    return _page()


def _page(message: str = "", shown: tuple[str, str] | None = None) -> str:
    here = desk()
    return render_template(
        "admin_users.html.j2",
        users=here.store.users(),
        roles=accounts.ROLE_FR,
        now=here.now(),
        message=message,
        shown=shown,
        own=current_user().id,
    )


@pages.post("")
@requires(Permission.USERS, "user.create")
def create() -> tuple[str, int]:
    """A new account; its one-time password is in this answer and nowhere else."""
    form = request.form
    try:
        numbers = {RPPS: form["rpps"].strip()} if form.get("rpps", "").strip() else {}
        user, password = accounts.create(
            desk().store, form.get("login", ""), form.get("name", ""), _role(form.get("role", "")), numbers
        )
    except (AccountError, DuplicateError) as error:
        return _page(str(error)), 422
    trail.about(entity="user", entity_id=user.id, role=user.role)
    flash(desk().texts.admin.created.format(login=user.login), "success")
    return _page(shown=(user.login, password) if password else None), 201


@pages.post("/<user_id>")
@requires(Permission.USERS, "user.change")
def change(user_id: str) -> Response | tuple[str, int]:
    """Name, role, number, open or closed; what takes rights away ends the sessions."""
    user, form = _other(user_id), request.form
    try:
        values: dict[str, Any] = {"name": form.get("name", user.name).strip()[:200] or user.name}
        values["role"] = _role(form.get("role", user.role))
    except AccountError as error:
        return _page(str(error)), 422
    values["active"] = form.get("active") == "yes"
    number = form.get("rpps", "").strip()
    values["identifiers"] = {**user.identifiers, RPPS: number} if number else _without(user.identifiers)
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if changed:
        desk().store.change_user(user.id, **changed)
    trail.about(changed=sorted(changed))
    flash(desk().texts.admin.changed.format(login=user.login), "success")
    return redirect(url_for("users.listed"), 303)


@pages.post("/<user_id>/password")
@requires(Permission.USERS, "user.change")
def renew(user_id: str) -> tuple[str, int]:
    """A one-time password, shown once; the account is unlocked."""
    user = _other(user_id)
    try:
        password = accounts.renew_password(desk().store, user)
    except AccountError as error:
        return _page(str(error)), 422
    trail.about(changed=["password"])
    return _page(shown=(user.login, password)), 200


def _other(user_id: str) -> User:
    """The account, which is not that of who asks: nobody takes rights from himself, so one administrator stays."""
    if user_id == current_user().id:
        raise AccountError(desk().texts.admin.own)
    return desk().store.user(user_id)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise AccountError(desk().texts.admin.no_role) from None


def _without(numbers: dict[str, str]) -> dict[str, str]:
    return {kind: value for kind, value in numbers.items() if kind != RPPS}
