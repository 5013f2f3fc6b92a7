"""HL7 v2 text and data types, as ER7.

Sources: HL7 v2.5 chapter 2 § 2.7 « Use of escape sequences in text fields » and § 2.A (CE, CX, EI, HD, TS, XCN, XPN);
IHE PAM, French national extension (ANS): assigning authorities of the INS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]

_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_OID = "urn:oid:"
_UUID = "urn:uuid:"
_AUTHORITIES = {
    "1.2.250.1.213.1.4.8": "ASIP-SANTE-INS-NIR",
    "1.2.250.1.213.1.4.9": "ASIP-SANTE-INS-NIA",
    "1.2.250.1.213.1.4.10": "ASIP-SANTE-INS-NIR",
    "1.2.250.1.71.4.2.1": "ASIP-SANTE-PS",
    "1.2.250.1.71.4.2.2": "ASIP-SANTE-ST",
}
_SYSTEMS = {"http://loinc.org": "LN", "http://snomed.info/sct": "SCT"}
_LOCAL = "L"
_OWN_PATIENT_ID = "patient-id"


def escape(text: str) -> str:
    """Text in a field: delimiters as escape sequences, no control character (it would end a segment or a block)."""
    return "".join(_ESCAPES.get(char, char) for char in _CONTROL.sub(" ", text))


def joined(delimiter: str, parts: Iterable[str]) -> str:
    """Components, already escaped, without the empty ones at the end."""
    return delimiter.join(parts).rstrip(delimiter)


def components(*texts: str | None) -> str:
    """Components of plain text."""
    return joined("^", (escape(text or "") for text in texts))


def ce(codings: Iterable[Json], text: str | None) -> str:
    """CE: the international code first, ours as the alternate; `text` is what a French reader sees of both."""
    ordered = sorted(codings, key=lambda coding: coding.get("system") not in _SYSTEMS)[:2]
    if not ordered:
        return components(None, text)
    parts = ((c["code"], text or c.get("display"), _SYSTEMS.get(c.get("system", ""), _LOCAL)) for c in ordered)
    return components(*(part for coding in parts for part in coding))


def hd(system: str | None) -> str:
    """HD inside a component: the naming system as ISO OID, else as URI."""
    if not system:
        return ""
    if system.startswith(_OID):
        oid = system.removeprefix(_OID)
        return joined("&", (_AUTHORITIES.get(oid, ""), escape(oid), "ISO"))
    return joined("&", ("", escape(system), "URI"))


def cx(item: Json) -> str:
    """CX of a FHIR identifier: `INS` for a national one, else the code of its type (table 0203)."""
    codes = [coding["code"] for coding in item.get("type", {}).get("coding", ())]
    kind = codes[0] if codes else ""
    if kind.startswith("INS-"):
        kind = "INS"
    elif kind == _OWN_PATIENT_ID:
        kind = "PI"
    return joined("^", (escape(item["value"].removeprefix(_UUID)), "", "", hd(item.get("system")), escape(kind)))


def xpn(name: Json) -> str:
    """XPN: the parts of a name, else its text as family name; type U, for nobody said which name it is."""
    given = [*name.get("given", ()), ""]
    parts = (name.get("family") or name.get("text"), given[0], " ".join(given[1:]).strip(), None, None, None, "U")
    return components(*parts)


def xcn(name: str, item: Json | None) -> str:
    """XCN of a person known by one text, and by a number when there is one."""
    if item is None:
        return joined("^", ("", escape(name)))
    codes = [coding["code"] for coding in item.get("type", {}).get("coding", ())]
    kind = codes[0] if codes else item.get("type", {}).get("text", "")
    parts = (escape(item["value"]), escape(name), *("",) * 6, hd(item.get("system")), "", "", "", escape(kind))
    return joined("^", parts)


def ts(moment: str | None) -> str:
    """TS of a FHIR date, dateTime or instant, with the precision and the zone it has."""
    if not moment:
        return ""
    date, _, time = moment.partition("T")
    clock, sign, zone = re.match(r"([\d:]*)(?:\.\d+)?([+\-Z]?)([\d:]*)", time).groups()  # type: ignore[union-attr]  # every part is optional
    offset = "+0000" if sign == "Z" else sign + zone.replace(":", "")
    return date.replace("-", "") + clock.replace(":", "") + offset
