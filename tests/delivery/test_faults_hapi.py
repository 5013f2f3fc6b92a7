"""A FHIR server not written by us takes our deliveries; asked for by .ci/run (REPORTER_CONFORMANCE=1)."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from reporter import fhir
from reporter.delivery.outbox import Deliverer
from reporter.delivery.store import Store
from reporter.delivery.targets import read_targets
from tests.delivery.targets_samples import Json, exam, lifecycle, made, signed, signing
from tools.conformance.server import Server, running

pytestmark = pytest.mark.skipif(
    not os.environ.get("REPORTER_CONFORMANCE"), reason="needs Maven: see docs/conformance.md"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


class Wire:
    """A wire to the server that may swallow answers: the server got it, we did not hear."""

    def __init__(self, port: int, swallowed: int) -> None:
        self._to, self._swallowed = port, swallowed
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, socket.create_connection(("127.0.0.1", self._to)) as onward:
                threading.Thread(target=self._copy, args=(client, onward), daemon=True).start()
                self._answer(onward, client)

    def _answer(self, onward: socket.socket, client: socket.socket) -> None:
        part, swallow = onward.recv(65536), self._swallowed > 0
        self._swallowed -= swallow
        while part and not swallow:
            client.sendall(part)
            part = onward.recv(65536)
        client.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        try:
            while part := source.recv(65536):
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return


def deliver(store: Store, server: Server, swallowed: int = 0) -> None:
    wire = Wire(server._port, swallowed)
    url = f"http://127.0.0.1:{wire.port}/fhir"
    target = {"name": "ris", "kind": "fhir", "url": url, "timeout_s": 60, "backoff_s": 0.01, "backoff_max_s": 0.01}
    deliverer = Deliverer(store, read_targets([target]))
    while set(store.delivery_counts()) != {("ris", "delivered")}:
        assert deliverer.drain() or True
        assert not store.deliveries(status="dead"), store.deliveries(status="dead")[0].error
    wire.close()


def facts(value: Any, places: dict[str, str], name: str = "") -> Any:
    """A value as a server that loses nothing gives it back: references lead to where it holds the others."""
    if isinstance(value, dict):
        return {k: facts(v, places, k) for k, v in value.items()}
    if isinstance(value, list):
        return [facts(item, places, name) for item in value]
    if name == "div":
        return etree.tostring(etree.fromstring(value), method="c14n")
    return places.get(value, value) if name == "reference" else value


def resource_facts(resource: Json, places: dict[str, str]) -> Any:
    return facts({k: v for k, v in resource.items() if k not in {"id", "meta"}}, places)


def test_a_report_and_its_correction_are_held_once_though_answers_were_lost(server: Server, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'reports.db'}", targets=("ris",))
    data = exam("HAPI-1")
    first = made(data, lifecycle(accession="HAPI-1"))
    signed(store, signing(*first, report_id="HAPI-1"))
    deliver(store, server, swallowed=2)
    data["findings"] = [f for f in data["findings"] if f["id"] != "F3"]
    second = made(data, lifecycle("corrected", 2, "HAPI-1"))
    signed(store, signing(*second, report_id="HAPI-1", status="corrected"))
    deliver(store, server, swallowed=1)
    receipts = {d.n: (d.receipt or "").split("\n") for d in store.deliveries()}
    assert {d.attempts for d in store.deliveries()} == {2, 3}
    check(server, json.loads(store.version("HAPI-1", 2).bundle, parse_float=Decimal), first[0], receipts[2])
    store.close()


def check(server: Server, document: Json, earlier: Json, receipt: list[str]) -> None:
    sent = fhir.transaction_of(document, [earlier])["entry"]
    at = {entry["fullUrl"]: "/".join(place.split("/")[:2]) for entry, place in zip(sent, receipt, strict=True)}
    for entry in sent:
        assert resource_facts(server.get(at[entry["fullUrl"]]), {}) == resource_facts(entry["resource"], at)
    assert server.total("DiagnosticReport") == server.total("Composition") == server.total("Patient") == 1
    withdrawn = {e["fullUrl"] for e in sent} - {e["fullUrl"] for e in document["entry"]}
    assert (
        server.total("Observation?status=entered-in-error") == sum("Observation/" in at[url] for url in withdrawn) > 0
    )
    kept = sum(e["resource"]["resourceType"] == "Observation" for e in document["entry"])
    assert server.total("Observation?status:not=entered-in-error") == kept
