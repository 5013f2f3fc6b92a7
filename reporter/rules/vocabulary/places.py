"""Sides, levels and body sites."""

from __future__ import annotations

from collections.abc import Iterable

from reporter.catalog.entries import Catalog
from reporter.model.exam import Finding, Site
from reporter.rules.facts import Facts, plain, word

SPINE_BY_LEVEL = "spine by level"
SPINE_REGIONS = frozenset(("cervical_spine", "thoracic_spine", "lumbar_spine", "thoracolumbar_spine", "full_spine"))
SACRAL_SITES = frozenset(("sacral_ala", "sacrum", "sacral_segment", "sacral_foramen"))
_OPPOSITE = {"left": "right", "right": "left"}
_VARIANTS = {"T13": "T12", "L6": "L5"}


def sides(laterality: str | None) -> frozenset[str | None]:
    """Bilateral ≡ left + right; no side is a side of its own."""
    return frozenset(("left", "right")) if laterality == "bilateral" else frozenset((laterality,))


def sides_meet(first: str | None, second: str | None) -> bool:
    """The two share a side, or one of them names none."""
    return first is None or second is None or bool(sides(first) & sides(second))


def split_level(level: str | None) -> tuple[str, ...]:
    """« L4L5 » → L4, L5; « L1 » → L1."""
    if level is None:
        return ()
    second = next((i for i in range(1, len(level)) if level[i].isalpha()), None)
    return (level,) if second is None else (level[:second], level[second:])


def same_bone(first: Site, second: Site) -> bool:
    """Same code, number, part, level and a shared side; zones aside."""
    mine = (first.code, first.number, first.part, first.level)
    return mine == (second.code, second.number, second.part, second.level) and bool(
        sides(first.laterality) & sides(second.laterality)
    )


def same_place(first: Site, second: Site) -> bool:
    """Same bone, and zones that overlap: a zone is not the whole bone."""
    if not same_bone(first, second):
        return False
    return bool(set(first.zones) & set(second.zones)) or not (first.zones or second.zones)


def covers(whole: Site, part: Site) -> bool:
    """The first place contains the second: the whole bone contains its zones."""
    return same_bone(whole, part) and (not whole.zones or set(part.zones) <= set(whole.zones) != set())


def at_level(site: Site, level: str) -> bool:
    """The site touches this vertebral level (a disc touches two)."""
    return level in split_level(site.level)


def neighbours(catalog: Catalog, level: str) -> tuple[str, ...]:
    """The levels just above and below."""
    if level not in catalog.levels:
        return ()
    index = catalog.levels.index(level)
    return tuple(catalog.levels[i] for i in (index - 1, index + 1) if 0 <= i < len(catalog.levels))


@plain
def opposite(first: str | None, second: str | None) -> bool:
    """The two are opposite single sides."""
    return first in _OPPOSITE and _OPPOSITE[first] == second


@plain
def levels_of(site: Site) -> tuple[str, ...]:
    """Vertebral levels a site touches."""
    return split_level(site.level)


@word
def lateral(facts: Facts, site: Site, roi: bool = False) -> str:
    """paired, midline or none, as the catalogue says."""
    entry = (facts.catalog.rois if roi else facts.catalog.sites).get(site.code)
    return entry.laterality if entry else "none"


@word
def level_problem(facts: Facts, site: Site) -> bool:
    """A level or number the site needs is missing or out of its range."""
    entry = facts.catalog.sites.get(site.code)
    if entry is None:
        return False
    if entry.number_range is not None:
        low, high = entry.number_range
        return site.number is None or not low <= site.number <= high
    if not entry.levels:
        return False
    usual = "".join(_VARIANTS.get(part, part) for part in split_level(site.level))
    return usual not in entry.levels and site.level not in entry.levels


@plain
def level_value(site: Site) -> str:
    """The level or number as given; « absent » when it is not."""
    given = site.level if site.level is not None else site.number
    return "absent" if given is None else str(given)


@word
def has_variant(facts: Facts) -> bool:
    """A transitional vertebra (T13, L6) is named somewhere."""
    named = [f.site.level for f in facts.findings]
    named += [level for m in (facts.exam.dxa.measurements if facts.exam.dxa else ()) for level in m.vertebrae_included]
    return any(part in _VARIANTS for level in named for part in split_level(level))


