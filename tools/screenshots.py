"""Pictures of the user guide: `python -m tools.screenshots` writes docs/img/ again (look at them before committing).

Every page, light and dark, wide and narrow, from a real server with made-up patients. With pngquant on the machine
the files are reduced to a palette.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import chromium
from tests.browser.keyboard import Keyboard
from tests.browser.requests import DXA, KNEE_FIRST, KNEE_SECOND, LUMBAR, Request, open_draft
from tests.browser.server import Server
from tests.browser.steps import enter, fill_dxa, load_prior, sign

TARGET = Path("docs/img")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
THEMES = {"clair": "light", "sombre": "dark"}
Act = Callable[[Page, Server], None]


def home(page: Page, server: Server) -> None:
    """Choosing an exam."""
    page.goto(server.url)
    Keyboard(page).type("irm rach")
    page.wait_for_selector("#start-options [role=option]")


def draft(page: Page, server: Server, request: Request = LUMBAR) -> None:
    """A draft half way: two signs, the rest normal."""
    open_draft(page, server, request)
    keys = Keyboard(page).press("Alt+t").settle()
    enter(keys, "fv l1 40%", "fente liq l1")
    keys.press("Alt+n").settle()


def quick(page: Page, server: Server) -> None:
    """Proposals while typing."""
    open_draft(page, server, LUMBAR)
    Keyboard(page).press("Alt+t").settle().type("fv l")
    page.wait_for_selector("#quick-options [role=option]")


def signing(page: Page, server: Server) -> None:
    """The dialog that signs."""
    open_draft(page, server, LUMBAR)
    enter(Keyboard(page).press("Alt+t").settle(), "fv l1 40%")
    page.keyboard.press("Alt+s")


def refused(page: Page, server: Server) -> None:
    """The wrong side: errors beside their fields and in the summary."""
    open_draft(page, server, KNEE_FIRST)
    enter(Keyboard(page), "omo condyle med g")


def density(page: Page, server: Server) -> None:
    """A densitometry with an excluded vertebra and an earlier value."""
    open_draft(page, server, DXA)
    fill_dxa(Keyboard(page))
    page.locator("#dxa").scroll_into_view_if_needed()


def compared(page: Page, server: Server) -> None:
    """A follow-up compared with the report signed before it."""
    open_draft(page, server, KNEE_FIRST)
    first = Keyboard(page).press("Alt+t").settle()
    enter(first, "omo condyle med d")
    sign(first)
    open_draft(page, server, KNEE_SECOND)
    keys = Keyboard(page).press("Alt+t").settle()
    load_prior(keys)
    enter(keys.press("Alt+q"), "omo condyle lat d")
    keys.tab_to("#prior-C1-0-complete_regression").press("Enter").settle()
    page.locator("#priors").scroll_into_view_if_needed()


def signed(page: Page, server: Server) -> None:
    """A signed report."""
    draft(page, server)
    sign(Keyboard(page))
    page.evaluate("window.scrollTo(0, 0)")


def corrected(page: Page, server: Server) -> None:
    """Two versions and their difference."""
    signed(page, server)
    page.keyboard.press("Alt+r")
    page.wait_for_url("**/drafts/*")
    enter(Keyboard(page).press("Alt+q"), "recul mur l1 3 mm")
    sign(Keyboard(page))
    page.evaluate("window.scrollTo(0, 0)")


def printed(page: Page, server: Server) -> None:
    """The page to print."""
    signed(page, server)
    page.keyboard.press("Alt+i")
    page.wait_for_url("**/print")


def guide(page: Page, server: Server) -> None:
    """The keys."""
    page.goto(f"{server.url}/help")


PAGES: dict[str, Act] = {
    "accueil": home, "saisie-rapide": quick, "brouillon": draft, "erreurs": refused, "dxa": density,
    "comparaison": compared, "signer": signing, "signe": signed, "correction": corrected, "impression": printed,
    "aide": guide,
}  # fmt: skip
ON_PHONE: dict[str, Act] = {"telephone": draft, "telephone-accueil": home, "telephone-signe": signed}


def main() -> None:
    """Every picture."""
    path = chromium()
    if not path:
        raise SystemExit("no chromium on this machine")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            for view, pages in ((WIDE, PAGES), (NARROW, ON_PHONE)):
                for (name, act), (theme, scheme) in product(pages.items(), THEMES.items()):
                    page = browser.new_page(viewport=view, color_scheme=scheme, locale="fr-FR")
                    _take(page, server, act, f"{name}-{theme}")
        finally:
            browser.close()
            server.kill()
    _reduce()


def _take(page: Page, server: Server, act: Act, name: str) -> None:
    act(page, server)
    page.wait_for_timeout(150)
    page.screenshot(path=TARGET / f"{name}.png", animations="disabled", caret="hide")
    page.close()


def _reduce() -> None:
    tool = shutil.which("pngquant")
    files = [str(path) for path in sorted(TARGET.glob("*.png"))]
    if tool:
        subprocess.run([tool, "--force", "--strip", "--ext", ".png", "--speed", "1", "64", "--", *files], check=False)


if __name__ == "__main__":
    main()
