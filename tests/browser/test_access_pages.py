"""Login and administration in a real browser, from the first start on: nothing that axe-core refuses, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.requests import LUMBAR, link
from tests.browser.server import Server
from tests.browser.test_access import violations
from tests.web.people import PASSWORD

ADMIN = ("users", "tokens", "deliveries", "audit")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "data", demo=False)
    running.start()
    yield running
    running.kill()


def log_in(page: Page, server: Server, login: str, password: str) -> None:
    page.goto(f"{server.url}/login")
    Keyboard(page).type(login).press("Tab").type(password).press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/login"))


def choose_password(page: Page, current: str) -> None:
    assert page.url.endswith("/account")
    assert violations(page) == []
    for field, value in (("#current", current), ("#new", PASSWORD), ("#again", PASSWORD)):
        page.fill(field, value)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/account"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_from_the_first_start_to_a_draft_kept_over_a_logout(browser: Browser, guarded: Server, theme: str) -> None:
    admin = browser.new_context(locale="fr-FR", color_scheme=theme).new_page()
    admin.goto(f"{guarded.url}/")
    assert admin.url.endswith("/login") and violations(admin) == []
    found = re.search(r"Compte (\S+), mot de passe à usage unique : (\S+)", guarded.log())
    assert found is not None
    log_in(admin, guarded, *found.groups())
    choose_password(admin, found[2])
    for name in ADMIN:
        admin.goto(f"{guarded.url}/admin/{name}")
        assert violations(admin) == [], name
    for login, role in (("martin", "radiologist"), ("ris", "integrator")):
        admin.goto(f"{guarded.url}/admin/users")
        admin.fill("#new-login", login)
        admin.fill("#new-name", "Dr Anne Martin")
        admin.select_option("#new-role", role)
        admin.keyboard.press("Enter")
        admin.wait_for_selector(".notice-success")
        if role == "radiologist":
            password = admin.inner_text("#secret")
        assert violations(admin) == []
    admin.goto(f"{guarded.url}/admin/tokens")
    assert violations(admin) == []

    doctor = browser.new_context(locale="fr-FR", color_scheme=theme).new_page()
    log_in(doctor, guarded, "martin", password)
    choose_password(doctor, password)
    assert violations(doctor) == []
    doctor.goto(link(guarded, LUMBAR))
    doctor.keyboard.press("Enter")
    doctor.wait_for_url("**/drafts/*")
    draft = doctor.url
    expect(doctor.locator("#signer")).to_have_value("Dr Anne Martin")
    other = doctor.context.new_page()
    other.goto(f"{guarded.url}/")
    other.get_by_role("button", name="Quitter").click()
    other.wait_for_url("**/login")
    keys = Keyboard(doctor).type("fv l1 40 %").press("Enter")
    expect(doctor.locator("#save-state")).to_contain_text("Session expirée")
    log_in(other, guarded, "martin", PASSWORD)
    doctor.bring_to_front()
    doctor.evaluate("window.dispatchEvent(new Event('focus'))")
    keys.settle()
    expect(doctor.locator("#save-state")).not_to_contain_text("Session expirée")
    assert doctor.url == draft
