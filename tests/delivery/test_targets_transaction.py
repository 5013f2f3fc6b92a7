from pathlib import Path
from typing import Any

import pytest

from reporter import fhir, intake
from tests.delivery.targets_samples import Json, exam, lifecycle, made

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "fhir_examples").glob("*/bundle.json"))


def entries(bundle: Json) -> dict[str, Json]:
    return {entry["fullUrl"]: entry for entry in bundle["entry"]}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.parent.name)
def test_a_stored_document_becomes_the_transaction_of_the_engine(path: Path) -> None:
    document = intake.load_json(path.read_bytes())
    expected = intake.load_json((path.parent / "transaction.json").read_bytes())
    made_of_it = fhir.transaction_of(document)
    assert made_of_it["type"] == "transaction"
    requests = {url: entry["request"] for url, entry in entries(made_of_it).items()}
    assert requests == {url: entry["request"] for url, entry in entries(expected).items()}
    for url, entry in entries(made_of_it).items():
        stored = entries(document)[url]["resource"]
        assert {k: v for k, v in stored.items() if k != "id"} == {
            k: v for k, v in entry["resource"].items() if k != "id"
        }


def test_an_identity_shared_with_others_is_created_once_and_never_overwritten() -> None:
    document, _ = made(exam(), lifecycle())
    patient = next(e for e in fhir.transaction_of(document)["entry"] if e["resource"]["resourceType"] == "Patient")
    assert patient["request"] == {
        "method": "POST",
        "url": "Patient",
        "ifNoneExist": "identifier=urn:oid:1.2.250.1.213.1.4.10%7C279035121518989",
    }


def corrected() -> tuple[Json, Json]:
    """A report, then the same without its second finding."""
    data = exam()
    first, _ = made(data, lifecycle())
    data["findings"] = [f for f in data["findings"] if f["id"] != "F3"]
    second, _ = made(data, lifecycle("corrected", 2))
    return first, second


def statuses(bundle: Json, kind: str) -> dict[str, Any]:
    return {u: e["resource"]["status"] for u, e in entries(bundle).items() if e["resource"]["resourceType"] == kind}


def test_what_a_correction_no_longer_says_is_withdrawn_at_the_receiver() -> None:
    first, second = corrected()
    gone = {u for u, e in entries(first).items() if e["resource"]["resourceType"] == "Observation"} - set(
        entries(second)
    )
    assert gone
    sent = fhir.transaction_of(second, [first])
    withdrawn = {url for url, status in statuses(sent, "Observation").items() if status == "entered-in-error"}
    assert withdrawn == gone
    for url in withdrawn:
        assert entries(sent)[url]["request"] == entries(fhir.transaction_of(first))[url]["request"]


def test_every_reference_of_a_transaction_with_withdrawals_resolves() -> None:
    first, second = corrected()
    sent = entries(fhir.transaction_of(second, [first]))
    for entry in sent.values():
        for found in references(entry["resource"]):
            assert found in sent, found


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [r for v in value.values() for r in references(v)]
    return [r for v in value for r in references(v)] if isinstance(value, list) else []


def test_nothing_is_withdrawn_when_all_is_still_said() -> None:
    first, _ = made(exam(), lifecycle())
    second, _ = made(exam(), lifecycle("corrected", 2))
    assert entries(fhir.transaction_of(second, [first])).keys() == entries(second).keys()
