"""What was sent, what waits, what could not be sent; dead letters may be sent again or given up."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reporter.web.auth.permissions import Permission, requires
from reporter.web.desk import desk

pages = Blueprint("deliveries", __name__, url_prefix="/admin/deliveries")
STATUS_FR = {
    "pending": "en attente",
    "leased": "en cours",
    "delivered": "remis",
    "dead": "en échec",
    "abandoned": "abandonné",
}
_PAGE = 100


@pages.get("")
@requires(Permission.DELIVERIES, "delivery.view")
def listed() -> str:
    """The last deliveries, of one status or of all. No answer of a receiver: it may name a patient."""
    wanted, before = request.args.get("status", ""), request.args.get("before", "")
    status = wanted if wanted in STATUS_FR else None
    found = desk().store.deliveries(
        status=status, before=int(before) if before.isdecimal() and len(before) < 16 else None, limit=_PAGE
    )
    return render_template(
        "admin_deliveries.html.j2",
        deliveries=found,
        counts=sorted(desk().store.delivery_counts().items()),
        statuses=STATUS_FR,
        status=status or "",
        more=found[-1].id if len(found) == _PAGE else None,
    )


@pages.post("/<int:delivery_id>/replay")
@requires(Permission.DELIVERIES, "delivery.change")
def replay(delivery_id: int) -> Response:
    """Send it again."""
    desk().store.replay(delivery_id)
    flash(desk().texts.admin.replayed, "success")
    return redirect(url_for("deliveries.listed"), 303)


@pages.post("/<int:delivery_id>/abandon")
@requires(Permission.DELIVERIES, "delivery.change")
def abandon(delivery_id: int) -> Response:
    """Give it up: it is not sent."""
    desk().store.abandon(delivery_id)
    flash(desk().texts.admin.abandoned, "success")
    return redirect(url_for("deliveries.listed"), 303)
