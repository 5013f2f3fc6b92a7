"""Where: every way the catalogue allows to complete the place that was typed. A side or a level is never chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reporter.catalog.entries import FindingDef, SiteDef
from reporter.model.exam import Site
from reporter.web.quick.context import Context
from reporter.web.quick.phrases import table
from reporter.web.quick.reading import Reading

_VARIANTS = {"T13": "T12", "L6": "L5"}
_SIDES = (("left", 0.0), ("right", 0.0), ("bilateral", -0.1))
_SAME_SIDE = 0.05
_LISTED = 0.1
_ORDER = -0.35
_NEXT = -0.05
_NOT_POSITIVE = ("absent", "not_assessed", "indeterminate")


@dataclass(frozen=True, slots=True)
class Place:
    """Sites of one candidate (several levels), what is missing of them, and how likely they are meant.

    `assumed`: what was not typed and is one of several possibilities (site, level, laterality): it must be chosen.
    """

    sites: tuple[Site, ...]
    missing: tuple[str, ...] = ()
    score: float = 0.0
    assumed: tuple[str, ...] = ()


def places(sign: FindingDef, reading: Reading, context: Context) -> list[Place]:
    """All of them, unsorted; empty when the catalogue does not allow this sign where it was typed."""
    found: list[Place] = []
    if reading.zones and reading.site is None and not reading.levels:
        return found
    for rank, code in enumerate(_codes(sign, reading, context)):
        entry = context.catalog.sites[code]
        listed = any(code in item.sites for item in context.listed.get(sign.id, ()))
        order = _ORDER if sign.sites and reading.status is None else _NEXT
        score = (_LISTED if listed else 0.0) + order * rank
        found += _complete(entry, reading, context, score)
    found = _site_to_choose(found, reading, context)
    if not found and reading.site is None and not (reading.levels or reading.digits or reading.side):
        return [Place((), ("site",))]
    return found


def _site_to_choose(found: list[Place], reading: Reading, context: Context) -> list[Place]:
    """Several sites fit and none was typed: each is only a proposal; the whole exam is what no site means."""
    quick = table(context.catalog)
    plain = {quick.get("whole_exam_site"), *quick["sign_sites"].values(), *quick["bare_level_sites"]}
    codes = {site.code for place in found for site in place.sites}
    if reading.site is not None or len(codes) < 2:
        return found
    open_ = {site.code for place in found for site in place.sites if site.code in plain}
    return [p if p.sites[0].code in open_ else replace(p, assumed=("site", *p.assumed)) for p in found]


def _codes(sign: FindingDef, reading: Reading, context: Context) -> list[str]:
    """Sites that may be meant, likeliest first."""
    if reading.site is not None:
        return [reading.site] if not sign.sites or reading.site in sign.sites else []
    if sign.sites:
        return [code for code in sign.sites if code in context.sites]
    quick = table(context.catalog)
    if reading.levels:
        bare = [code for code in quick["bare_level_sites"] if code in context.sites]
        return [
            *_implied(reading, context),
            *[c for c in bare if _levels(context.catalog.sites[c], reading, context)][:1],
        ]
    named = quick["sign_sites"].get(sign.id)
    if named is not None:
        return [named]
    listed = [code for item in context.listed.get(sign.id, ()) for code in item.sites if code in context.sites]
    whole = [quick["whole_exam_site"]] if reading.status in _NOT_POSITIVE and not reading.side else []
    return list(dict.fromkeys([*whole, *listed]))


def _implied(reading: Reading, context: Context) -> list[str]:
    """Where an attribute says it is: a leak into the disc is in the disc."""
    leak = context.catalog.lexicon.get("leak", {})
    values = [value[1] for _, kind, value in reading.said if kind == "attribute" and value[0] == leak.get("attribute")]
    return [code for value in values for code in leak["implied"].get(value, ()) if code in context.sites]


def _complete(entry: SiteDef, reading: Reading, context: Context, score: float) -> Iterator[Place]:
    """The site with its levels, number, part, zones and sides."""
    if any(_repeats(zone, entry, context) for zone in reading.zones):
        return
    site = Site(entry.id, zones=tuple(reading.zones))
    if reading.part is not None:
        if reading.part not in entry.parts:
            return
        site = replace(site, part=reading.part)
    for place in _located(site, entry, reading, context):
        for side, bonus in _sides(entry, reading, context):
            sited = tuple(replace(one, laterality=side) for one in place.sites)
            chosen = entry.laterality == "paired" and reading.side is None
            missing = (*place.missing, "laterality") if chosen and side is None else place.missing
            assumed = (*place.assumed, "laterality") if chosen and side is not None else place.assumed
            yield Place(sited, missing, score + place.score + bonus, assumed)


def _repeats(zone: str, entry: SiteDef, context: Context) -> bool:
    """The site is that zone already: « tête de la tête fémorale »."""
    return context.catalog.zones[zone].noun.split()[0] in entry.lexeme.noun.split()


def _located(site: Site, entry: SiteDef, reading: Reading, context: Context) -> Iterator[Place]:
    if entry.levels:
        if reading.levels or not reading.digits:
            yield from _at_levels(site, entry, reading, context)
        else:
            yield from _at_digits(site, entry, reading, context)
    elif reading.levels:
        return
    elif entry.number_range is not None:
        yield from _numbered(site, entry, reading)
    elif not reading.digits:
        yield Place((site,))


def _at_levels(site: Site, entry: SiteDef, reading: Reading, context: Context) -> Iterator[Place]:
    if not reading.levels:
        yield Place((site,), ("level",))
        return
    levels = _levels(entry, reading, context)
    if levels:
        yield Place(tuple(replace(site, level=level) for level in levels))


def _levels(entry: SiteDef, reading: Reading, context: Context) -> list[str]:
    """The typed levels as this site takes them; empty when one of them does not exist there."""
    found: list[str] = []
    for typed in reading.levels:
        wanted = [typed] if typed in entry.levels else _span(typed, context.catalog.levels)
        if not wanted or not all(_has(entry, level) and context.shows_level(level) for level in wanted):
            return []
        found += wanted
    return list(dict.fromkeys(found))


def _has(entry: SiteDef, level: str) -> bool:
    return level in entry.levels or _VARIANTS.get(level, level) in entry.levels


def _span(typed: str, order: tuple[str, ...]) -> list[str]:
    """« L1 » itself; « L1L3 » as L1, L2, L3."""
    second = next((i for i in range(1, len(typed)) if typed[i].isalpha()), None)
    if second is None:
        return [typed]
    first, last = typed[:second], typed[second:]
    if first not in order or last not in order:
        return []
    return list(order[order.index(first) : order.index(last) + 1])


def _at_digits(site: Site, entry: SiteDef, reading: Reading, context: Context) -> Iterator[Place]:
    """« 12 »: each level of that number which the exam shows."""
    if len(reading.digits) != 1:
        return
    number = str(reading.digits[0])
    levels = [level for level in entry.levels if level.lstrip("CTLS") == number and context.shows_level(level)]
    for level in levels:
        yield Place((replace(site, level=level),), assumed=("level",) if len(levels) > 1 else ())


def _numbered(site: Site, entry: SiteDef, reading: Reading) -> Iterator[Place]:
    low, high = entry.number_range or (0, 0)
    if not reading.digits:
        yield Place((site,), ("number",))
    elif all(low <= digit <= high for digit in reading.digits):
        yield Place(tuple(replace(site, number=digit) for digit in reading.digits))


def _sides(entry: SiteDef, reading: Reading, context: Context) -> Iterator[tuple[str | None, float]]:
    if entry.laterality == "midline":
        if reading.side is None:
            yield None, 0.0
    elif reading.side is not None or entry.laterality == "none":
        yield reading.side, 0.0
    else:
        same = context.study.get("laterality")
        for side, score in _SIDES:
            yield side, score + (_SAME_SIDE if side == same else 0.0)
        yield None, 0.0
