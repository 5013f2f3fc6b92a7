"""The worker, the real store, and receivers in processes of their own."""

import datetime as dt
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme

from reporter.cli import main
from reporter.delivery.outbox import Backoff, Deliverer, events
from reporter.delivery.store import Signing, Store
from reporter.delivery.store.errors import DeliveryOrderError
from reporter.delivery.targets import read_targets
from tests.delivery.faults_servers import HTTP, MLLP, Receiver, receiver
from tests.delivery.targets_samples import exam, lifecycle, made, numbered, signed, signing

QUICK = {"timeout_s": 1, "backoff_s": 0.02, "backoff_max_s": 0.05}
SITE = Path(sys.executable).parent


@pytest.fixture(scope="module")
def template() -> Signing:
    return signing(*made(exam(), lifecycle()))


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(HTTP, tmp_path) as started:
        yield started


@pytest.fixture
def mllp(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(MLLP, tmp_path) as started:
        yield started


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Store]:
    """A store whose versions go to `ris` and `his`."""
    store = Store(f"sqlite:///{tmp_path / 'reporter.sqlite'}", targets=("ris", "his"))
    yield store
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store whose versions go to `ris` only."""
    store = Store(f"sqlite:///{tmp_path / 'reporter.sqlite'}", targets=("ris",))
    yield store
    store.close()


def tables(http: Receiver, mllp: Receiver | None = None, **more: Any) -> list[dict[str, Any]]:
    ris = {"name": "ris", "kind": "fhir", "url": f"http://127.0.0.1:{http.port}/fhir", **QUICK, **more}
    his = {"name": "his", "kind": "mllp", "host": "127.0.0.1", "port": mllp.port, **QUICK, **more} if mllp else None
    return [ris, *([his] if his else [])]


def worker(store: Store, http: Receiver, mllp: Receiver | None = None, **more: Any) -> Deliverer:
    return Deliverer(store, read_targets(tables(http, mllp, **more)), idle_s=0.02)


def until(store: Store, deliverer: Deliverer, *wanted: str) -> None:
    """Drain until every delivery is in one of these states (20 seconds at most)."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        deliverer.drain()
        if {status for _, status in store.delivery_counts()} <= set(wanted):
            return
        time.sleep(0.02)
    raise AssertionError(store.delivery_counts())


def held(server: Receiver) -> list[tuple[str, str]]:
    """Report and version of what a receiver kept, in order."""
    return [(line["report"], line.get("version") or line["text"].split("\n")[0][1:]) for line in server.stored()]


def test_a_signed_version_reaches_every_target(
    stores: Store, http: Receiver, mllp: Receiver, template: Signing
) -> None:
    signed(stores, numbered(template, "R-1", 1))
    assert worker(stores, http, mllp).drain() == 2
    assert stores.delivery_counts() == {("ris", "delivered"): 1, ("his", "delivered"): 1}
    assert held(http) == held(mllp) == [("R-1", "1")]
    assert all(d.receipt for d in stores.deliveries())


def test_versions_of_a_report_go_in_order_and_a_failing_report_holds_no_other(
    store: Store, http: Receiver, template: Signing
) -> None:
    for n in (1, 2):
        for report in ("R-1", "R-2"):
            signed(store, numbered(template, report, n))
    http.behave("500")
    until(store, worker(store, http, backoff_s=0.5, backoff_max_s=0.5), "delivered")
    assert [line["report"] for line in http.log()][:2] == ["R-1", "R-2"]
    assert sorted(held(http)) == [("R-1", "1"), ("R-1", "2"), ("R-2", "1"), ("R-2", "2")]
    for report in ("R-1", "R-2"):
        assert [n for r, n in held(http) if r == report] == ["1", "2"]


