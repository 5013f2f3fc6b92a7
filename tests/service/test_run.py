"""The service as a process: probes, numbers, log, proxy, end. One process and several."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.conftest import Start
from tests.service.running import ROOT, SERVE, Running, ready_to_sign, sign

SEVERAL = ("--workers", "2")
EVERYWHERE = ("--host", "0.0.0.0")  # noqa: S104 - refused, that is what is tested
SLOW = b"POST /fhir/DiagnosticReport/$generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"


@pytest.fixture(params=[(), SEVERAL], ids=["one", "several"])
def service(request: pytest.FixtureRequest, start: Start) -> Running:
    return start(*request.param)


def numbers(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_probes(service: Running) -> None:
    assert service.get("/healthz").json()["status"] == "ok"
    ready = service.get("/readyz")
    assert (ready.status_code, set(ready.json()["checks"].values())) == (200, {"ok"})
    assert set(ready.json()["checks"]) == {"database", "migrations", "disk", "catalogue", "process"}
    assert service.get("/healthz/x").status_code == 404
    assert httpx.post(f"{service.url}/healthz").status_code == 405
    assert service.get("/readyz", headers={"Host": "reporter.internal"}).status_code == 200
    assert service.get("/", headers={"Host": "reporter.internal"}).status_code == 400


def test_numbers_count_requests_and_reports_and_name_nobody(service: Running) -> None:
    browser = service.browser()
    for _ in range(2):
        ready_to_sign(browser)
        sign(browser)
    service.get("/fhir/Patient/DURAND")
    text = service.get("/metrics").text
    found = numbers(text)
    assert found['reporter_reports_signed_total{status="final"}'] == 2
    signed = [v for k, v in found.items() if k.startswith("reporter_requests_total") and '/sign"' in k]
    assert signed == [2]
    assert found["reporter_preview_seconds_count"] > 0
    assert found["reporter_database_up"] == 1
    assert found["reporter_disk_free_bytes"] > 0
    address = browser.url.rpartition("/")[2]
    assert not [word for word in ("DURAND", "P-1", "Zoé", address) if word in text]


def test_the_log_is_json_with_the_id_of_the_answer_and_no_patient(service: Running) -> None:
    browser = service.browser()
    ready_to_sign(browser)
    answer = service.get("/?report=DURAND", headers={"X-Request-Id": "given-by-the-caller"})
    service.stop()
    log = service.log()
    [line] = [entry for entry in log if entry.get("correlation") == answer.headers["X-Request-Id"]]
    assert (line["event"], line["route"], line["status"], line["method"]) == ("request", "/", 200, "GET")
    assert {"service.started", "request", "service.stopped"} <= {entry["event"] for entry in log}
    assert not [word for word in ("DURAND", "Zo", "1950-03-02", "Lombalgies") if word in service.errors()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_with_zero(service: Running, number: signal.Signals) -> None:
    service.get("/healthz")
    began = time.monotonic()
    assert service.stop(number) == 0
    assert time.monotonic() - began < 15
    with pytest.raises(httpx.TransportError):
        service.get("/healthz")


def test_a_stop_asked_again_and_again_ends_with_zero(service: Running) -> None:
    """Wherever the process is when the next signal comes: in its handler, in a lock, in its last lines."""
    service.get("/healthz")
    began = time.monotonic()
    while service.process.poll() is None and time.monotonic() - began < 30:
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.0005)
    assert service.process.returncode == 0, service.errors()
    assert service.log()[-1]["event"] == "service.stopped"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_half_sent_is_answered_whole(service: Running, number: signal.Signals) -> None:
    """SIGINT comes to every process, as Ctrl-C of a terminal does."""
    body = (ROOT / "fhir_examples" / "mr_pelvis_sacral_stress_fracture" / "input.json").read_bytes()
    head = (
        f"POST /api/render HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    )
    with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2])), timeout=20) as client:
        client.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + body[:100])
        time.sleep(0.5)
        for pid in [service.process.pid, *(service.children() if number == signal.SIGINT else [])]:
            os.kill(pid, number)
        time.sleep(0.5)
        client.sendall(body[100:])
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.split()[1] in (b"200", b"503"), answer[:200]
    assert service.process.wait(20) == 0


@pytest.mark.parametrize("options", [(), SEVERAL], ids=["one", "several"])
def test_a_stop_while_starting_is_no_crash(tmp_path: Path, options: tuple[str, ...]) -> None:
    """From the first line of the service on: in a container nothing else would end it but SIGKILL."""
    service = Running(tmp_path, *options)
    service.launch()
    status = Path(f"/proc/{service.process.pid}/status")
    heard = 0
    while not heard & 1 << (signal.SIGTERM - 1) and service.process.poll() is None:
        heard = next(int(line.split()[1], 16) for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    assert not list(service.data.glob("*.sqlite"))
    assert service.stop() == 0, service.errors()
    assert "http" not in service.said() or service.log()[-1]["event"] == "service.stopped"


def test_no_answer_is_cut_by_a_stop(service: Running) -> None:
    """Requests keep coming while the service ends: each is answered whole, refused with words, or not taken at all."""
    body = (ROOT / "fhir_examples" / "mr_pelvis_sacral_stress_fracture" / "input.json").read_bytes()
    whole, refused, cut = [], [], []
    gone = threading.Event()

    def ask() -> None:
        while not gone.is_set():
            try:
                answer = httpx.post(
                    f"{service.url}/api/render", content=body, headers={"Content-Type": "application/json"}, timeout=60
                )
            except httpx.ConnectError:
                return
            except httpx.TransportError as error:
                cut.append(error)
                return
            (whole if answer.status_code == 200 else refused).append(answer)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    code = service.stop()
    gone.set()
    for thread in threads:
        thread.join()
    assert code == 0
    assert whole
    assert all(answer.json()["text"] for answer in whole)
    assert {answer.status_code for answer in refused} <= {503}, service.errors()
    # a connection that was never accepted may be reset; one whose request was taken may not
    assert not [error for error in cut if isinstance(error, httpx.RemoteProtocolError)]


def test_a_stop_does_not_wait_for_ever(start: Start) -> None:
    service = start(env={"REPORTER_STOP_S": "2"})
    with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2]))) as client:
        client.sendall(SLOW)
        time.sleep(0.5)
        began = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - began < 10


def test_a_worker_that_dies_is_replaced_and_its_numbers_stay(start: Start) -> None:
    service = start(*SEVERAL)
    for _ in range(4):
        service.get("/help")
    children = service.children()
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)
    time.sleep(2)
    assert service.get("/help").status_code == 200
    counted = numbers(service.get("/metrics").text)
    assert counted['reporter_requests_total{method="GET",route="/help",status="200"}'] == 5
    folders = set(Path("/tmp").glob("reporter-metrics-*"))  # noqa: S108 - looked at, not written
    assert service.stop() == 0
    assert len(folders - set(Path("/tmp").glob("reporter-metrics-*"))) <= 1  # noqa: S108 - idem


def held(process: str) -> int:
    """Open sockets of a process."""
    return sum(file.readlink().name.startswith("socket:") for file in Path(f"/proc/{process}/fd").iterdir())


def test_connections_that_stay_open_are_shared_out(start: Start) -> None:
    """A RIS keeps a few open: if one process took them all, the others would have nothing to do."""
    service = start(*SEVERAL)
    address = ("127.0.0.1", int(service.url.rpartition(":")[2]))
    assert service.get("/healthz").status_code == 200
    time.sleep(1)
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
    for _ in range(10):
        before = [held(child) for child in children]
        clients = [socket.create_connection(address) for _ in range(8)]
        for client in clients:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert all(client.recv(4096).startswith(b"HTTP/1.1 200") for client in clients)
        shares = [held(child) - was for child, was in zip(children, before, strict=True)]
        for client in clients:
            client.close()
        assert sum(shares) == 8
        assert min(shares) >= 2, shares
        time.sleep(0.3)


def refusal(*options: str, tmp_path: Path) -> str:
    command = [*SERVE, "--port", "0", "--data", str(tmp_path / "data"), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--demo", *EVERYWHERE), "démonstration"),
        (("--demo", "--host", "::"), "démonstration"),
        (EVERYWHERE, "HTTPS"),
        ((*EVERYWHERE, "--https"), "trusted_proxies"),
        ((*EVERYWHERE, "--https", "--trusted-proxies", "10.0.0.0/8"), "hosts"),
        (("--https",), "trusted_proxies"),
        (("--https", "--trusted-proxies", "nginx"), "réseau"),
        (("--workers", "0"), "workers"),
        (("--threads", "many"), "nombre entier"),
    ],
)
def test_what_is_not_safe_does_not_start(options: tuple[str, ...], word: str, tmp_path: Path) -> None:
    assert word in refusal(*options, tmp_path=tmp_path)


def behind_a_proxy(start: Start, network: str) -> Running:
    options = ("--https", "--trusted-proxies", network, "--hosts", "ris.example")
    return start(*options, demo=False, env={"REPORTER_METRICS_TOKEN": "a-token-long-enough"})


def test_behind_a_known_proxy_its_word_is_taken(start: Start) -> None:
    service = behind_a_proxy(start, "127.0.0.1")
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ris.example", "X-Forwarded-For": "192.0.2.7"}
    page = service.get("/login", headers=told)
    assert page.status_code == 200
    assert all("Secure" in cookie for cookie in page.headers.get_list("set-cookie"))
    assert page.headers["Strict-Transport-Security"]
    plain = service.get("/login", headers={"Host": "ris.example"})
    assert (plain.status_code, plain.headers["Location"][:8]) in ((301, "https://"), (302, "https://"))
    assert service.get("/login", headers={**told, "X-Forwarded-Host": "evil.example"}).status_code == 400


def test_the_word_of_anybody_else_is_not(start: Start) -> None:
    service = behind_a_proxy(start, "192.0.2.1")
    told = {"Host": "ris.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    assert service.get("/login", headers=told).status_code in (301, 302)


def test_numbers_need_the_token_where_there_is_one(start: Start) -> None:
    service = behind_a_proxy(start, "127.0.0.1")
    assert service.get("/metrics").status_code == 401
    assert service.get("/metrics", headers={"Authorization": "Bearer é".encode()}).status_code == 401
    given = service.get("/metrics", headers={"Authorization": "Bearer a-token-long-enough"})
    assert given.status_code == 200


def test_numbers_are_not_shown_through_a_proxy_nobody_named(start: Start) -> None:
    service = start()
    assert service.get("/metrics").status_code == 200
    assert service.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401


def test_the_first_administrator_is_made_once(start: Start) -> None:
    service = start(demo=False)
    [password] = re.findall(r"usage unique : (\S+)", service.said())
    assert len(password) >= 16
    assert password not in service.errors()
    assert service.stop() == 0
    assert "usage unique" not in start(demo=False).said()


def test_two_services_share_a_database(start: Start, tmp_path: Path) -> None:
    def begun(name: str) -> Any:
        folder = tmp_path / name
        folder.mkdir()
        return start(folder=folder, env={"REPORTER_DATABASE": f"sqlite:///{tmp_path / 'one.sqlite'}"})

    first, second = begun("a"), begun("b")
    browser = first.browser()
    ready_to_sign(browser)
    report = sign(browser)
    assert second.get(report).status_code == 200
