"""Facts about the patient (context Observations) → `patient`."""

from __future__ import annotations

from collections.abc import Callable

from reporter.fhir import constants as c
from reporter.fhir.read import attributes, place, request
from reporter.fhir.read.codes import codings
from reporter.fhir.read.scope import Json, Scope, filled
from reporter.fhir.read.view import View

_UNITS = {
    "age_years": "a", "gestational_weeks": "wk", "postpartum_days": "d", "height_cm": "cm", "height_at_20_cm": "cm",
    "height_prior_cm": "cm", "weight_kg": "kg",
}  # fmt: skip
_WHOLE = ("age_years", "gestational_weeks", "postpartum_days")
_CODED = ("pregnancy_status", "menopausal_status")
_ABSENT = {"unknown": "unknown", "not-applicable": "not_applicable"}
_FRAME = (
    "status", "category", "subject", "effectiveDateTime", "performer", "issued", "identifier", "basedOn",
)  # fmt: skip


def name_of(scope: Scope, view: View) -> str | None:
    """The fact an Observation is about: our code, or LOINC for the pregnancy status."""
    own = scope.codes.local(view.child("code"), "context")
    if own is None and (c.LOINC, c.PREGNANCY) in codings(view.child("code")):
        return "pregnancy_status"
    return own


def read(scope: Scope, view: View, patient: Json, order: Json) -> None:
    """Add one fact to the patient, or to the request."""
    name = name_of(scope, view) or ""
    head, _, tail = name.partition(".")
    if head == "order":
        known = request.fact(scope, view, tail, order)
    elif head == "lab":
        known = _lab(view, tail, patient)
    elif name in _LISTS:
        known = _LISTS[name](scope, view, patient)
    else:
        known = _single(scope, view, name, patient)
    if known:
        scope.close(view, *_FRAME)
    else:
        scope.refuse(view, "value")


def _single(scope: Scope, view: View, name: str, patient: Json) -> bool:
    said: object = None
    if name in _CODED:
        said = scope.codes.local(view.child("valueCodeableConcept"), "context-value") or _no_answer(view)
    elif name == "breastfeeding":
        said = scope.flag(view.child("valueCodeableConcept"))
    elif name in _UNITS:
        amount = scope.quantity(view.child("valueQuantity"), _UNITS[name])
        whole = amount is not None and amount == amount.to_integral_value()
        said = int(amount) if amount is not None and whole and name in _WHOLE else amount
    return said is not None and patient.setdefault(name, said) == said


def _no_answer(view: View) -> str | None:
    codes = [code for system, code in codings(view.child("dataAbsentReason")) if system == c.ABSENT_REASON]
    return _ABSENT.get(codes[0]) if len(codes) == 1 else None


def _text_or_code(scope: Scope, view: View) -> str | None:
    concept = view.child("valueCodeableConcept")
    return scope.codes.local(concept, "context-value") if concept is not None else view.text("valueString")


def _lab(view: View, test: str, patient: Json) -> bool:
    """A test without a code of its own is named by its text."""
    code = view.child("code")
    name = test or (code.text("text") if code else None)
    measured = view.child("valueQuantity")
    unit = (measured.text("code") or measured.text("unit")) if measured else None
    amount = measured.number("value") if measured and not measured.has("comparator") else None
    if not name or not unit or amount is None:
        return False
    patient.setdefault("labs", []).append({"code": name, "value": amount, "unit": unit})
    return True


def _risk_factor(scope: Scope, view: View, patient: Json) -> bool:
    said = _text_or_code(scope, view)
    if said is not None:
        patient.setdefault("risk_factors", []).append(said)
    return said is not None


def _treatment(scope: Scope, view: View, patient: Json) -> bool:
    said = _text_or_code(scope, view)
    given = _attributes(scope, view)
    if said is not None:
        patient.setdefault("treatments", []).append(filled(**{"class": said}, since=given.get("since")))
    return said is not None


def _fracture(scope: Scope, view: View, patient: Json) -> bool:
    where = place.site(scope, view)
    if where is None or not scope.flag(view.child("valueCodeableConcept")):
        return False
    given = _attributes(scope, view)
    coordinates = _coordinates(where)
    entry = filled(**coordinates, date=given.get("date"))
    patient.setdefault("prior_fractures", []).append(entry | {k: v for k, v in given.items() if k == "fragility"})
    return True


def _procedure(scope: Scope, view: View, patient: Json) -> bool:
    kind = scope.codes.local(view.child("valueCodeableConcept"), "context-value")
    where = place.site(scope, view) if view.has("bodySite") else place.loose(scope, view)
    if kind is None or where is None:
        return False
    given = _attributes(scope, view)
    names = ("date", "approach", "guidance", "device", "cement_volume_ml")
    entry = filled(type=kind, **_coordinates(where), **{name: given.get(name) for name in names})
    patient.setdefault("procedures", []).append(entry)
    return True


def _coordinates(where: Json) -> Json:
    return filled(site=where.get("code"), **{k: where.get(k) for k in ("laterality", "level", "number")})


def _attributes(scope: Scope, view: View) -> Json:
    return {name: said for name, said, _ in attributes.pairs(scope, view)}


_LISTS: dict[str, Callable[[Scope, View, Json], bool]] = {
    "risk_factor": _risk_factor,
    "treatment": _treatment,
    "prior_fracture": _fracture,
    "procedure": _procedure,
}
