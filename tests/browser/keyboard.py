"""A radiologist's hands: keys only, each one counted."""

from playwright.sync_api import Page

BUSY = "document.querySelector('#draft-form')?.dataset.pending === 'yes' || !!document.querySelector('.htmx-request')"
PATIENCE = 1000


def until(page: Page, condition: str) -> None:
    """Wait for a condition of the page; asked from outside, since the page's policy forbids `eval`."""
    for _ in range(PATIENCE):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"never true: {condition}")


class Keyboard:
    """Every key pressed counts one; a chord such as Alt+N counts one stroke per key held, so two."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strokes = 0

    def press(self, *chords: str) -> "Keyboard":
        for chord in chords:
            self.strokes += len(chord.split("+")) if len(chord) > 1 else 1
            self.page.keyboard.press(chord)
        return self

    def type(self, text: str) -> "Keyboard":
        self.strokes += len(text)
        self.page.keyboard.type(text)
        return self

    def tab_to(self, selector: str, limit: int = 200) -> "Keyboard":
        """Tab until the element has the focus: proves that it can be reached without a mouse."""
        for _ in range(limit):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return self
            self.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab")

    def settle(self) -> "Keyboard":
        """Wait until the server has answered the last change."""
        self.page.wait_for_timeout(20)
        until(self.page, f"!({BUSY})")
        return self

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement?.id || document.activeElement?.name || ''"))
