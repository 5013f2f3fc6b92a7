"""The same sign said twice of one place: contradictions, a side entered beside both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reporter.model.exam import Finding
from reporter.rules.facts import Facts, once, only_with, word
from reporter.rules.vocabulary.places import share_side

_SINGLE = ("left", "right")


@dataclass(slots=True)
class _Group:
    """Findings of one sign at places of the same coordinates but the side; `positions` in their order, by identity."""

    statuses: dict[str, list[Finding]] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)


@once
def _places(facts: Facts) -> dict[Any, list[Finding]]:
    """Findings of a sign said more than once, by coordinates: comparing within them keeps the work in proportion."""
    places: dict[Any, list[Finding]] = {}
    for named in facts.named.values():
        if len(named) > 1:
            for f in named:
                places.setdefault(_coordinates(f), []).append(f)
    return places


def _coordinates(f: Finding) -> tuple[Any, ...]:
    """The sign and its bone, zones in whatever order."""
    site = f.site
    return f.finding, site.code, site.number, site.part, site.level, site.zones and frozenset(site.zones)


@once
def _disputed(facts: Facts) -> dict[int, _Group]:
    """Where findings of one sign at one place are not all given the same status, by identity of each."""
    groups: dict[int, _Group] = {}
    for found in _places(facts).values():
        if len(found) > 1 and len({f.status for f in found}) > 1:
            group = _Group()
            for position, f in enumerate(found):
                group.statuses.setdefault(f.status, []).append(f)
                group.positions[id(f)] = position
                groups[id(f)] = group
    return groups


@word
@only_with("/disputed")
def contradictions(facts: Facts, f: Finding) -> tuple[Finding, ...]:
    """Earlier findings: same sign, same coordinates, another status, nothing that tells them apart."""
    group = _disputed(facts).get(id(f))
    if group is None:
        return ()
    others = [g for status, found in group.statuses.items() if status != f.status for g in found]
    earlier = sorted((group.positions[id(g)], n) for n, g in enumerate(others))
    before = [others[n] for position, n in earlier if position < group.positions[id(f)]]
    return tuple(g for g in before if share_side(f.site, g.site) and not _told_apart(f, g))


def _told_apart(f: Finding, g: Finding) -> bool:
    shared = f.morphology.keys() & g.morphology.keys()
    if any(f.morphology[key] != g.morphology[key] for key in shared):
        return True
    first, second = f.uptake, g.uptake
    return bool(first and second and first.phases and second.phases and not set(first.phases) & set(second.phases))


@word
@only_with("bilateral")
def entered_by_side(facts: Facts, f: Finding) -> bool:
    """A bilateral finding is also entered for one side, same sign and same place."""
    if f.site.laterality != "bilateral":
        return False
    same = _places(facts).get(_coordinates(f), ())
    return any(g.site.laterality in _SINGLE and not _told_apart(f, g) for g in same)
