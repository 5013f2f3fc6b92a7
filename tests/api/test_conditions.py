"""ETag, If-…, Idempotency-Key: the same thing is not done twice, nor over what the client has not seen."""

import json
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from tests.api.samples import request_bundle, sample_text
from tests.api.service import Api, codes, only

GENERATE = "/fhir/DiagnosticReport/$generate"


def test_what_the_client_has_is_not_sent_again(shelf: Api) -> None:
    patient = only(shelf.json("/fhir/Patient?identifier=P-2"), "Patient")[0]
    path = f"/fhir/Patient/{patient['id']}"
    first = shelf.get(path)
    assert first.headers["ETag"] == f'W/"{patient["meta"]["versionId"]}"'
    again = shelf.get(path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.text) == (304, "")
    assert shelf.get(path, If_Modified_Since=first.headers["Last-Modified"]).status_code == 304
    assert shelf.get(path, If_None_Match='W/"77"').status_code == 200


def test_a_request_is_changed_only_over_the_version_the_client_knows(api: Api) -> None:
    etag = json.loads(api.post("/fhir", request_bundle()).text)["entry"][1]["response"]["etag"]
    stale = api.post("/fhir", request_bundle(priority="stat"), If_Match='W/"7"')
    assert (stale.status_code, codes(stale)) == (412, ["API-VERSION"])
    assert api.json("/api/worklist")["orders"][0]["priority"] == "urgent"
    assert api.post("/fhir", request_bundle(priority="stat"), If_Match=etag).status_code == 200
    assert api.json("/api/worklist")["orders"][0]["priority"] == "stat"
    inside = request_bundle()
    inside["entry"][1]["request"]["ifMatch"] = etag
    assert api.post("/fhir", inside).status_code == 412
    assert api.post("/fhir", request_bundle(number="DEM-0"), If_Match="*").status_code == 412


def test_a_request_that_is_there_is_left_as_it_is(api: Api) -> None:
    api.post("/fhir", request_bundle())
    condition = "identifier=urn:oid:1.2.250.1.999.2|DEM-77"
    by_header = api.post("/fhir", request_bundle(priority="stat"), If_None_Exist=condition)
    inside = request_bundle(priority="stat")
    inside["entry"][1]["request"]["ifNoneExist"] = condition
    for answer in (by_header, api.post("/fhir", inside)):
        assert json.loads(answer.text)["entry"][1]["response"]["status"] == "200 OK"
    assert [line["priority"] for line in api.json("/api/worklist")["orders"]] == ["urgent"]
    assert api.post("/fhir", request_bundle(number="DEM-78"), If_None_Exist="identifier=DEM-78").status_code == 200
    several = api.post("/fhir", request_bundle(number="DEM-79"), If_None_Exist="status=active")
    assert (several.status_code, codes(several)) == (412, ["API-MULTIPLE"])
    assert len(api.json("/api/worklist")["orders"]) == 2


def test_a_key_carries_a_request_out_once(api: Api) -> None:
    bundle = request_bundle()
    del bundle["entry"][1]["resource"]["identifier"]
    first = api.post("/fhir", bundle, Idempotency_Key="abc-1")
    second = api.post("/fhir", bundle, Idempotency_Key="abc-1")
    assert first.get_data() == second.get_data()
    assert (second.headers["Idempotency-Replayed"], first.headers["Link"]) == ("true", second.headers["Link"])
    assert len(api.json("/api/worklist")["orders"]) == 1
    assert api.post("/fhir", bundle, Idempotency_Key="abc-2").status_code == 200
    assert len(api.json("/api/worklist")["orders"]) == 2


def test_a_key_is_not_used_for_another_request(api: Api) -> None:
    api.post(GENERATE, sample_text(), "application/json", Idempotency_Key="k")
    other = api.post("/fhir", request_bundle(), Idempotency_Key="k")
    assert (other.status_code, codes(other)) == (422, ["API-KEY-REUSED"])
    bad = api.post("/fhir", request_bundle(), Idempotency_Key="no spaces")
    assert (bad.status_code, codes(bad)) == (400, ["API-HEADER"])


def test_a_refusal_is_the_same_the_second_time(api: Api) -> None:
    first = api.post(GENERATE, "{}", "application/json", Idempotency_Key="r")
    second = api.post(GENERATE, "{}", "application/json", Idempotency_Key="r")
    assert (first.status_code, second.status_code) == (422, 422)
    assert first.get_data() == second.get_data()


def test_the_same_key_at_the_same_time_makes_one_line(site: Flask) -> None:
    bundle = request_bundle()
    del bundle["entry"][1]["resource"]["identifier"]

    def send(_number: int) -> int:
        return Api(site.test_client()).post("/fhir", bundle, Idempotency_Key="race").status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = set(pool.map(send, range(6)))
    assert statuses <= {200, 409}
    assert len(Api(site.test_client()).json("/api/worklist")["orders"]) == 1
