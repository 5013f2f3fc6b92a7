"""The same sign said twice of one place: contradictions, a side entered beside both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reporter.model.exam import Finding
from reporter.rules.facts import Facts, once, word
from reporter.rules.vocabulary.places import bone, share_side

_SINGLE = ("left", "right")


@dataclass(slots=True)
class _Group:
    """Findings of one sign at places of the same coordinates but the side; `positions` in their order, by identity."""

    statuses: dict[str, list[Finding]] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)
    one_sided: list[Finding] = field(default_factory=list)


def _group(facts: Facts, f: Finding) -> _Group:
    """Where a finding belongs: comparing within a group keeps the work in proportion to the findings."""
    groups: dict[Any, _Group] | None = facts.known.get((_group, f.finding))
    if groups is None:
        groups = facts.known[_group, f.finding] = {}
        for position, other in enumerate(facts.named[f.finding]):
            group = groups.setdefault(_coordinates(other), _Group())
            group.statuses.setdefault(other.status, []).append(other)
            group.positions[id(other)] = position
            if other.site.laterality in _SINGLE:
                group.one_sided.append(other)
    return groups[_coordinates(f)]


def _coordinates(f: Finding) -> tuple[Any, ...]:
    return *bone(f.site), frozenset(f.site.zones)


@once
def _disputed(facts: Facts) -> list[str]:
    """Signs that are not given the same status everywhere."""
    found = []
    for name, named in facts.named.items():
        status = named[0].status
        for f in named:
            if f.status != status:
                found.append(name)
                break
    return found


@word
def contradictions(facts: Facts, f: Finding) -> tuple[Finding, ...]:
    """Earlier findings: same sign, same coordinates, another status, nothing that tells them apart."""
    if f.finding not in _disputed(facts):
        return ()
    group = _group(facts, f)
    others = [g for status, found in group.statuses.items() if status != f.status for g in found]
    if not others:
        return ()
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
def entered_by_side(facts: Facts, f: Finding) -> bool:
    """A bilateral finding is also entered for one side, same sign and same place."""
    if f.site.laterality != "bilateral":
        return False
    return any(not _told_apart(f, g) for g in _group(facts, f).one_sided)
