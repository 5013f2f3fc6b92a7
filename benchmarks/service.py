"""The service: `$generate` and a search with 2 processes, beside a bare Flask endpoint that returns the same bytes.

Both under gunicorn with the same processes and threads, asked in turn by wrk (Debian: apt-get install wrk), in one run.
Then signing, from a draft to a version on disk, on SQLite (WAL, synchronous=FULL) and PostgreSQL (fsync on).
"""

from __future__ import annotations

import concurrent.futures
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.inputs import REALISTIC, sample_bytes
from benchmarks.measure import ROOT, Bound
from reporter import intake
from reporter.model.lifecycle import Signature
from reporter.web import create_app, signing
from reporter.web.config import WebConfig
from tests import postgres

WORKERS, THREADS, CLIENTS, SECONDS, ROUNDS = 2, 8, 8, 4, 3
REPORTS, SIGNED = 200, 60
EXAM = "mr_pelvis"
SEARCH = "/fhir/DiagnosticReport?patient.identifier=PAT-7&_sort=-date&_count=10"
GENERATE = "/fhir/DiagnosticReport/$generate"
_LUA = """
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
    else:
        _requests()
    for name, rates in _signing():
        print(f"{name:<44}" + "   ".join(f"{threads} thread(s): {rate:.1f}/s" for threads, rate in rates.items()))
    return []


def _requests() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _filled(place / "data")
        (place / "input.json").write_bytes(sample_bytes(REALISTIC["MRI"]))
        with _service(place) as ours:
            (place / "search").write_bytes(_asked(ours + SEARCH))
            (place / "generate").write_bytes(_asked(ours + GENERATE, (place / "input.json").read_bytes()))
            with _bare(place) as bare:
                for name, path in (("generate", GENERATE), ("search", SEARCH)):
                    script = _script(place, name)
                    _print(name, place, _compared({"service": ours + path, "bare Flask": bare + path}, script))


def _print(name: str, place: Path, loads: Mapping[str, list[Load]]) -> None:
    size = (place / name).stat().st_size
    rates = {side: statistics.median(load.rate for load in found) for side, found in loads.items()}
    for side, found in loads.items():
        p50, p99 = (statistics.median(values) for values in zip(*((x.p50, x.p99) for x in found), strict=True))
        print(f"{name}: {side:<30}{rates[side]:>9.1f} requests/s   p50 {p50:.1f} ms   p99 {p99:.1f} ms   {size} bytes")
    print(f"  bare / service: {rates['bare Flask'] / rates['service']:.1f}")


def _compared(sides: Mapping[str, str], script: Path) -> dict[str, list[Load]]:
    """A round of each in turn; one beforehand is not counted."""
    loads: dict[str, list[Load]] = {side: [] for side in sides}
    for number in range(ROUNDS + 1):
        for side, url in sides.items():
            found = _load(url, script)
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


def _script(place: Path, name: str) -> Path:
    body = f'local file = io.open("{place / "input.json"}", "rb")\nwrk.method = "POST"\nwrk.body = file:read("*a")\n'
    body += 'wrk.headers["Content-Type"] = "application/json"'
    path = place / f"{name}.lua"
    path.write_text(_LUA.replace("{post}", body if name == "generate" else ""), encoding="utf-8")
    return path


def _asked(url: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
        given: bytes = answer.read()
    return given


def _service(place: Path) -> Any:
    options = ["--demo", "--port", "0", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command = [sys.executable, "-m", "reporter.cli", "serve", *options, "--data", str(place / "data")]
    return _running(command, place / "service.txt", {}, r"^(http\S+?)/$")


def _bare(place: Path) -> Any:
    options = [
        "-w",
        str(WORKERS),
        "--threads",
        str(THREADS),
        "-k",
        "gthread",
        "-b",
        "127.0.0.1:0",
        "--no-control-socket",
    ]
    command = [sys.executable, "-m", "gunicorn", *options, "benchmarks.bare:app"]
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


# --- signing


def _signing() -> Iterator[tuple[str, dict[int, float]]]:
    with tempfile.TemporaryDirectory() as folder:
        yield "signing: SQLite, synchronous=FULL", _rates(Path(folder), "")
    found = postgres.programs()
    if found is None:
        print("skipped: PostgreSQL is not installed (apt-get install postgresql)")
        return
    cluster = postgres.Cluster(found, durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield "signing: PostgreSQL, fsync=on", _rates(Path(folder), cluster.database())
    finally:
        cluster.stop()


def _rates(folder: Path, url: str) -> dict[int, float]:
    app = create_app(WebConfig(data=folder, demo=True, database_url=url))
    try:
        sign(app, "WARM", 5, 1)
        return {threads: SIGNED / sign(app, f"T{threads}", SIGNED, threads) for threads in (1, 4)}
    finally:
        app.extensions["reporter"].store.close()


def _filled(data: Path) -> None:
    """A database with signed reports of twenty patients."""
    app = create_app(WebConfig(data=data, demo=True))
    sign(app, "BENCH", REPORTS, 1)
    app.extensions["reporter"].store.close()


def sign(app: Flask, name: str, count: int, threads: int) -> float:
    """Seconds it takes to sign `count` reports, drafts made beforehand."""
    store, acts = app.extensions["reporter"].store, []
    for number in range(count):
        tree = intake.load_json(sample_bytes(REALISTIC["MRI"]))
        tree["exam"]["accession_number"] = f"{name}-{number}"
        tree["patient"]["id"] = f"PAT-{number % 20}"
        draft = store.create_draft("demo", EXAM, {"exam_def": EXAM, "input": tree, "acts": [], "edits": {}})
        acts.append(_act(app, draft))
    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for done in pool.map(lambda act: act(), acts):
            if done is None:
                raise SystemExit("a report was not signed")
    return time.perf_counter() - began


def _act(app: Flask, draft: Any) -> Callable[[], Any]:
    def act() -> Any:
        here = app.extensions["reporter"]
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            return signing.sign(here, draft, "final", Signature(here.now(), "Dr Bench"))

    return act
