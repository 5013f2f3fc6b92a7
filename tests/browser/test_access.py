"""Everybody can use it: axe-core on every page in both themes, focus in order and seen, zoom, phone, paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.keyboard import Keyboard
from tests.browser.requests import CEMENT, DXA, LUMBAR, NORMAL_LUMBAR, link, open_draft
from tests.browser.server import Server

THEMES = ("light", "dark")


@pytest.fixture(params=THEMES)
def themed(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    made = browser.new_context(locale="fr-FR", color_scheme=request.param, viewport={"width": 1280, "height": 800})
    yield made.new_page()
    made.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def signed(page: Page, server: Server) -> Keyboard:
    open_draft(page, server, NORMAL_LUMBAR)
    keys = Keyboard(page).press("Alt+t").settle().press("Alt+n").settle().press("Alt+s")
    page.wait_for_selector("#sign-final:focus")
    keys.press("Enter")
    page.wait_for_url("**/reports/*")
    return keys


def test_no_violation_on_the_fixed_pages(themed: Page, server: Server) -> None:
    for path in ("/", "/?q=irm", "/help", "/drafts/nothing"):
        themed.goto(server.url + path)
        assert violations(themed) == [], path
    themed.goto(link(server, LUMBAR))
    assert violations(themed) == []


def test_no_violation_while_entering(themed: Page, server: Server) -> None:
    open_draft(themed, server, CEMENT)
    assert violations(themed) == []
    keys = Keyboard(themed).type("ciment l4 4 ml")
    themed.wait_for_selector("#quick-options [role=option]")
    assert violations(themed) == []
    keys.press("Enter").settle()
    themed.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert violations(themed) == []
    keys.press("Alt+s")
    assert violations(themed) == []


def test_no_violation_in_densitometry(themed: Page, server: Server) -> None:
    open_draft(themed, server, DXA)
    themed.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert violations(themed) == []


def test_no_violation_on_signed_reports(themed: Page, server: Server) -> None:
    signed(themed, server)
    assert violations(themed) == []
    themed.keyboard.press("Alt+i")
    themed.wait_for_url("**/print")
    assert violations(themed) == []


FOCUS = """
() => {
  const focus = document.activeElement, box = focus.getBoundingClientRect();
  const drawn = focus.closest('svg') && getComputedStyle(focus.querySelector('.schema-shape'));
  const style = getComputedStyle(focus.matches('.state input') ? focus.nextElementSibling : focus);
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return [focus.id || focus.tagName, drawn ? parseFloat(drawn.strokeWidth) >= 3 : outlined, box.width > 0];
}
"""


def test_focus_goes_in_order_and_is_always_seen(page: Page, server: Server) -> None:
    open_draft(page, server, LUMBAR)
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(45):
        page.keyboard.press("Tab")
        name, outlined, sized = page.evaluate(FOCUS)
        assert outlined and sized, name
        seen.append(name)
    places = [seen.index(name) for name in ("open-sign", "quick-input", "rest-normal", "new-finding") if name in seen]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [640, 390])
def test_zoomed_or_on_a_phone_nothing_overflows(browser: Browser, server: Server, width: int) -> None:
    """640 px is a 1280 px window at 200 %."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": 700}, locale="fr-FR")
    page = context.new_page()
    open_draft(page, server, LUMBAR)
    Keyboard(page).type("fv l1 40 %").press("Enter").settle()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#report").is_visible()
    assert page.locator("#quick-input").is_visible()
    context.close()


def test_the_printed_page_is_the_report_alone(page: Page, server: Server) -> None:
    signed(page, server)
    page.keyboard.press("Alt+i")
    page.wait_for_url("**/print")
    page.emulate_media(media="print")
    assert not page.locator(".topbar").is_visible()
    assert "Anne PETIT" in page.locator(".sheet").inner_text()
    assert "vertébrale" in page.locator(".sheet").inner_text()
