"""What an exam shows of the body, by its region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import Site
from reporter.rules.facts import Facts, once, word
from reporter.rules.vocabulary.places import SPINE_BY_LEVEL, SPINE_REGIONS, VARIANTS, split_level


@dataclass(frozen=True, slots=True)
class View:
    """What an exam of one region shows: regions, its own included; vertebral levels.

    `hidden`: sites that it does not show, unless at one of these levels for those that are `by_level`.
    """

    regions: frozenset[str]
    levels: frozenset[str]
    hidden: frozenset[str]
    by_level: frozenset[str]
    spine: bool


@once
def view(facts: Facts) -> View:
    """What the exam shows."""
    known = facts.catalog.regions.get(facts.region)
    return _known_view(facts.catalog, known.id) if known else _view(facts.catalog, frozenset((facts.region,)))


@per_catalog
def _known_view(catalog: Catalog, region: str) -> View:
    return _view(catalog, catalog.regions[region].contains | {region})


def _view(catalog: Catalog, regions: frozenset[str]) -> View:
    levels = frozenset(level for r in regions if r in catalog.regions for level in catalog.regions[r].levels)
    if "lumbar_spine" in regions:
        levels |= catalog.lumbar_fov
    away = {} if "whole_body" in regions else catalog.sites
    hidden = {c: set(s.regions) for c, s in away.items() if "any" not in s.regions and regions.isdisjoint(s.regions)}
    by_level = frozenset(code for code, found in hidden.items() if SPINE_BY_LEVEL in found)
    return View(regions, levels, frozenset(hidden), by_level, not regions.isdisjoint(SPINE_REGIONS))


@word
def explored(facts: Facts, site: Site) -> bool:
    """The exam's region shows this site."""
    shown = view(facts)
    if site.code not in shown.hidden or (facts.modality in ("NM", "PT") and facts.technique.whole_body):
        return True
    return site.code in shown.by_level and _level_shown(shown, site.level)


def _level_shown(shown: View, level: str | None) -> bool:
    if level is None:
        return shown.spine
    return level in shown.levels or not shown.levels.isdisjoint([VARIANTS.get(p, p) for p in split_level(level)])


@word
def explores(facts: Facts, regions: Iterable[str]) -> bool:
    """The exam shows one of these regions."""
    return not view(facts).regions.isdisjoint(regions)


@word
def spine_exam(facts: Facts) -> bool:
    """The exam shows the spine."""
    return view(facts).spine
