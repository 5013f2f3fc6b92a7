"""Against an HTTP server in a process of its own, which misbehaves on demand."""

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reporter.delivery.targets import DeliveryError, Letter, open_sender, read_targets
from tests.delivery.faults_servers import HTTP, Receiver, receiver
from tests.delivery.targets_samples import exam, letter, lifecycle, made

OAUTH = {"kind": "oauth2", "client_id": "id", "client_secret": {"env": "RIS_SECRET"}, "scope": "system/*.c"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(HTTP, tmp_path) as started:
        yield started


@pytest.fixture(scope="module")
def report() -> Letter:
    return letter(*made(exam(), lifecycle()))


def send(server: Receiver, report: Letter, *times: int, **options: Any) -> str:
    table = {"name": "ris", "kind": "fhir", "url": f"http://127.0.0.1:{server.port}/fhir", "timeout_s": 1, **options}
    sender = open_sender(read_targets([table])[0])
    try:
        for _ in range(*times or (1,)):
            receipt = sender.send(report)
        return receipt
    finally:
        sender.close()


def refusal(server: Receiver, report: Letter, **options: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        send(server, report, **options)
    return refused.value


def test_a_transaction_is_taken(server: Receiver, report: Letter) -> None:
    receipt = send(server, report)
    (seen,) = server.stored()
    assert seen["report"] == "ACC-1"
    assert len(receipt.split("\n")) == len(report.document["entry"])
    assert (seen["accept"], seen["type"]) == ("application/fhir+json", "application/fhir+json; charset=utf-8")
    assert (seen["key"], seen["request"]) == ("key-1", "7-1")


@pytest.mark.parametrize("status", [408, 409, 423, 425, 429, 500, 502, 503, 504])
def test_refusals_of_the_moment_are_tried_again(server: Receiver, report: Letter, status: int) -> None:
    server.behave(str(status))
    error = refusal(server, report)
    assert (error.code, error.retryable) == (f"HTTP-{status}", True)
    assert error.retry_after == (dt.timedelta(seconds=7) if status in (429, 503) else None)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 410, 412, 413, 422])
def test_refusals_of_the_content_are_not_and_the_outcome_is_kept(server: Receiver, report: Letter, status: int) -> None:
    server.behave(str(status))
    error = refusal(server, report)
    assert (error.code, error.retryable) == (f"HTTP-{status}", False)
    assert "Patient MARTIN" in error.detail
    assert "MARTIN" not in str(error)


@pytest.mark.parametrize(("mode", "code"), [("reset", "FHIR-"), ("lost", "FHIR-"), ("cut", "FHIR-")])
def test_a_connection_cut_at_any_point_is_tried_again(server: Receiver, report: Letter, mode: str, code: str) -> None:
    server.behave(mode)
    error = refusal(server, report)
    assert error.code.startswith(code)
    assert error.retryable


@pytest.mark.parametrize("mode", ["slow", "drip"])
def test_a_receiver_that_takes_too_long_is_left(server: Receiver, report: Letter, mode: str) -> None:
    server.behave(mode)
    error = refusal(server, report)
    assert (error.code, error.retryable) == ("FHIR-TIMEOUT", True)


def test_a_receiver_that_is_down_is_tried_again(server: Receiver, report: Letter) -> None:
    server.kill()
    error = refusal(server, report)
    assert (error.code, error.retryable) == ("FHIR-ConnectError", True)


def test_a_success_that_is_no_answer_to_a_transaction_is_none(server: Receiver, report: Letter) -> None:
    server.behave("html")
    error = refusal(server, report)
    assert (error.code, error.retryable) == ("FHIR-ANSWER", True)


def test_an_answer_given_twice_is_not_taken_for_the_next_one(server: Receiver, report: Letter) -> None:
    server.behave("twice", "422")
    assert send(server, report)
    assert refusal(server, report).code == "HTTP-422"


def test_a_token_is_asked_for_once_and_renewed_once_when_refused(
    server: Receiver, report: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIS_SECRET", "sesame")
    auth = {**OAUTH, "token_url": f"http://127.0.0.1:{server.port}/token"}
    server.behave("ok", "ok", "revoked", "ok")
    send(server, report, 3, auth=auth)
    assert [line["mode"] for line in server.log()] == ["token", "ok", "ok", "401", "token", "ok"]


def test_a_wrong_secret_waits_for_a_right_one(
    server: Receiver, report: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIS_SECRET", "wrong")
    auth = {**OAUTH, "token_url": f"http://127.0.0.1:{server.port}/token"}
    error = refusal(server, report, auth=auth)
    assert (error.code, error.retryable, error.detail) == ("OAUTH2-401", True, "")
    assert [line["mode"] for line in server.log()] == ["token refused"]


def test_a_refused_bearer_token_is_tried_again_later(server: Receiver, report: Letter, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t", encoding="utf-8")
    server.behave("401")
    error = refusal(server, report, auth={"kind": "bearer", "token": {"file": str(tmp_path / "token")}})
    assert (error.code, error.retryable) == ("HTTP-401", True)


def test_a_server_without_tls_is_not_taken_for_one(report: Letter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        table = {"name": "ris", "kind": "fhir", "url": f"https://127.0.0.1:{silent.getsockname()[1]}", "timeout_s": 0.5}
        sender = open_sender(read_targets([table])[0])
        with pytest.raises(DeliveryError) as refused:
            sender.send(report)
        sender.close()
    assert refused.value.retryable
