"""The OpenID provider of a site, as its settings describe it: table `[oidc]` of the TOML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from reporter.delivery.accounts import Role
from reporter.errors import ConfigError

SECRET = "REPORTER_OIDC_SECRET"  # noqa: S105 - the name of a variable, not a secret
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TEXTS = ("issuer", "client_id", "client_secret", "label", "role_claim", "scope")


@dataclass(frozen=True, slots=True)
class Provider:
    """`roles` maps a value of the claim `role_claim` to a role of ours; whoever has none of them stays outside."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    label: str = "Compte de l’établissement"
    role_claim: str = "roles"
    roles: tuple[tuple[str, Role], ...] = ()
    scope: str = "openid profile"

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """The first role of ours that the claim gives; an integrator does not log in."""
        given = claims.get(self.role_claim, ())
        held = {given} if isinstance(given, str) else set(map(str, given)) if isinstance(given, list) else set()
        return next((role for value, role in self.roles if value in held), None)


def from_table(table: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Provider:
    """The provider of a table of settings; raises ConfigError. The secret may come from the environment."""
    unknown = table.keys() - {*_TEXTS, "roles"}
    wrong = [name for name in _TEXTS if not isinstance(table.get(name, ""), str)]
    if unknown or wrong:
        raise ConfigError(f"[oidc] : réglage inconnu ou non valable : {', '.join(sorted([*unknown, *wrong]))}")
    if not table.get("issuer") or not table.get("client_id"):
        raise ConfigError("[oidc] : issuer et client_id sont nécessaires.")
    address = urlsplit(table["issuer"])
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        raise ConfigError("[oidc] : issuer commence par https://")
    texts = {name: table[name] for name in _TEXTS if name in table}
    texts["client_secret"] = environment.get(SECRET, texts.get("client_secret", ""))
    return Provider(**texts, roles=_roles(table.get("roles", {})))


def _roles(given: Any) -> tuple[tuple[str, Role], ...]:
    known = {role.value: role for role in Role if role is not Role.INTEGRATOR}
    if not isinstance(given, Mapping) or any(role not in known for role in given.values()):
        raise ConfigError(f"[oidc.roles] : valeur = rôle attendu, parmi {', '.join(known)}.")
    return tuple((str(value), known[role]) for value, role in given.items())
