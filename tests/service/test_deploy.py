"""What a site installs: container file, units of systemd, example settings. Read by the tools that read them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ROOT = DEPLOY.parent
UNITS = ("fhir-reporter.service", "fhir-reporter-backup.service", "fhir-reporter-backup.timer")


@pytest.fixture
def container() -> DockerfileParser:
    return DockerfileParser(fileobj=(DEPLOY / "Containerfile").open("rb"))


def last_stage(parser: DockerfileParser) -> list[dict[str, str]]:
    steps = [step for step in parser.structure if step["instruction"] != "COMMENT"]
    begins = [i for i, step in enumerate(steps) if step["instruction"] == "FROM"]
    return steps[begins[-1] :]


def test_the_container_runs_as_nobody_in_particular_and_says_how_it_is(container: DockerfileParser) -> None:
    with container.fileobj:
        steps = {step["instruction"]: step["value"] for step in last_stage(container)}
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", steps["USER"])
    assert "/healthz" in steps["HEALTHCHECK"]
    assert (steps["STOPSIGNAL"], steps["ENTRYPOINT"], steps["CMD"]) == ("SIGTERM", '["reporter"]', '["serve"]')
    assert "REPORTER_HOST=0.0.0.0" in steps["ENV"]
    assert "REPORTER_HTTPS=true" in steps["ENV"]


def test_the_container_copies_what_is_there(container: DockerfileParser) -> None:
    with container.fileobj:
        steps = [step for step in container.structure if step["instruction"] == "COPY"]
    named = [word for step in steps if "--from" not in step["value"] for word in step["value"].split()[:-1]]
    assert {"reporter", "terminology", "templates"} <= set(named)
    assert not [name for name in named if not (ROOT / name).exists()]
    with (DEPLOY / "Containerfile").open("rb") as file:
        assert all("@sha256" in image or ":" in image for image in DockerfileParser(fileobj=file).parent_images)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that is here in place of the one of a site."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/opt/fhir-reporter/bin/reporter", "/bin/true"), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_to_say_about_a_unit(units: Path, name: str) -> None:
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(units / name)]
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:/usr/lib/systemd/system"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_systemd_finds_the_service_well_shut_in(units: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(units / UNITS[0])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-400:]


def test_the_time_a_stop_takes_is_less_than_systemd_gives() -> None:
    from reporter.delivery.settings import Service

    text = (DEPLOY / UNITS[0]).read_text(encoding="utf-8")
    [given] = re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert int(given) > Service.model_fields["stop_s"].default + 5
