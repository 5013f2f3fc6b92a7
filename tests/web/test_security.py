"""Hostile text, foreign requests, headers, limits."""

from pathlib import Path

import pytest
from flask import Flask
from lxml import etree, html

from tests.web.window import PATIENT, Browser, app, resources

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7*7 }} ]]> & œ °'
PAGES = ("/", "/help", "/exams?q=irm", "/new?exam=mr_spine&patient_name=X")


def test_a_request_without_a_token_changes_nothing(site: Flask, browser: Browser) -> None:
    address = browser.open(exam="mr_spine")
    refused = site.test_client().post(address, data={"/order/indication": "Intrus"})
    assert refused.status_code == 400
    browser.get(address)
    assert browser.value("/order/indication") == ""


@pytest.mark.parametrize("action", ["", "/rest-normal", "/findings", "/conclusion", "/sign", "/delete", "/quick",
                                    "/protocol", "/schema", "/priors", "/priors/C1/0", "/sentences/x"])  # fmt: skip
def test_every_act_needs_the_token(browser: Browser, action: str) -> None:
    address = browser.open(exam="mr_spine")
    assert browser.client.post(address + action, data={"version": "1"}).status_code == 400
    assert browser.client.post("/drafts", data={"exam": "mr_spine"}).status_code == 400


def test_an_expired_session_gives_the_text_back_and_takes_it_again(browser: Browser) -> None:
    address = browser.open(exam="mr_spine", **PATIENT)
    browser.client.delete_cookie("reporter")
    browser.send(**{"/free_text/findings": "Texte long à ne pas perdre."})
    assert browser.status == 400
    [kept] = browser.page.xpath("//input[@name='/free_text/findings']/@value")
    assert kept == "Texte long à ne pas perdre."
    [form] = browser.page.xpath("//form[.//input[@name='/free_text/findings']]")
    browser.post(form.get("action"), dict(form.form_values()))
    browser.get(address)
    assert browser.value("/free_text/findings") == "Texte long à ne pas perdre."


def test_hostile_text_stays_text_everywhere(browser: Browser) -> None:
    address = browser.open(exam="mr_spine", region="lumbar_spine", **{**PATIENT, "patient_name": HOSTILE})
    browser.send("/protocol", protocol="mr_spine_standard")
    browser.send("/rest-normal")
    places = ("/free_text/findings", "/exam/performer", "/free_text/conclusion",
              "/findings/ck-vertebral_fracture-vertebra/comment")  # fmt: skip
    browser.send(**{"/order/indication": f"Lombalgies {HOSTILE}"}, **dict.fromkeys(places, HOSTILE))
    for url in (address, f"{address}?q={HOSTILE}&site={HOSTILE}", "/"):
        _inert(browser.get(url))
    browser.get(address)
    browser.send("/sign", status="final", signer=HOSTILE)
    assert browser.status == 200, browser.issues()
    report = browser.url
    _inert(browser.page)
    _inert(browser.get(f"{report}/v/1/print"))
    _inert(html.document_fromstring(browser.client.get(f"{report}/v/1/report.html").text))
    assert HOSTILE in browser.client.get(f"{report}/v/1/report.txt").text
    bundle = browser.bundle(report)
    for section in resources(bundle, "Composition")[0]["section"]:
        div = etree.fromstring(section["text"]["div"])
        assert not div.xpath("//*[local-name()='script' or local-name()='img']")
    etree.fromstring(browser.client.get(f"{report}/v/1/bundle.xml").data)
    etree.fromstring(browser.client.get(f"{report}/v/1/schema.svg").data)


def _inert(page: html.HtmlElement) -> None:
    """No script but our files, no event handler, no inline style, and the hostile text is there as text."""
    assert all(script.get("src", "").startswith("/static/") for script in page.xpath("//script"))
    assert not page.xpath("//*[@onerror or @onload or @onclick]")
    assert not page.xpath("//img[@src='x']")
    assert "49" not in page.xpath("string(//*[@id='report-text'])").replace("1949", "")


@pytest.mark.parametrize("url", PAGES)
def test_headers_forbid_what_the_pages_do_not_need(browser: Browser, url: str) -> None:
    response = browser.client.get(url)
    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == 200
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", PAGES)
def test_pages_hold_no_inline_script_style_or_foreign_address(browser: Browser, url: str) -> None:
    page = browser.get(url)
    assert not page.xpath("//script[not(@src)] | //style | //*[@style]")
    for address in page.xpath("//script/@src | //link/@href | //img/@src"):
        assert address.startswith("/static/")


def test_the_draft_page_holds_no_inline_script_or_style(browser: Browser) -> None:
    browser.open(exam="mr_spine", **PATIENT)
    assert not browser.page.xpath("//script[not(@src)] | //style | //*[@style]")


def test_cookies_are_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    cookie = browser.client.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_cookies_are_secure_and_plain_http_is_sent_away(tmp_path: Path) -> None:
    client = app(tmp_path, https=True).test_client()
    assert client.get("/").headers["Location"].startswith("https://")
    assert "Secure" in client.get("/", base_url="https://localhost").headers["Set-Cookie"]


def test_another_host_name_is_refused(browser: Browser) -> None:
    assert browser.client.get("/", base_url="http://evil.example").status_code == 400


def test_a_form_too_large_is_refused_in_french(tmp_path: Path) -> None:
    browser = Browser(app(tmp_path, max_bytes=20_000).test_client())
    address = browser.open(exam="mr_spine")
    browser.post(address, {"/free_text/findings": "x" * 30_000})
    assert browser.status == 413
    assert "volumineux" in browser.text


def test_another_users_draft_is_refused(tmp_path: Path) -> None:
    address = Browser(app(tmp_path, user="Alice").test_client()).open(exam="mr_spine")
    other = Browser(app(tmp_path, user="Bob").test_client())
    other.get(address)
    assert other.status == 403


@pytest.mark.parametrize("url", ["/drafts/none", "/reports/none", "/reports/none/v/1/report.txt", "/nothing"])
def test_what_does_not_exist_is_said_in_french(browser: Browser, url: str) -> None:
    browser.get(url)
    assert browser.status == 404
    assert "ntrouvable" in browser.text


def test_posted_nonsense_is_not_kept_and_breaks_nothing(browser: Browser) -> None:
    address = browser.open(exam="mr_spine")
    nonsense = {"/": "x", "//": "x", "/nothing/here": "x", "/exam/technique/sequences/T9/axial": "1", "/findings": "x",
                "/patient/labs/999999999/code": "x", "/findings/F9/status": "present", "/patient/labs/x/y": "1",
                "/exam": "x", "/patient": "x", "/dxa/measurements/0": "x", "/patient/sex/deep": "1"}  # fmt: skip
    browser.post(address, nonsense)
    assert browser.status == 200
    assert browser.say() == ""
    browser.get(address)
    assert browser.status == 200


def test_the_theme_comes_back_to_this_site_only(browser: Browser) -> None:
    browser.get("/")
    fields = {"csrf_token": browser.token(), "theme": "dark", "next": "//evil.example"}
    assert browser.client.post("/theme", data=fields).headers["Location"] == "/"
    assert browser.get("/").get("data-theme") == "dark"
