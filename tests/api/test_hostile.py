"""Hostile input: refused in words, never a 5xx, and nothing of ours is shown."""

import json
import tracemalloc

import pytest

from tests.api.samples import findings, request_bundle, sample_text
from tests.api.service import Api, issues

GENERATE = "/fhir/DiagnosticReport/$generate"
JSON_BODIES = {
    "empty": b"",
    "blank": b"   ",
    "not json": b"{",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "nan": b'{"resourceType": "Bundle", "type": "collection", "total": NaN}',
    "infinity": b'{"a": Infinity}',
    "duplicate keys": b'{"resourceType": "Bundle", "resourceType": "Patient"}',
    "deep lists": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "just too deep": b'{"a":' * 66 + b"1" + b"}" * 66,
    "lone surrogate": b'{"resourceType": "Bundle", "type": "\\ud800"}',
    "lone surrogate key": b'{"resourceType": "Bundle", "\\udfff": 1}',
    "nul": b'{"resourceType": "Bundle", "type": "\\u0000"}',
    "noncharacter": b'{"resourceType": "Bundle", "type": "\\uffff"}',
    "latin-1": '{"resourceType": "Bundle", "id": "é"}'.encode("latin-1"),
    "utf-16": '{"resourceType": "Bundle"}'.encode("utf-16"),
    "huge exponent": b'{"a": 1e999999999}',
    "tiny exponent": b'{"a": 1e-999999999}',
    "huge integer": b'{"a": ' + b"9" * 100_000 + b"}",
    "long integer": b'{"a": ' + b"9" * 2_000 + b"}",
    "type is a list": b'{"resourceType": ["Bundle"]}',
    "type is an object": b'{"resourceType": {}, "type": 1}',
    "entry is a number": b'{"resourceType": "Bundle", "type": "collection", "entry": 3}',
    "entry of nulls": b'{"resourceType": "Bundle", "type": "collection", "entry": [null, [], 1]}',
    "prototype": b'{"__proto__": {"x": 1}, "resourceType": "Bundle", "type": "collection"}',
}
XML_BODIES = {
    "not xml": b"<Bundle",
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Bundle xmlns="http://hl7.org/fhir">&e;</Bundle>',
    "external dtd": b'<!DOCTYPE Bundle SYSTEM "http://127.0.0.1:1/x.dtd"><Bundle xmlns="http://hl7.org/fhir"/>',
    "billion laughs": (
        b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]><Bundle xmlns="http://hl7.org/fhir"><id value="&c;"/></Bundle>'
    ),
    "xinclude": (
        b'<Bundle xmlns="http://hl7.org/fhir" xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<xi:include href="file:///etc/passwd" parse="text"/></Bundle>'
    ),
    "deep": b'<Bundle xmlns="http://hl7.org/fhir">' + b"<entry>" * 20_000 + b"</entry>" * 20_000 + b"</Bundle>",
    "wrong charset": (
        b'<?xml version="1.0" encoding="iso-8859-1"?><Bundle xmlns="http://hl7.org/fhir"><id value="\xe9"/></Bundle>'
    ),
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><Bundle xmlns="http://hl7.org/fhir"/>'.encode("utf-16"),
    "no namespace": b"<Bundle/>",
    "wrong root": b'<script xmlns="http://www.w3.org/1999/xhtml"/>',
    "nul": b'<Bundle xmlns="http://hl7.org/fhir"><id value="&#0;"/></Bundle>',
    "json": b"{}",
}  # fmt: skip


@pytest.mark.parametrize("name", JSON_BODIES)
def test_hostile_json_is_refused_in_words(api: Api, name: str) -> None:
    for path, kind in (
        ("/fhir", "application/fhir+json"),
        (GENERATE, "application/json"),
        ("/api/check", "application/json"),
    ):
        response = api.post(path, JSON_BODIES[name], kind)
        if path == "/api/check" and response.status_code == 200:
            assert json.loads(response.text)["valid"] is False
            continue
        assert response.status_code in (400, 422), (path, response.text)
        assert issues(response)


