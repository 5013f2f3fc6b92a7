"""Findings, or our input, become a finished report; or every problem is named."""

import copy
import json

import pytest

from reporter import load_catalog
from reporter.fhir import from_xml, to_xml
from reporter.fhir.check import check
from reporter.fhir.read import read
from reporter.intake import load_json
from tests.api.samples import findings, sample_input, sample_text
from tests.api.service import Api, codes, issues, only

GENERATE = "/fhir/DiagnosticReport/$generate"


def facts(bundle: dict) -> set[tuple[str, str]]:
    """What the Observations say: codes and values."""
    return {
        (json.dumps(o["code"].get("coding")), json.dumps(o.get("valueCodeableConcept", {}).get("coding")))
        for o in only(bundle, "Observation")
    }


def test_findings_come_back_as_the_finished_document(api: Api) -> None:
    response = api.post("/fhir", findings())
    assert response.status_code == 200
    document = load_json(response.text)
    assert document["type"] == "document"
    assert document["entry"][0]["resource"]["resourceType"] == "Composition"
    assert not check(document, load_catalog())
    assert facts(document) == facts(findings())
    sections = document["entry"][0]["resource"]["section"]
    assert any("fracture" in section["text"]["div"].lower() for section in sections if "text" in section)


def test_bare_observations_are_enough(api: Api) -> None:
    """No Composition, no DiagnosticReport: the resources alone, as a RIS would send them."""
    sent = findings()
    kept = ("Patient", "ServiceRequest", "ImagingStudy", "Observation", "BodyStructure", "Procedure", "Device")
    entries = [e for e in sent["entry"] if e["resource"]["resourceType"] in kept]
    response = api.post("/fhir", {"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert response.status_code == 200, response.text
    report = only(json.loads(response.text), "DiagnosticReport")[0]
    assert report["status"] == "preliminary"
    assert "fracture" in report["conclusion"].lower()


@pytest.mark.parametrize("kind", ["document", "transaction", "collection"])
def test_our_input_becomes_the_bundle_asked_for(api: Api, kind: str) -> None:
    response = api.post(f"{GENERATE}?_kind={kind}", sample_text(), "application/json")
    assert response.status_code == 200
    made = json.loads(response.text)
    assert made["type"] == kind
    assert only(made, "DiagnosticReport")[0]["code"]["text"] == "IRM du bassin"


def test_parameters_hold_the_input_too(api: Api) -> None:
    given = [{"name": "input", "valueString": sample_text()}, {"name": "kind", "valueCode": "transaction"}]
    response = api.post(GENERATE, {"resourceType": "Parameters", "parameter": given})
    assert json.loads(response.text)["type"] == "transaction"
    nested = [{"name": "input", "resource": findings()}]
    response = api.post(GENERATE, {"resourceType": "Parameters", "parameter": nested})
    assert json.loads(response.text)["type"] == "document"


def test_xml_in_and_out_says_the_same(api: Api) -> None:
    sent = to_xml(load_json(json.dumps(findings())))
    response = api.post("/fhir", sent, "application/fhir+xml", Accept="application/fhir+xml")
    assert response.content_type == "application/fhir+xml; charset=utf-8"
    by_json = load_json(api.post("/fhir", findings()).text)
    assert from_xml(response.get_data()) == by_json
    assert not read(by_json, load_catalog()).issues


def test_every_problem_is_named_in_french_and_english_with_its_place(api: Api) -> None:
    bad = sample_input()
    del bad["patient"]["sex"]
    bad["findings"][0]["finding"] = "no_such_sign"
    bad["order"]["indication"] = "?"
    response = api.post(GENERATE, bad, "application/json")
    assert response.status_code == 422
    found = {(i["details"]["coding"][0]["code"], i["location"][0], i["expression"][0]) for i in issues(response)}
    assert {
        ("V-REQ", "/patient/sex", "patient.sex"), ("V-CODE", "/findings/0/finding", "findings[0].finding"),
    } <= found  # fmt: skip


def test_a_clinical_rule_names_the_observation_it_is_about(api: Api) -> None:
    sent = findings()
    study = next(e["resource"] for e in sent["entry"] if e["resource"]["resourceType"] == "ServiceRequest")
    study["reasonCode"] = [{"text": "?"}]
    response = api.post("/fhir", sent)
    assert response.status_code == 422
    assert "V-INDIC" in codes(response)
    assert {i["code"] for i in issues(response)} == {"business-rule"}


def test_an_observation_nobody_understands_refuses_the_bundle(api: Api) -> None:
    sent = findings()
    stranger = {
        "resourceType": "Observation", "status": "final", "code": {"text": "Signe inconnu"}, "valueString": "?",
        "subject": next(e["resource"]["subject"] for e in sent["entry"] if "subject" in e["resource"]),
    }  # fmt: skip
    sent = {**sent, "type": "collection"}
    sent["entry"].append({"fullUrl": "urn:uuid:99999999-9999-4999-8999-999999999999", "resource": stranger})
    place = f"Bundle.entry[{len(sent['entry']) - 1}].resource"
    refused = api.post("/fhir", sent)
    assert refused.status_code == 422
    assert [i["expression"][0] for i in issues(refused) if i["severity"] == "error"] == [place]
    lenient = api.post("/fhir", sent, Prefer="handling=lenient")
    assert (lenient.status_code, json.loads(lenient.text)["type"]) == (200, "document")
    assert lenient.headers["Reporter-Warnings"] == "1"


def test_warnings_are_counted_and_told_when_asked_for(api: Api) -> None:
    warned = sample_input()
    warned["exam"].pop("accession_number", None)
    response = api.post(GENERATE, warned, "application/json", Prefer="return=OperationOutcome")
    assert response.status_code == 200
    assert all(issue["severity"] != "error" for issue in issues(response))
    assert api.post(GENERATE, warned, "application/json", Prefer="return=minimal").status_code == 204


def test_nothing_is_kept(api: Api) -> None:
    api.post("/fhir", findings())
    api.post(GENERATE, sample_text(), "application/json")
    assert api.json("/fhir/DiagnosticReport")["total"] == 0
    assert api.json("/api/worklist?count=5")["orders"] == []


def test_the_order_of_entries_does_not_count(api: Api) -> None:
    turned = copy.deepcopy(findings())
    turned["type"] = "collection"
    turned["entry"].reverse()
    first, second = api.post("/fhir", findings()), api.post("/fhir", turned)
    assert facts(json.loads(first.text)) == facts(json.loads(second.text))
