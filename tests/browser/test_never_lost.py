"""What was typed survives: a killed server, an expired session, a lost network, a second window, no JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.keyboard import Keyboard, until
from tests.browser.requests import KNEE_FIRST, LUMBAR, link, open_draft
from tests.browser.server import Server

NOTE = "[name='/free_text/findings']"
STATE = "#save-state"


def typing(page: Page, text: str) -> Keyboard:
    keys = Keyboard(page)
    page.locator(NOTE).focus()
    return keys.type(text)


def test_killed_while_typing_the_server_gives_the_draft_back(page: Page, own_server: Server) -> None:
    open_draft(page, own_server, LUMBAR)
    keys = typing(page, "avant la panne").settle()
    own_server.kill()
    keys.type(" pendant")
    expect(page.locator(STATE)).to_contain_text("Connexion perdue")
    own_server.start()
    until(page, "document.querySelector('#draft-form').dataset.pending === 'no'")
    expect(page.locator(STATE)).to_contain_text("Enregistré")
    page.reload()
    expect(page.locator(NOTE)).to_have_value("avant la panne pendant")


def test_killed_and_the_window_closed_at_most_the_last_change_is_lost(
    page: Page, context: BrowserContext, own_server: Server
) -> None:
    open_draft(page, own_server, LUMBAR)
    address = page.url
    typing(page, "première ligne").settle()
    page.keyboard.type("!")
    own_server.kill()
    page.close(run_before_unload=False)
    own_server.start()
    again = context.new_page()
    again.goto(address)
    assert again.locator(NOTE).input_value() in ("première ligne", "première ligne!")


def test_an_expired_session_loses_nothing(page: Page, context: BrowserContext, server: Server) -> None:
    open_draft(page, server, LUMBAR)
    typing(page, "avant").settle()
    context.clear_cookies()
    typing(page, " après").settle()
    expect(page.locator(STATE)).to_contain_text("Enregistré")
    page.reload()
    expect(page.locator(NOTE)).to_have_value("avant après")


def test_a_lost_network_is_said_and_the_change_sent_later(page: Page, context: BrowserContext, server: Server) -> None:
    open_draft(page, server, LUMBAR)
    context.set_offline(True)
    typing(page, "hors ligne")
    expect(page.locator(STATE)).to_contain_text("Connexion perdue")
    context.set_offline(False)
    until(page, "document.querySelector('#draft-form').dataset.pending === 'no'")
    page.reload()
    expect(page.locator(NOTE)).to_have_value("hors ligne")


def test_typing_never_repeats_the_act_of_the_last_button(page: Page, server: Server) -> None:
    open_draft(page, server, LUMBAR)
    keys = Keyboard(page).press("Alt+n").settle()
    expect(page.locator("#report-text")).to_contain_text("œdème médullaire")
    keys.tab_to("#rest-normal-undo").press("Enter").settle()
    keys.press("Alt+n").settle().press("Alt+q").type("fv l1").press("Enter").settle()
    keys.tab_to("#rest-normal-undo").press("Enter").settle()
    typing(page, "note").settle()
    expect(page.locator("#report-text")).to_contain_text("note")
    expect(page.locator("#report-text")).not_to_contain_text("œdème médullaire")


def test_two_windows_on_one_draft_are_detected(page: Page, context: BrowserContext, server: Server) -> None:
    open_draft(page, server, LUMBAR)
    other = context.new_page()
    other.goto(page.url)
    expect(page.locator("#two-tabs")).to_be_visible()
    expect(other.locator("#two-tabs")).to_be_visible()
    typing(other, "deuxième fenêtre").settle()
    typing(page, "première fenêtre")
    expect(page.locator("#conflict")).to_contain_text("autre onglet")
    expect(page.locator(f"#conflict {NOTE}")).to_have_value("première fenêtre")
    page.locator("#conflict .btn-primary").click(delay=300)  # leaving the field saves again: the button is to stay
    expect(page.locator("#conflict")).to_be_hidden()
    expect(page.locator(NOTE)).to_have_value("première fenêtre")


def test_without_javascript_one_can_enter_check_and_sign(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(link(server, KNEE_FIRST))
    page.get_by_role("button", name="Ouvrir le brouillon").click()
    page.locator("#quick-input").fill("epanchement minime d")
    page.locator("#quick-input").press("Enter")
    expect(page.locator("#report-text")).to_contain_text("panchement")
    expect(page.locator("#issues")).to_contain_text("bloque")
    page.locator("[id^='protocol-']").first.click()
    expect(page.locator("#issues")).not_to_contain_text("bloque")
    page.locator("#sign-final").click()
    expect(page).to_have_url(f"{server.url}/reports/" + page.url.rpartition("/")[2])
    expect(page.locator("#signed-text")).to_contain_text("panchement")
    context.close()
