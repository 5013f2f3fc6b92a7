"""What the clipboard holds: one section, as plain and as rich text, typography kept."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.requests import LUMBAR, open_draft
from tests.browser.server import Server
from tests.browser.steps import enter, sign

CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read();
  const text = async (type) => (await item.getType(type)).text();
  return { plain: await text("text/plain"), rich: await text("text/html") };
}"""


def copied(page: Page, name: str) -> Any:
    page.get_by_text("Copier une section").click()
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#copy-state")).to_contain_text("Copié")
    return page.evaluate(CLIPBOARD)


def test_one_section_of_the_live_and_of_the_signed_report(
    page: Page, context: BrowserContext, server: Server, keys: Keyboard
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    open_draft(page, server, LUMBAR)
    page.keyboard.press("Alt+t")
    keys.settle()
    enter(keys, "omo l1", "fv l1 40%")
    live = copied(page, "Résultats")
    assert "perte de hauteur de 40\u202f%" in live["plain"] and "Œdème médullaire" in live["plain"]
    assert "Technique" not in live["plain"] and "<p>" in live["rich"] and "<button" not in live["rich"]
    sign(keys)
    signed = copied(page, "Résultats")
    assert "perte de hauteur de 40\u202f%" in signed["plain"] and "CONCLUSION" not in signed["plain"]
    assert "<p>" in signed["rich"]
