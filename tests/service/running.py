"""`reporter serve` in a process of its own, and a window on it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from tests.web.window import PATIENT, Browser

ROOT = Path(__file__).resolve().parents[2]
SERVE = (sys.executable, "-m", "reporter.cli", "serve")


class Running:
    """Started on a free port; what it says is kept in two files."""

    def __init__(
        self, folder: Path, *options: str, demo: bool = True, wrap: Sequence[str] = (), env: Mapping[str, str] = {}
    ) -> None:
        self.data = folder / "data"
        self._out, self._err = folder / "out.txt", folder / "err.txt"
        self._command = [*wrap, *SERVE, "--port", "0", "--data", str(self.data), *options, *(["--demo"] * demo)]
        self._env = {**os.environ, **env}
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Running":
        self.launch()
        for _ in range(600):
            lines = self.said().splitlines()
            if lines and lines[-1].startswith("http"):
                self.url = lines[-1].rstrip("/")
                return self
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"did not start: {self.said()}{self.errors()}")

    def launch(self) -> None:
        """Begin, without waiting for it to answer."""
        with self._out.open("wb") as out, self._err.open("ab") as err:
            self.process = subprocess.Popen(self._command, stdout=out, stderr=err, env=self._env, cwd=ROOT)

    def children(self) -> list[int]:
        """The processes it made (Linux)."""
        assert self.process is not None
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def stop(self, number: int = signal.SIGTERM, limit: float = 40) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(limit)

    def said(self) -> str:
        return self._out.read_text(encoding="utf-8")

    def errors(self) -> str:
        return self._err.read_text(encoding="utf-8")

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.errors().splitlines()]

    def get(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=60, **options)

    def browser(self) -> Browser:
        return Browser(Http(self.url))  # type: ignore[arg-type]


class Http:
    """What a window of tests/web asks of a client, over a real connection."""

    def __init__(self, url: str) -> None:
        self._url, self._cookies = url, httpx.Cookies()

    def get(self, path: str, follow_redirects: bool = False) -> Any:
        return self._asked("GET", path, follow_redirects)

    def post(self, path: str, data: Any = None, follow_redirects: bool = False) -> Any:
        return self._asked("POST", path, follow_redirects, data)

    def _asked(self, method: str, path: str, follow: bool, data: Any = None) -> Any:
        with httpx.Client(base_url=self._url, cookies=self._cookies, timeout=60) as client:
            response = client.request(method, path, data=data, follow_redirects=follow)
            self._cookies.update(client.cookies)
        return _answer(response)


def _answer(response: httpx.Response) -> Any:
    return SimpleNamespace(
        status_code=response.status_code,
        text=response.text,
        data=response.content,
        headers=response.headers,
        request=SimpleNamespace(path=response.url.path),
    )


def ready_to_sign(browser: Browser, **fields: str) -> str:
    """A complete draft; its address."""
    address = browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT, **fields)
    browser.send("/protocol", protocol="mr_spine_standard")
    browser.send("/rest-normal")
    return address


def sign(browser: Browser) -> str:
    """Sign what is shown; the address of the report."""
    browser.send("/sign", status="final", signer="Dr Martin")
    assert browser.status == 200 and browser.url.startswith("/reports/"), browser.text[:3000]
    return browser.url
