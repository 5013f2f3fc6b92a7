"""The one screen: every act saves the whole form first, then does one thing to the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from reporter.delivery.store import Draft, Report
from reporter.web import (
    conclusion,
    contradiction,
    drafts,
    plots,
    priors,
    protocols,
    quick_entry,
    schema,
    sentences,
    signing,
)
from reporter.web.auth import trail
from reporter.web.auth.permissions import Permission, authorise, requires
from reporter.web.desk import desk
from reporter.web.drafts import Document
from reporter.web.form.page import Page, page
from reporter.web.screen import Screen, screen
from reporter.web.user import current_user, signature

pages = Blueprint("draft", __name__, url_prefix="/drafts/<draft_id>")
Change = Callable[[Document], Document]


@pages.get("")
@requires(Permission.DRAFT, "draft.view")
def show(draft_id: str) -> str:
    """The form as saved."""
    return render_template("draft.html.j2", **view(own(draft_id)))


@pages.post("")
@requires(Permission.DRAFT, "draft.change")
def save(draft_id: str) -> Response:
    """Keep what was typed; nothing else."""
    return act(draft_id, lambda document: document)


@pages.post("/rest-normal")
@requires(Permission.DRAFT, "draft.change")
def rest_normal(draft_id: str) -> Response:
    """« Tout le reste normal », or its undoing."""
    here = desk()
    if request.form.get("do") == "undo":
        return act(draft_id, lambda document: drafts.undo_rest_normal(document, here.catalog), whole=True)
    at = here.now().isoformat(timespec="seconds")
    return act(draft_id, lambda document: drafts.rest_normal(document, here.catalog, at), whole=True)


@pages.post("/findings")
@requires(Permission.DRAFT, "draft.change")
def add(draft_id: str) -> Response:
    """Add a sign chosen in the lists."""
    form, site = request.form, {}
    if form.get("new-finding", "") not in desk().catalog.findings:
        return act(draft_id, lambda document: document, whole=True)
    for name in ("site", "laterality", "level", "number"):
        if value := form.get(f"new-{name}", "").strip():
            site["code" if name == "site" else name] = value
    finding = {"finding": form["new-finding"], "status": form.get("new-status") or "present", "site": site}
    return act(draft_id, lambda document: drafts.add_finding(document, finding), whole=True)


@pages.post("/findings/<finding_id>/delete")
@requires(Permission.DRAFT, "draft.change")
def delete(draft_id: str, finding_id: str) -> Response:
    """Take a sign away."""
    return act(draft_id, lambda document: drafts.without_finding(document, finding_id), whole=True)


@pages.post("/conclusion")
@requires(Permission.DRAFT, "draft.change")
def conclude(draft_id: str) -> Response:
    """Accept, refuse, order what is proposed: `do` is « verb:what »."""
    verb, _, what = request.form.get("do", "").partition(":")
    return act(draft_id, lambda document: conclusion.change(desk(), document, verb, what), whole=True)


@pages.post("/sentences/<key>")
@requires(Permission.DRAFT, "draft.change")
def sentence(draft_id: str, key: str) -> Response:
    """Rewrite a sentence, say that its codes still hold, or give the engine's sentence back."""
    form, here = request.form, desk()
    verb = form.get("do", "edit")
    text = form.get(sentences.FIELD + key, form.get("text", ""))
    return act(draft_id, lambda document: sentences.change(here, document, key, verb, text), whole=True, but=key)


@pages.post("/delete")
@requires(Permission.DRAFT, "draft.delete")
def discard(draft_id: str) -> Response:
    """Give a draft up."""
    draft = own(draft_id)
    desk().store.delete_draft(draft.id, _version(draft))
    return redirect(url_for("start.home"), 303)


@pages.post("/sign")
@requires(Permission.SIGN_PRELIMINARY, "draft.change")
def sign(draft_id: str) -> Response:
    """Freeze the report as shown; with an error, or words that are not in it yet, nothing is signed, and it is said."""
    here, draft, status = desk(), own(draft_id), request.form.get("status", "final")
    if _signs_final(draft, status):
        authorise(Permission.SIGN_FINAL)
    shown, draft = draft, keep(draft, written(draft))
    if words := sentences.unsaid(here, shown.document, request.form):
        return _not_signed(keep(draft, _rewritten(draft.document, words), version=draft.version), rewritten=True)
    outcome = signing.sign(here, draft, status, signature(request.form.get("signer", "")))
    if outcome is None:
        return _not_signed(draft, refused=True)
    return redirect(url_for("report.show", report_id=outcome.report_id), 303)


def _rewritten(document: Document, words: Mapping[str, str]) -> Document:
    for key, text in words.items():
        document = sentences.change(desk(), document, key, "edit", text)
    return document


