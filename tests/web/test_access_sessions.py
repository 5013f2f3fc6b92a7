"""Login, lockout, sessions that end, work that does not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask

from reporter.delivery import accounts
from reporter.delivery.accounts import AccountError, Role
from tests.web.people import PASSWORD, Clock, account, actions, bearer, integrator, log_in, person, site, store_of
from tests.web.window import PATIENT, Browser

DOCTOR = "radiologist"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guarded(tmp_path: Path, clock: Clock) -> Flask:
    return site(tmp_path / "data", clock=clock)


@pytest.fixture
def doctor(guarded: Flask) -> Browser:
    return person(guarded, Role.RADIOLOGIST)


def test_the_start_page_asks_who_is_there_and_comes_back(guarded: Flask) -> None:
    account(guarded, Role.RADIOLOGIST)
    browser = Browser(guarded.test_client())
    browser.get("/help")
    browser.get("/?report=durand")
    assert browser.url == "/login"
    [form] = browser.page.xpath("//form[.//input[@name='password']]")
    browser.post("/login", {**dict(form.form_values()), "login": DOCTOR, "password": PASSWORD})
    assert browser.url == "/" and browser.status == 200
    assert ("login", "success") in actions(guarded)


@pytest.mark.parametrize("login", [DOCTOR, "nobody", "", "x" * 5000, "O'Brien\x00"])
def test_a_wrong_password_says_the_same_whoever_it_is_for(guarded: Flask, login: str) -> None:
    account(guarded, Role.RADIOLOGIST)
    browser = Browser(guarded.test_client())
    log_in(browser, login, "wrong")
    assert browser.status == 401
    [said] = browser.page.xpath("//*[@role='alert']")
    assert said.text_content() == guarded.extensions["reporter"].texts.access.refused
    assert actions(guarded)[-1] == ("login", "refused")
    assert "wrong" not in browser.text and "wrong" not in str(store_of(guarded).audit_lines())


def test_an_account_is_locked_after_five_failures_for_a_while(guarded: Flask, clock: Clock) -> None:
    account(guarded, Role.RADIOLOGIST)
    browser = Browser(guarded.test_client())
    for _ in range(5):
        log_in(browser, DOCTOR, "wrong")
    log_in(browser, DOCTOR)
    assert browser.status == 401
    clock.later(minutes=16)
    log_in(browser, DOCTOR)
    assert browser.url == "/"


def test_one_address_cannot_try_without_end(tmp_path: Path) -> None:
    browser = Browser(site(tmp_path, login_rate="3 per minute").test_client())
    for n in range(3):
        log_in(browser, f"user{n}", "wrong")
        assert browser.status == 401
    browser.get("/login")
    refused = browser.client.post("/login", data={"csrf_token": browser.token(), "login": "a", "password": "b"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_one_address_cannot_be_refused_without_end(tmp_path: Path) -> None:
    made = site(tmp_path, refusal_rate="2 per minute")
    client, good = made.test_client(), bearer(integrator(made, "system/*.read"))
    assert [client.get("/fhir/Patient", headers=good).status_code for _ in range(4)] == [200] * 4
    wrong = [client.get("/fhir/Patient", headers=bearer("wrong")) for _ in range(3)]
    assert [answer.status_code for answer in wrong] == [401, 401, 429]
    assert 0 < int(wrong[2].headers["Retry-After"]) <= 60
    assert client.get("/login").status_code == 429
    with client.get("/static/icon.svg") as icon:
        assert icon.status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/fhir/Patient", headers=good, environ_base=elsewhere).status_code == 200


def test_what_a_short_window_refuses_is_not_counted_by_a_long_one(tmp_path: Path) -> None:
    made = site(tmp_path, api_rate="3 per hour; 2 per 1 second")
    client, good = made.test_client(), bearer(integrator(made, "system/*.read"))
    assert [client.get("/fhir/Patient", headers=good).status_code for _ in range(5)] == [200, 200, 429, 429, 429]
    time.sleep(1.1)
    assert [client.get("/fhir/Patient", headers=good).status_code for _ in range(2)] == [200, 429]


def test_login_begins_another_session(guarded: Flask) -> None:
    account(guarded, Role.RADIOLOGIST)
    browser = Browser(guarded.test_client())
    browser.get("/login")
    planted, token = browser.client.get_cookie("reporter").value, browser.token()
    log_in(browser, DOCTOR)
    assert browser.client.get_cookie("reporter").value != planted
    other = guarded.test_client()
    other.set_cookie("reporter", planted)
    assert other.get("/").location.startswith("/login")
    kept = browser.client.post("/theme", data={"csrf_token": token, "theme": "dark"})
    assert kept.status_code == 400, "the token of the session before is worth nothing"


def test_a_copied_cookie_is_worth_nothing_after_logout(guarded: Flask, doctor: Browser) -> None:
    stolen = doctor.client.get_cookie("reporter").value
    doctor.get("/")
    doctor.post("/logout", {})
    assert doctor.url == "/login"
    thief = guarded.test_client()
    thief.set_cookie("reporter", stolen)
    assert thief.get("/").location.startswith("/login")
    assert actions(guarded)[-1] == ("logout", "success")


def test_an_idle_session_ends_and_a_used_one_lasts(doctor: Browser, clock: Clock) -> None:
    for _ in range(3):
        clock.later(minutes=20)
        doctor.get("/")
        assert doctor.url == "/"
    clock.later(minutes=31)
    doctor.get("/")
    assert doctor.url == "/login"


def test_any_session_ends_after_half_a_day(doctor: Browser, clock: Clock) -> None:
    for _ in range(30):
        clock.later(minutes=25)
        doctor.get("/")
    assert doctor.url == "/login"


@pytest.mark.parametrize("change", [{"active": False}, {"role": "secretary"}, {"password_hash": "x"}])
def test_what_takes_rights_away_ends_the_session(guarded: Flask, doctor: Browser, change: dict[str, object]) -> None:
    store_of(guarded).change_user(account(guarded, Role.RADIOLOGIST).id, **change)
    doctor.get("/")
    assert doctor.url == "/login"


def test_a_session_does_not_follow_its_cookie_to_another_browser(guarded: Flask, doctor: Browser) -> None:
    thief = guarded.test_client()
    thief.set_cookie("reporter", doctor.client.get_cookie("reporter").value)
    assert thief.get("/", headers={"User-Agent": "other"}).location.startswith("/login")


def test_what_was_typed_comes_back_after_an_expired_session(doctor: Browser, clock: Clock) -> None:
    address = doctor.open(exam="mr_spine", **PATIENT)
    clock.later(hours=1)
    doctor.send(**{"/free_text/findings": "Texte long à ne pas perdre."})
    assert doctor.status == 401
    [form] = doctor.page.xpath("//form[.//input[@name='password']]")
    doctor.post("/login", {**dict(form.form_values()), "login": DOCTOR, "password": PASSWORD})
    [form] = doctor.page.xpath("//form[.//input[@name='/free_text/findings']]")
    assert "wrong" not in doctor.text and PASSWORD not in doctor.text
    doctor.post(form.get("action"), dict(form.form_values()))
    doctor.get(address)
    assert doctor.value("/free_text/findings") == "Texte long à ne pas perdre."


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_nothing_another_site_sends_waits_for_a_login(guarded: Flask, headers: dict[str, str]) -> None:
    sent = guarded.test_client().post("/drafts/x/sign", data={"/free_text/findings": "Intrus"}, headers=headers)
    assert sent.status_code == 401
    assert "Intrus" not in sent.text


@pytest.mark.parametrize(
    "next_", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\n/evil", "evil"]
)
def test_login_never_leads_to_another_site(guarded: Flask, next_: str) -> None:
    account(guarded, Role.RADIOLOGIST)
    browser = Browser(guarded.test_client())
    browser.get("/login")
    data = {"csrf_token": browser.token(), "login": DOCTOR, "password": PASSWORD, "next": next_}
    assert browser.client.post("/login", data=data).location == "/"


def test_login_without_its_token_is_refused_and_no_password_is_shown_again(guarded: Flask) -> None:
    account(guarded, Role.RADIOLOGIST)
    refused = guarded.test_client().post("/login", data={"login": DOCTOR, "password": PASSWORD})
    assert refused.status_code == 400
    assert PASSWORD not in refused.text


def test_the_first_start_makes_one_administrator_who_changes_the_password(guarded: Flask) -> None:
    password = accounts.first_administrator(store_of(guarded))
    assert password is not None and len(password) >= 20
    assert accounts.first_administrator(store_of(guarded)) is None
    browser = Browser(guarded.test_client())
    log_in(browser, "admin", password)
    assert browser.url == "/account"
    browser.get("/admin/users")
    assert browser.url == "/account"
    new = {"current": password, "password": PASSWORD, "again": PASSWORD}
    for wrong in ({"current": "x"}, {"again": "x"}, {"password": "court", "again": "court"}):
        browser.post("/account/password", {**new, **wrong})
        assert browser.status == 422
    browser.post("/account/password", new)
    assert browser.url == "/admin/users"
    log_in(other := Browser(guarded.test_client()), "admin", password)
    assert other.status == 401


@pytest.mark.parametrize("password", ["court", "aaaaaaaaaaaaaaaa", "x" * 201, "martin-martin-martin"])
def test_easy_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccountError):
        accounts.check_password(password, "martin")


def test_the_demonstration_is_marked_and_stays_on_this_machine(browser: Browser) -> None:
    browser.get("/")
    assert "Démonstration" in browser.page.xpath("string(//*[@class='demo-banner'])")
    for environ in (
        {"REMOTE_ADDR": "10.0.0.9"},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.9"},
        {"HTTP_FORWARDED": "for=1.2.3.4"},
    ):
        assert browser.client.get("/", environ_overrides=environ).status_code == 403
        assert browser.client.get("/fhir/Patient", environ_overrides=environ).status_code == 403


def test_outside_the_demonstration_there_is_no_banner(doctor: Browser) -> None:
    doctor.get("/")
    assert not doctor.page.xpath("//*[@class='demo-banner']")
