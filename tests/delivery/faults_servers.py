"""Receivers in processes of their own, told line by line how to misbehave; what they hold is read from their log."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HTTP, MLLP = HERE / "faults_http.py", HERE / "faults_mllp.py"


class Receiver:
    """A receiver that runs."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self._process, self.port, self._log = process, port, log

    def behave(self, *modes: str) -> None:
        """How the next requests are treated, one mode each; then as it should be."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(modes) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline().strip() == "OK"

    def log(self) -> list[dict[str, Any]]:
        """Every request it saw, in order."""
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def stored(self) -> list[dict[str, Any]]:
        """The requests it kept."""
        return [line for line in self.log() if line["stored"]]

    def kill(self) -> None:
        """Gone, without a word."""
        self._process.kill()
        self._process.wait()


@contextmanager
def receiver(program: Path, folder: Path, port: int = 0, tls: Path | None = None) -> Iterator[Receiver]:
    """A receiver on a free loopback port, or on the one it had before; `tls` holds server.pem and ca.pem."""
    log = folder / f"{program.stem}.log"
    log.touch()
    command = [sys.executable, str(program), str(log), str(port), *([str(tls)] if tls else [])]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield Receiver(process, int(process.stdout.readline()), log)
    finally:
        process.kill()
        process.communicate()
