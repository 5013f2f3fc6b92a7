"""Against an MLLP receiver built on python-hl7, in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reporter.delivery.targets import DeliveryError, Letter, mllp, open_sender, oru, read_targets
from tests.delivery.faults_servers import MLLP, Receiver, receiver
from tests.delivery.targets_samples import exam, letter, lifecycle, made


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(MLLP, tmp_path) as started:
        yield started


@pytest.fixture(scope="module")
def report() -> Letter:
    return letter(*made(exam(), lifecycle()))


def send(server: Receiver, report: Letter) -> str:
    table = {"name": "his", "kind": "mllp", "host": "127.0.0.1", "port": server.port, "timeout_s": 1}
    return open_sender(read_targets([table])[0]).send(report)


def refusal(server: Receiver, report: Letter) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        send(server, report)
    return refused.value


def test_the_receiver_reads_the_report_word_for_word(server: Receiver, report: Letter) -> None:
    assert send(server, report) == f"AA {oru.control_id('key-1')}"
    (seen,) = server.stored()
    assert seen["text"] == report.text.rstrip("\n")
    assert (seen["control"], seen["report"], seen["status"]) == (oru.control_id("key-1"), "ACC-1", "F")


@pytest.mark.parametrize("mode", ["split", "twice", "other"])
def test_an_answer_in_pieces_twice_or_after_another_is_understood(server: Receiver, report: Letter, mode: str) -> None:
    server.behave(mode)
    assert send(server, report) == f"AA {oru.control_id('key-1')}"


@pytest.mark.parametrize(
    ("mode", "code", "again"),
    [
        ("AE", "HL7-AE", False),
        ("AE-207", "HL7-AE", True),
        ("AR", "HL7-AR", True),
        ("AR-200", "HL7-AR", False),
        ("garbage", "HL7-ACK", True),
        ("slow", "MLLP-TIMEOUT", True),
    ],
)
def test_refusals_and_what_becomes_of_them(server: Receiver, report: Letter, mode: str, code: str, again: bool) -> None:
    server.behave(mode)
    error = refusal(server, report)
    assert (error.code, error.retryable) == (code, again)


@pytest.mark.parametrize("mode", ["reset", "lost"])
def test_a_connection_cut_before_the_answer_is_tried_again(server: Receiver, report: Letter, mode: str) -> None:
    server.behave(mode)
    error = refusal(server, report)
    assert error.code.startswith("MLLP-")
    assert error.retryable


def test_a_receiver_that_is_down_is_tried_again(server: Receiver, report: Letter) -> None:
    server.kill()
    error = refusal(server, report)
    assert (error.code, error.retryable) == ("MLLP-ConnectionRefusedError", True)


@pytest.mark.parametrize("code", ["AA", "CA"])
def test_both_modes_of_acknowledgement_are_known(code: str) -> None:
    ack = mllp.read_ack(f"MSH|^~\\&|||||20260101||ACK|1|P|2.3.1\rMSA|{code}|X-1\r".encode())
    assert (ack.code, ack.control_id) == (code, "X-1")
