"""Concepts: our local coding first, then verified equivalent codings that may ship (FHIR_MAPPING §3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

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
    """The LOINC code and the CCAM act of the exam, each only when exactly one is stored as equivalent.

    Modality, region, side, contrast, phases and number of views choose it.
    """
    if study.modality == "DXA":
        return equivalents(catalog, settings, "procedure", "report.dxa", systems=(c.LOINC,))
    acts = catalog.acts.get(f"{study.modality}/{study.region}/{study.laterality or '-'}", ())
    chosen = [entry for how, entry in acts if _usable(entry, settings) and _acquired(study, how)]
    found = ({e.code: e for e in chosen if e.system == system} for system in (c.LOINC, c.CCAM))
    return [_coding(entry) for same in found if len(same) == 1 for entry in same.values()]


def _acquired(study: Study, how: str) -> bool:
    """Was the exam acquired as the last part of a procedure id says (« none+iv », « 3phase », « 1-2v », « - »)?"""
    views = _VIEWS.match(how)
    if views:
        count = len(study.technique.views)
        most = int(views[2]) if views[2] else (count if views[3] else int(views[1]))
        return study.modality == "XR" and int(views[1]) <= count <= most
    return how == _ACQUIRED.get(study.modality, _plain)(study)


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
