"""A signed report: frozen versions, their difference, downloads, addendum, correction."""

from __future__ import annotations

from itertools import pairwise

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from reporter import fhir
from reporter.delivery.store import Version
from reporter.intake import load_json
from reporter.web import diff, schema, signing
from reporter.web.auth import trail
from reporter.web.auth.permissions import Permission, authorise, requires
from reporter.web.desk import desk
from reporter.web.user import current_user, signature

pages = Blueprint("report", __name__, url_prefix="/reports/<report_id>")
TYPES = {
    "report.txt": "text/plain; charset=utf-8",
    "report.html": "text/html; charset=utf-8",
    "bundle.json": "application/fhir+json; charset=utf-8",
    "bundle.xml": "application/fhir+xml; charset=utf-8",
    "schema.svg": "image/svg+xml; charset=utf-8",
}


@pages.get("")
@requires(Permission.READ, "report.view")
def show(report_id: str) -> str:
    """Every version, the last one first, with what each changed."""
    return _page(report_id)


def _page(report_id: str, message: str = "") -> str:
    here = desk()
    versions = here.store.versions(report_id)
    _about(report_id)
    changes = {
        new.n: Markup(diff.words(old.text, new.text))  # noqa: S704 - escaped word by word
        for old, new in pairwise(versions)
    }
    return render_template(
        "report.html.j2",
        report=here.store.report(report_id),
        versions=list(reversed(versions)),
        changes=changes,
        files=list(TYPES),
        withdrawn=versions[-1].status in signing.WITHDRAWN,
        deliveries=here.store.deliveries(report_id=report_id),
        user=current_user(),
        labels=here.labels,
        message=message,
    )


@pages.get("/v/<int:n>/<name>")
@requires(Permission.READ, "report.export")
def download(report_id: str, n: int, name: str) -> Response:
    """One file of one version, as signed."""
    if name not in TYPES:
        abort(404)
    version = desk().store.version(report_id, n)
    _about(report_id)
    trail.about(version=n, file=name)
    response = make_response(_content(version, name))
    response.headers["Content-Type"] = TYPES[name]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _content(version: Version, name: str) -> str | bytes:
    if name == "schema.svg":
        return schema.standalone(version.input, desk().catalog, settings=desk().config.settings)
    if name == "bundle.xml":
        return fhir.to_xml(load_json(version.bundle)).decode()
    return {"report.txt": version.text, "report.html": version.html, "bundle.json": version.bundle}[name]


@pages.get("/v/<int:n>/print")
@requires(Permission.PRINT, "report.print")
def printed(report_id: str, n: int) -> str:
    """The page to print, with the letterhead of the site."""
    here = desk()
    version = here.store.version(report_id, n)
    if version.status not in signing.VALID:
        authorise(Permission.READ)
    _about(report_id)
    trail.about(version=n)
    return render_template("print.html.j2", version=version, letterhead=here.config.letterhead, report_id=report_id)


@pages.post("/addendum")
@requires(Permission.AMEND, "report.sign")
def addendum(report_id: str) -> AnyResponse:
    """A dated text after the report; what was signed does not change."""
    here, form = desk(), request.form
    owner, signer = current_user().id, signature(form.get("signer", ""))
    if signing.append(here, report_id, form.get("text", ""), signer, owner) is None:
        return make_response(_page(report_id, here.texts.report.addendum_refused), 422)
    return redirect(url_for("report.show", report_id=report_id), 303)


@pages.post("/withdraw")
@requires(Permission.CANCEL, "report.sign")
def withdraw(report_id: str) -> AnyResponse:
    """Cancel a preliminary report, mark a final one as entered in error; every version stays readable."""
    here, form = desk(), request.form
    signer = signature(form.get("signer", ""))
    if signing.withdraw(here, report_id, form.get("reason", ""), signer, current_user().id) is None:
        return make_response(_page(report_id, here.texts.report.withdraw_refused), 422)
    return redirect(url_for("report.show", report_id=report_id), 303)


def _about(report_id: str) -> None:
    """Whose report it is, for the audit trail."""
    trail.about(patient=desk().store.report(report_id).patient_key)


@pages.post("/correct")
@requires(Permission.DRAFT, "draft.create")
def correct(report_id: str) -> AnyResponse:
    """A draft of the next version; the signed one stays as it is. A withdrawn report has no next version."""
    last = desk().store.versions(report_id)[-1]
    if last.status in signing.WITHDRAWN:
        return make_response(_page(report_id, desk().texts.report.withdrawn_already), 422)
    if last.status != "preliminary":
        authorise(Permission.AMEND)
    _about(report_id)
    document = {**last.edits, "input": last.input, "corrects": report_id}
    draft = desk().store.create_draft(current_user().id, str(document["exam_def"]), document)
    return redirect(url_for("draft.show", draft_id=draft.id), 303)
