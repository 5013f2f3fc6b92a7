"""Latency of the live report: from a key to the report that shows it, in Chromium, over 200 keystrokes.

Run from the project directory: `.venv/bin/python -m benchmarks.preview`. The server is a real process, the draft a
lumbar MRI with findings; the keys go one by one into the free line of the results, each waiting for its answer, then at
the pace of a fast typist (8 keys per second). Printed: median, 99th percentile and worst, in milliseconds, painting not
included. A key that changes nothing in the report (a space at the end) counts until the answer that leaves it as it is.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import chromium
from tests.browser.keyboard import Keyboard
from tests.browser.requests import LUMBAR, open_draft
from tests.browser.server import Server

KEYS = 200
PACE_MS = 125
FIELD = "/free_text/findings"
WORDS = "aspect stable du rachis sans autre particularité notable "
TARGET_MS = 100

WATCH = """
field => {
  const input = document.getElementsByName(field)[0];
  const shown = () => document.getElementById("report").textContent.replaceAll("\\u00a0", " ");
  const times = window.__times = [];
  let waiting = [];
  input.addEventListener("input", () => waiting.push([performance.now(), input.value.trim()]));
  const look = () => {
    const report = shown();
    const done = waiting.findLastIndex(([, text]) => report.includes(text));
    waiting.splice(0, done + 1).forEach(([at]) => times.push(performance.now() - at));
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.id === "draft-form") look();
  });
}
"""


def main() -> None:
    """Measure and print."""
    path = chromium()
    if not path:
        raise SystemExit("no chromium on this machine")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            for name, pace in (("one by one", 0), ("8 keys a second", PACE_MS)):
                _print(name, measure(page, server, pace))
        finally:
            browser.close()
            server.kill()


def measure(page: Page, server: Server, pace: int) -> list[float]:
    """Type KEYS keys; `pace` 0 waits for the answer of each."""
    open_draft(page, server, LUMBAR)
    keys = Keyboard(page)
    for quick in ("fv l1", "omo l1"):
        page.focus("#quick-input")
        keys.type(quick).settle().press("Enter").settle()
    page.locator(f"[name='{FIELD}']").focus()
    page.evaluate(WATCH, FIELD)
    text = (WORDS * (KEYS // len(WORDS) + 1))[:KEYS]
    for letter in text:
        page.keyboard.type(letter)
        if pace:
            page.wait_for_timeout(pace)
        else:
            keys.settle()
    keys.settle()
    times: list[float] = page.evaluate("window.__times")
    if len(times) != KEYS:
        raise SystemExit(f"{KEYS - len(times)} keys were never shown")
    return sorted(times)


def _print(name: str, times: list[float]) -> None:
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    print(f"{name}: n={len(times)} p50={statistics.median(times):.0f} ms p99={p99:.0f} ms max={times[-1]:.0f} ms")
    print(f"  target {TARGET_MS} ms: {'held' if p99 < TARGET_MS else 'MISSED'} at p99")


if __name__ == "__main__":
    main()
