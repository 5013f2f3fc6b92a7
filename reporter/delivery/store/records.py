"""What the store gives back: frozen records, no database object among them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

from reporter.delivery.store.jsontext import dumps


@dataclass(frozen=True, slots=True)
class Draft:
    """A report being entered. `version` grows by one at each save; `document` is the whole form as one JSON value."""

    id: str
    owner: str
    exam_def: str
    document: dict[str, Any]
    version: int
    created: dt.datetime
    updated: dt.datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """What is signed: the input, and the three outputs made of it, as they were shown; `status` as in FHIR.

    `report_id` is the report identifier, the same for every version; `patient_key` finds the patient's other reports;
    `order_id` is the entry of the work list that the report answers.
    """

    report_id: str
    status: str
    signer: str
    input: dict[str, Any]
    text: str
    html: str
    bundle: str
    edits: dict[str, Any] = field(default_factory=dict)
    patient_key: str | None = None
    patient_name: str | None = None
    title: str = ""
    exam_def: str = ""
    exam_date: str = ""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A signed report: what lists show of it. `latest` is the number of its last version."""

    id: str
    patient_key: str | None
    patient_name: str | None
    title: str
    exam_def: str
    exam_date: str
    latest: int
    status: str
    signed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One signed version, never changed afterwards; `bundle` is the exact JSON text of the FHIR document."""

    report_id: str
    n: int
    status: str
    signed_at: dt.datetime
    signer: str
    input: dict[str, Any]
    text: str
    html: str
    bundle: str
    edits: dict[str, Any]
    sha256: str

    def intact(self) -> bool:
        """The content still has the hash it was signed with."""
        return content_hash(self) == self.sha256


@dataclass(frozen=True, slots=True)
class Request:
    """A patient and an order received from another system, waiting for its exam."""

    id: str
    payload: dict[str, Any]
    received: dt.datetime


def content_hash(content: Signing | Version) -> str:
    """SHA-256 of what was signed; each part is preceded by its length, so that no two contents look alike."""
    parts = (dumps(content.input), content.text, content.html, content.bundle, dumps(content.edits))
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
