"""SIGKILL at 50 random moments while reports are signed and sent: nothing is lost, nothing is held twice."""

import dataclasses
import json
import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from reporter.delivery.store import Store
from tests.delivery.faults_servers import HTTP, MLLP, Receiver, receiver
from tests.delivery.targets_samples import ROOT, exam, lifecycle, made, signing

KILLS = 50
SITE = """
[[targets]]
name = "ris"
kind = "fhir"
url = "http://127.0.0.1:{http}/fhir"
timeout_s = 1
backoff_s = 0.05
backoff_max_s = 0.2
[[targets]]
name = "his"
kind = "mllp"
host = "127.0.0.1"
port = {mllp}
timeout_s = 1
backoff_s = 0.05
backoff_max_s = 0.2
"""


def sequence(server: Receiver) -> list[tuple[str, int, str]]:
    """Report, version and identity of each message kept, in the order of arrival."""
    return [
        (
            line["report"],
            int(line.get("version") or line["text"].split("\n")[0][1:]),
            line.get("key") or line["control"],
        )
        for line in server.stored()
    ]


@pytest.mark.slow
def test_killed_fifty_times_every_report_is_there_once_in_order(tmp_path: Path) -> None:
    seed = int(os.environ.get("REPORTER_SEED") or random.randrange(10**6))  # noqa: S311 - repeatable, no secret
    print(f"REPORTER_SEED={seed}")
    url, acks = f"sqlite:///{tmp_path / 'reports.db'}", tmp_path / "acks"
    template = tmp_path / "template.json"
    template.write_text(json.dumps(dataclasses.asdict(signing(*made(exam(), lifecycle())))), encoding="utf-8")
    with receiver(HTTP, tmp_path) as http, receiver(MLLP, tmp_path) as mllp:
        site = tmp_path / "site.toml"
        site.write_text(SITE.format(http=http.port, mllp=mllp.port), encoding="utf-8")
        Store(url).close()
        command = [
            "-m",
            "tests.delivery.faults_zygote",
            url,
            str(site),
            str(template),
            str(acks),
            str(KILLS),
            str(seed),
        ]
        done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        arrived = [sequence(http), sequence(mllp)]
    acknowledged = {(r, int(n)) for r, n in (line.split() for line in acks.read_text().splitlines())}
    store = Store(url)
    held = {(v.report_id, v.n): v for r in store.search(limit=10_000) for v in store.versions(r.id)}
    store.close()
    assert len(acknowledged) >= KILLS // 3
    assert acknowledged <= held.keys()
    assert all(version.intact() and version.text.startswith(f"v{n}\n") for (_, n), version in held.items())
    for messages in arrived:
        assert {(report, n) for report, n, _ in messages} == held.keys()
        assert len({key for _, _, key in messages}) == len(held)
        for report in {r for r, _ in held}:
            versions = [n for r, n, _ in messages if r == report]
            assert all(later - earlier in (0, 1) for earlier, later in pairwise([0, *versions]))
