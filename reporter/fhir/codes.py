"""Concepts: our local coding first, then verified equivalent codings that may ship (FHIR_MAPPING §3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from reporter.catalog.entries import Catalog, Coding
from reporter.catalog.tables import per_catalog
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json, coding, concept, local
from reporter.model.exam import Site, Study
from reporter.settings import Settings

_MANY = 1_000
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
    """Our code of the exam; its LOINC code and its CCAM act, each only when exactly one is stored as equivalent.

    Modality, region, side, contrast, phases and number of views choose it.
    """
    modality, licence = study.modality, settings.snomed_licence
    if modality == "DXA":
        return [local("procedure", f"{modality}.{study.region}"), *_densitometry(catalog, licence)]
    place = f"{modality}/{study.region}/{study.laterality or '-'}"
    if place not in catalog.acts:
        return [local("procedure", f"{modality}.{study.region}")]
    if modality == "XR":  # a number of views is no id of the catalogue
        return _exam(catalog, place, licence, "-", len(study.technique.views))
    return _acquired(catalog, place, licence, _ACQUIRED.get(modality, _plain)(study))


def _exam(catalog: Catalog, place: str, snomed_licence: bool, acquired: str | None, views: int = -1) -> list[Json]:
    """The codings of an exam of a modality, region and side that was acquired so, with so many views."""
    acts = _acts(catalog, place, snomed_licence)
    chosen = [act for act in acts if (act.how == acquired if act.views is None else views in act.views)]
    found = ({act.coding["code"]: act.coding for act in chosen if act.system == system} for system in (c.LOINC, c.CCAM))
    modality, region, _ = place.split("/")
    standard = [coding for same in found if len(same) == 1 for coding in same.values()]
    return [local("procedure", f"{modality}.{region}"), *standard]


_acquired = per_catalog(_exam)


@per_catalog
def _densitometry(catalog: Catalog, snomed_licence: bool) -> list[Json]:
    settings = Settings(snomed_licence=snomed_licence)
    return equivalents(catalog, settings, "procedure", "report.dxa", systems=(c.LOINC,))


class _Act(NamedTuple):
    """A code of an exam, and how the exam was acquired: « none+iv », « 3phase », « - », or a number of views."""

    how: str
    views: range | None
    system: str
    coding: Json


@per_catalog
def _acts(catalog: Catalog, place: str, snomed_licence: bool) -> tuple[_Act, ...]:
    """The codes of a modality, region and side that may be used."""
    settings = Settings(snomed_licence=snomed_licence)
    usable = [(how, entry) for how, entry in catalog.acts[place] if _usable(entry, settings)]
    return tuple(_Act(how, _range(how), entry.system, _coding(entry)) for how, entry in usable)


def _range(how: str) -> range | None:
    """The numbers of views that « 2v », « 1-2v » and « 3+v » stand for."""
    views = _VIEWS.match(how)
    if views is None:
        return None
    return range(int(views[1]), _MANY if views[3] else int(views[2] or views[1]) + 1)


def _contrast(study: Study) -> str | None:
    """« none », « iv » or « none+iv »; None when « with » and « without and with » cannot be told apart."""
    if study.contrast is None:
        return None
    if not study.contrast.given:
        return "none"
    acquired = {s.sequence for s in study.technique.sequences}
    enhanced = acquired & {"T1GD", "T1GDFS"}
    if not enhanced:
        return None
    return "none+iv" if "T1" in acquired else ("iv" if acquired == enhanced else None)


def _phases(study: Study) -> str | None:
    """« 1phase » is the delayed one; a whole body done segment by segment is another act."""
    phases = set(study.technique.phases)
    swept = study.region != "whole_body" or study.technique.whole_body is not False
    return f"{len(phases)}phase" if swept and "delayed" in phases else None


def _fluoride(study: Study) -> str | None:
    """The only PET of the tables is a PET-CT with fluoride."""
    return "-" if study.technique.ct and study.technique.tracer == "18F-NaF" else None


def _plain(_study: Study) -> str | None:
    return "-"


_VIEWS = re.compile(r"(\d+)(?:-(\d+)|(\+))?v\Z")
_ACQUIRED: dict[str, Callable[[Study], str | None]] = {
    "MR": _contrast,
    "CT": _contrast,
    "NM": _phases,
    "PT": _fluoride,
}
