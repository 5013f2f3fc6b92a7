"""Where an id of the crosswalk stands in our code systems: « metatarsal.5+base » is site#metatarsal, number 5, base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir import values


@dataclass(frozen=True, slots=True)
class Source:
    """A local code, and the other codes that must stand beside it for a mapping to hold.

    `general`: the id says more than the code (side, contrast, number of views), so that an equivalent of the id is
    narrower than the code.
    """

    system: str
    code: str
    depends: tuple[tuple[str, str], ...] = ()
    general: bool = False

    def relation(self, of_id: str) -> str:
        """The relation of a code to the local code, from its relation to the crosswalk id."""
        return "narrower" if self.general and of_id == "equivalent" else of_id


def source(kind: str, catalogue_id: str, catalog: Catalog) -> Source | None:
    """The local code of a crosswalk id; None when it has none (units, modalities, sections)."""
    special = _SPECIAL.get(kind)
    if special:
        return special(catalogue_id, catalog)
    return Source(kind, catalogue_id) if kind in _PLAIN else None


def _beside(attribute: str, value: str) -> tuple[str, str]:
    return f"{c.LOCAL}attribute#{attribute}", value


def _site(catalogue_id: str, _catalog: Catalog) -> Source:
    place, _, zone = catalogue_id.partition("+")
    code, _, detail = place.partition(".")
    if code == "level":
        return Source("level", detail)
    depends = []
    if detail:
        name = "number" if detail.isdecimal() else ("level" if detail[:1].isupper() else "part")
        depends.append(_beside(name, detail))
    if zone:
        depends.append(_beside("zone", zone))
    return Source("site", code, tuple(depends))


def _region(catalogue_id: str, _catalog: Catalog) -> Source:
    """A densitometry region is a site."""
    roi = catalogue_id.removeprefix("dxa.")
    return Source("site" if roi != catalogue_id else "region", roi)


def _attribute_value(catalogue_id: str, catalog: Catalog) -> Source | None:
    """« vertebral_fracture.shape.wedge » holds for one sign; a boolean value has no code."""
    head, _, rest = catalogue_id.partition(".")
    sign, name = (head, rest) if head in catalog.findings else ("", catalogue_id)
    name, _, value = name.rpartition(".")
    if not name or value in ("true", "false"):
        return None
    depends = [(f"{c.LOCAL}finding", sign)] if sign else []
    if name.startswith("signal"):
        sequence = name.removeprefix("signal").lstrip(".")
        depends += [(f"{c.LOCAL}technique", f"sequence.{sequence}")] if sequence else []
        return Source("signal", value, tuple(depends))
    return Source(values.SYSTEMS.get(name, "attribute-value"), value, tuple(depends))


def _measure(catalogue_id: str, _catalog: Catalog) -> Source | None:
    head, _, rest = catalogue_id.partition(".")
    if head == "unit":
        return None
    if head != "dxa":
        return Source("measure", catalogue_id)
    name, _, place = rest.partition(".")
    roi, _, side = place.partition(".")
    depends = [(f"{c.LOCAL}site", roi)] if roi else []
    return Source("dxa", name, (*depends, *((_beside("laterality", side),) if side else ())))


def _procedure(catalogue_id: str, _catalog: Catalog) -> Source | None:
    """« MR/knee/left/none+iv » is procedure#MR.knee; « act.kyphoplasty.1level.CT » an earlier act."""
    if catalogue_id.startswith("act."):
        act, _, detail = catalogue_id.removeprefix("act.").partition(".")
        return Source("context-value", act, general=bool(detail))
    modality, _, place = catalogue_id.partition("/")
    region, _, detail = place.partition("/")
    return Source("procedure", f"{modality}.{region}", general=bool(detail)) if region else None


_PLAIN = frozenset(
    {"finding", "diagnosis", "recommendation", "certainty", "evolution", "severity", "laterality", "plane"} | {"tracer"}
)
_SPECIAL: dict[str, Callable[[str, Catalog], Source | None]] = {
    "site": _site,
    "status": lambda catalogue_id, _catalog: Source("finding-status", catalogue_id),
    "region": _region,
    "attribute_value": _attribute_value,
    "measure": _measure,
    "procedure": _procedure,
    "sequence": lambda catalogue_id, _catalog: Source("technique", f"sequence.{catalogue_id}"),
}
