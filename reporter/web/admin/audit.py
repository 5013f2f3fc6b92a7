"""The audit trail: its lines, its proof, its export."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from reporter.delivery import audit
from reporter.web.auth.permissions import Permission, requires
from reporter.web.desk import desk

pages = Blueprint("trail", __name__, url_prefix="/admin/audit")
_PAGE = 100
_FILTERS = ("actor", "action", "entity_id")


@pages.get("")
@requires(Permission.AUDIT, "audit.view")
def listed() -> str:
    """A page of lines, the last ones unless another place is asked; on demand the chain is verified."""
    store, args = desk().store, request.args
    given = {name: args.get(name, "").strip() for name in _FILTERS}
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value.isprintable() and value}
    after = args.get("after", "")
    head = store.audit_head()
    start = int(after) if after.isdecimal() and len(after) < 16 else 0
    if not wanted and not after and head is not None:
        start = max(head.seq - _PAGE, 0)
    lines = store.audit_lines(after=start, limit=_PAGE, **wanted)
    return render_template(
        "admin_audit.html.j2",
        lines=lines,
        given=given,
        head=head,
        names={user.id: user.login for user in store.users()},
        earlier=max(start - _PAGE, 0) if start and not wanted else None,
        later=lines[-1].seq if len(lines) == _PAGE else None,
        verdict=store.verify_audit() if args.get("verify") else None,
    )


@pages.get("/export")
@requires(Permission.AUDIT, "audit.export")
def exported() -> Response:
    """Every line as FHIR AuditEvent, NDJSON."""
    store = desk().store
    response = current_app.response_class(audit.export(store), content_type="application/fhir+ndjson; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.ndjson"'
    response.headers["Cache-Control"] = "no-store"
    return response
