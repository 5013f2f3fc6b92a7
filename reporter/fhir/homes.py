"""Where each resource is listed in the report, and the element of its narrative that says it (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir import narrative
from reporter.fhir.datatypes import Json
from reporter.model.report import Narrative, Statement

# our section → section of the narrative that it prints
PRINTS = {
    "exam": "title",
    "order": "indication",
    "technique": "technique",
    "comparison": "comparison",
    "findings": "findings",
    "conclusion": "conclusion",
}
_OWN = {name: f"s.{PRINTS.get(name, ' ')}." for name in c.SECTION_CODES}
# resources that are said by the first sentence of a section
_SAID_BY = {
    "study": "title",
    "order": "indication",
    "procedure": "technique",
    "technique": "technique",
    "dose": "technique",
}
CONCLUDED = _OWN["conclusion"]


class Homes:
    """Known before the resources are made, so that each gets its link at once.

    `written` is the narrative as XHTML; `anchors` is the sentence of a key: what the narrative says without naming a
    statement is said by the first sentence of a section. `entries` are the references that a section lists; `unsaid`
    what no sentence of it says, each by the id of its line, its key, and its line when that is known.
    """

    def __init__(self, said: Narrative, keyed: list[tuple[str, Statement]]) -> None:
        self.written = narrative.written({section.id: section for section in said.sections})
        first, starts = self.written.first, self.written.starts
        self.anchors = {key: first[s.id] for key, s in keyed if s.id in first}
        for key, name in _SAID_BY.items():
            if name in starts:
                self.anchors[key] = starts[name]
        self.entries: dict[str, list[Json]] = {name: [] for name in c.SECTION_CODES}
        self.unsaid: dict[str, list[tuple[str, str, str | None]]] = {name: [] for name in c.SECTION_CODES}

    def put(self, key: str, ref: Json | None, home: str, line: str | None = None) -> str:
        """List a resource in a section (its reference, if it goes there); returns the id of what says it."""
        if ref is not None:
            self.entries[home].append(ref)
        said = self.anchors.get(key)
        if said is not None and said.startswith(_OWN[home]):
            return said
        own = narrative.element_id(home, key)
        self.unsaid[home].append((own, key, line))
        return said or own
