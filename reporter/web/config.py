"""How the form is served: one frozen object."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reporter.settings import Settings
from reporter.web.auth.provider import Provider

KEY_FILE = "secret.key"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
DATABASE_FILE = "reporter.sqlite"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class WebConfig:
    """`https`: cookies are Secure and plain HTTP is redirected. `hosts`: Host headers that are answered.

    `demo`: no login, one person, this machine only. `idle_minutes`: a session nobody uses ends; `session_minutes`: any
    session ends. `lock_after` wrong passwords lock an account for `lock_minutes`. Rates, in the words of
    `limits`: by address (`login_rate`: refused logins, `refusal_rate`: any refused request), by token (`api_rate`).
    `targets`: names of those a signed version is sent to.
    """

    data: Path
    overlays: tuple[Path, ...] = ()
    settings: Settings = field(default_factory=Settings)
    https: bool = False
    hosts: tuple[str, ...] = LOOPBACK
    clock: Callable[[], dt.datetime] = _now
    user: str = "demo"
    session_minutes: int = 720
    max_bytes: int = 2 * 1024 * 1024
    letterhead: str = ""
    demo: bool = False
    idle_minutes: int = 30
    lock_after: int = 5
    lock_minutes: int = 15
    login_rate: str = "20 per minute"
    refusal_rate: str = "120 per minute"
    api_rate: str = "6000 per minute"
    provider: Provider | None = None
    database_url: str = field(default="", repr=False)
    database_wait_s: int = 30
    targets: tuple[str, ...] = ()
    signing_key: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    min_free_mb: int = 0

    def secret_key(self) -> str:
        """The key that signs cookies: given, or made once, kept beside the database, readable by its owner only."""
        if self.signing_key:
            return self.signing_key
        path = self.data / KEY_FILE
        self.data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return path.read_text(encoding="ascii")

    def database(self) -> str:
        """URL of the database: the one given, or SQLite in `data`."""
        self.data.mkdir(parents=True, exist_ok=True)
        return self.database_url or f"sqlite:///{self.data / DATABASE_FILE}"
