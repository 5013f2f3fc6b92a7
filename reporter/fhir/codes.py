"""Concepts: our local coding first, then verified equivalent codings that may ship (FHIR_MAPPING §3)."""

from __future__ import annotations

from collections.abc import Iterable

from reporter.catalog.entries import Catalog, Coding
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json, coding, concept, local
from reporter.model.exam import Site, Study
from reporter.settings import Settings

_CODE_ONLY = "code_only"
_LICENCE = "licence"


def equivalents(
    catalog: Catalog, settings: Settings, kind: str, *ids: str, systems: tuple[str, ...] = ()
) -> list[Json]:
    """Equivalent codings, of each system only that of the first id that has one (ids go from precise to general)."""
    found: dict[str, Json] = {}
    for catalogue_id in ids:
        for entry in catalog.codes.get((kind, catalogue_id), ()):
            if _usable(entry, settings) and (not systems or entry.system in systems):
                found.setdefault(entry.system, _coding(entry))
    return list(found.values())


def _usable(entry: Coding, settings: Settings) -> bool:
    allowed = entry.ship in ("yes", _CODE_ONLY) or (entry.ship == _LICENCE and settings.snomed_licence)
    return entry.relation == "equivalent" and allowed and "+" not in entry.code


def _coding(entry: Coding) -> Json:
    display = None if entry.ship == _CODE_ONLY else entry.display
    return coding(entry.system, entry.code, display or None)


def coded(system: str, code: str, standard: Iterable[Json] = (), text: str | None = None) -> Json:
    """A concept led by our own coding."""
    return concept(local(system, code), *standard, text=text)


def site_ids(site: Site) -> tuple[str, ...]:
    """Crosswalk ids of a site, precise first: metatarsal.5+base, metatarsal.5, metatarsal."""
    number = f"{site.code}.{site.number}" if site.number is not None else ""
    zoned = [f"{number}+{zone}" for zone in site.zones] if number and len(site.zones) == 1 else []
    precise = [
        *zoned,
        number,
        f"{site.code}.{site.level}" if site.level else "",
        f"{site.code}.{site.part}" if site.part else "",
    ]
    return (*(i for i in precise if i), site.code)


def procedure(study: Study, catalog: Catalog, settings: Settings) -> list[Json]:
    """The LOINC code of the exam, only when modality, region, side and contrast point to exactly one."""
    if study.modality == "DXA":
        return equivalents(catalog, settings, "procedure", "report.dxa", systems=(c.LOINC,))
    contrast = _contrast(study)
    if contrast is None:
        return []
    key = f"{study.modality}/{study.region}/{study.laterality or '-'}/{contrast}"
    entries = catalog.codes.get(("procedure", key), ())
    usable = {e.code: e for e in entries if e.system == c.LOINC and _usable(e, settings)}
    return [_coding(e) for e in usable.values()] if len(usable) == 1 else []


def _contrast(study: Study) -> str | None:
    """The contrast part of a procedure id; None when « with » and « without and with » cannot be told apart."""
    if study.modality == "NM":
        return {1: "1phase", 3: "3phase"}.get(len(study.technique.phases))
    if study.modality not in ("MR", "CT"):
        return "-"
    if study.contrast is None:
        return None
    if not study.contrast.given:
        return "none"
    acquired = {s.sequence for s in study.technique.sequences}
    enhanced = acquired & {"T1GD", "T1GDFS"}
    if not enhanced:
        return None
    return "none+iv" if "T1" in acquired else ("iv" if acquired == enhanced else None)
