"""From a few letters, a link, a stored request or a file to the right draft; nothing is invented on the way."""

import io
import json
from typing import Any

import pytest
from flask import Flask

from reporter.catalog import load_catalog
from reporter.delivery.store import NewOrder
from tests.web.window import Browser

REQUEST = {
    "patient": {"sex": "female", "age_years": 31, "name": "DURAND Zoé"},
    "order": {"indication": "Douleur de la fesse gauche.", "question": "Fracture de stress ?"},
}


TYPED = [
    ("irm genou g", "mr_knee", "knee", "left"),
    ("dxa", "dxa", None, None),
    ("irm lombaire", "mr_spine", "lumbar_spine", None),
]


@pytest.mark.parametrize(("typed", "exam", "region", "side"), TYPED)
def test_a_few_letters_open_the_exam(
    site: Flask, browser: Browser, typed: str, exam: str, region: str | None, side: str | None
) -> None:
    address = browser.open(q=typed)
    draft = site.extensions["reporter"].store.draft(address.rpartition("/")[2])
    study = draft.document["input"]["exam"]
    assert draft.exam_def == exam
    assert region is None or study["region"] == region
    assert study.get("laterality") == side


def test_suggestions_follow_the_letters(browser: Browser) -> None:
    assert "genou" in browser.get("/exams?q=irm+gen").text_content()


def test_letters_that_mean_no_exam_are_refused(browser: Browser) -> None:
    browser.get("/")
    browser.post("/drafts", {"q": "xyzzy"})
    assert browser.status == 400


def test_a_link_is_shown_first_and_keeps_nothing(site: Flask, browser: Browser) -> None:
    browser.get("/new?exam=mr_knee&laterality=left&patient_name=DURAND&sex=female&age_years=40&indication=Gonalgie")
    assert "DURAND" in browser.page.text_content()
    assert site.extensions["reporter"].store.drafts("demo") == []
    [form] = browser.page.xpath("//form[@action='/drafts']")
    browser.post("/drafts", dict(form.form_values()))
    assert browser.value("/patient/name") == "DURAND"
    assert browser.value("/exam/laterality") == "left"
    assert browser.section("indication") == "Gonalgie."


def test_a_stored_request_prefills_the_draft(site: Flask, browser: Browser) -> None:
    stored = site.extensions["reporter"].store.put_order(NewOrder("urn:ris|A9", REQUEST))[0]
    browser.get(f"/new?exam=mr_pelvis&request={stored.id}")
    [form] = browser.page.xpath("//form[@action='/drafts']")
    browser.post("/drafts", dict(form.form_values()))
    assert browser.section("indication").replace("\u202f", " ") == "Douleur de la fesse gauche. Fracture de stress ?"
    assert browser.section("findings") == ""


def test_an_unknown_request_is_said(browser: Browser) -> None:
    browser.get("/new?exam=mr_pelvis&request=none")
    assert browser.status == 404


def with_file(browser: Browser, content: bytes) -> None:
    browser.get("/")
    data = {"csrf_token": browser.token(), "q": "irm bassin", "file": (io.BytesIO(content), "request.json")}
    browser._show(browser.client.post("/drafts", data=data, follow_redirects=True))


def test_a_file_of_the_request_prefills_the_draft(browser: Browser) -> None:
    with_file(browser, json.dumps(REQUEST).encode())
    assert browser.section("indication").startswith("Douleur de la fesse gauche.")


def test_a_bundle_of_the_request_prefills_patient_and_order(browser: Browser) -> None:
    patient = {
        "resourceType": "Patient",
        "gender": "female",
        "birthDate": "1992-05-01",
        "name": [{"family": "DURAND", "given": ["Zoé"]}],
    }
    order = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "urn:uuid:1"},
        "reasonCode": [{"text": "Douleur de la fesse gauche."}],
    }
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate((patient, order), 1)]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    with_file(browser, json.dumps(bundle).encode())
    assert browser.value("/patient/birth_date") == "1992-05-01"
    assert "Douleur de la fesse gauche." in browser.section("indication")


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"a": NaN}'])
def test_an_unreadable_file_is_refused_in_french(browser: Browser, content: bytes) -> None:
    with_file(browser, content)
    assert browser.status == 422
    assert "JSON" in browser.text or "UTF-8" in browser.text


def test_a_draft_can_be_given_up(browser: Browser) -> None:
    address = browser.open(exam="mr_spine")
    browser.send("/delete")
    assert browser.url == "/"
    browser.get(address)
    assert browser.status == 404


def test_the_server_says_that_it_works(browser: Browser) -> None:
    assert browser.client.get("/healthz").json["status"] == "ok"
    assert browser.client.get("/readyz").json["status"] == "ready"


def test_every_exam_can_be_chosen_without_a_script(browser: Browser) -> None:
    browser.get("/")
    links = browser.page.xpath("//noscript//a[starts-with(@href, '/new?')]/@href")
    expected = {(exam.id, region) for exam in load_catalog().exams.values() for region in exam.regions}
    assert len(links) == len(expected)
    browser.get(next(link for link in links if "exam=mr_knee" in link))
    [form] = browser.page.xpath("//form[@action='/drafts']")
    fields = {i.get("name"): i.get("value") for i in form.xpath(".//input[@name]")}
    browser.post("/drafts", fields)
    assert browser.url.startswith("/drafts/")
    assert "IRM du genou" in browser.page.xpath("//h1")[0].text_content()
