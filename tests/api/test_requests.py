"""A request becomes a line of the work list and a form filled in with it."""

import json
from urllib.parse import parse_qs, urlparse

import pytest
from flask import Flask

from reporter.fhir.check import check_resource
from tests.api.samples import findings, request_bundle
from tests.api.service import Api, codes, issues, only
from tests.web.window import Browser


def link_of(response) -> str:
    (link,) = json.loads(response.text)["link"]
    assert link["relation"] == "edit-form"
    assert f'<{link["url"]}>; rel="edit-form"' in response.headers["Link"]
    return link["url"]


def order_id(response) -> str:
    return parse_qs(urlparse(link_of(response)).query)["request"][0]


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection"])
def test_a_request_is_on_the_work_list(api: Api, kind: str) -> None:
    response = api.post("/fhir", request_bundle(kind))
    assert response.status_code == 200
    answered = json.loads(response.text)
    assert answered["type"] == ("batch-response" if kind == "batch" else "transaction-response")
    assert [e["response"]["status"] for e in answered["entry"]] == ["201 Created", "201 Created"]
    assert not [issue for issue in check_resource(answered) if issue.severity == "error"]
    (line,) = api.json("/api/worklist")["orders"]
    shown = {name: line[name] for name in ("accession", "title", "exam", "priority", "status", "key")}
    assert shown == {
        "accession": "ACC-77", "title": "IRM du bassin", "exam": "mr_pelvis", "priority": "urgent",
        "status": "received", "key": "urn:oid:1.2.250.1.999.2|DEM-77",
    }  # fmt: skip
    assert line["id"] == order_id(response)


def test_the_link_opens_a_draft_that_holds_the_request(api: Api, site: Flask) -> None:
    response = api.post("/fhir", request_bundle(prior=True))
    browser = Browser(site.test_client())
    page = browser.get(urlparse(link_of(response)).path + "?" + urlparse(link_of(response)).query)
    fields = {str(f.get("name")): f.get("value", "") for f in page.xpath("//form[@action='/drafts']//input[@name]")}
    browser.post("/drafts", fields)
    assert browser.status == 200
    store = site.extensions["reporter"].store
    (draft,) = store.drafts("demo")
    tree = draft.document["input"]
    assert tree["patient"]["family_name"] == "DURAND"
    assert tree["patient"]["id"] == "800123"
    assert tree["patient"]["birth_date"] == "1950-03-02"
    assert tree["order"]["indication"] == "Douleur de la fesse gauche depuis trois semaines."
    assert tree["exam"]["accession_number"] == "ACC-77"
    assert [(c["modality"], c["date"], c["region"]) for c in tree["comparisons"]] == [("MR", "2024-01-10", "pelvis")]
    assert "findings" not in tree
    assert store.order(order_id(response)).status == "started"


def test_sent_again_it_is_the_same_line_brought_up_to_date(api: Api) -> None:
    first = api.post("/fhir", request_bundle())
    second = api.post("/fhir", request_bundle(priority="stat"))
    assert order_id(first) == order_id(second)
    assert [e["response"]["status"] for e in json.loads(second.text)["entry"]] == ["200 OK", "200 OK"]
    assert [e["response"]["etag"] for e in json.loads(second.text)["entry"]] == ['W/"1"', 'W/"2"']
    (line,) = api.json("/api/worklist")["orders"]
    assert line["priority"] == "stat"
    other = api.post("/fhir", request_bundle(number="DEM-78"))
    assert order_id(other) != order_id(first)


def test_a_revoked_request_is_cancelled(api: Api) -> None:
    api.post("/fhir", request_bundle())
    api.post("/fhir", request_bundle(status="revoked"))
    (line,) = api.json("/api/worklist?status=cancelled")["orders"]
    assert line["accession"] == "ACC-77"


def test_what_was_received_is_read_and_found(api: Api) -> None:
    api.post("/fhir", request_bundle())
    found = api.json("/fhir/ServiceRequest?accession=ACC-77&_include=ServiceRequest:patient")
    (order,), (patient,) = only(found, "ServiceRequest"), only(found, "Patient")
    assert order["subject"] == {"reference": f"Patient/{patient['id']}"}
    assert patient["name"][0]["family"] == "DURAND"
    assert api.json("/fhir/Patient?family=durand&birthdate=1950-03-02")["total"] == 1


