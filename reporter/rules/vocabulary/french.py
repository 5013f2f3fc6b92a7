"""French words for messages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reporter.french import numbers, sites
from reporter.model.exam import Site
from reporter.rules.facts import Facts, plain, word

_SIDES = {"left": "gauche", "right": "droit", "bilateral": "bilatéral"}
_STATUS = {"present": "présent", "absent": "absent", "indeterminate": "douteux", "not_assessed": "non évaluable"}
_MODALITIES = {
    "MR": "IRM", "CT": "scanner", "XR": "radiographie", "NM": "scintigraphie", "PT": "TEP", "DXA": "ostéodensitométrie",
    "US": "échographie",
}  # fmt: skip
_PHASES = {"flow": "vasculaire", "blood_pool": "tissulaire", "delayed": "osseux"}


@plain
def side_fr(side: str | None, feminine: bool = False) -> str:
    """« gauche », « droit » or « droite »."""
    text = _SIDES.get(side or "", "non précisé")
    return {"droit": "droite", "bilatéral": "bilatérale"}.get(text, text) if feminine else text


@plain
def status_fr(status: str) -> str:
    """« présent », « absent », « douteux »."""
    return _STATUS.get(status, status)


@plain
def modality_fr(modality: str) -> str:
    """« IRM », « radiographie »."""
    return _MODALITIES.get(modality, modality)


@plain
def phase_fr(phase: str) -> str:
    """« vasculaire », « tissulaire », « osseux »."""
    return _PHASES.get(phase, phase)


@word
def evolution_fr(facts: Facts, change: str) -> str:
    """« régression complète »."""
    entry = facts.catalog.evolutions.get(change)
    return entry.noun if entry else change


@word
def sign_fr(facts: Facts, name: str) -> str:
    """Noun of a sign."""
    entry = facts.catalog.findings.get(name)
    return entry.lexeme.noun if entry else name


@word
def diagnosis_fr(facts: Facts, code: str) -> str:
    """Noun of a diagnosis."""
    entry = facts.catalog.diagnoses.get(code)
    return entry.lexeme.noun if entry else code


@word
def region_fr(facts: Facts, code: str) -> str:
    """Noun of an exam region."""
    entry = facts.catalog.regions.get(code)
    return entry.lexeme.noun if entry else code


@word
def site_fr(facts: Facts, site: Site) -> str:
    """The site without article: « aileron sacré gauche », « L1 »; its code when the catalogue cannot name it."""
    if site.code in facts.catalog.rois and site.code not in facts.catalog.sites:
        return sites.roi_np(site.code, site.laterality, facts.catalog).text
    return sites.site_np(site, facts.catalog, facts.settings).text if _sayable(facts, site) else site.code


@word
def roi_fr(facts: Facts, site: Site) -> str:
    """A densitometric region without article: « col fémoral gauche »."""
    known = site.code in facts.catalog.rois
    return sites.roi_np(site.code, site.laterality, facts.catalog).text if known else site.code


@word
def de_site_fr(facts: Facts, site: Site) -> str:
    """« de l'aileron sacré gauche », « de L1 »."""
    return sites.de_site(site, facts.catalog, facts.settings) if _sayable(facts, site) else f"({site.code})"


def _sayable(facts: Facts, site: Site) -> bool:
    return site.code in facts.catalog.sites and set(site.zones) <= facts.catalog.zones.keys()


@word
def level_fr(facts: Facts, level: str) -> str:
    """« T12 », « D12 » or « L4-L5 », by setting."""
    return sites.level_fr(level, facts.settings)


@plain
def listed(items: Iterable[str]) -> str:
    """Items separated by commas."""
    return ", ".join(items)


@plain
def number_fr(value: Decimal | int, places: int | None = None) -> str:
    """Decimal comma and a true minus sign; `places` keeps that many decimals."""
    return numbers.number(value, places)
