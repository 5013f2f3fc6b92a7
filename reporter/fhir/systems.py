"""What a system says of its own codes and numbers: form and check digit. True in any bundle.

Sources: LOINC Users' Guide (mod 10), SNOMED CT TIG (Verhoeff), INSEE (NIR key), ANS (INS, RPPS, FINESS), R4 (oid),
DICOM PS3.5 §9.1 (UID).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reporter.catalog.checkdigit import mod10, verhoeff
from reporter.errors import Issue
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import issue
from reporter.fhir.structure import Part

_LOINC_OTHER = re.compile(r"L[ALPG]\d{1,7}-\d\Z")
_SCTID = re.compile(r"\d{6,18}")
_OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9]\d*))+\Z")
_UID = re.compile(r"(?:urn:oid:)?(?=[0-9.]{1,64}\Z)(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+\Z")
_NIR = re.compile(r"[1-478]\d{4}(\d{2}|2A|2B)\d{6}\d{2}\Z")
_RPPS = re.compile(r"\d{11}\Z")
_IDNPS = re.compile(r"8\d{11}\Z")
_FINESS = re.compile(r"\d[0-9AB]\d{7}\Z")
_INS = "urn:oid:1.2.250.1.213.1.4."
# real, temporary (NIA), test and demonstration numbers: one form, one key
_INS_SYSTEMS = (f"{_INS}8", f"{_INS}9", f"{_INS}10", f"{_INS}11")


def check(part: Part) -> Iterator[Issue]:
    """Codes and identifiers whose form or check digit is wrong."""
    for path, node in part.nodes.get("Coding", ()):
        rule = of_coding(node)
        if rule:
            yield issue(rule, path, value=node.get("code"))
    for path, node in part.nodes.get("Identifier", ()):
        rule = of_identifier(node)
        if rule:
            yield issue(rule, path, value=node["value"])


def of_coding(node: Json) -> str:
    """The rule the code of a Coding breaks."""
    system, code = node.get("system"), str(node.get("code", ""))
    if not code:
        return ""
    if system == c.LOINC:
        return "" if mod10(code) or _LOINC_OTHER.match(code) else "FHIR-LOINC"
    if system == c.SNOMED:
        numbers = _SCTID.findall(code)
        return "" if numbers and all(verhoeff(number) for number in numbers) else "FHIR-SNOMED"
    return ""


def of_identifier(node: Json) -> str:
    """The rule the value of an Identifier breaks."""
    checked = _NUMBERS.get(node.get("system", ""))
    return "" if checked is None or "value" not in node or checked[1](node["value"]) else checked[0]


def sound(system: str, value: str) -> bool:
    """Can this be a number of the naming system: its form and its key?"""
    return not of_identifier({"system": system, "value": value})


def nir(value: str) -> bool:
    """A French social security number with its key: 97 minus the number modulo 97; 2A and 2B count 19 and 18."""
    match = _NIR.match(value)
    if match is None:
        return False
    number = value[:-2].replace("2A", "19") if match[1] == "2A" else value[:-2].replace("2B", "18")
    return 97 - int(number) % 97 == int(value[-2:])


def luhn(value: str) -> bool:
    """A number whose last digit is its Luhn check digit."""
    digits = [int(d) for d in reversed(value)]
    doubled = [d if at % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for at, d in enumerate(digits)]
    return sum(doubled) % 10 == 0


def _professional(value: str) -> bool:
    """IDNPS: « 8 » and a RPPS number; the other kinds have no key we know."""
    return not _IDNPS.match(value) or luhn(value[1:])


_NUMBERS: dict[str, tuple[str, Callable[[str], bool]]] = {
    **dict.fromkeys(_INS_SYSTEMS, ("FHIR-INS", nir)),
    "https://rpps.esante.gouv.fr": ("FHIR-RPPS", lambda v: _RPPS.match(v) is not None and luhn(v)),
    "urn:oid:1.2.250.1.71.4.2.1": ("FHIR-RPPS", _professional),
    "https://finess.esante.gouv.fr": ("FHIR-FINESS", lambda v: _FINESS.match(v) is not None),
    c.DICOM_UID: ("FHIR-UID", lambda v: _UID.match(v) is not None),
    c.URI: ("FHIR-OID", lambda v: not v.startswith("urn:oid:") or _OID.match(v) is not None),
}
# Systems whose numbers have a rule.
CHECKED = frozenset(_NUMBERS)
