"""What goes wrong around a service that runs: disk full, database held, clock that jumps. Real processes."""

import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.delivery.faults_servers import HTTP, Receiver, receiver
from tests.service.conftest import Start
from tests.service.running import Running, ready_to_sign, sign
from tests.web.window import Browser, resources

JUMPS = ("+3d", "-2h", "+400d", "+0s")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB for the data of the service."""
    place = tmp_path / "data"
    place.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip("a small disk cannot be mounted here: no mount")
    command = [mount, "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr}")
    yield place
    subprocess.run([umount, "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Not a byte left."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (64 * 1024, 4096, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return path


def words(browser: Browser) -> str:
    return " ".join(browser.page.get_element_by_id("conflict").text_content().split())


def kept_fields(browser: Browser) -> dict[str, list[str]]:
    return {str(f.get("name")): [str(f.get("value"))] for f in browser.page.xpath("//section[@id='conflict']//input")}


def test_a_full_disk_refuses_in_words_and_loses_nothing(start: Start, disk: Path) -> None:
    service = start(env={"REPORTER_MIN_FREE_MB": "1"})
    browser = service.browser()
    first = browser.open(exam="mr_spine")
    address = ready_to_sign(browser)
    filler = fill(disk)
    ready = service.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["disk"]) == (503, "low")
    typed = {"/order/indication": "Chute de sa hauteur, douleur dorsale."}
    browser.send("/sign", status="final", signer="Dr Martin", **typed)
    assert browser.status == 503
    assert "Le disque de la base de données est plein. Rien n'a été enregistré." in words(browser)
    sent_again = kept_fields(browser)
    assert sent_again["/order/indication"] == list(typed.values())
    assert service.get("/healthz").status_code == 200
    service.process.kill()
    service.process.wait()
    filler.unlink()
    service.start()
    assert service.get("/readyz").status_code == 200
    browser = service.browser()
    browser.get(first)
    assert browser.status == 200
    browser.get(address)
    sent_again["csrf_token"] = [browser.token()]
    sent_again["version"] = [browser.value("version")]
    browser.post(f"{address}/sign", sent_again)
    assert browser.url.startswith("/reports/"), browser.text
    assert "Chute de sa hauteur" in service.get(f"{browser.url}/v/1/report.txt").text


def test_a_held_database_is_waited_for_then_refused_in_words(start: Start) -> None:
    service = start(env={"REPORTER_DATABASE_WAIT_S": "3"})
    browser = service.browser()
    ready_to_sign(browser)
    holder = sqlite3.connect(service.data / "reporter.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    ready = service.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "unavailable")
    began = time.monotonic()
    browser.send("/sign", status="final", signer="Dr Martin")
    assert 2 < time.monotonic() - began < 30
    assert browser.status == 503
    assert "La base de données est occupée. Rien n'a été enregistré" in words(browser)
    fields = kept_fields(browser)
    holder.execute("ROLLBACK")
    holder.close()
    assert service.get("/readyz").status_code == 200
    action = browser.page.xpath("//section[@id='conflict']//form/@action")[0]
    browser.post(action, fields)
    assert browser.url.startswith("/reports/"), browser.text


def library() -> Path | None:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """A file that says how far the clock of the service is from ours."""
    if library() is None:
        pytest.skip("libfaketime is not installed: apt-get install faketime")
    path = tmp_path / "clock"
    path.write_text("+0s\n")
    return path


def jumping(start: Start, clock: Path, *options: str) -> Running:
    env = {"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    return start(*options, env={**env, "DONT_FAKE_MONOTONIC": "1"})


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(HTTP, tmp_path) as started:
        yield started


def sending_to(http: Receiver, tmp_path: Path) -> Path:
    """Settings of a site that sends what is signed there."""
    settings = tmp_path / "site.toml"
    url = f"http://127.0.0.1:{http.port}/fhir"
    settings.write_text(f'[[targets]]\nname = "dpi"\nkind = "fhir"\nurl = "{url}"\n', encoding="utf-8")
    return settings


def signed_at(browser: Browser, report: str, n: int) -> str:
    return str(resources(browser.bundle(report, n), "Composition")[0]["date"])


def test_who_comes_during_the_last_delivery_is_refused_and_not_left_waiting(
    start: Start, tmp_path: Path, http: Receiver
) -> None:
    http.behave("slow")
    service = start("--settings", str(sending_to(http, tmp_path)))
    browser = service.browser()
    ready_to_sign(browser)
    sign(browser)
    with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2])), timeout=5) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200")
        while not http.log():
            time.sleep(0.02)
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.6)
        assert idle.recv(1) == b""
    with pytest.raises(httpx.ConnectError):
        service.get("/readyz")
    assert service.process.poll() is None
    assert service.stop() == 0, service.errors()


def test_a_clock_that_jumps_loses_no_report_and_no_delivery(
    start: Start, clock: Path, tmp_path: Path, http: Receiver
) -> None:
    service = jumping(start, clock, "--settings", str(sending_to(http, tmp_path)))
    browser = service.browser()
    ready_to_sign(browser)
    report = sign(browser)
    for number, jump in enumerate(JUMPS):
        clock.write_text(f"{jump}\n")
        browser.get(report)
        browser.post(f"{report}/correct", {})
        browser.send(**{"/order/indication": f"Lombalgies, épisode {number}."})
        assert sign(browser) == report
    texts = [service.get(f"{report}/v/{n}/report.txt").text for n in range(1, 6)]
    assert all(f"épisode {number}." in text for number, text in enumerate(texts[1:]))
    assert signed_at(browser, report, 3) < signed_at(browser, report, 1) < signed_at(browser, report, 2)
    assert service.get("/readyz").status_code == 200
    for _ in range(200):
        if len(http.stored()) >= 5:
            break
        time.sleep(0.1)
    sent = [line["request"] for line in http.stored()]
    assert len(set(sent)) == 5
    assert service.stop() == 0, service.errors()