@pytest.mark.parametrize("name", XML_BODIES)
def test_hostile_xml_is_refused_in_words(api: Api, name: str) -> None:
    response = api.post("/fhir", XML_BODIES[name], "application/fhir+xml")
    assert response.status_code == 400, response.text
    assert issues(response)
    assert "root:" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/fhir/Patient/..%2f..%2fetc%2fpasswd", "/fhir/Patient/%00", "/fhir/Patient/{{7*7}}", "/fhir/../../etc/passwd",
        "/fhir/Patient/" + "a" * 65, "/fhir/Patient/" + "a" * 5000, "/fhir/Patient/%ff%fe", "/fhir/Patient/'--",
        "/fhir/Composition/%7B%7B7*7%7D%7D/$document", "/fhir/DiagnosticReport/1/_history/%E2%80%AE",
        "/api/exams/..%2f..%2fsecret/schema", "/api/worklist/'%20OR%201=1", "/fhir/{{config}}", "/fhir/%ED%A0%80",
    ],
)  # fmt: skip
def test_a_hostile_path_leads_nowhere(api: Api, path: str) -> None:
    response = api.get(path)
    assert response.status_code in (400, 404), response.text
    assert issues(response)
    assert "49" not in response.text.replace(path, "")
    assert "SECRET" not in response.text


@pytest.mark.parametrize(
    "query",
    [
        "identifier=%00", "identifier=%ff", "identifier=' OR 1=1 --", "identifier=" + "x" * 5000,
        "patient.identifier=|",
        "_id=" + ",".join(["a"] * 200), "date=9999-12-31", "date=0000-00-00", "date=ap0001-01-01",
        "_count=99999999999999",
        "_offset=999999999", "_sort=" + "-" * 50, "identifier=%5C", "identifier=,", "code=|||",
        "_lastUpdated=gt9999-12-31T23:59:60Z",
        "&".join(f"status=a{n}" for n in range(80)), "subject:Patient.patient.identifier=1", "identifier=%F0%9F%92%A9",
        "_include=*", "_id=%EF%BF%BE", "patient=" + "Patient/" * 100,
    ],
)  # fmt: skip
def test_a_hostile_search_finds_nothing(shelf: Api, query: str) -> None:
    response = shelf.get(f"/fhir/DiagnosticReport?{query}")
    if response.status_code == 200:
        assert json.loads(response.text)["total"] in (0, 3)
        assert "date=9999" in query or json.loads(response.text)["total"] == 0 or query.startswith("_offset")
    else:
        assert response.status_code == 400
        assert issues(response)


def test_texts_of_a_client_are_never_run(api: Api) -> None:
    evil = request_bundle()
    name = "{{7*7}}<script>alert(1)</script>${7*7}"
    evil["entry"][0]["resource"]["name"][0]["family"] = name
    evil["entry"][1]["resource"]["code"]["text"] = name
    assert api.post("/fhir", evil).status_code == 200
    assert api.json("/api/worklist")["orders"][0]["title"] == name
    response = api.get("/")
    assert "<script>alert(1)</script>" not in response.text


def test_fifty_megabytes_are_refused_in_bounded_memory(api: Api) -> None:
    body = b'{"resourceType": "Bundle", "x": "' + b"a" * (50 * 1024 * 1024) + b'"}'
    tracemalloc.start()
    response = api.post("/fhir", body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert response.status_code == 413
    assert peak < 8 * 1024 * 1024


def test_the_worst_body_that_is_let_in_is_refused_in_bounded_memory(api: Api) -> None:
    body = b'{"resourceType": "Bundle", "type": "collection", "x": [' + b"{}," * 690_000 + b"{}]}"
    assert len(body) < 2 * 1024 * 1024
    tracemalloc.start()
    response = api.post("/fhir", body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert response.status_code == 413
    assert peak < 400 * 1024 * 1024


def test_thousands_of_faults_are_counted_not_listed(api: Api) -> None:
    entries = [{"resource": {"resourceType": "Patient", "gender": "?", "colour": n}} for n in range(1900)]
    response = api.post("/fhir", {"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert response.status_code == 400
    assert len(issues(response)) == 1001


def test_hostile_words_in_headers_are_harmless(api: Api) -> None:
    for headers in (
        {"Prefer": ";;=,,=\"\\"}, {"Accept": ";q=,;;*/*/*"}, {"If-None-Exist": "%00%ff=&&="}, {"If-Match": ",,\"\""},
        {"If-None-Exist": "colour=red"}, {"Idempotency-Key": "é"}, {"Content-Type": "application/fhir+json;;;charset"},
    ):  # fmt: skip
        response = api.client.post(
            "/fhir", data=json.dumps(request_bundle()), headers={"Content-Type": "application/fhir+json", **headers}
        )
        assert response.status_code < 500, (headers, response.text)


def test_the_service_still_works_afterwards(api: Api) -> None:
    assert api.post(GENERATE, sample_text(), "application/json").status_code == 200
    assert api.post("/fhir", findings()).status_code == 200
