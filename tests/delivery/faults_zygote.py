"""Signs and sends in children that are killed at random moments (started as a program, so that forking is safe)."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from reporter.delivery.outbox import Backoff, Deliverer
from reporter.delivery.store import Signing, Store, StoreError
from reporter.delivery.targets import fhir as _fhir
from reporter.delivery.targets import from_file
from reporter.delivery.targets import mllp as _mllp
from tests.delivery.targets_samples import numbered, signed

URL, SETTINGS, TEMPLATE, ACKS, KILLS, SEED = sys.argv[1:]
REPORTS = 20
LOADED = (_fhir, _mllp)


def latest(store: Store, report: str) -> int:
    try:
        return store.report(report).latest
    except StoreError:
        return 0


def work(seed: int, ready: int) -> None:
    """Sign, say so, send, until killed."""
    draw = random.Random(seed)  # noqa: S311 - repeatable, no secret
    targets = from_file(Path(SETTINGS))
    store = Store(URL, targets=[target.name for target in targets])
    template = Signing(**json.loads(Path(TEMPLATE).read_text(encoding="utf-8")))
    acks = os.open(ACKS, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    deliverer = Deliverer(store, targets, backoff=Backoff(draw.uniform), idle_s=0.05)
    deliverer.start()
    os.write(ready, b"s")
    while True:
        report = f"R-{draw.randrange(REPORTS)}"
        version = signed(store, numbered(template, report, latest(store, report) + 1))
        os.write(acks, f"{report} {version.n}\n".encode())
        os.write(ready, b"a")
        time.sleep(draw.uniform(0, 0.25))


def finish() -> None:
    """Send all that is left."""
    targets = from_file(Path(SETTINGS))
    store = Store(URL, targets=[target.name for target in targets])
    deliverer = Deliverer(store, targets, idle_s=0.01)
    deliverer.start()
    end = time.monotonic() + 40
    while {status for _, status in store.delivery_counts()} != {"delivered"}:
        if time.monotonic() > end:
            sys.exit(f"left: {store.delivery_counts()}")
        time.sleep(0.05)
    deliverer.stop()


def main() -> None:
    """A third of the moments from the birth of a child, a third from its start, a third from its first signature."""
    draw = random.Random(int(SEED))  # noqa: S311 - repeatable, no secret
    Store(URL).close()
    for turn in range(int(KILLS)):
        heard, ready = os.pipe()
        child = os.fork()
        if child == 0:
            work(int(SEED) * 1000 + turn, ready)
        os.close(ready)
        for _ in range(turn % 3):
            os.read(heard, 1)
        time.sleep(draw.uniform(0, 0.4))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(heard)
        if not os.WIFSIGNALED(status):
            sys.exit(f"a child ended by itself: {status}")
    finish()


if __name__ == "__main__":
    main()
