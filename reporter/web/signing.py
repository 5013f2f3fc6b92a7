"""From a draft to a signed, frozen version: the same engine as everywhere, then the store."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from reporter import engine, fhir, intake
from reporter.delivery.store import Draft, Signing, Version
from reporter.edits import Edits
from reporter.engine import Report
from reporter.errors import ERROR, InvalidExam
from reporter.model.lifecycle import Addendum, Lifecycle, RelatesTo, Signature
from reporter.web.auth import trail
from reporter.web.desk import Desk
from reporter.web.drafts import Document, edits_of
from reporter.web.ops_metrics import signed

STATUSES = ("preliminary", "final")
VALID = ("final", "amended", "corrected", "appended")
WITHDRAWN = ("cancelled", "entered-in-error")
"""A report never final is cancelled; one that was is entered in error (R4 diagnostic-report-status)."""


def sign(desk: Desk, draft: Draft, status: str, signer: Signature) -> Version | None:
    """The signed version; None when an error, or no name, forbids it: nothing is kept then."""
    if status not in STATUSES or not signer.name:
        return None
    document = draft.document
    report = _report(desk, document)
    if report is None:
        return None
    corrects = document.get("corrects")
    earlier = desk.store.versions(corrects) if corrects else []
    if earlier and earlier[-1].status in WITHDRAWN:
        return None
    lifecycle = _lifecycle(report, earlier, status, signer)
    return _signed(desk, draft, _signing(document, report, lifecycle, corrects or draft.id))


def _signed(desk: Desk, draft: Draft, signing: Signing) -> Version:
    """The version and its line in the audit trail, in one transaction."""
    trail.about(entity="report", entity_id=signing.report_id, patient=signing.patient_key, status=signing.status)
    version = desk.store.sign(draft.id, draft.version, signing, trail.entry("report.sign"))
    trail.told()
    return signed(version)


def _report(desk: Desk, document: Document) -> Report | None:
    """The whole report, identified for good; None when something refuses it."""
    _, issues = desk.preview(document)
    if any(issue.severity == ERROR for issue in issues):
        return None
    return _built(desk, document["input"], edits_of(document))


def _built(desk: Desk, tree: Mapping[str, Any], edits: Edits) -> Report | None:
    try:
        exam = intake.parse(tree, desk.catalog)
        settings, clock = desk.config.settings, desk.config.clock
        return engine.build_report(exam, desk.catalog, clock=clock, settings=settings, edits=edits)
    except InvalidExam:
        return None


def _lifecycle(report: Report, earlier: list[Version], status: str, signature: Signature) -> Lifecycle:
    """A first version, or one that replaces the last: a preliminary one becomes final, a final one is corrected."""
    if not earlier:
        return Lifecycle(status, 1, signature)
    last = earlier[-1]
    became = status if last.status == "preliminary" else "corrected"
    replaced = RelatesTo("replaces", _identifier(report, last.report_id), last.n)
    return Lifecycle(became, last.n + 1, signature, (replaced,), _addenda(last))


def _identifier(report: Report, report_id: str) -> str:
    """The accession number, else the id of the report: the same for every version."""
    return report.data.exam.study.accession_number or report_id


def _addenda(version: Version) -> tuple[Addendum, ...]:
    return tuple(
        Addendum(str(a["text"]), dt.datetime.fromisoformat(a["at"]), a["by"]) for a in version.edits.get("addenda", [])
    )


def _signing(document: Document, report: Report, lifecycle: Lifecycle, report_id: str) -> Signing:
    data = dataclasses.replace(report.data, identifier=_identifier(report, report_id))
    report = dataclasses.replace(report, data=data)
    patient, study = data.exam.patient, data.exam.study
    name = patient.name or " ".join(p for p in (patient.family_name, *patient.given_names) if p)
    return Signing(
        report_id=report_id,
        status=lifecycle.status,
        signer=lifecycle.signature.name if lifecycle.signature else "",
        input=document["input"],
        text=report.text(lifecycle=lifecycle),
        html=report.html(lifecycle=lifecycle),
        bundle=fhir.to_json(report.bundle(lifecycle=lifecycle)),
        edits={key: value for key, value in document.items() if key != "input"},
        patient_key=patient.id,
        patient_name=name or None,
        title=report.narrative.section("title").text(),
        exam_def=document["exam_def"],
        exam_date=str(study.date),
        order_id=document.get("request"),
    )


def append(desk: Desk, report_id: str, text: str, signer: Signature, owner: str) -> Version | None:
    """An addendum: the last version again, word for word, with a dated text after it, as a new signed version."""
    last = desk.store.versions(report_id)[-1]
    if not text.strip() or not signer.name or last.status in ("preliminary", *WITHDRAWN):
        return None
    return _followed(desk, last, text.strip(), signer, owner, "appended", "appends")


def withdraw(desk: Desk, report_id: str, reason: str, signer: Signature, owner: str) -> Version | None:
    """Take a report back: what was signed stays, and a last version says that it no longer counts, and why."""
    last = desk.store.versions(report_id)[-1]
    if not reason.strip() or not signer.name or last.status in WITHDRAWN:
        return None
    status = "cancelled" if last.status == "preliminary" else "entered-in-error"
    text = str(desk.texts.report.withdrawn).format(reason=reason.strip())
    return _followed(desk, last, text, signer, owner, status, "replaces")


def _followed(
    desk: Desk, last: Version, text: str, signer: Signature, owner: str, status: str, relation: str
) -> Version | None:
    """The version after the last one: the same report with one more dated text, and another status."""
    added = {"text": text, "at": signer.time.isoformat(timespec="seconds"), "by": signer.name}
    document = {**last.edits, "input": last.input, "addenda": [*last.edits.get("addenda", []), added]}
    report = _built(desk, last.input, edits_of(document))
    if report is None:
        return None
    draft = desk.store.create_draft(owner, str(document["exam_def"]), document)
    addenda = (*_addenda(last), Addendum(text, signer.time, signer.name))
    relates = RelatesTo(relation, _identifier(report, last.report_id), last.n)
    lifecycle = Lifecycle(status, last.n + 1, signer, (relates,), addenda)
    return _signed(desk, draft, _signing(document, report, lifecycle, last.report_id))
