"""Components of an Observation → the fields of a finding, and of the facts of a history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reporter.catalog.entries import MeasureDef
from reporter.fhir.components import UNITS
from reporter.fhir.read import place
from reporter.fhir.read.scope import Json, Scope, components
from reporter.fhir.read.view import View

Value = str | bool | Decimal


def pairs(scope: Scope, view: View) -> Iterator[tuple[str, Value, View]]:
    """(name, value, component) of each attribute of ours that is no coordinate of the site; all of them taken."""
    for item in components(view):
        name = scope.codes.local(item.child("code"), "attribute")
        said = value(scope, item) if name and name not in place.COORDINATES else None
        if name and said is not None:
            item.take()
            yield name, said, item


def value(scope: Scope, item: View) -> Value | None:
    """The value[x] of a component of ours: a code, a text, a boolean or a number."""
    concept = item.child("valueCodeableConcept")
    if concept is not None:
        return scope.codes.local(concept)
    for name in ("valueString", "valueDateTime"):
        if item.has(name):
            return item.text(name)
    if item.has("valueBoolean"):
        return item.boolean("valueBoolean")
    if item.has("valueInteger"):
        return item.number("valueInteger")
    name = scope.codes.local(item.child("code"), "attribute") or ""
    return scope.quantity(item.child("valueQuantity"), UNITS.get(name, "1")) if item.has("valueQuantity") else None


def describe(scope: Scope, view: View, finding: str) -> Json:
    """Every descriptor of a finding, in the fields of the input."""
    found: Json = {}
    known = scope.catalog.findings[finding].measures
    for name, said, _ in pairs(scope, view):
        _put(found, name, said)
    measured = [m for item in components(view) if (m := _measure(scope, item, known))]
    if measured:
        found["measures"] = measured
    return found


def _put(found: Json, name: str, said: Value) -> None:
    head, dot, tail = name.partition(".")
    if head == "signal" and dot:
        found.setdefault("signal", {})[tail] = said
    elif name == "uptake.phases":
        found.setdefault("uptake", {}).setdefault("phases", []).append(said)
    elif name == "uptake.pattern":
        found.setdefault("uptake", {})["pattern"] = said
    elif name in ("density", "severity", "count"):
        found[name] = said
    elif name == "evolution":
        found.setdefault("evolution", {})["change"] = said
    elif name == "compared_to":
        found.setdefault("evolution", {})["compared_to"] = said
    else:
        found.setdefault("morphology", {})[name] = said


def _measure(scope: Scope, item: View, known: Mapping[str, MeasureDef]) -> Json | None:
    name = scope.codes.local(item.child("code"), "measure") or ""
    if name not in known:
        return None
    amount = scope.quantity(item.take().child("valueQuantity"), known[name].unit)
    return {"name": name, "value": amount, "unit": known[name].unit} if amount is not None else None