def test_what_is_not_understood_of_a_request_is_told(api: Api) -> None:
    response = api.post("/fhir", request_bundle(doNotPerform=False), Prefer="return=OperationOutcome")
    told = issues(response)
    assert told[0]["severity"] == "information"
    assert "/new?request=" in told[0]["details"]["text"]
    assert [i["expression"] for i in told[1:]] == [["Bundle.entry[1].resource.doNotPerform"]]


def test_a_minimal_answer_is_only_the_link(api: Api) -> None:
    response = api.post("/fhir", request_bundle(), Prefer="return=minimal")
    assert (response.status_code, response.text) == (204, "")
    assert 'rel="edit-form"' in response.headers["Link"]


def test_a_request_without_a_patient_or_with_another_one_is_refused(api: Api) -> None:
    alone = request_bundle()
    del alone["entry"][0]
    alone["entry"][0]["resource"]["subject"] = {"reference": "Patient/elsewhere"}
    response = api.post("/fhir", alone)
    assert (response.status_code, codes(response)) == (422, ["API-PATIENT"])
    assert api.json("/api/worklist")["orders"] == []


def test_two_requests_at_once_are_refused(api: Api) -> None:
    both = request_bundle()
    again = request_bundle(number="DEM-79")["entry"][1]
    both["entry"].append({**again, "fullUrl": "urn:uuid:99999999-9999-4999-8999-999999999999"})
    response = api.post("/fhir", both)
    assert (response.status_code, codes(response)) == (422, ["API-ORDERS"])


def test_a_bundle_without_request_nor_findings_is_refused(api: Api) -> None:
    only_patient = request_bundle()
    del only_patient["entry"][1]
    response = api.post("/fhir", only_patient)
    assert (response.status_code, codes(response)) == (422, ["API-CONTENT"])


def test_every_fault_of_a_request_is_named_with_its_place(api: Api) -> None:
    bad = request_bundle(status="waiting", intent=None)
    del bad["entry"][1]["resource"]["intent"]
    bad["entry"][0]["resource"]["gender"] = "F"
    response = api.post("/fhir", bad)
    assert response.status_code == 400
    places = {path for issue in issues(response) for path in issue["expression"]}
    assert places == {
        "Bundle.entry[0].resource.gender", "Bundle.entry[1].resource.status", "Bundle.entry[1].resource.intent",
    }  # fmt: skip


def test_the_report_of_another_request_is_the_past_and_its_own_report_is_findings(api: Api) -> None:
    assert api.post("/fhir", findings()).status_code == 200
    assert api.json("/api/worklist")["orders"] == []
    response = api.post("/fhir", request_bundle(prior=True))
    assert [e["response"]["status"][:3] for e in json.loads(response.text)["entry"]] == ["201", "201", "202", "202"]


def test_a_request_leaves_its_line_in_the_audit_trail(api: Api, site: Flask) -> None:
    name = order_id(api.post("/fhir", request_bundle()))
    (line,) = site.extensions["reporter"].store.audit_lines(entity_id=name)
    assert (line.action, line.entity, line.patient, line.detail["created"]) == ("api.create", "order", "800123", True)
    api.post("/fhir", request_bundle(priority="stat"))
    _, again = site.extensions["reporter"].store.audit_lines(entity_id=name)
    assert (again.action, again.detail["created"]) == ("api.create", False)


def test_a_request_whose_line_cannot_be_written_is_not_kept(api: Api, site: Flask) -> None:
    """« Nothing was kept » is true: the request and its line are one transaction."""
    with site.extensions["reporter"].store.engine.begin() as connection:
        refusal = "SELECT RAISE(ABORT, 'no room')"
        connection.exec_driver_sql(f"CREATE TRIGGER full BEFORE INSERT ON audit BEGIN {refusal}; END")
    assert api.post("/fhir", request_bundle()).status_code >= 500
    store = site.extensions["reporter"].store
    assert (store.orders(), store.patients(), store.audit_lines()) == ([], [], [])
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    assert api.post("/fhir", request_bundle()).status_code == 200
    assert len(store.orders()) == 1
