"""What comes with an exam: a request of the store, fields of a link, a file. Partial inputs, not checked yet."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from werkzeug.datastructures import FileStorage

from reporter import intake
from reporter.delivery.store import UnknownError
from reporter.fhir.read import read
from reporter.web.desk import desk

Given = dict[str, Any]
_LINK = {
    "patient_id": ("patient", "id"), "patient_name": ("patient", "name"), "family_name": ("patient", "family_name"),
    "birth_date": ("patient", "birth_date"), "age_years": ("patient", "age_years"), "sex": ("patient", "sex"),
    "indication": ("order", "indication"), "question": ("order", "question"), "order_id": ("order", "identifier"),
    "date": ("exam", "date"), "accession": ("exam", "accession_number"), "performer": ("exam", "performer"),
    "study_uid": ("exam", "study_uid"), "organization": ("exam", "organization"),
}  # fmt: skip


def of_link(fields: Mapping[str, str]) -> Given:
    """The fields of a link that name a place of the input."""
    given: Given = {}
    for name, (part, key) in _LINK.items():
        if value := str(fields.get(name, "")).strip():
            given.setdefault(part, {})[key] = value
    return given


def stored(request_id: str) -> Given:
    """A request received earlier. Raises UnknownError."""
    return desk().store.request(request_id).payload


def posted(form: Mapping[str, str], files: Mapping[str, FileStorage]) -> Given:
    """What was posted with the choice of the exam: a stored request, a JSON text, then the fields of the link."""
    given = stored(form["request"]) if form.get("request") else {}
    file = files.get("file")
    text = file.read() if file and file.filename else form.get("request_json", "").encode()
    if text.strip():
        given = _loaded(intake.load_json(text)) or given
    linked = of_link(form)
    return {**given, **{part: {**given.get(part, {}), **values} for part, values in linked.items()}}


def taken_up(request_id: str | None, draft_id: str) -> None:
    """A draft answers an order of the work list; a request that is no order has no line to change."""
    with suppress(UnknownError):
        if request_id and desk().store.order(request_id).status == "received":
            desk().store.start_order(request_id, draft_id)


def _loaded(value: Any) -> Given:
    """A partial input, or the patient and the order of a FHIR bundle or resource."""
    if not isinstance(value, dict):
        return {}
    if "resourceType" in value:
        read_parts = read(value, desk().catalog).data
        return {part: read_parts[part] for part in ("patient", "order") if part in read_parts}
    return value