def test_a_slow_target_does_not_hold_the_others_back(
    stores: Store, http: Receiver, mllp: Receiver, template: Signing
) -> None:
    http.behave("slow", "slow")
    for report in ("R-1", "R-2"):
        signed(stores, numbered(template, report, 1))
    deliverer = worker(stores, http, mllp)
    deliverer.start()
    try:
        end = time.monotonic() + 10
        while len(held(mllp)) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        assert len(held(mllp)) == 2
        assert stores.delivery_counts().get(("ris", "delivered"), 0) == 0
    finally:
        assert deliverer.stop()


def test_a_stop_waits_once_and_not_once_for_each_target(
    stores: Store, http: Receiver, tmp_path: Path, template: Signing
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    with receiver(HTTP, folder) as other:
        for server in (http, other):
            server.behave("slow")
        rows = tables(http)[0], {**tables(other)[0], "name": "his"}
        signed(stores, numbered(template, "R-1", 1))
        deliverer = Deliverer(stores, read_targets(list(rows)), idle_s=0.02)
        deliverer.start()
        while not (http.log() and other.log()):
            time.sleep(0.02)
        began = time.monotonic()
        assert not deliverer.stop(0.6)
        assert time.monotonic() - began < 1
        assert deliverer.stop(20)


@pytest.mark.parametrize("mode", ["lost", "cut", "slow", "drip"])
def test_an_answer_that_is_lost_sends_again_what_is_held_once(
    store: Store, http: Receiver, template: Signing, mode: str
) -> None:
    signed(store, numbered(template, "R-1", 1))
    http.behave(mode)
    until(store, worker(store, http), "delivered")
    first, second = http.stored()
    assert first["key"] == second["key"]
    assert first["held"] == second["held"]
    assert first["request"] != second["request"]


def test_an_answer_lost_over_mllp_is_repeated_under_the_same_control_id(
    stores: Store, http: Receiver, mllp: Receiver, template: Signing
) -> None:
    signed(stores, numbered(template, "R-1", 1))
    mllp.behave("lost", "twice")
    until(stores, worker(stores, http, mllp), "delivered")
    assert len({line["control"] for line in mllp.stored()}) == 1
    assert [line["mode"] for line in mllp.log()] == ["lost", "twice"]


def test_a_receiver_that_comes_back_gets_everything(store: Store, tmp_path: Path, template: Signing) -> None:
    with ExitStack() as first:
        server = first.enter_context(receiver(HTTP, tmp_path))
        port = server.port
        server.kill()
        signed(store, numbered(template, "R-1", 1))
        worker(store, server).drain()
        (waiting,) = store.deliveries()
        assert (waiting.status, waiting.error) == ("pending", "FHIR-ConnectError")
    with receiver(HTTP, tmp_path, port) as back:
        until(store, worker(store, back), "delivered")
        assert held(back) == [("R-1", "1")]


def test_a_refused_report_is_a_dead_letter_with_its_outcome_until_it_is_replayed(
    store: Store, http: Receiver, template: Signing
) -> None:
    signed(store, numbered(template, "R-1", 1))
    http.behave("422")
    until(store, worker(store, http), "dead")
    (dead,) = store.deliveries()
    assert (dead.error or "").split("\n")[0] == "HTTP-422"
    assert "OperationOutcome" in (dead.error or "")
    assert held(http) == []
    store.replay(dead.id)
    until(store, worker(store, http), "delivered")
    assert held(http) == [("R-1", "1")]
    lines = [line for line in store.audit_lines() if line.action == "deliver"]
    assert [(line.outcome, line.entity_id, line.detail.get("code")) for line in lines] == [
        ("failure", "R-1", "HTTP-422"),
        ("success", "R-1", None),
    ]


def test_a_correction_gets_out_past_a_dead_letter_which_can_no_longer_go_over_it(
    store: Store, http: Receiver, template: Signing
) -> None:
    signed(store, numbered(template, "R-1", 1))
    signed(store, numbered(template, "R-1", 2))
    http.behave("422")
    until(store, worker(store, http), "dead", "delivered")
    assert held(http) == [("R-1", "2")]
    (dead,) = store.deliveries(status="dead")
    assert dead.n == 1
    with pytest.raises(DeliveryOrderError):
        store.replay(dead.id)


def test_attempts_that_are_used_up_make_a_dead_letter(store: Store, http: Receiver, template: Signing) -> None:
    signed(store, numbered(template, "R-1", 1))
    http.behave(*["503"] * 9)
    deliverer = Deliverer(store, read_targets(tables(http, attempts=1)))
    deliverer.drain()
    (dead,) = store.deliveries()
    assert (dead.status, dead.attempts) == ("dead", 1)


def test_a_stored_version_that_was_tampered_with_is_never_sent(
    store: Store, http: Receiver, template: Signing, tmp_path: Path
) -> None:
    import sqlite3

    signed(store, numbered(template, "R-1", 1))
    with sqlite3.connect(tmp_path / "reporter.sqlite") as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("UPDATE versions SET text = 'Rien.'")
    raw.close()
    worker(store, http).drain()
    (dead,) = store.deliveries()
    assert (dead.status, dead.error) == ("dead", "STORE-HASH")
    assert http.log() == []


def test_the_wait_doubles_is_drawn_below_its_cap_and_is_never_shorter_than_asked() -> None:
    (target,) = read_targets(
        [{"name": "x", "kind": "mllp", "host": "h", "port": 1, "attempts": 12, "backoff_s": 2, "backoff_max_s": 60}]
    )
    drawn: list[tuple[float, float]] = []

    def highest(low: float, high: float) -> float:
        drawn.append((low, high))
        return high

    waits = [Backoff(highest).wait(target, attempts) for attempts in range(1, 12)]
    assert [wait.total_seconds() for wait in waits if wait] == [2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]
    assert {low for low, _ in drawn} == {0}
    assert Backoff(highest).wait(target, 12) is None
    assert Backoff(min).wait(target, 1, dt.timedelta(seconds=9)) == dt.timedelta(seconds=9)
    assert Backoff(highest).wait(target, 1, dt.timedelta(seconds=1)) == dt.timedelta(seconds=2)


def test_real_jitter_stays_within_its_bounds() -> None:
    (target,) = read_targets([{"name": "x", "kind": "mllp", "host": "h", "port": 1, "backoff_s": 2}])
    waits = [Backoff().wait(target, 3) or dt.timedelta() for _ in range(200)]
    assert all(dt.timedelta() <= wait <= dt.timedelta(seconds=8) for wait in waits)
    assert len(set(waits)) > 100


@pytest.fixture
def quiet() -> Iterator[None]:
    """The log as it was, whatever a test sends it to."""
    yield
    events.LOGGER.handlers.clear()
    events.LOGGER.propagate = True


@pytest.mark.usefixtures("quiet")
def test_the_log_names_events_and_ids_and_nobody(store: Store, http: Receiver, template: Signing) -> None:
    signed(store, numbered(template, "R-1", 1))
    signed(store, numbered(template, "R-2", 1))
    http.behave("500", "422")
    out = io.StringIO()
    events.to_stream(out)
    until(store, worker(store, http), "delivered", "dead")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["delivery.retry", "delivery.dead", "delivery.sent"]
    assert [line.get("code") for line in lines] == ["HTTP-500", "HTTP-422", None]
    assert lines[2]["correlation"] == http.stored()[0]["request"]
    for secret in ("MARTIN", "Zoé", "Zo\\u00e9", "2790351", "Douleur", "col fémoral"):
        assert secret not in out.getvalue()


def command(tmp_path: Path, *arguments: str) -> list[str]:
    return [str(SITE / "reporter"), "deliver", *arguments, "--data", str(tmp_path)]


def settings(tmp_path: Path, tables: list[dict[str, Any]]) -> Path:
    file = tmp_path / "site.toml"
    rows = ["\n".join(f"{k} = {json.dumps(v)}" for k, v in table.items()) for table in tables]
    file.write_text("".join(f"[[targets]]\n{row}\n" for row in rows), encoding="utf-8")
    return file


def test_two_workers_share_the_outbox(
    url: str, http: Receiver, mllp: Receiver, template: Signing, tmp_path: Path
) -> None:
    stores = Store(url, targets=("ris", "his"))
    for n in (1, 2):
        for report in range(6):
            signed(stores, numbered(template, f"R-{report}", n))
    file = settings(tmp_path, tables(http, mllp))
    once = command(tmp_path, "run", "--settings", str(file))
    known = {**os.environ, "REPORTER_DATABASE": url}
    workers = [subprocess.Popen(once, stderr=subprocess.PIPE, text=True, env=known) for _ in range(2)]
    try:
        end = time.monotonic() + 40
        while stores.delivery_counts() != {("ris", "delivered"): 12, ("his", "delivered"): 12}:
            assert time.monotonic() < end, stores.delivery_counts()
            time.sleep(0.1)
    finally:
        for process in workers:
            process.send_signal(signal.SIGTERM)
        logs = [process.communicate()[1] for process in workers]
    assert [process.returncode for process in workers] == [0, 0]
    for server in (http, mllp):
        assert sorted(held(server)) == sorted((f"R-{r}", n) for r in range(6) for n in ("1", "2"))
        for report in range(6):
            assert [n for r, n in held(server) if r == f"R-{report}"] == ["1", "2"]
    assert all("MARTIN" not in log for log in logs)
    stores.close()


def test_a_worker_told_to_stop_again_and_again_ends_its_letter_first(
    store: Store, http: Receiver, template: Signing, tmp_path: Path
) -> None:
    signed(store, numbered(template, "R-1", 1))
    http.behave("slow")
    file = settings(tmp_path, tables(http, timeout_s=10))
    process = subprocess.Popen(command(tmp_path, "--settings", str(file)), stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 15
        while not http.log() and time.monotonic() < end:
            time.sleep(0.02)
        end = time.monotonic() + 15
        while process.poll() is None and time.monotonic() < end:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.0005)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
    (delivery,) = store.deliveries()
    assert (delivery.status, delivery.attempts) == ("delivered", 1)


@pytest.mark.usefixtures("quiet")
def test_dead_letters_are_listed_replayed_and_abandoned_by_command(
    store: Store, http: Receiver, template: Signing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> int:
        return main(command(tmp_path, *arguments)[1:])

    for report in ("R-1", "R-2"):
        signed(store, numbered(template, report, 1))
    http.behave("422", "422")
    site = str(settings(tmp_path, tables(http)))
    assert run("once", "--settings", site) == 0
    assert "MARTIN" not in capsys.readouterr().err
    assert run("list", "--dead") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(row["report_id"], row["error"]) for row in listed] == [("R-2", "HTTP-422"), ("R-1", "HTTP-422")]
    assert run("abandon", str(listed[0]["id"])) == 0
    assert run("replay", "--dead") == 0
    assert run("once", "--settings", site) == 0
    assert store.delivery_counts() == {("ris", "abandoned"): 1, ("ris", "delivered"): 1}
    capsys.readouterr()
    assert run("replay", "999") == 1
    assert capsys.readouterr().err == "Introuvable : envoi 999.\n"
    assert run("run") == 1
    assert capsys.readouterr().err == "--settings FILE : les destinations [[targets]] y sont décrites.\n"


@pytest.mark.usefixtures("quiet")
def test_what_forbids_sending_is_said_and_tried_again(
    store: Store, http: Receiver, template: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporter.delivery.outbox.deliverer._BLOCKED_S", 0.05)
    signed(store, numbered(template, "R-1", 1))
    authority, out = tmp_path / "ca.pem", io.StringIO()
    events.to_stream(out)
    deliverer = worker(store, http, ca_file=str(authority))
    deliverer.start()
    try:
        wait(lambda: "delivery.blocked" in out.getvalue())
        trustme.CA().cert_pem.write_to_path(str(authority))
        wait(lambda: store.delivery_counts() == {("ris", "delivered"): 1})
    finally:
        assert deliverer.stop()


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
