"""What each open page shows already, so that typing sends back only what changed."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reporter.web.form.page import Page
    from reporter.web.screen import Screen

_MAX_PARTS = 1024
_SEEN = ("id", "finding", "status", "site", "evolution")


class Drawn:
    """Per draft and part of its page, a digest of what was last sent."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], int] = OrderedDict()

    def fields(self, draft_id: str, page: Page, screen: Screen) -> bool:
        """Are the fields, or the problems beside them, other than those last sent for this draft?"""
        beside = tuple((p.field, p.message) for p in screen.problems if p.field)
        return self._changed((draft_id, "fields"), hash((tuple(page.names()), beside)))

    def pictures(self, draft_id: str, tree: Mapping[str, Any]) -> bool:
        """Is what the figures and plots show other than what was last sent?"""
        signs = [{key: f.get(key) for key in _SEEN} for f in tree.get("findings", [])]
        shown = [signs, tree.get("dxa"), tree.get("comparisons"), tree.get("exam", {}).get("date")]
        return self._changed((draft_id, "pictures"), hash(json.dumps(shown, default=str, sort_keys=True)))

    def _changed(self, part: tuple[str, str], digest: int) -> bool:
        before = self._known.pop(part, None)
        self._known[part] = digest
        while len(self._known) > _MAX_PARTS:
            self._known.popitem(last=False)
        return before != digest
