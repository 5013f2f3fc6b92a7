"""Login with an OpenID provider: authorisation code with PKCE, by Authlib, which checks state, nonce and signature.

The account is that of the pair issuer and subject, never that of a name or an address: those may be given to somebody
else. Its role follows the claim of the settings at each login.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, request, session, url_for
from requests import RequestException
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from reporter.delivery.accounts import Role
from reporter.delivery.audit import REFUSED
from reporter.delivery.store import DuplicateError, NewUser, User
from reporter.web.auth import again, trail
from reporter.web.auth.permissions import Permission, requires
from reporter.web.auth.provider import Provider
from reporter.web.auth.views import came_in
from reporter.web.desk import desk

pages = Blueprint("oidc", __name__, url_prefix="/login/oidc")
_CLIENT = "reporter-oidc"
_WELL_KNOWN = "/.well-known/openid-configuration"
_NEXT = "oidc-next"
_TIMEOUT_S = 10


def install(app: Flask, provider: Provider) -> None:
    """The client of the provider; its addresses are read from the provider itself."""
    registry = OAuth(app)
    app.extensions[_CLIENT] = registry.register(
        name="oidc",
        server_metadata_url=provider.issuer.rstrip("/") + _WELL_KNOWN,
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        client_kwargs={
            "scope": provider.scope,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if provider.client_secret else "none",
            "timeout": _TIMEOUT_S,
        },
    )
    app.register_blueprint(pages)


@pages.get("")
@requires(Permission.PUBLIC)
def leave() -> Response:
    """To the provider."""
    session[_NEXT] = again.local(request.args.get("next", "/"))
    try:
        response: Response = _client().authorize_redirect(url_for("oidc.back", _external=True))
    except (AuthlibBaseError, RequestException, ValueError) as error:
        return _refused("unreachable", type(error).__name__)
    return response


@pages.get("/callback")
@requires(Permission.PUBLIC)
def back() -> Response:
    """From the provider: who it is, if it is somebody."""
    next_ = again.local(str(session.get(_NEXT, "/")))
    try:
        claims = _client().authorize_access_token()["userinfo"]
    except Exception as error:  # noqa: BLE001 - an answer that cannot be checked is a refusal, whatever is wrong with it
        return _refused("unverified", type(error).__name__)
    provider = desk().config.provider
    role = provider.role_of(claims) if provider else None
    if role is None:
        return _refused("no-role", "")
    user = _account(claims, role)
    if user is None or not user.active:
        return _refused("no-account", "")
    return came_in(desk().store.login_succeeded(user.id), next_, [])


def _client() -> Any:
    client = current_app.extensions.get(_CLIENT)
    if client is None or desk().config.demo:
        raise NotFound
    return client


def _refused(reason: str, kind: str) -> Response:
    trail.write("login", REFUSED, by="oidc", reason=reason, kind=kind)
    return again.login_page(401, desk().texts.access.oidc_refused, next_="/", kept=[])


def _account(claims: Mapping[str, Any], role: Role) -> User | None:
    """The account of the subject, made at the first login; None when its name is taken by another account."""
    store, subject = desk().store, f"{claims['iss']}#{claims['sub']}"
    name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])[:200]
    known = store.user_by_subject(subject)
    if known is None:
        login = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])[:100]
        try:
            return store.create_user(NewUser(login, name, role, subject=subject))
        except DuplicateError:
            return None
    changes = {key: value for key, value in (("name", name), ("role", role)) if getattr(known, key) != value}
    return store.change_user(known.id, **changes) if changes else known
