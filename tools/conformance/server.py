"""A FHIR server not written by us: HAPI FHIR JPA, R4, in memory, on the loopback address only."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tools.conformance import java
from tools.conformance.store import CannotRunError

FOLDER = Path(__file__).parent / "server"
PROGRAM = "HapiServer"
OPTIONS = (
    "-Xmx2g",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dfile.encoding=UTF-8",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
)
START = 180
"""Seconds the server may take to answer (about 15 on two cores)."""
TYPE = "application/fhir+json"
Json = dict[str, Any]


class Server:
    """A running server."""

    def __init__(self, port: int) -> None:
        self._port = port

    def call(self, method: str, path: str, body: str | None = None) -> tuple[int, Json]:
        """Status and resource of one request; `path` begins below the base."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            sent = body.encode() if body is not None else None
            connection.request(method, f"/fhir/{path}", sent, {"Content-Type": TYPE, "Accept": TYPE})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read(), parse_float=Decimal)
        finally:
            connection.close()

    def get(self, path: str) -> Json:
        """The resource at a path."""
        status, resource = self.call("GET", path)
        if status != 200:
            raise LookupError(f"{path}: {status} {resource}")
        return resource

    def post(self, bundle: str) -> tuple[int, Json]:
        """Send a transaction."""
        return self.call("POST", "", bundle)

    def total(self, search: str) -> int:
        """How many resources a search finds."""
        separator = "&" if "?" in search else "?"
        found: int = self.get(f"{search}{separator}_summary=count")["total"]
        return found


@contextmanager
def running() -> Iterator[Server]:
    """Start a server with an empty database, stop it at the end."""
    command = java.command(FOLDER, PROGRAM, *OPTIONS)
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    late = threading.Timer(START, process.kill)
    late.start()
    try:
        port = _port(process)
        late.cancel()
        yield Server(port)
    finally:
        late.cancel()
        process.kill()
        process.communicate()


def _port(process: subprocess.Popen[str]) -> int:
    for line in process.stdout or ():
        word, _, port = line.partition(" ")
        if word == "PORT":
            return int(port)
    raise CannotRunError(f"{PROGRAM}: ended before it answered ({process.wait()})")
