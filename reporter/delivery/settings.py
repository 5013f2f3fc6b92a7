"""Settings of the service: one table, from which the documentation is printed.

What is given on the command line counts first, then REPORTER_<NAME> in the environment, then a file
`reporter_<name>` in the directory of secrets (REPORTER_SECRETS, or the credentials of systemd), then the table
`[service]` of the TOML file, then the default.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, NoDecode, SettingsConfigDict
from pydantic_settings.sources import PydanticBaseSettingsSource

from reporter.errors import ConfigError

PREFIX = "REPORTER_"
TABLE = "service"
SECRETS = ("REPORTER_SECRETS", "CREDENTIALS_DIRECTORY")
MESSAGES = {
    "extra_forbidden": "réglage inconnu",
    "bool_parsing": "true ou false attendu",
    "int_parsing": "nombre entier attendu",
    "greater_than_equal": "valeur trop petite",
    "less_than_equal": "valeur trop grande",
    "literal_error": "valeur inconnue",
    "string_too_short": "valeur trop courte",
    "network": "adresse ou réseau attendu (10.0.0.5, 10.0.0.0/24)",
    "table": "[service] : table attendue",
    "unreadable": "Réglages illisibles ({file}) : {reason}",
    "demo": "le mode de démonstration n’écoute que sur cette machine (host = 127.0.0.1)",
    "https": "hors de cette machine, le service est derrière un proxy HTTPS (https = true)",
    "proxies": "https = true : dire quels proxys sont crus (trusted_proxies)",
    "hosts": "hors de cette machine, dire sous quels noms le service répond (hosts)",
    "other": "valeur non valable",
}


def _listed(value: Any) -> Any:
    """`a, b` is a list: that is how a variable of the environment says it."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(text, strict=False)) for text in value)
    except ValueError as error:
        raise ValueError(MESSAGES["network"]) from error


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Paths = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_listed)]


class Service(BaseSettings):
    """How the service runs. The words of each field are its documentation."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="address to listen on; the default answers this machine only")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0: any free one, which is printed")
    data: Path = Field(Path("reporter-data"), description="directory of the database and of the key of sessions")
    database: SecretStr | None = Field(
        None, description="URL of the database: `postgresql://…` for several nodes; default: SQLite in `data`"
    )
    database_wait_s: int = Field(30, ge=1, le=120, description="seconds a request waits for a database that is held")
    demo: bool = Field(False, description="demonstration: no login, this machine only, marked on each page")
    https: bool = Field(False, description="served behind an HTTPS proxy: secure cookies, plain HTTP is redirected")
    trusted_proxies: Names = Field(
        (), description="proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed (addresses or networks)"
    )
    hosts: Names = Field((), description="names the service answers to (header `Host`), besides those of this machine")
    workers: int = Field(1, ge=1, le=64, description="processes; more than one needs gunicorn (not on Windows)")
    threads: int = Field(8, ge=1, le=256, description="requests answered at the same time by each process")
    stop_s: int = Field(30, ge=1, le=600, description="seconds given to requests and deliveries under way at a stop")
    deliver: bool = Field(True, description="send deliveries from here; `false` where `reporter deliver` runs")
    signing_key: SecretStr | None = Field(
        None, min_length=32, description="key of sessions, the same on each node; default: made once in `data`"
    )
    metrics_token: SecretStr | None = Field(
        None, min_length=16, description="bearer token of `/metrics`; without it, only this machine and without a proxy"
    )
    min_free_mb: int = Field(200, ge=0, description="`/readyz` fails when the disk of `data` has less room, in MB")
    max_mb: int = Field(2, ge=1, le=64, description="largest request accepted, in MB")
    session_minutes: int = Field(720, ge=1, le=10080, description="a session ends after that, used or not")
    idle_minutes: int = Field(30, ge=1, le=10080, description="a session nobody uses ends after that")
    letterhead: str = Field("", description="first lines of the printed page")
    overlays: Paths = Field((), description="site directories of catalogue entries and templates, searched first")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")

    @property
    def local(self) -> bool:
        """Does it answer this machine only?"""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @model_validator(mode="after")
    def _safe(self) -> Service:
        """What would show patients to others, or anybody to be anybody, does not start."""
        _networks(self.trusted_proxies)
        refusals = {
            "demo": self.demo and not self.local,
            "https": not self.demo and not self.local and not self.https,
            "proxies": self.https and not self.trusted_proxies,
            "hosts": not self.demo and not self.local and not self.hosts,
        }
        problems = [MESSAGES[name] for name, refused in refusals.items() if refused]
        if problems:
            raise ValueError(" ; ".join(problems))
        return self


def load(given: Mapping[str, Any], file: Path | None = None) -> Service:
    """The settings; `given` is what the command line says. Raises ConfigError: every problem, no value."""
    table = read_table(file)

    class _Loaded(Service):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature of the library
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            written = InitSettingsSource(settings_cls, init_kwargs=table)
            return init_settings, env_settings, file_secret_settings, written

    try:
        return _Loaded(**{**given, "_secrets_dir": _secrets()})
    except ValidationError as error:
        raise ConfigError(" ; ".join(_problem(dict(found)) for found in error.errors())) from None


def read_table(file: Path | None) -> dict[str, Any]:
    """The table `[service]` of a TOML file."""
    if file is None:
        return {}
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get(TABLE, {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(MESSAGES["unreadable"].format(file=file.name, reason=type(error).__name__)) from error
    if not isinstance(found, dict):
        raise ConfigError(MESSAGES["table"])
    return found


def table() -> Iterator[tuple[str, str, str, str]]:
    """Name, variable, default, help of each setting: what the documentation shows."""
    for name, field in Service.model_fields.items():
        yield name, f"{PREFIX}{name.upper()}", _shown(field.default), str(field.description)


def _shown(default: Any) -> str:
    if default is None or default in ("", ()):
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def _secrets() -> Path | None:
    named = (os.environ.get(name) for name in SECRETS)
    found = next((Path(text) for text in named if text), None)
    if found is not None and not found.is_dir():
        raise ConfigError(MESSAGES["unreadable"].format(file=found.name, reason="NotADirectory"))
    return found


def _problem(found: dict[str, Any]) -> str:
    """Where and what, in French."""
    where = ".".join(str(step) for step in found["loc"])
    own = str(found["ctx"]["error"]) if found["type"] == "value_error" else None
    said = own or MESSAGES.get(found["type"], MESSAGES["other"])
    return f"{where} : {said}" if where else said
