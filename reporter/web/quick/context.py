"""What the exam being entered allows: signs of its modality, sites and levels of its region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reporter.catalog.entries import Catalog, ChecklistItem, ExamDef, FindingDef, SiteDef
from reporter.rules.vocabulary.places import SPINE_REGIONS

_BY_LEVEL = "spine by level"
_WHOLE_BODY = "whole_body"


@dataclass(frozen=True)
class Context:
    """One exam definition and the draft of its input, as entered so far."""

    catalog: Catalog
    exam: ExamDef
    draft: Mapping[str, Any]

    @property
    def study(self) -> Mapping[str, Any]:
        """The `exam` object of the draft."""
        study = self.draft.get("exam")
        return study if isinstance(study, Mapping) else {}

    @cached_property
    def regions(self) -> frozenset[str]:
        """Regions the exam shows: of the draft when it names one, else any of the definition."""
        named = self.study.get("region")
        start = (named,) if isinstance(named, str) and named in self.catalog.regions else self.exam.regions
        return frozenset(r for name in start for r in self.catalog.regions[name].contains | {name})

    @cached_property
    def levels(self) -> frozenset[str]:
        """Vertebral levels the exam shows."""
        shown = frozenset(level for r in self.regions for level in self.catalog.regions[r].levels)
        return shown | self.catalog.lumbar_fov if "lumbar_spine" in self.regions else shown

    @cached_property
    def signs(self) -> frozenset[str]:
        """Signs that may be said of this exam."""
        return frozenset(key for key, sign in self.catalog.findings.items() if self._sign(sign))

    @cached_property
    def sites(self) -> frozenset[str]:
        """Sites this exam shows."""
        return frozenset(key for key, site in self.catalog.sites.items() if self._site(site))

    @cached_property
    def listed(self) -> Mapping[str, tuple[ChecklistItem, ...]]:
        """Lines of the minimum data set by sign."""
        found: dict[str, list[ChecklistItem]] = {}
        for item in self.exam.checklist:
            found.setdefault(item.finding, []).append(item)
        return {key: tuple(items) for key, items in found.items()}

    @cached_property
    def listed_sites(self) -> frozenset[str]:
        """Sites that the minimum data set names."""
        return frozenset(site for item in self.exam.checklist for site in item.sites)

    def shows_level(self, level: str) -> bool:
        """A level, or a disc one of whose vertebrae, is in the field of view."""
        second = next((i for i in range(1, len(level)) if level[i].isalpha()), len(level))
        return bool({level[:second], level[second:]} & self.levels)

    def technique(self, name: str) -> Any:
        """A field of the technique entered so far."""
        technique = self.study.get("technique")
        return technique.get(name) if isinstance(technique, Mapping) else None

    def priors(self) -> list[str]:
        """Ids of the prior exams of the draft."""
        given = self.draft.get("comparisons")
        rows = given if isinstance(given, list) else []
        return [str(row["id"]) for row in rows if isinstance(row, Mapping) and row.get("id")]

    def findings(self) -> list[Mapping[str, Any]]:
        """Findings entered so far."""
        rows = self.draft.get("findings")
        return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []

    def _sign(self, sign: FindingDef) -> bool:
        if sign.derived and sign.id not in self.listed:
            return False
        if self.exam.modality in sign.modalities:
            return True
        condition = sign.conditional.get(self.exam.modality)
        return condition is not None and self.technique(condition) is True

    def _site(self, site: SiteDef) -> bool:
        if "any" in site.regions or _WHOLE_BODY in self.regions or self.regions & set(site.regions):
            return True
        if _BY_LEVEL not in site.regions:
            return False
        return any(map(self.shows_level, site.levels)) if site.levels else bool(self.regions & SPINE_REGIONS)
