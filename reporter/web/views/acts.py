"""Acts on a draft that bring something in: quick entry, protocol, click on the schema, earlier exams."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reporter import fhir, intake
from reporter.errors import InvalidExam
from reporter.web import priors, protocols, quick_entry
from reporter.web.auth import trail
from reporter.web.auth.permissions import Permission, requires
from reporter.web.desk import desk
from reporter.web.drafts import Document, add_finding
from reporter.web.views.draft import act, keep, own, written

_BLANK = b"\xef\xbb\xbf \t\r\n"
pages = Blueprint("acts", __name__, url_prefix="/drafts/<draft_id>")


@pages.get("/quick")
@requires(Permission.DRAFT)
def quick(draft_id: str) -> str:
    """Proposals while typing."""
    draft, text = own(draft_id), request.args.get("q", "")
    found = quick_entry.candidates(desk(), draft.document, text)
    return render_template("_quick_options.html.j2", candidates=found, draft=draft, quick_text=text)


@pages.post("/quick")
@requires(Permission.DRAFT, "draft.change")
def quick_add(draft_id: str) -> Response:
    """Enter the proposal chosen; when it cannot be entered, the text comes back with what it may mean."""
    here, draft, text = desk(), own(draft_id), request.form.get("q", "")
    document = written(draft)
    candidate = quick_entry.chosen(here, document, text, request.form.get("token", ""))
    if candidate is None and request.headers.get("HX-Request") != "true":
        keep(draft, document)
        return redirect(url_for("draft.show", draft_id=draft.id, q=text, _anchor="quick"), 303)
    response = act(draft_id, lambda doc: quick_entry.enter(here, doc, candidate) if candidate else doc, whole=True)
    if candidate is None and text.strip():
        response.headers["X-Reporter"] = "not-entered"
    return response


@pages.post("/protocol")
@requires(Permission.DRAFT, "draft.change")
def protocol(draft_id: str) -> Response:
    """Write a usual protocol of the site."""
    wanted = request.form.get("protocol", "")
    known = next((p for p in desk().protocols if p.id == wanted), None)
    return act(draft_id, lambda document: protocols.apply(document, known) if known else document, whole=True)


@pages.post("/schema")
@requires(Permission.DRAFT, "draft.change")
def place(draft_id: str) -> Response:
    """A place clicked on the figure: with a sign chosen it is added there, else the place is set for the next sign."""
    form = request.form
    names = {"site": "code", "laterality": "laterality", "level": "level", "number": "number"}
    site = {key: form[name] for name, key in names.items() if form.get(name)}
    sign = form.get("new-finding", "")
    if sign in desk().catalog.findings:
        finding = {"finding": sign, "status": "present", "site": site}
        return act(draft_id, lambda document: add_finding(document, finding), whole=True)
    draft = own(draft_id)
    keep(draft, written(draft))
    preset = {name: form[name] for name in names if form.get(name)}
    return redirect(f"{url_for('draft.show', draft_id=draft_id)}?{urlencode(preset)}#add", 303)


@pages.post("/priors")
@requires(Permission.DRAFT, "draft.change")
def prior(draft_id: str) -> Response:
    """Load an earlier exam from a file or from the signed reports, or take one away."""
    verb, _, what = request.form.get("do", "").partition(":")
    if verb == "remove":
        return act(draft_id, lambda document: priors.remove(document, what), whole=True)
    return act(draft_id, _loaded, whole=True)


def _loaded(document: Document) -> Document:
    here, file = desk(), request.files.get("prior-file")
    if file is not None and file.filename:
        try:
            bundle = _bundle(file.read())
        except InvalidExam as error:
            flash(error.issues[0].message, "error")
            return document
        return _with_bundle(document, bundle)
    if report_id := request.form.get("prior"):
        last = here.store.versions(report_id)[-1]
        trail.about(prior=report_id)
        return priors.add(document, priors.comparison(last.input))
    return document


def _bundle(content: bytes) -> object:
    """The JSON or XML of a file. Raises InvalidExam."""
    return fhir.from_xml(content) if content.lstrip(_BLANK).startswith(b"<") else intake.load_json(content)


def _with_bundle(document: Document, bundle: object) -> Document:
    """An earlier exam of a bundle; what was not read is said."""
    made, unread = priors.from_bundle(desk(), json.loads(json.dumps(bundle, default=str)))
    for message in unread[:20]:
        flash(message, "warning")
    if made is None:
        flash(desk().texts.errors.no_prior, "error")
        return document
    return priors.add(document, made)


@pages.post("/priors/<prior_id>/<lesion>")
@requires(Permission.DRAFT, "draft.change")
def lesion(draft_id: str, prior_id: str, lesion: str) -> Response:
    """What became of a lesion; « new-<finding> » marks a sign of today as new."""
    if lesion.startswith("new-"):
        return act(draft_id, lambda document: priors.mark_new(document, prior_id, lesion[4:]), whole=True)
    index = int(lesion) if lesion.isdigit() else -1
    change = request.form.get("do", "")
    return act(draft_id, lambda document: priors.evolve(desk(), document, prior_id, index, change), whole=True)
