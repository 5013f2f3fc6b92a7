"""Which two findings cannot hold together: the same sign seen and absent, at places that overlap.

RULES.md V-CONTRA compares equal places; a form must also see a place inside another (L1, « the lumbar spine »).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporter.catalog.entries import Catalog, SiteDef

_SEEN = frozenset({"present", "indeterminate"})
_BOTH = frozenset({"left", "right"})
_POINTS = ("level", "number", "part")
_Place = Mapping[str, Any]


def clash(one: Mapping[str, Any], other: Mapping[str, Any], catalog: Catalog) -> bool:
    """The same sign is seen by one and absent for the other, at places that overlap."""
    if one.get("finding") != other.get("finding") or not _opposed(one, other):
        return False
    return meet(one.get("site", {}), other.get("site", {}), catalog) and not _other_phase(one, other)


def _opposed(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    said = (one.get("status"), other.get("status"))
    return "absent" in said and bool(_SEEN & set(said))


def _other_phase(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """An uptake of one phase says nothing of another."""
    first, second = (set(f.get("uptake", {}).get("phases", ())) for f in (one, other))
    return bool(first and second and not first & second)


def meet(one: _Place, other: _Place, catalog: Catalog) -> bool:
    """The places are equal, or one contains the other. A side that is still to be chosen meets nothing."""
    first, second = (catalog.sites.get(str(place.get("code", ""))) for place in (one, other))
    if first is None or second is None:
        return False
    if first is not second and not (_holds(first, second, catalog) or _holds(second, first, catalog)):
        return False
    return (
        _sides_meet(one, first, other, second)
        and all(_point(one, other, key) for key in _POINTS)
        and (first is not second or _zones_meet(one, other))
    )


def _holds(whole: SiteDef, part: SiteDef, catalog: Catalog) -> bool:
    """The catalogue puts the second site in the first, or in a site of it."""
    inside, waiting = set(whole.contains), list(whole.contains)
    while waiting:
        site = catalog.sites.get(waiting.pop())
        new = set(site.contains) - inside if site else set()
        inside |= new
        waiting += new
    return "any" in inside or part.id in inside or bool(inside & set(part.regions))


def _sides_meet(one: _Place, first: SiteDef, other: _Place, second: SiteDef) -> bool:
    mine, theirs = _sides(one, first), _sides(other, second)
    return bool(mine & theirs)


def _sides(place: _Place, site: SiteDef) -> frozenset[str]:
    side = str(place.get("laterality") or "")
    if side in _BOTH:
        return frozenset({side})
    return _BOTH if side or site.laterality != "paired" else frozenset()


def _point(one: _Place, other: _Place, key: str) -> bool:
    mine, theirs = one.get(key), other.get(key)
    return mine in (None, "") or theirs in (None, "") or str(mine) == str(theirs)


def _zones_meet(one: _Place, other: _Place) -> bool:
    mine, theirs = set(one.get("zones", ())), set(other.get("zones", ()))
    return not mine or not theirs or bool(mine & theirs)


def denies(absent: Mapping[str, Any], seen: Mapping[str, Any], catalog: Catalog) -> bool:
    """The place of the absence holds the sign: « no oedema of the sacrum » denies one of its wing, not the reverse."""
    if absent.get("status") != "absent" or not clash(absent, seen, catalog):
        return False
    where, there = absent["site"], seen["site"]
    if where["code"] != there["code"]:
        return _holds(catalog.sites[where["code"]], catalog.sites[there["code"]], catalog)
    return all(not where.get(key) or there.get(key) for key in (*_POINTS, "zones"))