def covered_regions(facts: Facts) -> frozenset[str]:
    """Regions the exam shows, its own included."""
    region = facts.catalog.regions.get(facts.exam.study.region)
    return (region.contains if region else frozenset()) | {facts.exam.study.region}


def covered_levels(facts: Facts) -> frozenset[str]:
    """Vertebral levels the exam shows."""
    regions = covered_regions(facts)
    entries = [facts.catalog.regions[r] for r in regions if r in facts.catalog.regions]
    levels = frozenset(level for entry in entries for level in entry.levels)
    return levels | facts.catalog.lumbar_fov if "lumbar_spine" in regions else levels


@word
def explored(facts: Facts, site: Site) -> bool:
    """The exam's region shows this site."""
    entry, study = facts.catalog.sites.get(site.code), facts.exam.study
    if entry is None or "any" in entry.regions or "whole_body" in covered_regions(facts):
        return True
    if study.modality in ("NM", "PT") and study.technique.whole_body:
        return True
    if covered_regions(facts) & set(entry.regions):
        return True
    return SPINE_BY_LEVEL in entry.regions and _spine_explored(facts, site)


def _spine_explored(facts: Facts, site: Site) -> bool:
    if site.level is None:
        return bool(covered_regions(facts) & SPINE_REGIONS)
    usual = {_VARIANTS.get(part, part) for part in split_level(site.level)}
    return bool(usual & covered_levels(facts))


@word
def explores(facts: Facts, regions: Iterable[str]) -> bool:
    """The exam shows one of these regions."""
    return bool(covered_regions(facts) & set(regions))


@word
def spine_exam(facts: Facts) -> bool:
    """The exam shows the spine."""
    return bool(covered_regions(facts) & SPINE_REGIONS)


@word
def in_regions(facts: Facts, site: Site | None, regions: Iterable[str]) -> bool:
    """The catalogue puts the site in one of these regions."""
    entry = facts.catalog.sites.get(site.code) if site else None
    return entry is not None and bool(set(entry.regions) & set(regions))


@word
def spinal(facts: Facts, site: Site) -> bool:
    """A site of the spine, named by level or the whole segment."""
    entry = facts.catalog.sites.get(site.code)
    return entry is not None and (SPINE_BY_LEVEL in entry.regions or site.code == "thoracolumbar_junction")


@word
def weight_bearing(facts: Facts, site: Site) -> bool:
    """A weight-bearing bone or joint of the lower limb."""
    entry = facts.catalog.sites.get(site.code)
    return entry is not None and entry.weight_bearing


@plain
def site_of(code: str, laterality: str | None = None, level: str | None = None) -> Site:
    """A site made of its coordinates."""
    return Site(code, laterality, level)


@plain
def split_sides(found: Iterable[Finding]) -> tuple[str, ...]:
    """Distinct single sides of some findings."""
    named = {side for f in found for side in sides(f.site.laterality) if side is not None}
    return tuple(sorted(named))


@plain
def both_sides(found: Iterable[str]) -> str | None:
    """Two sides make bilateral, one stays itself."""
    named = sorted(set(found))
    return "bilateral" if len(named) == 2 else next(iter(named), None)


@word
def one_sided(facts: Facts) -> list[tuple[str, str]]:
    """(pointer, side) of everything asserted on one side: present findings, firm diagnoses, measurements."""
    exam = facts.exam
    sided = [(f"{f.path}/site", f.site.laterality) for f in exam.findings if f.status == "present"]
    sided += [
        (d.path, d.site.laterality)
        for d in exam.conclusion.diagnoses
        if d.site and d.certainty in ("retained", "probable")
    ]
    sided += [(m.path, m.laterality) for m in (exam.dxa.measurements if exam.dxa else ())]
    return [(path, side) for path, side in sided if side in _OPPOSITE]


@plain
def site_codes(found: Iterable[Finding]) -> str:
    """Distinct site codes of some findings, as one text."""
    return " ".join(dict.fromkeys(f.site.code for f in found))
