"""A PostgreSQL of our own for one run of the tests: Debian's server, a directory that is removed, a loopback port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

OWNER = "postgres"


def programs() -> Path | None:
    """Where `initdb` and `postgres` are."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "postgres").exists()), None)


class Cluster:
    """A server that keeps nothing; it never runs as root."""

    def __init__(self, bin_: Path, *, durable: bool = False) -> None:
        self._bin = bin_
        self._user = OWNER if os.geteuid() == 0 else None
        self._home = Path(tempfile.mkdtemp(prefix="reporter-postgres-"))
        self._port = _free_port()
        self._count = 0
        self._fsync = "on" if durable else "off"
        self._disk: Path | None = None
        if self._user:
            shutil.chown(self._home, self._user, self._user)
        self._initialise()
        self._server = self._start()

    def _initialise(self) -> None:
        options = ("-U", "reporter", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        command = [str(self._bin / "initdb"), "-D", str(self._home / "data"), *options]
        subprocess.run(command, check=True, capture_output=True, cwd=self._home, **self._as_owner())

    def _start(self) -> subprocess.Popen[bytes]:
        durable = f"fsync={self._fsync}"
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", durable, "max_connections=200")
        command = [str(self._bin / "postgres"), "-D", str(self._home / "data"), "-p", str(self._port)]
        command += [part for setting in settings for part in ("-c", setting)]
        with (self._home / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._home, **self._as_owner())
        for _ in range(300):
            try:
                psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return server
        raise RuntimeError((self._home / "log").read_text(encoding="utf-8"))

    def _as_owner(self) -> dict[str, object]:
        return {"user": self._user, "group": self._user, "extra_groups": []} if self._user else {}

    def _dsn(self, name: str) -> str:
        return f"postgresql://reporter@127.0.0.1:{self._port}/{name}"

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._count += 1
        name = f"t{self._count}"
        self.run(f"CREATE DATABASE {name}")
        return self._dsn(name)

    def small_database(self, size: str) -> str:
        """The URL of a new database on a disk of that size; skipped where the tests may not mount one."""
        disk = self._home / "disk"
        disk.mkdir()
        mount = shutil.which("mount")
        command = [str(mount), "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
        if not mount or subprocess.run(command, check=False).returncode:
            pytest.skip("a small disk cannot be mounted here: only root may")
        self._disk = disk
        place = disk / "space"
        place.mkdir()
        if self._user:
            shutil.chown(place, self._user, self._user)
        self.run(f"CREATE TABLESPACE small LOCATION '{place}'")
        self.run("CREATE DATABASE small TABLESPACE small")
        return self._dsn("small")

    def drop(self, url: str) -> None:
        """Throw a database away, whoever is still connected."""
        self.run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """One statement outside any transaction."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """End the server and remove its directory."""
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        if self._disk:
            subprocess.run([str(shutil.which("umount")), str(self._disk)], check=True)
        shutil.rmtree(self._home, ignore_errors=True)


def cluster_or_skip() -> Cluster:
    """A running server; the tests that need one are skipped, with the reason, where Debian's package is missing."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return Cluster(found)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
