"""What every section writer shares: the report, the words, and the making of sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.model.exam import Exam, Site
from reporter.model.report import ReportData, Sentence, Statement
from reporter.settings import Settings


@dataclass(frozen=True, slots=True)
class Scope:
    """Read-only view of one report and of the catalogue's words."""

    report: ReportData
    catalog: Catalog
    settings: Settings

    @property
    def exam(self) -> Exam:
        """The input."""
        return self.report.exam

    def of_kind(self, *kinds: str) -> list[Statement]:
        """Statements of some kinds, in report order."""
        return [s for s in self.report.statements if s.kind in kinds]

    def word(self, *path: str) -> str:
        """A French phrase of the lexicon."""
        return str(self._node(path))

    def table(self, *path: str) -> Mapping[str, Any]:
        """A table of the lexicon, empty when there is none."""
        node = self._node(path)
        return node if isinstance(node, Mapping) else {}

    def words(self, *path: str) -> tuple[str, ...]:
        """A list of the lexicon, empty when there is none."""
        node = self._node(path)
        return tuple(node) if isinstance(node, (list, tuple)) else ()

    def _node(self, path: tuple[str, ...]) -> Any:
        node: Any = self.catalog.lexicon
        for key in path:
            find = getattr(node, "get", None)
            node = find(key) if find else None
        return "" if node is None else node

    def de_site(self, site: Site, *, adjectives: bool = True) -> str:
        """« de l'aileron sacré gauche »."""
        return french.de_site(site, self.catalog, self.settings, adjectives=adjectives)

    def level_rank(self, site: Site | None) -> int:
        """Cranio-caudal rank of a site's (upper) level; 0 for a site without level."""
        if site is None or site.level is None:
            return 0
        levels = self.catalog.levels
        return next((n for n, name in enumerate(levels, 1) if upper_level(site.level) == name), len(levels) + 1)


def upper_level(level: str) -> str:
    """The upper vertebra of a disc: L4L5 → L4."""
    return level if len(level) < 4 else level[: 3 if level[2].isdigit() else 2]


@dataclass(slots=True)
class Writer:
    """Collects the sentences of one section, numbering them."""

    section: str
    settings: Settings
    sentences: list[Sentence] = field(default_factory=list)

    def say(
        self, text: str, statements: Iterable[str], *, rules: Iterable[str] = (), paragraph: int = 0, stop: bool = True
    ) -> None:
        """Add one sentence: capital, full stop, print typography. An empty text says nothing."""
        body = french.single_spaced(text)
        if not body:
            return
        body = body if not stop or body.endswith((".", "?", "!")) else body.rstrip(" ,;") + "."
        shown = french.typeset(french.capital(body), self.settings)
        self._add(shown, statements, rules, paragraph, free=False)

    def verbatim(self, text: str, statements: Iterable[str], *, paragraph: int = 0) -> None:
        """Add a text of the radiologist as it was written."""
        self._add(text, statements, (), paragraph, free=True)

    def also(self, index: int, statements: Iterable[str], rules: Iterable[str] = ()) -> None:
        """Record that an earlier sentence also says other statements."""
        known = self.sentences[index]
        self.sentences[index] = Sentence(
            known.id, known.section, known.text, _unique(known.statements, statements), _unique(known.rules, rules),
            known.free, known.paragraph,
        )  # fmt: skip

    def _add(self, text: str, statements: Iterable[str], rules: Iterable[str], paragraph: int, *, free: bool) -> None:
        identifier = f"s-{self.section}-{len(self.sentences) + 1}"
        said, fired = _unique(statements), _unique(rules)
        self.sentences.append(Sentence(identifier, self.section, text, said, fired, free, paragraph))


def _unique(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))
