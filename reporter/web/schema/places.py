"""A place of the picture: a site and its coordinates, as an element id and as a finding gives it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.intake.values import level_code, to_integer
from reporter.model.exam import Site
from reporter.settings import Settings

_SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Place:
    """site[.left|right][.level or number or part]."""

    site: str
    laterality: str | None = None
    level: str | None = None
    number: int | None = None
    part: str | None = None

    @property
    def key(self) -> str:
        """The element id."""
        number = None if self.number is None else str(self.number)
        return ".".join(p for p in (self.site, self.laterality, self.level, number, self.part) if p is not None)

    def site_dict(self) -> dict[str, Any]:
        """The site of a finding there, in input shape."""
        given = {"laterality": self.laterality, "level": self.level, "number": self.number, "part": self.part}
        return {"code": self.site, **{name: value for name, value in given.items() if value is not None}}


class Names:
    """Places of element ids and their French names, for one catalogue and its settings; each is worked out once."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self.catalog, self.settings = catalog, settings
        self._labels: dict[Place, str] = {}
        self._places: dict[str, Place | None] = {}

    def label(self, place: Place) -> str:
        """« Aileron sacré gauche », « Corps vertébral de L1 »."""
        if place not in self._labels:
            site = Site(place.site, place.laterality, place.level, place.number, place.part)
            name = french.site_np(site, self.catalog, self.settings, full=True).text
            self._labels[place] = french.typeset(french.capital(name), self.settings)
        return self._labels[place]

    def place(self, key: str) -> Place | None:
        """The place of an element id; None when it is no site of this catalogue."""
        if key not in self._places:
            self._places[key] = place_of(key, self.catalog)
        return self._places[key]


_NAMES: list[Names] = []
_KEPT = 4


def names_of(catalog: Catalog, settings: Settings) -> Names:
    """The names of a catalogue; the last few are kept."""
    for names in reversed(tuple(_NAMES)):
        if names.catalog is catalog and names.settings == settings:
            return names
    names = Names(catalog, settings)
    _NAMES.append(names)
    del _NAMES[:-_KEPT]
    return names


def place_of(key: str, catalog: Catalog) -> Place | None:
    """The place of an element id; None when it is no site of this catalogue."""
    code, *rest = key.partition("~")[0].split(".")
    entry = catalog.sites.get(code)
    if entry is None:
        return None
    place: dict[str, Any] = {}
    for part in rest:
        if part in _SIDES:
            place["laterality"] = part
        elif part.isdigit():
            place["number"] = int(part)
        else:
            place["part" if part in entry.parts else "level"] = part
    return Place(code, **place)


def places_of(finding: Mapping[str, Any], known: Container[str]) -> Iterator[Place]:
    """Where a finding of a draft is: both sides when it is bilateral; nothing when its site is unknown."""
    site = finding.get("site")
    if not isinstance(site, Mapping) or site.get("code") not in known:
        return
    side = site.get("laterality")
    for one in _SIDES if side == "bilateral" else (side if side in _SIDES else None,):
        level, part = site.get("level"), site.get("part")
        yield Place(
            str(site["code"]),
            one,
            level_code(level) if isinstance(level, str) and level else None,
            to_integer(site["number"]) if site.get("number") is not None else None,
            part if isinstance(part, str) else None,
        )
