"""The report as an HL7 v2.5 message ORU^R01: who, what was ordered, and one OBX for each line of the French text.

The same version to the same target gives the same bytes, so that a receiver recognises a repetition by MSH-10.
Sources: HL7 v2.5 chapter 7 § 7.3.1 (ORU^R01), § 7.4.1 (OBR), § 7.4.2 (OBX); tables 0001, 0078, 0085, 0119, 0123, 0211.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message

from reporter.delivery.targets import er7
from reporter.delivery.targets.facts import ACCESSION, PLACER, Facts
from reporter.delivery.targets.letter import DeliveryError, Letter
from reporter.delivery.targets.settings import MllpTarget

VERSION = "2.5"
CHARSET = "UNICODE UTF-8"
_CONTROL_ID_LENGTH = 20
_SEX = {"male": "M", "female": "F", "other": "O"}
# DiagnosticReport.status → OBR-25 (table 0123), OBX-11 (table 0085)
_STATUS = {
    "preliminary": ("P", "P"),
    "final": ("F", "F"),
    "amended": ("C", "C"),
    "corrected": ("C", "C"),
    "appended": ("C", "C"),
    "cancelled": ("X", "X"),
    "entered-in-error": ("X", "W"),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document sent beside the text, in an OBX of type ED: a PDF, a CDA."""

    content: bytes
    type: str
    subtype: str
    code: dict[str, Any]


def build(letter: Letter, target: MllpTarget, attachments: tuple[Attachment, ...] = ()) -> str:
    """The message, segments ended by carriage returns. Raises DeliveryError when HL7 v2.5 forbids it."""
    facts = Facts(letter.document)
    observations = [*_lines(letter, facts), *(_attached(attachment, facts) for attachment in attachments)]
    segments = [
        _header(letter, target),
        _segment("PID", _patient(facts)),
        _segment("ORC", _order(facts)),
        _segment("OBR", _request(facts)),
        *(_segment("OBX", {1: str(n), **content}) for n, content in enumerate(observations, 1)),
    ]
    return _valid("\r".join(segments) + "\r")


def _valid(text: str) -> str:
    """The message, once hl7apy has found every group, segment, field and data type of HL7 v2.5 in it."""
    try:
        parse_message(text, validation_level=VALIDATION_LEVEL.STRICT).validate()
    except (HL7apyException, ValueError) as error:
        raise DeliveryError(f"HL7-{type(error).__name__}", retryable=False) from error
    return text


def control_id(key: str) -> str:
    """MSH-10: at most 20 characters, the same each time the same thing is sent."""
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    return base64.b32encode(digest).decode("ascii")[:_CONTROL_ID_LENGTH]


def _segment(name: str, fields: dict[int, str]) -> str:
    """A segment of fields by position, without the empty ones at the end."""
    return er7.joined("|", (name, *(fields.get(position, "") for position in range(1, max(fields) + 1))))


def _header(letter: Letter, target: MllpTarget) -> str:
    """MSH, whose first field is the delimiter itself."""
    fields = {
        2: "^~\\&",
        3: er7.escape(target.sending_application),
        4: er7.escape(target.sending_facility),
        5: er7.escape(target.receiving_application),
        6: er7.escape(target.receiving_facility),
        7: er7.ts(letter.signed_at.isoformat(timespec="seconds")),
        9: "ORU^R01^ORU_R01",
        10: control_id(letter.key),
        11: target.processing_id,
        12: VERSION,
        17: "FRA",
        18: CHARSET,
    }
    return _segment("MSH", {position - 1: value for position, value in fields.items()})


def _patient(facts: Facts) -> dict[int, str]:
    patient = facts.patient
    return {
        3: "~".join(er7.cx(item) for item in facts.patient_identifiers()),
        5: er7.xpn(patient.get("name", [{}])[0]),
        7: er7.ts(patient.get("birthDate")),
        8: _SEX.get(patient.get("gender", ""), "U"),
    }


def _order(facts: Facts) -> dict[int, str]:
    return {1: "RE", 2: er7.escape(facts.number(PLACER)), 3: er7.escape(facts.filler())}


def _request(facts: Facts) -> dict[int, str]:
    report, requester, interpreter = facts.report, facts.requester(), facts.interpreter()
    reasons = [er7.ce(x.get("coding", ()), x.get("text")) for x in facts.order.get("reasonCode", ())]
    return {
        1: "1",
        2: er7.escape(facts.number(PLACER)),
        3: er7.escape(facts.filler()),
        4: er7.ce(report["code"].get("coding", ()), report["code"].get("text")),
        7: er7.ts(report.get("effectiveDateTime")),
        16: er7.xcn(*requester) if requester else "",
        18: er7.escape(facts.number(ACCESSION)),
        22: er7.ts(report.get("issued")),
        24: er7.escape(facts.discipline()),
        25: _STATUS[report["status"]][0],
        31: "~".join(reasons),
        32: _interpreter(*interpreter) if interpreter else "",
    }


def _interpreter(name: str, number: dict[str, Any] | None) -> str:
    """NDL whose first component is a CNN: number and name."""
    return er7.joined("&", (er7.escape(number["value"]) if number else "", er7.escape(name)))


def _lines(letter: Letter, facts: Facts) -> list[dict[int, str]]:
    """One observation for each line, blank ones too; under the title of a section, that section's code."""
    sections = facts.section_codes()
    whole = er7.ce(facts.composition["type"]["coding"][:1], facts.composition.get("title"))
    status = _STATUS[facts.report["status"]][1]
    observations = []
    paragraph, line_number, code = 1, 0, whole
    for line in letter.text.rstrip("\n").split("\n"):
        if not line.strip():
            paragraph, line_number, code = paragraph + 1, 0, whole
        elif line_number == 0:
            code = sections.get(line.strip().casefold(), whole)
        line_number += bool(line.strip())
        observations.append(_line(line, code, f"{paragraph}.{line_number}", status))
    return observations


def _line(line: str, code: str, place: str, status: str) -> dict[int, str]:
    return {2: "TX", 3: code, 4: place, 5: er7.escape(line.rstrip()), 11: status}


def _attached(attachment: Attachment, facts: Facts) -> dict[int, str]:
    data = base64.b64encode(attachment.content).decode("ascii")
    value = er7.components(None, attachment.type, attachment.subtype, "Base64", data)
    code = attachment.code
    return {2: "ED", 3: er7.ce(code["coding"], code.get("text")), 5: value, 11: _STATUS[facts.report["status"]][1]}
