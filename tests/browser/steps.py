"""What the journeys do again and again, by keyboard alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.keyboard import Keyboard


def enter(keys: Keyboard, *texts: str) -> None:
    """Each text in the quick entry, where the focus is already."""
    for text in texts:  # the list is seen before it is accepted
        keys.type(text)
        expect(keys.page.locator("#quick-options")).to_have_attribute("data-query", text)
        keys.press("Enter").settle()
        expect(keys.page.locator("#quick-input")).to_have_value("")


def sign(keys: Keyboard) -> Any:
    """Alt+S, Enter; then the bundle is downloaded from the page of the report, by keyboard too."""
    keys.settle().press("Alt+s")
    expect(keys.page.locator("#sign-final")).to_be_focused()
    keys.press("Enter")
    keys.page.wait_for_url("**/reports/*")
    return download(keys.page)


def download(page: Page) -> Any:
    aside = Keyboard(page).tab_to("a[href$='/bundle.json']")
    with page.expect_download() as started:
        aside.press("Enter")
    return json.loads(Path(started.value.path()).read_text(encoding="utf-8"))


def load_prior(keys: Keyboard) -> None:
    """The first signed report of the same patient."""
    keys.tab_to("#prior-add > summary").press("Enter").tab_to("#prior-report").press("ArrowDown")
    keys.tab_to("#prior-load").press("Enter")
    keys.page.wait_for_selector("[id^='prior-C1']")


def fill_dxa(keys: Keyboard) -> Keyboard:
    """Device, lumbar spine without L1 and with an earlier value, left total hip."""
    keys.tab_to("#block-f-exam-technique > summary").press("Enter")
    fill(keys, "/exam/technique/device", "Lunar iDXA")
    measure(keys, 0, "lumbar_spine", {"bmd": "0,828", "t_score": "-3,1", "z_score": "-1,6"})
    spine = "/dxa/measurements/0"
    keys.tab_to("#fold-f-dxa-measurements-0-vertebrae > summary").press("Enter")
    for level in ("L2", "L3", "L4"):
        keys.tab_to(f"[type=checkbox][name='{spine}/vertebrae_included/{level}']").press(" ").settle()
    choose(keys, f"{spine}/vertebrae_excluded/0/level", "L1")
    fill(keys, f"{spine}/vertebrae_excluded/0/reason", "fracture")
    keys.tab_to("#fold-f-dxa-measurements-0-prior > summary").press("Enter")
    fill(keys, f"{spine}/prior/date", "2021-03-01")
    fill(keys, f"{spine}/prior/bmd", "0,873")
    fill(keys, f"{spine}/prior/device", "Lunar iDXA")
    measure(keys, 1, "total_hip", {"bmd": "0,742", "t_score": "-2,1"})
    return keys


def measure(keys: Keyboard, index: int, site: str, values: dict[str, str]) -> None:
    choose(keys, f"/dxa/measurements/{index}/site", site)
    if site == "total_hip":
        choose(keys, f"/dxa/measurements/{index}/laterality", "left")
    for name, value in values.items():
        fill(keys, f"/dxa/measurements/{index}/{name}", value)


def fill(keys: Keyboard, name: str, value: str) -> None:
    keys.tab_to(f"[name='{name}']").type(value).settle()


def choose(keys: Keyboard, name: str, value: str) -> None:
    """Arrow down to an option of a list."""
    keys.tab_to(f"[name='{name}']")
    for _ in range(60):
        if keys.page.locator(f"[name='{name}']").input_value() == value:
            keys.settle()
            return
        keys.press("ArrowDown")
    raise AssertionError(f"{name} has no option {value}")
