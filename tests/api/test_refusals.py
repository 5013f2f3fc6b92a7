"""Every status of the service, each with an OperationOutcome in French and English."""

import datetime as dt
import json
from pathlib import Path

import pytest
from lxml import etree

from reporter.delivery.accounts import Role, token_hash
from reporter.delivery.store import NewUser
from reporter.fhir import from_xml
from reporter.fhir.check import check_resource
from tests.api.samples import findings, request_bundle
from tests.api.service import Api, codes, service

XML = "application/fhir+xml"


def test_a_method_that_is_not_served_says_which_are(api: Api) -> None:
    response = api.client.delete("/fhir/Patient/1")
    assert (response.status_code, codes(response)) == (405, ["API-METHOD"])
    assert {"GET", "HEAD"} <= set(response.headers["Allow"].split(", "))
    assert api.client.put("/fhir/DiagnosticReport/1", data="{}").status_code == 405


@pytest.mark.parametrize(
    "path", ["/fhir/Patient/none", "/fhir/Medication", "/fhir/Patient/1/2/3", "/api/none", "/fhir/x"]
)
def test_what_is_not_there_is_not_found(api: Api, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, codes(response)) == (404, ["API-UNKNOWN"])


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/fhir+xml", "xml"), ("application/fhir+json;q=0.1, application/fhir+xml;q=0.9", "xml"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "xml"), ("*/*", "json"), ("", "json"),
        ("application/json", "json"), ("application/fhir+json; fhirVersion=4.0", "json"),
        ("application/fhir+json; fhirVersion=5.0, application/fhir+xml; fhirVersion=4.0", "xml"),
    ],
)  # fmt: skip
def test_the_format_is_the_one_the_client_likes_best(api: Api, accept: str, kind: str) -> None:
    response = api.get("/fhir/Patient", Accept=accept)
    assert response.status_code == 200
    assert response.content_type == f"application/fhir+{kind}; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "kind"), [("xml", "xml"), ("json", "json"), ("application/fhir%2Bxml", "xml"), ("text/xml", "xml")]
)
def test_the_format_parameter_counts_first(api: Api, name: str, kind: str) -> None:
    response = api.get(f"/fhir/Patient?_format={name}", Accept="application/fhir+json")
    assert response.content_type.startswith(f"application/fhir+{kind}")


@pytest.mark.parametrize("accept", ["text/turtle", "application/fhir+json; fhirVersion=3.0", "image/png;q=1, */*;q=0"])
def test_a_format_nobody_makes_is_not_acceptable(api: Api, accept: str) -> None:
    response = api.get("/fhir/Patient", Accept=accept)
    assert (response.status_code, codes(response)) == (406, ["API-ACCEPT"])
    assert api.get("/fhir/Patient?_format=ttl").status_code == 406


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "", "application/x-www-form-urlencoded", "application/fhir+json; charset=iso-8859-1",
     "application/fhir+json; fhirVersion=5.0", "multipart/form-data", "application/fhir+xml; charset=utf-16"],
)  # fmt: skip
def test_a_content_type_nobody_reads_is_refused(api: Api, kind: str) -> None:
    for path in ("/fhir", "/fhir/DiagnosticReport/$generate"):
        response = api.client.post(path, data=json.dumps(findings()), headers={"Content-Type": kind})
        assert (response.status_code, codes(response)) == (415, ["API-MEDIA"]), path


def test_a_compressed_body_is_refused(api: Api) -> None:
    assert api.post("/fhir", findings(), Content_Encoding="gzip").status_code == 415


def test_a_refusal_in_xml_is_valid_too(api: Api) -> None:
    response = api.get("/fhir/Patient/none", Accept=XML)
    assert response.content_type.startswith(XML)
    outcome = from_xml(response.get_data())
    assert outcome["resourceType"] == "OperationOutcome"
    assert not check_resource(outcome)
    assert etree.fromstring(response.get_data()).tag == "{http://hl7.org/fhir}OperationOutcome"


