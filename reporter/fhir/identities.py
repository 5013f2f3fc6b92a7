"""Business identifiers as FR Core 2.2 writes them: type, naming system and use follow from the kind, never invented.

A number is encoded as received: no national identifier (IDNPS, IDNST) is built from a shorter one, and a number whose
key is wrong is given no national naming system.
Sources: FR Core 2.2 profiles fr-core-patient, fr-core-patient-ins, fr-core-practitioner, fr-core-organization.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json
from reporter.fhir.systems import sound
from reporter.model.exam import Identifier


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of identifier: code of its type, its naming system (None: that of the site), its use."""

    code: str | None
    system: str | None
    use: str | None = "official"
    types: str = c.FR_0203
    form: str = ""

    def fits(self, item: Identifier) -> bool:
        """Is the number of this kind's form and key, and its naming system, when one is given, this kind's?"""
        if self.system is not None and (item.system not in (None, self.system) or not sound(self.system, item.value)):
            return False
        return not self.form or re.fullmatch(self.form, item.value) is not None


_PS, _STRUCTURE = "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.71.4.2.2"
_INS = "urn:oid:1.2.250.1.213.1.4."
_RPPS, _FINESS, _SIRENE = "https://rpps.esante.gouv.fr", "https://finess.esante.gouv.fr", "https://sirene.fr"

# type as received → the kinds it may be, told apart by form and naming system
KINDS: dict[str, tuple[Kind, ...]] = {
    "INS-NIR": (Kind("INS-NIR", f"{_INS}8"),),
    "INS-NIA": (Kind("INS-NIA", f"{_INS}9", "temp"),),
    "INS-NIR-TEST": (Kind("INS-NIR-TEST", f"{_INS}10"),),
    "INS-NIR-DEMO": (Kind("INS-NIR-DEMO", f"{_INS}11"),),
    "IPP": (Kind("PI", None, "usual", c.V2_0203),),
    "RPPS": (Kind("RPPS", _RPPS), Kind("IDNPS", _PS, form=r"8\d{11}")),
    "IDNPS": (Kind("IDNPS", _PS),),
    "FINESS": (Kind(None, _FINESS), Kind("IDNST", _STRUCTURE, form="1[0-9AB]{9}")),
    "FINEJ": (Kind("FINEJ", _FINESS),),
    "FINEG": (Kind("FINEG", _FINESS),),
    "IDNST": (Kind("IDNST", _STRUCTURE),),
    "SIREN": (Kind("SIREN", _SIRENE, form=r"\d{9}"),),
    "SIRET": (Kind("SIRET", _SIRENE, form=r"\d{14}"),),
}


def business_identifiers(received: tuple[Identifier, ...]) -> list[Json]:
    """Identifiers as received, to be pruned; a kind we know gets its type, its use and, if none came, its system.

    The type as received is always kept as text, so that it reads back.
    """
    return [_identifier(item) for item in received]


def _kind(item: Identifier) -> Kind | None:
    return next((kind for kind in KINDS.get(item.type or "", ()) if kind.fits(item)), None)


def _identifier(item: Identifier) -> Json:
    kind = _kind(item)
    if kind is None:
        untyped = {"coding": [], "text": item.type} if item.type else None
        return {"type": untyped, "system": item.system, "value": item.value}
    codings = [{"system": kind.types, "code": kind.code, "display": None}] if kind.code else []
    type_: Json = {"coding": codings, "text": item.type}
    return {"use": kind.use, "type": type_, "system": item.system or kind.system, "value": item.value}
