"""The commands of docs/operations.md, run as they stand against a real service."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.conftest import Start
from tests.service.running import ROOT, ready_to_sign, sign

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh operations\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_its_examples() -> None:
    assert [("curl" in block, "reporter store" in block) for block in BLOCKS] == [(True, False), (False, True)]


def test_the_examples_do_what_they_say(start: Start, tmp_path: Path) -> None:
    service = start()
    browser = service.browser()
    ready_to_sign(browser)
    sign(browser)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    names = {"URL": service.url, "DATA": str(service.data), "PATH": path}
    for block in BLOCKS:
        script = ["bash", "-euo", "pipefail", "-c", block]
        done = subprocess.run(
            script, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **names}, check=False
        )
        assert done.returncode == 0, done.stderr
        for expected in re.findall(r"^# → (.+)$", block, re.MULTILINE):
            assert expected in done.stdout
    assert (tmp_path / "copy.sqlite").stat().st_size > 0
    exported = [json.loads(line) for line in (tmp_path / "reports.ndjson").read_text(encoding="utf-8").splitlines()]
    assert [line["n"] for line in exported if "report_id" in line] == [1]


@pytest.mark.parametrize("name", ["operations.md", "exploitation.md"])
def test_files_of_deploy_are_all_told(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    told = {
        "Containerfile",
        "fhir-reporter.service",
        "fhir-reporter-backup.timer",
        "service.example.toml",
        "nginx.example.conf",
    }
    assert {one for one in told if f"deploy/{one}" in text} == told