def test_too_much_is_refused(api: Api) -> None:
    large = api.post("/fhir", b" " * (3 * 1024 * 1024) + b"{}")
    assert (large.status_code, codes(large)) == (413, ["API-TOO-LARGE"])
    many = {"resourceType": "Bundle", "type": "collection", "entry": [{}] * 2001}
    refused = api.post("/fhir", many)
    assert (refused.status_code, codes(refused)) == (413, ["API-TOO-MANY"])


@pytest.mark.parametrize("kind", ["searchset", "history", "batch-response"])
def test_a_bundle_that_asks_for_nothing_is_refused(api: Api, kind: str) -> None:
    response = api.post("/fhir", {"resourceType": "Bundle", "type": kind})
    assert (response.status_code, codes(response)) == (400, ["API-BUNDLE-TYPE"])
    assert codes(api.post("/fhir", request_bundle()["entry"][0]["resource"])) == ["API-BUNDLE"]


def test_a_method_inside_a_bundle_that_deletes_is_refused(api: Api) -> None:
    bundle = request_bundle()
    bundle["entry"][0]["request"]["method"] = "DELETE"
    response = api.post("/fhir", bundle)
    assert (response.status_code, codes(response)) == (422, ["API-ENTRY-METHOD"])


def token(site, scopes: tuple[str, ...]) -> str:
    """A token of an integrator."""
    store = site.extensions["reporter"].store
    user = store.create_user(NewUser(login=f"ris{len(store.users())}", name="RIS", role=Role.INTEGRATOR))
    secret = f"secret-of-{user.login}"
    store.create_token(user.id, "ris", token_hash(secret), scopes)
    return secret


@pytest.fixture
def closed(tmp_path: Path):
    made = service(tmp_path / "closed", demo=False)
    yield made
    made.extensions["reporter"].store.close()


def test_nobody_comes_in_without_a_token(closed) -> None:
    api = Api(closed.test_client())
    for response in (api.get("/fhir/Patient"), api.post("/fhir", findings()), api.get("/api/exams")):
        assert (response.status_code, codes(response)) == (401, ["API-LOGIN"])
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert api.get("/fhir/metadata").status_code == 200
    assert api.get("/api/openapi.json").status_code == 200
    wrong = api.get("/fhir/Patient", Authorization="Bearer nothing")
    assert wrong.status_code == 401


def test_a_token_does_what_its_scopes_say_and_no_more(closed) -> None:
    api = Api(closed.test_client())
    orders = {"Authorization": f"Bearer {token(closed, ('system/ServiceRequest.*',))}"}
    assert api.post("/fhir", request_bundle(), **orders).status_code == 200
    assert api.get("/fhir/ServiceRequest", **orders).status_code == 200
    for response in (
        api.get("/fhir/Patient", **orders),
        api.get("/fhir/ServiceRequest?_include=ServiceRequest:patient", **orders),
        api.post("/fhir", findings(), **orders),
        api.post("/fhir/DiagnosticReport/$generate", "{}", "application/json", **orders),
    ):
        assert (response.status_code, codes(response)) == (403, ["API-FORBIDDEN"])


def test_too_many_requests_wait(tmp_path: Path) -> None:
    site = service(tmp_path / "slow", demo=False, api_rate="3 per minute")
    api = Api(site.test_client())
    holder = {"Authorization": f"Bearer {token(site, ('system/*.read',))}"}
    answers = [api.get("/fhir/Patient", **holder) for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert codes(answers[-1]) == ["API-THROTTLED"]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
    site.extensions["reporter"].store.close()


def test_a_busy_database_says_when_to_try_again(tmp_path: Path) -> None:
    import sqlite3

    site = service(tmp_path / "busy")
    store = site.extensions["reporter"].store
    path = store.engine.url.database
    from reporter.delivery.store import Store

    quick = Store(f"sqlite:///{path}", busy_ms=50, clock=lambda: dt.datetime(2024, 6, 3, tzinfo=dt.UTC))
    object.__setattr__(site.extensions["reporter"], "store", quick)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    response = Api(site.test_client()).post("/fhir", request_bundle())
    holder.execute("ROLLBACK")
    holder.close()
    assert (response.status_code, codes(response)) == (503, ["API-RETRY"])
    assert response.headers["Retry-After"]
    assert Api(site.test_client()).post("/fhir", request_bundle()).status_code == 200
    quick.close()
    store.close()
