"""Who may come in: roles, passwords, the first administrator, API tokens. What each role may do is decided above.

Passwords: Argon2id (RFC 9106) by argon2-cffi. Tokens: 256 random bits, of which only the SHA-256 is kept; a slow hash
adds nothing to a secret that cannot be guessed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from reporter.delivery.store import NewUser, Store, Token, User
from reporter.errors import ReporterError

MIN_PASSWORD, MAX_PASSWORD = 12, 200
FIRST_LOGIN = "admin"
TOKEN_PREFIX = "rpt_"  # noqa: S105 - the visible start of every token, so that leaked ones can be searched for
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


class Role(StrEnum):
    """What a person, or a program, is here."""

    RADIOLOGIST = "radiologist"
    RESIDENT = "resident"
    SECRETARY = "secretary"
    INTEGRATOR = "integrator"
    ADMINISTRATOR = "administrator"


ROLE_FR = {
    Role.RADIOLOGIST: "radiologue",
    Role.RESIDENT: "interne",
    Role.SECRETARY: "secrétaire",
    Role.INTEGRATOR: "intégrateur (API)",
    Role.ADMINISTRATOR: "administrateur",
}


class AccountError(ReporterError):
    """A password or an account that is refused."""


def check_password(password: str, login: str) -> None:
    """Raise AccountError when a password is too easy to find."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(f"Le mot de passe doit avoir de {MIN_PASSWORD} à {MAX_PASSWORD} caractères.")
    if len(set(password)) < 5 or (len(login) > 3 and login.casefold() in password.casefold()):
        raise AccountError("Ce mot de passe est trop facile à deviner.")


def password_hash(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def one_time_password() -> str:
    """128 random bits, to be changed at the first login."""
    return secrets.token_urlsafe(16)


def verified(user: User | None, password: str) -> bool:
    """Is it the password of the account? Takes as long when there is no such account."""
    kept = user.password_hash if user and user.password_hash else _NOBODY
    try:
        _HASHER.verify(kept, password[: MAX_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and user.password_hash is not None


def first_administrator(store: Store) -> str | None:
    """The one-time password of the administrator made now; None when there are accounts already."""
    password = one_time_password()
    new = NewUser(FIRST_LOGIN, "Administrateur", Role.ADMINISTRATOR, password_hash(password), must_change=True)
    return password if store.create_first_user(new) is not None else None


def create(
    store: Store, login: str, name: str, role: Role, identifiers: dict[str, str] | None = None
) -> tuple[User, str]:
    """A new account and its one-time password (empty for a program, which has tokens instead)."""
    login, name = login.strip().casefold(), name.strip()
    if not login or not name or not login.isprintable() or any(c.isspace() for c in login) or len(login) > 100:
        raise AccountError("Il faut un identifiant sans espace (au plus 100 caractères) et un nom.")
    password = "" if role is Role.INTEGRATOR else one_time_password()
    kept = password_hash(password) if password else None
    new = NewUser(login, name[:200], role, kept, identifiers=identifiers or {}, must_change=bool(password))
    return store.create_user(new), password


def renew_password(store: Store, user: User) -> str:
    """A one-time password in place of the one that was lost; open sessions end."""
    if user.role == Role.INTEGRATOR:
        raise AccountError("Un compte d’intégrateur n’a pas de mot de passe : il a des jetons.")
    password = one_time_password()
    store.change_user(user.id, password_hash=password_hash(password), must_change=True)
    store.unlock_user(user.id)
    return password


def token_hash(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def create_token(
    store: Store, user: User, name: str, scopes: Iterable[str], expires: dt.datetime | None
) -> tuple[Token, str]:
    """A token of an integrator, and its secret, which is shown this once."""
    if user.role != Role.INTEGRATOR:
        raise AccountError("Seul un compte d’intégrateur a des jetons.")
    wanted = tuple(dict.fromkeys(scopes))
    if not wanted or not name.strip():
        raise AccountError("Un jeton a un nom et au moins une portée.")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    return store.create_token(user.id, name.strip()[:200], token_hash(secret), wanted, expires), secret
