"""The pages of the administrator: accounts, tokens, deliveries, audit."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from flask import Flask

from reporter.delivery.accounts import Role
from reporter.fhir.check import check_resource
from tests.web.people import account, bearer, log_in, person, site, store_of
from tests.web.test_access_lifecycle import signed
from tests.web.window import Browser


@pytest.fixture
def guarded(tmp_path: Path) -> Flask:
    return site(tmp_path / "data", targets=("ris",))


@pytest.fixture
def root(guarded: Flask) -> Browser:
    return person(guarded, Role.ADMINISTRATOR)


def secret(browser: Browser) -> str:
    return str(browser.page.get_element_by_id("secret").text_content())


def test_a_new_account_has_a_password_shown_once(guarded: Flask, root: Browser) -> None:
    root.get("/admin/users")
    root.post(
        "/admin/users", {"login": "Martin", "name": "Dr Anne Martin", "role": "radiologist", "rpps": "10001234566"}
    )
    assert root.status == 201
    password = secret(root)
    root.get("/admin/users")
    assert password not in root.text
    doctor = Browser(guarded.test_client())
    log_in(doctor, "martin", password)
    assert doctor.url == "/account"
    user = store_of(guarded).user_by_login("martin")
    assert user is not None and user.identifiers == {"RPPS": "10001234566"}
    assert password not in str(user)


@pytest.mark.parametrize(
    "fields",
    [
        {"login": "", "name": "X", "role": "radiologist"},
        {"login": "a b", "name": "X", "role": "radiologist"},
        {"login": "x", "name": "X", "role": "root"},
        {"login": "administrator", "name": "X", "role": "secretary"},
    ],
)
def test_accounts_that_cannot_be_are_refused_in_words(guarded: Flask, root: Browser, fields: dict[str, str]) -> None:
    root.get("/admin/users")
    root.post("/admin/users", fields)
    assert root.status == 422
    assert root.page.xpath("string(//*[@role='alert'])").strip()
    assert len(store_of(guarded).users()) == 1


def test_rights_are_given_and_taken_but_never_from_oneself(guarded: Flask, root: Browser) -> None:
    doctor = person(guarded, Role.RADIOLOGIST)
    user, own = account(guarded, Role.RADIOLOGIST), account(guarded, Role.ADMINISTRATOR)
    root.get("/admin/users")
    root.post(f"/admin/users/{user.id}", {"name": user.name, "role": "resident", "active": "yes"})
    assert store_of(guarded).user(user.id).role == "resident"
    doctor.get("/")
    assert doctor.url == "/login"
    root.post(f"/admin/users/{user.id}", {"name": user.name, "role": "resident"})
    assert not store_of(guarded).user(user.id).active
    root.get("/admin/users")
    root.post(f"/admin/users/{own.id}", {"name": "x", "role": "secretary"})
    assert root.status == 422
    assert store_of(guarded).user(own.id).role == "administrator"


def test_a_lost_password_is_replaced_and_the_account_unlocked(guarded: Flask, root: Browser) -> None:
    user = account(guarded, Role.SECRETARY)
    browser = Browser(guarded.test_client())
    for _ in range(5):
        log_in(browser, user.login, "wrong")
    root.get("/admin/users")
    root.post(f"/admin/users/{user.id}/password", {})
    log_in(browser, user.login, secret(root))
    assert browser.url == "/account"


def test_a_token_is_made_shown_once_and_revoked(guarded: Flask, root: Browser) -> None:
    user = account(guarded, Role.INTEGRATOR)
    root.get("/admin/tokens")
    fields = {"user": user.id, "name": "RIS", "scope": ["system/Patient.read"], "expires": "2030-01-01"}
    root.post("/admin/tokens", fields)
    assert root.status == 201
    token, client = secret(root), guarded.test_client()
    assert client.get("/fhir/Patient", headers=bearer(token)).status_code == 200
    root.get("/admin/tokens")
    assert token not in root.text
    [form] = root.page.xpath("//form[contains(@action,'/revoke')]")
    root.post(form.get("action"), {})
    assert client.get("/fhir/Patient", headers=bearer(token)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"scope": []},
        {"scope": ["system/Nothing.read"]},
        {"scope": ["patient/*.read"]},
        {"expires": "2001-01-01"},
        {"expires": "hier"},
        {"name": " "},
        {"user": "radiologist"},
    ],
)
def test_tokens_that_cannot_be_are_refused(guarded: Flask, root: Browser, change: dict[str, object]) -> None:
    user, doctor = account(guarded, Role.INTEGRATOR), account(guarded, Role.RADIOLOGIST)
    fields = {"user": user.id, "name": "RIS", "scope": ["system/Patient.read"], **change}
    fields["user"] = doctor.id if fields["user"] == "radiologist" else fields["user"]
    root.get("/admin/tokens")
    root.post("/admin/tokens", fields)
    assert root.status == 422
    assert store_of(guarded).tokens() == []


def test_dead_letters_are_seen_and_sent_again(guarded: Flask, root: Browser) -> None:
    doctor = person(guarded, Role.RADIOLOGIST)
    report = signed(doctor)
    store = store_of(guarded)
    delivery = store.claim("ris")
    assert delivery is not None
    store.mark_failed(delivery, "HTTP-500\nDURAND Zoé est inconnue", retry_in=None)
    root.get("/admin/deliveries?status=dead")
    assert "HTTP-500" in root.text and "DURAND" not in root.text
    doctor.get(report)
    assert "en échec" in doctor.text
    [form] = root.page.xpath("//form[contains(@action,'/replay')]")
    root.post(form.get("action"), {})
    assert store.delivery(delivery.id).status == "pending"
    assert ("delivery.change", "delivery") in {(line.action, line.entity) for line in store.audit_lines()}


def test_the_trail_is_shown_verified_and_exported_as_valid_fhir(guarded: Flask, root: Browser) -> None:
    signed(person(guarded, Role.RADIOLOGIST))
    root.get("/admin/audit?verify=1")
    assert "sont celles qui ont été écrites" in root.text
    assert "report.sign" in root.text and "DURAND" not in root.text
    exported = root.client.get("/admin/audit/export")
    events = [json.loads(line) for line in exported.text.splitlines()]
    assert len(events) >= 6
    for event in events:
        assert [i.message for i in check_resource(event) if i.severity == "error"] == []
    root.get("/admin/audit?action=report.sign")
    assert len(root.page.xpath("//tbody/tr")) == 1
    _tamper(guarded)
    root.get("/admin/audit?verify=1")
    assert "rompue à la ligne 2" in root.text


def _tamper(made: Flask) -> None:
    """As somebody with the file of the database would: the triggers first."""
    path = made.extensions["reporter"].config.data / "reporter.sqlite"
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE audit SET actor = 'somebody' WHERE seq = 2")
    connection.close()
