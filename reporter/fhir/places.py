"""What a site says in FHIR, and which sites are of the catalogue with all their coordinates."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json

# site code, side, level, number, part, zones
Coordinates = tuple[str, str | None, str | None, int | None, str | None, tuple[str, ...]]


class Place(NamedTuple):
    """All that a site says: its concept, its coordinates as components, its side, the key of its BodyStructure."""

    concept: Json
    components: tuple[Json, ...]
    sides: list[Json]
    structure: str


def known(catalog: Catalog) -> Callable[[Coordinates], bool]:
    """Are all coordinates of the catalogue? Sets of several zones do not count: there are too many to be kept."""

    def is_known(key: Coordinates) -> bool:
        code, laterality, level, number, part, zones = key
        entry = catalog.sites.get(code)
        sided = laterality is None or laterality in c.SIDES
        if entry is None:
            return sided and (code in catalog.rois or code in catalog.regions) and not any(key[2:])
        first, last = entry.number_range or (0, 0)
        return (
            sided
            and (level is None or level in entry.levels)
            and (number is None or first <= number <= last)
            and (part is None or part in entry.parts)
            and (not zones or (len(zones) == 1 and zones[0] in catalog.zones))
        )

    return is_known
