"""The fields of a densitometry: a region of interest offers the vertebrae the catalogue says it measures, no other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from reporter.catalog.entries import Catalog
from reporter.web.desk import Desk
from reporter.web.form.fields import Field, Group, Option, narrowed
from reporter.web.form.pointers import reasons

_LISTED = ("vertebrae_included", "level")
_HELD = ("vertebrae_included", "vertebrae_excluded")


def densitometry(desk: Desk, group: Group) -> Group:
    """The group of the whole densitometry."""
    lists = tuple(
        replace(one, groups=tuple(_measurement(desk, m) for m in one.groups)) if _last(one) == "measurements" else one
        for one in group.groups
    )
    return replace(group, groups=lists)


def _measurement(desk: Desk, group: Group) -> Group:
    site = next((f.value for f in group.fields if _last(f) == "site"), "")
    return _within(group, _levels(desk.catalog, site), reasons(desk.catalog))


def _levels(catalog: Catalog, site: str) -> Collection[str]:
    """Of its region; of all of them until one is chosen."""
    rois = [catalog.rois[site]] if site in catalog.rois else list(catalog.rois.values())
    return dict.fromkeys(level for roi in rois for level in roi.levels)


def _within(group: Group, levels: Collection[str], causes: Mapping[str, str]) -> Group:
    """Without the vertebrae of other regions; a field that has none left is not asked, unless it holds something."""
    fields = (_field(f, levels, causes) for f in group.fields)
    kept = tuple(f for f in fields if levels or _last(f) not in _HELD or f.options)
    asked = (one for one in group.groups if levels or _last(one) not in _HELD or one.filled)
    return replace(group, fields=kept, groups=tuple(_within(one, levels, causes) for one in asked))


def _field(one: Field, levels: Collection[str], causes: Mapping[str, str]) -> Field:
    if _last(one) in _LISTED:
        return narrowed(one, levels)
    if _last(one) != "reason":
        return one
    options = tuple(Option(code, text, code == one.value) for code, text in causes.items())
    return replace(one, kind="combo", value=causes.get(one.value, one.value), options=options)


def _last(one: Field | Group) -> str:
    return one.name.rpartition("/")[2]
