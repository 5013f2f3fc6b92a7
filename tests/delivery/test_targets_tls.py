"""TLS with certificates made for the test: ours is verified by the receiver, its own by us."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from reporter.delivery.targets import DeliveryError, Letter, open_sender, read_targets
from reporter.errors import ConfigError
from tests.delivery.faults_servers import HTTP, MLLP, Receiver, receiver
from tests.delivery.targets_samples import exam, letter, lifecycle, made


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    ours, stranger = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(str(folder / "ca.pem"))
    stranger.cert_pem.write_to_path(str(folder / "other.pem"))
    ours.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    client = ours.issue_cert("reporter@example.org")
    client.private_key_pem.write_to_path(str(folder / "client.key"))
    client.cert_chain_pems[0].write_to_path(str(folder / "client.pem"))
    return folder


@pytest.fixture(params=["fhir", "mllp"])
def table(request: pytest.FixtureRequest, certificates: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A target with every certificate, and its receiver."""
    with receiver(HTTP if request.param == "fhir" else MLLP, tmp_path, tls=certificates) as server:
        yield {
            "name": "x",
            "kind": request.param,
            "timeout_s": 5,
            **address(request.param, server),
            **known(certificates),
        }


def address(kind: str, server: Receiver) -> dict[str, Any]:
    if kind == "fhir":
        return {"url": f"https://127.0.0.1:{server.port}/fhir"}
    return {"host": "127.0.0.1", "port": server.port, "tls": True}


def known(folder: Path) -> dict[str, str]:
    names = {"ca_file": "ca.pem", "client_cert": "client.pem", "client_key": "client.key"}
    return {option: str(folder / name) for option, name in names.items()}


@pytest.fixture(scope="module")
def report() -> Letter:
    return letter(*made(exam(), lifecycle()))


def send(table: dict[str, Any], report: Letter) -> str:
    sender = open_sender(read_targets([table])[0])
    try:
        return sender.send(report)
    finally:
        sender.close()


def test_both_sides_know_each_other(table: dict[str, Any], report: Letter) -> None:
    assert send(table, report)


def test_a_receiver_that_nobody_vouches_for_gets_nothing(
    table: dict[str, Any], report: Letter, certificates: Path, tmp_path: Path
) -> None:
    with pytest.raises(DeliveryError) as refused:
        send({**table, "ca_file": str(certificates / "other.pem")}, report)
    assert refused.value.retryable
    assert "".join(path.read_text() for path in tmp_path.glob("faults_*.log")) == ""


def test_without_our_certificate_the_receiver_takes_nothing(table: dict[str, Any], report: Letter) -> None:
    bare = {name: value for name, value in table.items() if not name.startswith("client_")}
    with pytest.raises(DeliveryError) as refused:
        send(bare, report)
    assert refused.value.retryable


def test_certificates_that_cannot_be_read_are_said_in_french(table: dict[str, Any], report: Letter) -> None:
    with pytest.raises(ConfigError, match="Certificats illisibles"):
        send({**table, "ca_file": "absent.pem"}, report)
