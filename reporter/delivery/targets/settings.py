"""Targets as the site writes them: `[[targets]]` in a TOML file. A secret is named there, never written there."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from reporter.errors import ConfigError

MAX_TIMEOUT_S = 120
MESSAGES = {
    "missing": "valeur manquante",
    "extra_forbidden": "réglage inconnu",
    "union_tag_invalid": "genre inconnu",
    "union_tag_not_found": "genre (kind) manquant",
    "twice": "le nom « {name} » désigne deux destinations",
    "secret": "un secret se désigne par { env = NOM } ou { file = CHEMIN }, il ne s’écrit pas ici",
    "unset": "secret introuvable : {name}",
    "clear": "identifiants refusés sans TLS : https attendu",
    "url": "adresse http(s) attendue",
    "pair": "client_cert et client_key vont ensemble",
    "unreadable": "Réglages illisibles : {file}",
    "list": "targets : tables [[targets]] attendues",
    "other": "valeur non valable",
}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Secret(_Table):
    """A secret kept elsewhere: an environment variable, or a file read anew each time (it may be rotated)."""

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or len(value) != 1:
            raise ValueError(MESSAGES["secret"])
        return value

    def read(self) -> str:
        """The secret itself. Raises ConfigError."""
        name = self.env or str(self.file)
        try:
            found = os.environ[self.env] if self.env else Path(name).read_text(encoding="utf-8").strip()
        except (KeyError, OSError) as error:
            raise ConfigError(MESSAGES["unset"].format(name=name)) from error
        return found


class NoAuth(_Table):
    """Nobody is asked who we are."""

    kind: Literal["none"] = "none"


class Bearer(_Table):
    """A token that the receiver gave once."""

    kind: Literal["bearer"]
    token: Secret


class ClientCredentials(_Table):
    """OAuth 2.0 client credentials (RFC 6749 § 4.4)."""

    kind: Literal["oauth2"]
    token_url: str
    client_id: str
    client_secret: Secret
    scope: str = ""


class Tls(_Table):
    """Whom we trust, and the certificate we show."""

    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None

    @model_validator(mode="after")
    def _pair(self) -> Tls:
        if (self.client_cert is None) != (self.client_key is None):
            raise ValueError(MESSAGES["pair"])
        return self


class _Target(Tls):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    timeout_s: Annotated[float, Field(gt=0, le=MAX_TIMEOUT_S)] = 30
    attempts: Annotated[int, Field(ge=1)] = 288
    backoff_s: Annotated[float, Field(gt=0, le=3600)] = 2
    backoff_max_s: Annotated[float, Field(gt=0, le=21600)] = 600


class FhirTarget(_Target):
    """A FHIR server that takes transactions."""

    kind: Literal["fhir"]
    url: str
    auth: Annotated[NoAuth | Bearer | ClientCredentials, Field(discriminator="kind")] = NoAuth()

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(MESSAGES["url"])
        return value.rstrip("/")

    @model_validator(mode="after")
    def _no_secret_in_clear(self) -> FhirTarget:
        asked = [self.url] if self.auth.kind != "none" else []
        asked += [self.auth.token_url] if isinstance(self.auth, ClientCredentials) else []
        if any(urlsplit(url).scheme != "https" and not _loopback(urlsplit(url).hostname) for url in asked):
            raise ValueError(MESSAGES["clear"])
        return self


class MllpTarget(_Target):
    """An HL7 v2 receiver behind MLLP."""

    kind: Literal["mllp"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    tls: bool = False
    sending_application: str = "FHIR-REPORTER"
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    processing_id: Literal["P", "T", "D"] = "P"


Target = FhirTarget | MllpTarget
_ADAPTER: TypeAdapter[Target] = TypeAdapter(Annotated[Target, Field(discriminator="kind")])


def read_targets(tables: Sequence[Mapping[str, Any]]) -> tuple[Target, ...]:
    """The targets of the `[[targets]]` tables; every problem in one ConfigError, no value of a secret in it."""
    problems: list[str] = []
    targets: list[Target] = []
    for position, table in enumerate(tables):
        try:
            targets.append(_ADAPTER.validate_python(table))
        except ValidationError as error:
            problems += [_problem(position, dict(found)) for found in error.errors()]
    twice = [name for name, count in Counter(target.name for target in targets).items() if count > 1]
    problems += [MESSAGES["twice"].format(name=name) for name in twice]
    if problems:
        raise ConfigError(" ; ".join(problems))
    return tuple(targets)


def from_file(path: Path) -> tuple[Target, ...]:
    """The targets of a TOML file. Raises ConfigError when it cannot be read or a target is not well said."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("targets", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(MESSAGES["unreadable"].format(file=path.name)) from error
    if not isinstance(tables, list):
        raise ConfigError(MESSAGES["list"])
    return read_targets(tables)


def _problem(position: int, found: dict[str, Any]) -> str:
    """Where and what, in French; the tags of unions are no part of the path."""
    kinds = ("fhir", "mllp", "none", "bearer", "oauth2")
    where = ".".join(str(step) for step in found["loc"] if step not in kinds)
    own = str(found["ctx"]["error"]) if found["type"] == "value_error" else None
    path = ".".join(part for part in (f"targets[{position}]", where) if part)
    return f"{path} : {own or MESSAGES.get(found['type'], MESSAGES['other'])}"


def _loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
