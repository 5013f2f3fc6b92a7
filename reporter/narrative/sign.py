"""The pieces of a sentence about a sign, in print order, before they become words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reporter.french import NounPhrase
from reporter.model.report import Statement
from reporter.narrative.places import Place

_COMPLEMENT = re.compile(" d(?:es |u |e la |e l')")


class Sign:
    """Words around the noun (`adjectives`, `inner` complements), its place, brackets (`aside`), clauses (`outer`).

    `facts`: what the rules derive from it and its sentence says. `value_noun`: the noun that an attribute gives it.
    `severity`, `signals` (value → sequences) and `phases` are said by words of their own.
    """

    __slots__ = (
        "adjectives", "aside", "facts", "inner", "noun", "outer", "phases", "severity", "signals", "site", "value_noun",
    )  # fmt: skip

    def __init__(self, noun: NounPhrase, site: Place) -> None:
        self.noun, self.site = noun, site
        self.adjectives: list[str] = []
        self.inner: list[str] = []
        self.aside: list[str] = []
        self.outer: list[str] = []
        self.facts: Sequence[Statement] = ()
        self.value_noun: str | None = None
        self.severity: str | None = None
        self.signals: dict[str, list[str]] | None = None
        self.phases: list[str] | None = None

    @property
    def group(self) -> NounPhrase:
        """Noun, adjectives and inner complements; adjectives come before a definite complement of the noun."""
        return self.noun.with_text(self._words()) if self.adjectives or self.inner else self.noun

    @property
    def located(self) -> NounPhrase:
        """The group with its site."""
        return self.noun.with_text(self.words())

    def words(self) -> str:
        """The words of the group with its site."""
        group = self._words() if self.adjectives or self.inner else self.noun.text
        site = self.site.text
        return f"{group} {site}" if group and site else group or site

    def _words(self) -> str:
        words = self.noun.text
        found = _COMPLEMENT.search(words, 1) if " d" in words else None
        cut = found.start() if found else len(words)
        split = (words[:cut], *self.adjectives, words[cut:].strip(), *self.inner)
        return " ".join([w for w in split if w])

    def tail(self) -> str:
        """Brackets, then the clauses between commas."""
        brackets = f" ({'; '.join(self.aside)})" if self.aside else ""
        return f"{brackets}, {', '.join(self.outer)}" if self.outer else brackets

    def text(self) -> str:
        """« œdème médullaire marqué de …, en hyposignal T1 »."""
        return self.words() + self.tail() if self.outer or self.aside else self.words()
