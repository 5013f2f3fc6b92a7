"""The request → `order`: reasons, question, site, requester; its facts are Observations it is supported by."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir.read import people, place
from reporter.fhir.read.codes import codings
from reporter.fhir.read.scope import Json, Scope, extensions, filled
from reporter.fhir.read.view import View

FLAGS = ("pain", "pain_refractory", "trauma", "on_treatment")
_TYPES = {c.ACCESSION: "accession_number", c.PLACER: "identifier"}


def order(scope: Scope, view: View) -> tuple[Json, str | None]:
    """The request, and the accession number it carries."""
    sides = extensions(view, c.LATERALITY)
    numbers = _numbers(view)
    site = _site(scope, view)
    found = filled(
        **_reasons(scope, view),
        site=site,
        laterality=scope.codes.side(sides[0].child("valueCodeableConcept")) if len(sides) == 1 else None,
        requester=_requester(scope, view),
        identifier=numbers.get("identifier"),
    )
    scope.close(view, "status", "intent", "category", "code", "subject", "supportingInfo", "authoredOn")
    return found, numbers.get("accession_number")


def accession(report: View) -> str | None:
    """The accession number a report names its request by."""
    found = set()
    for reference in report.children("basedOn"):
        given = reference.child("identifier")
        if given is not None and (c.V2_0203, c.ACCESSION) in codings(given.child("type")):
            found |= {number for number in [given.text("value")] if number}
    return found.pop() if len(found) == 1 else None


def _numbers(view: View) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in view.children("identifier"):
        codes = [code for system, code in codings(item.child("type")) if system == c.V2_0203 and code in _TYPES]
        number = item.text("value")
        if number and codes and _TYPES[codes[0]] not in found:
            found[_TYPES[codes[0]]] = number
            item.take()
        elif item.data.get("system") in (c.URI, f"{c.IDENTIFIER}statement"):
            item.take().skip("value")
    return found


def _reasons(scope: Scope, view: View) -> Json:
    """The indication is the first reason that is only text; question and suspicion are marked by our codes."""
    found: Json = {}
    for item in view.children("reasonCode"):
        text, suspicion = item.text("text"), scope.codes.local(item, "suspicion")
        if suspicion is not None:
            found["suspicion"] = suspicion
        elif scope.codes.local(item, "context") == "order.question" and text:
            found["question"] = text
        elif text and "indication" not in found and not item.has("coding"):
            found["indication"] = text
        else:
            continue
        item.take()
    return found


def _site(scope: Scope, view: View) -> str | None:
    items = view.children("bodySite")
    where = place.code(scope, items[0]) if len(items) == 1 else None
    if where is None:
        return None
    items[0].take()
    return str(where["code"])


def _requester(scope: Scope, view: View) -> Json:
    target = scope.source.target(view.child("requester"))
    if target is None:
        return {}
    name, _, speciality = people.practitioner(scope, target)
    return filled(name=name, speciality=speciality)


def fact(scope: Scope, view: View, name: str, order: Json) -> bool:
    """A fact of the request: pain, trauma, treatment …; False when it is none."""
    if name in FLAGS:
        said: object = scope.flag(view.child("valueCodeableConcept"))
    elif name == "pain_vas":
        said = scope.quantity(view.child("valueQuantity"), "1")
    else:
        return False
    order.update(filled(**{name: said}))
    return said is not None
