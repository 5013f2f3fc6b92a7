"""Signing, from a draft to a version on disk, on SQLite (WAL, synchronous=FULL) and PostgreSQL (fsync on)."""

from __future__ import annotations

import concurrent.futures
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.inputs import REALISTIC, sample_bytes
from benchmarks.measure import Bound
from reporter import intake
from reporter.model.lifecycle import Signature
from reporter.web import create_app, signing
from reporter.web.config import WebConfig
from tests import postgres

SIGNED = 60
EXAM = "mr_pelvis"


def main() -> list[Bound]:
    """Measure and print; nothing is promised."""
    for name, rates in _measured():
        print(f"{name:<44}" + "   ".join(f"{threads} thread(s): {rate:.1f}/s" for threads, rate in rates.items()))
    return []


def _measured() -> Iterator[tuple[str, dict[int, float]]]:
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
