"""(d) The service: `$generate` and a search, 2 processes, asked in turn by wrk (Debian: apt-get install wrk).

Beside `$generate` stands its peer: the same application, token, audit trail and server; its answer is built, validated
and written with `fhir.resources` (`served`). Beside both a bare Flask endpoint that returns the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import signing
from benchmarks.inputs import REALISTIC, sample_bytes
from benchmarks.measure import ROOT, Bound
from benchmarks.served import THREADS, WORKERS, config
from reporter.delivery import accounts
from reporter.web import create_app

CLIENTS, SECONDS, ROUNDS, REPORTS = 8, 2, 9, 200
SEARCH = "/fhir/DiagnosticReport?patient.identifier=PAT-7&_sort=-date&_count=10"
GENERATE = "/fhir/DiagnosticReport/$generate"
OURS, PEER, BARE = "service", "the same, by fhir.resources", "ready-made answer, bare Flask"
_LUA = """
wrk.headers["Authorization"] = "Bearer {token}"
{post}
done = function(summary, latency, requests)
  local wrong = summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect
  io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, wrong))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw."""

    rate: float
    p50: float
    p99: float


def main() -> list[Bound]:
    """Measure and print."""
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed (apt-get install wrk)")
        return []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        token = _filled(place)
        (place / "input.json").write_bytes(sample_bytes(REALISTIC["MRI"]))
        urls = {OURS: stack.enter_context(_service(place, "ours")), PEER: stack.enter_context(_service(place, "peer"))}
        for name, path in (("generate", GENERATE), ("search", SEARCH)):
            (place / name).write_bytes(_asked(urls[OURS] + path, token, place / "input.json"))
        urls[BARE] = stack.enter_context(_bare(place))
        measured = _compared(urls, GENERATE, _script(place, "generate", token))
        _print("generate", place, measured)
        searched = {side: urls[side] for side in (OURS, BARE)}
        _print("search", place, _compared(searched, SEARCH, _script(place, "search", token)))
    gain = statistics.median(a.rate / b.rate for a, b in zip(measured[OURS], measured[PEER], strict=True))
    return [Bound("(d) requests/s of the service / of the same by fhir.resources", gain, 8, least=True)]


def _print(name: str, place: Path, loads: Mapping[str, list[Load]]) -> None:
    size = (place / name).stat().st_size
    for side, found in loads.items():
        rate, p50, p99 = (statistics.median(v) for v in zip(*((x.rate, x.p50, x.p99) for x in found), strict=True))
        print(f"{name}: {side:<32}{rate:>9.1f} requests/s   p50 {p50:.1f} ms   p99 {p99:.1f} ms   {size} bytes")


def _compared(sides: Mapping[str, str], path: str, script: Path) -> dict[str, list[Load]]:
    """A round of each in turn, short and many: the machine is faster now and slower then; one is not counted."""
    loads: dict[str, list[Load]] = {side: [] for side in sides}
    for number in range(ROUNDS + 1):
        for side, url in sides.items():
            found = _load(url + path, script)
            if number:
                loads[side].append(found)
    return loads


def _load(url: str, script: Path) -> Load:
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "--timeout", "30s", "-s", str(script), url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"^RESULT (\S+) (\S+) (\S+) (\d+)$", done.stdout, re.MULTILINE)
    if found is None or found[4] != "0":
        raise SystemExit(f"{url}: not every answer was good\n{done.stdout}")
    return Load(*(float(found[n]) for n in (1, 2, 3)))


def _script(place: Path, name: str, token: str) -> Path:
    body = f'local file = io.open("{place / "input.json"}", "rb")\nwrk.method = "POST"\nwrk.body = file:read("*a")\n'
    body += 'wrk.headers["Content-Type"] = "application/json"'
    path = place / f"{name}.lua"
    text = _LUA.replace("{token}", token).replace("{post}", body if name == "generate" else "")
    path.write_text(text, encoding="utf-8")
    return path


def _asked(url: str, token: str, body: Path) -> bytes:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    sent = body.read_bytes() if url.endswith(GENERATE) else None
    request = urllib.request.Request(url, sent, headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
        given: bytes = answer.read()
    return given


def _service(place: Path, side: str) -> Any:
    """Each side has a database of its own, and writes its numbers as `reporter serve` does."""
    folder = place / side
    shutil.copytree(place / "data", folder / "data")
    (folder / "numbers").mkdir()
    command = [sys.executable, "-m", "benchmarks.served", side, str(folder)]
    return _running(command, folder / "log.txt", {"PROMETHEUS_MULTIPROC_DIR": str(folder / "numbers")}, r"^(http\S+)$")


def _bare(place: Path) -> Any:
    options = ["-w", str(WORKERS), "--threads", str(THREADS), "-k", "gthread", "-b", "127.0.0.1:0"]
    command = [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", "benchmarks.bare:app"]
    return _running(command, place / "bare.txt", {"REPORTER_BARE": str(place)}, r"Listening at: (http\S+)")


@contextmanager
def _running(command: list[str], log: Path, env: dict[str, str], said: str) -> Iterator[str]:
    """A server of its own; its address."""
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **env})
    try:
        for _ in range(600):
            if found := re.search(said, log.read_text(encoding="utf-8"), re.MULTILINE):
                yield found[1]
                return
            time.sleep(0.05)
        raise SystemExit(f"did not start:\n{log.read_text(encoding='utf-8')}")
    finally:
        server.terminate()
        server.wait(60)


def _filled(place: Path) -> str:
    """A database with signed reports of twenty patients; the token of a program that may do everything."""
    app = create_app(config(place))
    store = app.extensions["reporter"].store
    signing.sign(app, "BENCH", REPORTS, 1)
    program, _ = accounts.create(store, "bench", "Bench", accounts.Role.INTEGRATOR)
    _, secret = accounts.create_token(store, program, "bench", ("system/*.*",), None)
    store.close()
    return secret
