"""Where each resource is listed in the report, and the element of its narrative that says it (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir import narrative
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
_KINDS = {"dxa": "findings", "diagnosis": "conclusion", "recommendation": "recommendation"}
# first part of a key → section; what is in none of them goes by its statement
_GROUPS = {
    "finding": "findings",
    "study": "exam",
    "order": "order",
    "procedure": "technique",
    "technique": "technique",
    "dose": "technique",
    "comparison": "comparison",
    "context": "history",
}
_SAID_BY = {
    "study": "title",
    "order": "indication",
    "procedure": "technique",
    "technique": "technique",
    "dose": "technique",
}


class Homes:
    """Known before the resources are made, so that each gets its link at once.

    `texts` are the sections of the narrative, `sentences` the ids of their sentences; `anchors` is the sentence of a
    key. `entries` are the keys that a section lists, `unsaid` those of them that no sentence of it says, each with the
    id of its line.
    """

    def __init__(self, said: Narrative, keyed: list[tuple[str, Statement]]) -> None:
        self.texts = {section.id: section for section in said.sections}
        self.sentences = {name: narrative.anchors(text) for name, text in self.texts.items()}
        self.anchors = self._anchors(said, keyed)
        self.entries: dict[str, list[str]] = {name: [] for name in c.SECTION_CODES}
        self.unsaid: dict[str, list[tuple[str, str]]] = {name: [] for name in c.SECTION_CODES}
        self._statements = dict(keyed)

    def _anchors(self, said: Narrative, keyed: list[tuple[str, Statement]]) -> dict[str, str]:
        """What the narrative says without naming a statement is said by the first sentence of a section."""
        first = narrative.first_said(said, self.sentences)
        found = {key: first[s.id] for key, s in keyed if s.id in first}
        for key, name in _SAID_BY.items():
            if keys := self.sentences.get(name):
                found[key] = keys[0]
        return found

    def put(self, key: str) -> str | None:
        """List a resource in its section; returns the id of the element that says it."""
        said = self.anchors.get(key)
        group = key.partition("/")[0]
        home = _GROUPS.get(group) or self._home(key, said)
        if home is None:
            return said
        self.entries[home].append(key)
        if said is not None and said.startswith(_OWN[home]):
            return said
        line = narrative.element_id(home, key)
        self.unsaid[home].append((key, line))
        return said or line

    def _home(self, key: str, said: str | None) -> str | None:
        """Derived facts go where they are said; a proposed one that is not said belongs to the conclusion."""
        statement = self._statements.get(key)
        if statement is None:
            return "comparison" if key.startswith("dxa/") and key.endswith("/prior") else None
        if statement.kind != "derived":
            return _KINDS.get(statement.kind)
        concluded = said.startswith(_OWN["conclusion"]) if said else statement.origin.kind == "proposed"
        return "conclusion" if concluded else "findings"
