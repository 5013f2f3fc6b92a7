"""A FHIR server not written by us takes our transactions; asked for by .ci/run (REPORTER_CONFORMANCE=1)."""

from __future__ import annotations

import collections
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from reporter import engine, fhir, intake
from reporter.catalog import load_catalog
from reporter.fhir.read import normalised, read_bundle
from reporter.model.exam import Identifier
from reporter.model.lifecycle import DRAFT, Lifecycle, RelatesTo, Signature
from tools.conformance.exams import CLOCK
from tools.conformance.server import Server, running

pytestmark = pytest.mark.skipif("REPORTER_CONFORMANCE" not in os.environ, reason="needs Maven: docs/conformance.md")
SAMPLES = sorted((Path(__file__).resolve().parents[2] / "fhir_examples").glob("*/input.json"))
INS = {"value": "279035121518989", "type": "INS-NIR-TEST", "system": "urn:oid:1.2.250.1.213.1.4.10"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


def transaction(data: Json, lifecycle: Lifecycle = DRAFT) -> str:
    exam = intake.parse(data, load_catalog())
    report = engine.build_report(exam, load_catalog(), clock=lambda: CLOCK)
    return fhir.to_json(report.to_fhir("transaction", lifecycle=lifecycle))


def sample(path: Path, **exam: Any) -> Json:
    data = intake.load_json(path.read_bytes())
    data["exam"] |= exam
    return data


def send(server: Server, bundle: str) -> list[str]:
    """The paths under which the server holds the entries."""
    status, answer = server.post(bundle)
    assert status == 200, answer
    return ["/".join(entry["response"]["location"].split("/")[:2]) for entry in answer["entry"]]


def counts(server: Server, bundle: str) -> dict[str, int]:
    kinds = {entry["resource"]["resourceType"] for entry in json.loads(bundle)["entry"]}
    return {kind: server.total(kind) for kind in sorted(kinds)}


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
    """All but the id and the metadata that belong to the server."""
    return facts({k: v for k, v in resource.items() if k not in {"id", "meta"}}, places)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.parent.name)
def test_sent_twice_every_resource_is_held_once(server: Server, path: Path) -> None:
    bundle = transaction(sample(path))
    first = send(server, bundle)
    held = counts(server, bundle)
    assert send(server, bundle) == first
    assert counts(server, bundle) == held
    for entry, place in zip(json.loads(bundle)["entry"], first, strict=True):
        assert server.total(identity(entry["request"], place)) == 1


def identity(request: Json, place: str) -> str:
    """The search that finds the resource of an entry, and no other."""
    if "ifNoneExist" in request:
        return f"{request['url']}?{request['ifNoneExist']}"
    kind, _, query = request["url"].partition("?")
    return f"{kind}?{query}" if query else f"{kind.split('/')[0]}?_id={place.split('/')[1]}"


@pytest.mark.parametrize("path", SAMPLES[::4], ids=lambda p: p.parent.name)
def test_what_is_read_back_is_what_was_sent(server: Server, path: Path) -> None:
    bundle = transaction(sample(path))
    held = send(server, bundle)
    sent = json.loads(bundle, parse_float=Decimal)["entry"]
    places = {entry["fullUrl"]: place for entry, place in zip(sent, held, strict=True)}
    for entry, place in zip(sent, held, strict=True):
        assert resource_facts(server.get(place), {}) == resource_facts(entry["resource"], places), place


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.parent.name)
def test_our_reader_finds_the_exam_in_what_the_server_holds(server: Server, path: Path) -> None:
    data = sample(path)
    held = dict.fromkeys(send(server, transaction(data)))
    entries = [{"fullUrl": f"http://127.0.0.1/fhir/{place}", "resource": server.get(place)} for place in held]
    found = read_bundle({"resourceType": "Bundle", "type": "collection", "entry": entries}, load_catalog())
    assert repr(normalised(found)) == repr(normalised(intake.parse(data, load_catalog())))


def test_everything_about_the_patient_holds_each_observation_once(server: Server) -> None:
    bundle = transaction(sample(SAMPLES[0]))
    held = send(server, bundle)
    patient = next(place for place in held if place.startswith("Patient/"))
    found = server.get(f"{patient}/$everything?_count=500")["entry"]
    ids = collections.Counter(f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in found)
    about = ("Observation/", "DiagnosticReport/", "Composition/", "ImagingStudy/")
    assert {ids[place] for place in held if place.startswith(about)} == {1}


def test_two_reports_of_one_patient_share_the_patient(server: Server) -> None:
    subjects = []
    for accession in ("CONF-1", "CONF-2"):
        data = sample(SAMPLES[0], accession_number=accession)
        data["patient"]["identifiers"] = [INS]
        held = send(server, transaction(data))
        report = next(place for place in held if place.startswith("DiagnosticReport/"))
        subjects.append(server.get(report)["subject"]["reference"])
    assert len(set(subjects)) == 1
    assert server.total(f"Patient?identifier={INS['system']}|{INS['value']}") == 1
    assert server.total(f"DiagnosticReport?subject={subjects[0]}") == 2


def test_a_signed_then_corrected_report_stays_one_report(server: Server) -> None:
    data = sample(SAMPLES[0], accession_number="CONF-3")
    exam = intake.parse(data, load_catalog())
    identifier = engine.build_report(exam, load_catalog(), clock=lambda: CLOCK).data.identifier
    signature = Signature(CLOCK, "Dr Essai FICTIF", (Identifier("99990000017", "RPPS"),))
    states = [
        (DRAFT, "preliminary"),
        (Lifecycle("final", 1, signature), "final"),
        (Lifecycle("corrected", 2, signature, (RelatesTo("replaces", identifier),)), "corrected"),
    ]
    places = set()
    for lifecycle, status in states:
        held = send(server, transaction(data, lifecycle))
        report = next(place for place in held if place.startswith("DiagnosticReport/"))
        places.add(report)
        assert server.get(report)["status"] == status
    assert len(places) == 1
