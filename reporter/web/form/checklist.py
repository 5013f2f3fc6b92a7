"""The minimum data set of an exam as rows to answer, none answered at the start (DOMAIN_MODEL §9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporter.catalog.entries import Catalog, ChecklistItem, ExamDef, FindingDef, RegionDef, SiteDef

EVERYWHERE = "exam_region"
SIDES = ("right", "left")
MAX_PLACES = 6
PREFIX = "ck-"


@dataclass(frozen=True, slots=True)
class Row:
    """One question. `site`: where a sign is when it is there; `denied`: where it is not when it is absent.

    They differ when a place has levels or numbers: a sign is at one of them, or nowhere in the region.
    """

    id: str
    finding: str
    site: Mapping[str, str]
    denied: Mapping[str, str]
    attributes: tuple[str, ...] = ()


def rows(exam: ExamDef, study: Mapping[str, Any], catalog: Catalog) -> list[Row]:
    """Every row of the exam, for the region and the side chosen."""
    found = {row.id: row for item in exam.checklist for row in _item(item, study, catalog)}
    return list(found.values())


def _item(item: ChecklistItem, study: Mapping[str, Any], catalog: Catalog) -> Iterator[Row]:
    definition = catalog.findings[item.finding]
    region = catalog.regions.get(str(study.get("region")))
    for code in item.sites or (_home(definition, str(study.get("region")), catalog),):
        site = catalog.sites[code]
        if not _inside(site, region):
            continue
        for level in _levels(item, catalog):
            places = _places(site, level)
            denied = None if places else {"code": _home(definition, str(study.get("region")), catalog)}
            for side in _sides(site, study, catalog, both=bool(places)):
                for place in places or ({},):
                    yield _row(item, {"code": site.id} | ({"laterality": side} if side else {}) | place, denied)


def _places(site: SiteDef, level: str | None) -> tuple[dict[str, str], ...]:
    """The places of a site with levels, parts or numbers; none when they are too many to ask one by one."""
    if level or not (site.levels or site.number_range or site.parts):
        return ({"level": level} if level else {},)
    if site.parts:
        return tuple({"part": part} for part in site.parts)
    first, last = site.number_range or (0, MAX_PLACES)
    return tuple({"number": str(n)} for n in range(first, last + 1)) if last - first < MAX_PLACES else ()


def _row(item: ChecklistItem, place: dict[str, str], denied: Mapping[str, str] | None) -> Row:
    name = "-".join([item.finding, *place.values()])
    return Row(PREFIX + name, item.finding, place, denied or place, item.attributes)


def _levels(item: ChecklistItem, catalog: Catalog) -> tuple[str | None, ...]:
    """« S1-S2 » is the level between, or each level from one to the other, as the catalogue's order says."""
    if not item.levels:
        return (None,)
    first, _, last = item.levels.partition("-")
    known = catalog.levels
    if first in known and last in known:
        return known[known.index(first) : known.index(last) + 1]
    return (item.levels,)


def _sides(site: SiteDef, study: Mapping[str, Any], catalog: Catalog, *, both: bool) -> tuple[str | None, ...]:
    """The side of the exam; else both sides of a paired site, when its region does not ask for one."""
    if site.laterality != "paired":
        return (None,)
    side = str(study.get("laterality") or "")
    region = catalog.regions.get(str(study.get("region")))
    if side in SIDES:
        return (side,)
    asked = region is not None and region.laterality == "paired" and side != "bilateral"
    return SIDES if both and not asked else (None,)


def _home(definition: FindingDef, region: str, catalog: Catalog) -> str:
    """Where a sign is sought as a whole: one of its own sites that needs no level, or the region."""
    own = [catalog.sites[code] for code in definition.sites if code in catalog.sites]
    known = catalog.regions.get(region)
    for site in own:
        if not (site.levels or site.number_range or site.parts) and _inside(site, known):
            return site.id
    return EVERYWHERE


def _inside(site: SiteDef, region: RegionDef | None) -> bool:
    """The region explored holds the site (DOMAIN_MODEL §5, coverage)."""
    if region is None or "any" in site.regions:
        return True
    return bool(region.contains & set(site.regions)) or ("spine by level" in site.regions and bool(region.levels))


def normal_status(definition: FindingDef) -> str:
    """What « normal » means for a sign: absent, unless the sign is itself a normality."""
    return "present" if definition.polarity == "normality" else "absent"


def sought(definition: FindingDef, tree: Mapping[str, Any]) -> bool:
    """The exam as entered can show the sign: the technique its modality needs, the procedure it follows."""
    exam = tree.get("exam", {})
    condition = definition.conditional.get(str(exam.get("modality")))
    if condition and exam.get("modality") not in definition.modalities:
        return bool(exam.get("technique", {}).get(condition))
    return not definition.needs_procedure or bool(tree.get("patient", {}).get("procedures"))