def _not_signed(draft: Draft, **why: bool) -> Response:
    return make_response(render_template("draft.html.j2", **{**view(draft), **why}), 422)


def _signs_final(draft: Draft, status: str) -> bool:
    """What is signed becomes final, or corrects a report that is."""
    corrects = draft.document.get("corrects")
    return status != "preliminary" or (corrects is not None and desk().store.report(corrects).status != "preliminary")


def own(draft_id: str) -> Draft:
    """A draft of the user; one of somebody else is refused, and the refusal is written down."""
    draft = desk().store.draft(draft_id)
    if draft.owner != current_user().id:
        abort(403)
    trail.about(patient=draft.document["input"].get("patient", {}).get("id"))
    return draft


def act(draft_id: str, change: Change, *, whole: bool = False, but: str = "") -> Response:
    """Save the posted form, do one thing, answer with a page or with the parts of it that changed."""
    here, draft = desk(), own(draft_id)
    by_script, document = request.headers.get("HX-Request") == "true", change(written(draft))
    words = {} if by_script else sentences.unsaid(here, draft.document, request.form)
    draft = keep(draft, _rewritten(document, {key: text for key, text in words.items() if key != but}))
    if not by_script:
        return redirect(url_for("draft.show", draft_id=draft.id) + request.form.get("anchor", ""), 303)
    shown = view(draft)
    whole = whole or "whole" in request.form
    fields = here.drawn.fields(draft.id, shown["page"], shown["screen"]) or whole
    pictures = here.drawn.pictures(draft.id, draft.document["input"]) or whole
    return make_response(render_template("fragments.html.j2", **shown, whole=fields, pictures=pictures))


def written(draft: Draft) -> Document:
    """The document with the posted fields. Of a repeated name the last value counts: a box after its empty twin."""
    posted = [(name, values[-1]) for name, values in request.form.lists() if name.startswith("/")]
    return drafts.written(draft.document, posted, desk().catalog, desk().shape(draft.exam_def))


def keep(draft: Draft, document: Document, version: int | None = None) -> Draft:
    """Save under a version, or that with which the form was drawn: StaleDraft when another window saved since."""
    document = contradiction.settled(draft.document, document, desk().catalog)
    version = version or _version(draft)
    if document == draft.document and version == draft.version:
        return draft
    here = desk()
    here.store.save_draft(draft.id, version, document)
    return here.store.draft(draft.id)


def _version(draft: Draft) -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdigit() else draft.version


def _earlier(tree: Mapping[str, Any], draft: Draft) -> list[Report]:
    """Signed reports of the same patient, not those of this draft."""
    patient = tree.get("patient", {}).get("id")
    found = desk().store.reports_of_patient(str(patient)) if patient else []
    return [report for report in found if report.id != draft.document.get("corrects")]


def _picture(draft: Draft) -> str:
    """The figures; a place leads to the list of signs with that place chosen."""
    here, page_url = desk(), url_for("draft.show", draft_id=draft.id)

    def link(place: schema.Place) -> str:
        given = {"site": place.site, "laterality": place.laterality, "level": place.level, "number": place.number}
        return f"{page_url}?{urlencode({key: value for key, value in given.items() if value})}#add"

    settings, overlays = here.config.settings, here.config.overlays
    return schema.render(draft.document["input"], here.catalog, link=link, settings=settings, overlays=overlays)


def view(draft: Draft) -> dict[str, Any]:
    """What the templates of the screen need."""
    here, tree = desk(), draft.document["input"]
    form: Page = page(here, draft.document)
    shown: Screen = screen(here, draft.document, form.targets())
    return {
        "draft": draft,
        "document": draft.document,
        "exam": here.catalog.exams[draft.exam_def],
        "page": form,
        "screen": shown,
        "proposals": conclusion.proposals(here, draft.document, shown.report),
        "signs": conclusion.signs(here, draft.document),
        "sites": conclusion.sites(here, draft.document),
        "priors": priors.priors(here, draft.document),
        "earlier": _earlier(tree, draft),
        "protocols": [(p.id, p.label) for p in protocols.of_exam(here.protocols, draft.exam_def)],
        "schema": lambda: Markup(_picture(draft)),  # noqa: S704 - our own SVG, its texts escaped
        "trend": lambda: Markup(plots.dxa_trend(tree, here.catalog)),  # noqa: S704 - our own SVG, its texts escaped
        "timeline": lambda: Markup(plots.timeline(tree, here.catalog)),  # noqa: S704 - our own SVG, its texts escaped
        "preset": {name: request.args.get(name, "") for name in ("site", "laterality", "level", "number")},
        "quick_text": request.args.get("q", ""),
        "candidates": quick_entry.candidates(here, draft.document, request.args.get("q", "")),
        "labels": here.labels,
        "user": current_user(),
        "refused": False,
        "rewritten": False,
    }
