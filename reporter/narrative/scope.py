"""What every section writer shares: the report and the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import DxaMeasurement, Site
from reporter.model.report import ReportData, Statement
from reporter.narrative.lexicon import Lexicon, lexicon
from reporter.narrative.signwords import MeasureWords, Signs, measures_of, signs_of
from reporter.settings import Settings

if TYPE_CHECKING:
    from reporter.narrative.places import Place

_KIND = attrgetter("kind")
Places = dict[tuple[object, ...], "Place"]


class Scope:
    """Read-only view of one report and of the catalogue's words; statements are sorted by kind once.

    `word`, `table`, `words`: French of the lexicon by path (see `Lexicon`); `signs`, `measures`: the words of each;
    `ranks`: of the levels; `places`: those of one site that were said before (see `places`); `regions`: of
    densitometry, once asked (see `dxa`).
    """

    def __init__(self, report: ReportData, catalog: Catalog, settings: Settings) -> None:
        self.report, self.exam, self.catalog, self.settings = report, report.exam, catalog, settings
        self.modality = report.exam.study.modality
        words, self.signs, self.measures, self.ranks, self.places = _kept(
            catalog, settings.levels, settings.anatomy_terms
        )
        self.lexicon, self.word, self.table, self.words = words, words.word, words.table, words.words
        self._kinds = kinds = dict[str, list[Statement]]()
        for kind, statements in groupby(report.statements, _KIND):
            kinds.setdefault(kind, []).extend(statements)
        self.findings: Sequence[Statement] = kinds.get("finding", ())
        self.derived: Sequence[Statement] = kinds.get("derived", ())
        self.regions: Sequence[tuple[str, DxaMeasurement]] | None = None
        self._inside: dict[str, list[int]] | None = None
        self._twins: dict[tuple[str | None, tuple[str, ...]], list[Statement]] | None = None

    def of_kind(self, kind: str) -> Sequence[Statement]:
        """Statements of a kind, in report order."""
        return self._kinds.get(kind, ())

    def facts_inside(self, ids: Sequence[str]) -> Sequence[Statement]:
        """Derived facts of these statements that their own sentence says (height loss, Genant grade …)."""
        if self._inside is None:
            self._inside = self._facts_by_evidence()
        inside = self._inside
        if not inside:
            return ()
        found = inside.get(ids[0], ()) if len(ids) == 1 else sorted({n for i in ids for n in inside.get(i, ())})
        return [self.derived[n] for n in found]

    def _facts_by_evidence(self) -> dict[str, list[int]]:
        """Statement id → positions of the derived facts that a sentence about it says."""
        inside, found = self.table["inside"], dict[str, list[int]]()
        for position, fact in enumerate(self.derived):
            if fact.concept in inside:
                for name in dict.fromkeys(fact.evidence):
                    found.setdefault(name, []).append(position)
        return found

    def twins(self, fact: Statement) -> Sequence[Statement]:
        """The fact and the others that its rule derived from the same evidence: one sentence says them all."""
        if self._twins is None:
            self._twins = {}
            for one in self.derived:
                self._twins.setdefault((one.origin.rule, one.evidence), []).append(one)
        return self._twins.get((fact.origin.rule, fact.evidence), ())

    def de_site(self, site: Site, *, adjectives: bool = True) -> str:
        """« de l'aileron sacré gauche »."""
        return french.de_site(site, self.catalog, self.settings, adjectives=adjectives)

    def level_rank(self, site: Site | None) -> int:
        """Cranio-caudal rank of a site's (upper) level; 0 for a site without level."""
        if site is None or site.level is None:
            return 0
        level = site.level
        return self.ranks.get(level if len(level) < 4 else upper_level(level), len(self.ranks) + 1)


@per_catalog
def _kept(catalog: Catalog, *_manner: str) -> tuple[Lexicon, Signs, Mapping[str, MeasureWords], dict[str, int], Places]:
    """What every report looks up; places are said in one of several manners (see `Settings`)."""
    ranks = {level: rank for rank, level in enumerate(catalog.levels, 1)}
    return lexicon(catalog), signs_of(catalog), measures_of(catalog), ranks, {}


def upper_level(level: str) -> str:
    """The upper vertebra of a disc: L4L5 → L4."""
    return level if len(level) < 4 else level[: 3 if level[2].isdigit() else 2]
