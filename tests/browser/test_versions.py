"""What a signed report becomes, by keyboard alone: a sentence in one's own words, a correction, an addendum."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.facts import facts, statuses
from tests.browser.keyboard import Keyboard
from tests.browser.requests import LUMBAR, open_draft
from tests.browser.server import Server
from tests.browser.steps import download, enter, sign

FRACTURE = "finding vertebral_fracture present vertebra L1 height_loss=40 %"
CLEFT = "finding intravertebral_cleft present vertebra L1 contents=fluid"
OWN_WORDS = "Tassement de L1 perdant deux cinquièmes de sa hauteur."


def fracture(page: Page, server: Server) -> Keyboard:
    """A draft that says one thing."""
    open_draft(page, server, LUMBAR)
    keys = Keyboard(page).press("Alt+t").settle()
    enter(keys, "fv l1 40%")
    return keys


def shown(page: Page) -> str:
    return page.locator("#report-text").inner_text().replace("\u00a0", " ").replace("\u202f", " ")


def late(route: Route) -> None:
    time.sleep(0.5)
    route.continue_()


def rewrite(keys: Keyboard, section: str = "findings") -> str:
    """Type one's own words in place of the sentence on L1; its key."""
    sentence = keys.page.locator(f"#section-{section} .sentence", has_text="L1").first
    key = str(sentence.get_attribute("data-key"))
    keys.tab_to("#sentences > summary").press("Enter").tab_to(f"#edit-{key}")
    keys.press("Control+a").type(OWN_WORDS)
    return key


def first_version(page: Page) -> bytes:
    with page.expect_download() as started:
        Keyboard(page).tab_to("a[href*='/v/1/'][href$='/bundle.json']").press("Enter")
    return Path(started.value.path()).read_bytes()


def narratives(bundle: Any) -> str:
    return json.dumps(bundle, ensure_ascii=False).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("confirmed", [False, True], ids=["codes dropped", "codes kept"])
def test_a_sentence_in_own_words_keeps_its_codes_only_when_that_is_said(
    page: Page, server: Server, confirmed: bool
) -> None:
    keys = fracture(page, server)
    rewrite(keys)
    keys.press("Tab").settle().press("Enter").settle()  # « Remplacer », what leaving the field did
    expect(page.locator("#report-text .tag-modified")).to_have_count(1)
    assert OWN_WORDS in shown(page)
    if confirmed:
        keys.tab_to("#sentences button[value='confirm']").press("Enter").settle()
        expect(page.locator("#sentences .tag-new")).to_have_count(1)
    bundle = sign(keys)
    assert facts(bundle) == ({FRACTURE} if confirmed else set())
    assert OWN_WORDS in narratives(bundle)


def test_words_are_in_the_report_as_soon_as_their_field_is_left(page: Page, server: Server) -> None:
    keys = fracture(page, server)
    rewrite(keys)
    enter(keys.press("Alt+q"), "fente liq l1")
    assert OWN_WORDS in shown(page)
    bundle = sign(keys)
    assert facts(bundle) == {CLEFT}
    assert OWN_WORDS in narratives(bundle)


def test_words_taken_back_rewrite_nothing_and_hold_nobody(page: Page, server: Server) -> None:
    keys = fracture(page, server)
    original = page.locator("#section-findings .sentence", has_text="L1").inner_text()
    rewrite(keys)
    keys.press("Control+a").type(original)
    enter(keys.press("Alt+q"), "fente liq l1")
    assert "modifié" not in shown(page)
    assert page.locator("#section-findings .sentence", has_text="L1").first.inner_text() == original
    page.goto(server.url)  # no question is asked on leaving
    expect(page.locator("main h1").first).to_be_visible()


def test_words_signed_at_once_are_signed(page: Page, server: Server) -> None:
    keys = fracture(page, server)
    rewrite(keys)
    assert OWN_WORDS in narratives(sign(keys))


def test_words_outlive_answers_that_are_late(page: Page, server: Server) -> None:
    """Each answer takes half a second; words are typed, left and gone on with meanwhile."""
    keys = fracture(page, server)
    page.route("**/drafts/**", late)
    key = rewrite(keys)
    keys.press("Tab")
    page.locator(f"#edit-{key}").focus()
    keys.press("End").type(" Mur intact.")
    page.locator("#quick-input").focus()
    keys.settle()
    keys.settle()
    assert f"{OWN_WORDS} Mur intact." in shown(page)


def test_words_for_a_sentence_that_goes_are_given_back(page: Page, server: Server) -> None:
    """A second fracture makes one sentence of two in the conclusion."""
    keys = fracture(page, server)
    rewrite(keys, "conclusion")
    enter(keys.press("Alt+q"), "fv l2 30%")
    expect(page.locator("#lost-edits")).to_contain_text(OWN_WORDS)
    keys.press("Alt+s")
    expect(page.locator("#sign-final")).to_have_count(0)


def test_a_place_clicked_in_the_figure_costs_no_word(page: Page, server: Server) -> None:
    keys = fracture(page, server)
    rewrite(keys)
    page.locator("#schema a, #schema [data-site]").first.click()
    page.wait_for_load_state()
    expect(page.locator("#report-text")).to_contain_text(OWN_WORDS)


def test_a_correction_shows_what_changed_and_leaves_the_first_version(page: Page, server: Server) -> None:
    assert facts(sign(fracture(page, server))) == {FRACTURE}
    before = first_version(page)
    keys = Keyboard(page).press("Alt+r")
    page.wait_for_url("**/drafts/*")
    expect(page.locator("#quick-input")).to_be_focused()
    enter(keys, "fente liq l1")
    corrected = sign(keys)
    assert (facts(corrected), statuses(corrected)) == ({FRACTURE, CLEFT}, {"amended", "corrected"})
    expect(page.locator(".versions > li")).to_have_count(2)
    assert page.locator(".versions .diff ins").first.inner_text().strip() == "Fente intravertébrale liquidienne de L1."
    assert first_version(page) == before


def test_an_addendum_is_a_version_that_says_it_and_all_that_was_said(page: Page, server: Server) -> None:
    sign(fracture(page, server))
    before = first_version(page)
    keys = Keyboard(page).tab_to("#addendum-text").type("Relu avec le scanner du 10 février.")
    keys.tab_to("form[action$='/addendum'] button").press("Enter")
    expect(page.locator(".versions > li")).to_have_count(2)
    expect(page.locator("#signed-text")).to_contain_text("Relu avec le scanner du 10 février.")
    page.evaluate("document.activeElement?.blur()")
    added = download(page)
    assert (facts(added), statuses(added)) == ({FRACTURE}, {"amended", "appended"})
    assert "Relu avec le scanner du 10 février." in narratives(added)
    assert first_version(page) == before
