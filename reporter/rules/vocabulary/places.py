"""Sides, levels and body sites."""

from __future__ import annotations

from collections.abc import Iterable

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import Finding, Site, make_site
from reporter.rules.facts import Facts, all_given, only_with, plain, word

SPINE_BY_LEVEL = "spine by level"
SPINE_REGIONS = frozenset(("cervical_spine", "thoracic_spine", "lumbar_spine", "thoracolumbar_spine", "full_spine"))
SACRAL_SITES = frozenset(("sacral_ala", "sacrum", "sacral_segment", "sacral_foramen"))
_OPPOSITE = {"left": "right", "right": "left"}
VARIANTS = {"T13": "T12", "L6": "L5"}
_SIDES: dict[str | None, frozenset[str | None]] = {
    "bilateral": frozenset(("left", "right")),
    **{side: frozenset((side,)) for side in ("left", "right", None)},
}


def sides(laterality: str | None) -> frozenset[str | None]:
    """Bilateral ≡ left + right; no side is a side of its own."""
    return _SIDES.get(laterality) or frozenset((laterality,))


def sides_meet(first: str | None, second: str | None) -> bool:
    """The two share a side, or one of them names none."""
    return first is None or second is None or bool(sides(first) & sides(second))


def split_level(level: str | None) -> tuple[str, ...]:
    """« L4L5 » → L4, L5; « L1 » → L1."""
    if level is None:
        return ()
    if level[1:].isdigit():
        return (level,)
    for i in range(1, len(level)):
        if level[i].isalpha():
            return level[:i], level[i:]
    return (level,)


def bone(site: Site) -> tuple[str, int | None, str | None, str | None]:
    """The coordinates of a bone but its side; zones aside."""
    return site.code, site.number, site.part, site.level


def share_side(first: Site, second: Site) -> bool:
    """The two share a side; no side is a side of its own."""
    return not sides(first.laterality).isdisjoint(sides(second.laterality))


def same_bone(first: Site, second: Site) -> bool:
    """Same code, number, part, level and a shared side; zones aside."""
    return bone(first) == bone(second) and share_side(first, second)


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
    return site.level is not None and level in split_level(site.level)


def neighbours(catalog: Catalog, level: str) -> tuple[str, ...]:
    """The levels just above and below."""
    return _neighbours(catalog).get(level, ())


@per_catalog
def _neighbours(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    levels = catalog.levels
    return {level: (*levels[max(i - 1, 0) : i], *levels[i + 1 : i + 2]) for i, level in enumerate(levels)}


@per_catalog
def level_ranks(catalog: Catalog) -> dict[str, int]:
    """The place of each level from head to tail."""
    return {level: rank for rank, level in enumerate(catalog.levels)}


@plain
@all_given
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
    if not entry.levels or site.level in entry.levels:
        return False
    usual = "".join(VARIANTS.get(part, part) for part in split_level(site.level))
    return usual not in entry.levels


@plain
def level_value(site: Site) -> str:
    """The level or number as given; « absent » when it is not."""
    given = site.level if site.level is not None else site.number
    return "absent" if given is None else str(given)


@word
@only_with("/level", "/dxa")
def has_variant(facts: Facts) -> bool:
    """A transitional vertebra (T13, L6) is named somewhere."""
    named = [f.site.level for f in facts.findings if f.site.level is not None]
    if facts.dxa:
        named += [level for m in facts.dxa.measurements for level in m.vertebrae_included]
    usual = _usual_levels(facts.catalog)
    return any(part in VARIANTS for level in named if level not in usual for part in split_level(level))


@per_catalog
def _usual_levels(catalog: Catalog) -> frozenset[str]:
    return frozenset(catalog.levels) - VARIANTS.keys()


@word
def in_regions(facts: Facts, site: Site | None, regions: Iterable[str]) -> bool:
    """The catalogue puts the site in one of these regions."""
    entry = facts.catalog.sites.get(site.code) if site else None
    if entry is not None:
        for region in entry.regions:
            if region in regions:
                return True
    return False


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
    return make_site(code, laterality, level)


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
