"""Start: choose an exam, take up a draft, read a signed report."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reporter.web import drafts, requests
from reporter.web.auth import trail
from reporter.web.auth.permissions import Permission, requires
from reporter.web.desk import desk
from reporter.web.exam_choice import choices, every
from reporter.web.user import current_user

pages = Blueprint("start", __name__)
THEMES = ("light", "dark", "auto")
_YEAR = 365 * 24 * 3600


@pages.get("/")
@requires(Permission.HOME, "list.view")
def home() -> str | Response:
    """Type an exam, take up an order of the work list or what is open. An administrator has none of it."""
    here, query, person = desk(), request.args.get("q", ""), current_user()
    if not person.can(Permission.ORDERS):
        return redirect(url_for("users.listed"), 303)
    return render_template(
        "start.html.j2",
        query=query,
        person=person,
        hits=choices(query, here.catalog),
        every=every(here.catalog),
        orders=here.store.orders(text=request.args.get("order", "")),
        order_query=request.args.get("order", ""),
        drafts=here.store.drafts(person.id) if person.can(Permission.DRAFT) else [],
        reports=here.store.search(request.args.get("report", "")),
        report_query=request.args.get("report", ""),
        labels=here.labels,
    )


@pages.get("/exams")
@requires(Permission.DRAFT)
def exams() -> str:
    """Suggestions while typing."""
    return render_template("_exams.html.j2", hits=choices(request.args.get("q", ""), desk().catalog))


@pages.get("/new")
@requires(Permission.ORDERS, "order.view")
def new() -> str:
    """A link from another system: the exam, its side, the request received; nothing is kept by following it."""
    here, given = desk(), request.args.to_dict()
    exam = given.get("exam", "")
    if exam and exam not in here.catalog.exams:
        abort(404)
    brought = requests.stored(given["request"]) if given.get("request") else requests.of_link(given)
    trail.about(entity="order", entity_id=given.get("request", ""), patient=brought.get("patient", {}).get("id"))
    return render_template(
        "new.html.j2", given=given, exam=exam, brought=brought, hits=choices(given.get("q", ""), here.catalog)
    )


@pages.post("/drafts")
@requires(Permission.DRAFT, "draft.create")
def create() -> Response:
    """Open a draft for the exam chosen."""
    here, form = desk(), request.form
    chosen = choices(form.get("q", ""), here.catalog)
    exam = form.get("exam") or (chosen[0].exam_def if form.get("q", "").strip() and chosen else "")
    if exam not in here.catalog.exams:
        abort(400, description=here.texts.start.unknown_exam)
    region, side = form.get("region"), form.get("laterality")
    if not form.get("exam"):
        region, side = chosen[0].region, chosen[0].laterality
    document = drafts.blank(exam, here.catalog, region, side)
    document = drafts.prefilled(document, requests.posted(form, request.files))
    document["request"] = form.get("request")
    draft = here.store.create_draft(current_user().id, exam, document)
    trail.about(entity="draft", entity_id=draft.id, patient=document["input"].get("patient", {}).get("id"))
    requests.taken_up(form.get("request"), draft.id)
    return redirect(url_for("draft.show", draft_id=draft.id), 303)


@pages.post("/theme")
@requires(Permission.PUBLIC)
def theme() -> Response:
    """Light, dark, or as the system asks; kept in a cookie, drawn by the server."""
    chosen, back = request.form.get("theme", ""), request.form.get("next", "/")
    local = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = redirect(back if local else url_for("start.home"), 303)
    if chosen in THEMES:
        secure = desk().config.https
        response.set_cookie("theme", chosen, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
    return response


@pages.get("/help")
@requires(Permission.PUBLIC)
def shortcuts() -> str:
    """The keys."""
    return render_template("help.html.j2")
