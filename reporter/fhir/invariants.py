"""The FHIR R4 invariants of severity « error », by the type they stand on.

Most say one of three things, and are kept as data: `a > b` (a implies b), `a | b` (one at least), `a ! b` (not both).
A name is an element, or a choice by its base name. The others are functions. Invariants of definitions
(StructureDefinition and the like), and those that need a terminology server or the network, are not here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from reporter.fhir import shapes
from reporter.fhir.datatypes import Json

# (message, values): one fault of the node; the rule id is the message up to its dot, unless the table names it
Fault = tuple[str, str, dict[str, object]]
Rule = Callable[[Json], Iterator[Fault]]

TABLE: dict[str, tuple[str, ...]] = {
    "Appointment": ("app-2 start > end", "app-2 end > start"),
    "Appointment.participant": ("app-1 type | actor",),
    "Attachment": ("att-1 data > contentType",),
    "Composition.section": ("cmp-1 text | entry | section", "cmp-2 emptyReason ! entry"),
    "Condition.evidence": ("con-2 code | detail",),
    "Condition.stage": ("con-1 summary | assessment",),
    "ContactPoint": ("cpt-2 value > system",),
    "Expression": ("exp-1 expression | reference",),
    "Immunization.education": ("imm-1 documentType | reference",),
    "List": ("lst-1 emptyReason ! entry",),
    "MedicationAdministration.dosage": ("mad-1 dose | rate",),
    "Observation": ("obs-6 dataAbsentReason ! value",),
    "Observation.referenceRange": ("obs-3 low | high | text",),
    "Organization": ("org-1 identifier | name",),
    "Patient.contact": ("pat-1 name | telecom | address | organization",),
    "Quantity": ("qty-3 code > system",),
    "ServiceRequest": ("prr-1 orderDetail > code",),
    "Timing.repeat": (
        "tim-1 duration > durationUnit",
        "tim-2 period > periodUnit",
        "tim-6 periodMax > period",
        "tim-7 durationMax > duration",
        "tim-8 countMax > count",
        "tim-9 offset > when",
        "tim-10 timeOfDay ! when",
    ),
}
_QUANTITIES = ("Age", "Count", "Distance", "Duration")
UCUM = "http://unitsofmeasure.org"
_CONDITION = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


@cache
def rules(type_name: str) -> tuple[Rule, ...]:
    """Every rule that stands on a type."""
    named = "Quantity" if type_name in _QUANTITIES else type_name
    table = tuple(_compiled(named, text) for text in TABLE.get(named, ()))
    return table + FUNCTIONS.get(type_name, ())


def has(node: Json, *names: str) -> bool:
    """Is one of the elements there, with a value or with extensions only?"""
    return any(name in node or f"_{name}" in node for name in names)


def codes(concept: Json | None, system: str | None = None) -> set[str]:
    """The codes of a concept, of one system when it is named."""
    return {c.get("code", "") for c in (concept or {}).get("coding", []) if system in (None, c.get("system"))}


def _compiled(type_name: str, text: str) -> Rule:
    rule, *words = text.split()
    operator, names = words[1], words[::2]
    groups = [shapes.choices(type_name).get(name, (name,)) for name in names]

    def any_of(node: Json) -> Iterator[Fault]:
        if not any(has(node, *group) for group in groups):
            yield rule, "any", {"names": ", ".join(names)}

    def implies(node: Json) -> Iterator[Fault]:
        if has(node, *groups[0]) and not has(node, *groups[1]):
            yield rule, "implies", {"first": names[0], "second": names[1]}

    def not_both(node: Json) -> Iterator[Fault]:
        if has(node, *groups[0]) and has(node, *groups[1]):
            yield rule, "not-both", {"first": names[0], "second": names[1]}

    return {"|": any_of, ">": implies, "!": not_both}[operator]


def _fault(rule: str) -> Fault:
    return rule, rule, {}


def _extension(node: Json) -> Iterator[Fault]:
    valued = any(name.lstrip("_").startswith("value") for name in node)
    if valued == ("extension" in node):
        yield _fault("ext-1")


def _period(node: Json) -> Iterator[Fault]:
    start, end = node.get("start"), node.get("end")
    if isinstance(start, str) and isinstance(end, str) and _after(start, end):
        yield _fault("per-1")


def _after(start: str, end: str) -> bool:
    if "T" in start and "T" in end:
        return dt.datetime.fromisoformat(start) > dt.datetime.fromisoformat(end)
    length = min(len(start), len(end), 10)
    return start[:length] > end[:length]


def _range(node: Json) -> Iterator[Fault]:
    low, high = node.get("low", {}), node.get("high", {})
    same = all(low.get(name) == high.get(name) for name in ("system", "code"))
    if same and "value" in low and "value" in high and low["value"] > high["value"]:
        yield _fault("rng-2")


def _ratio(node: Json) -> Iterator[Fault]:
    if ("numerator" in node) != ("denominator" in node) or not ("numerator" in node or "extension" in node):
        yield _fault("rat-1")


def _in_ucum(node: Json) -> bool:
    return ("code" in node or "value" not in node) and node.get("system", UCUM) == UCUM


def _age(node: Json) -> Iterator[Fault]:
    if not _in_ucum(node) or node.get("value", 1) <= 0:
        yield _fault("age-1")


def _count(node: Json) -> Iterator[Fault]:
    value: Any = node.get("value", 1)
    whole = not isinstance(value, Decimal) or "." not in str(value)
    if not _in_ucum(node) or node.get("code", "1") != "1" or not whole:
        yield _fault("cnt-3")


def _distance(node: Json) -> Iterator[Fault]:
    if not _in_ucum(node):
        yield _fault("dis-1")


def _duration(node: Json) -> Iterator[Fault]:
    if "code" in node and not (node.get("system") == UCUM and has(node, "value")):
        yield _fault("drt-1")


def _observation(node: Json) -> Iterator[Fault]:
    if not has(node, *shapes.choices("Observation")["value"]):
        return
    own = _codings(node.get("code"))
    if any(own & _codings(part.get("code")) for part in node.get("component", [])):
        yield _fault("obs-7")


def _codings(concept: Json | None) -> set[tuple[str | None, str | None]]:
    return {(c.get("system"), c.get("code")) for c in (concept or {}).get("coding", [])}


def _organization(node: Json) -> Iterator[Fault]:
    if any(address.get("use") == "home" for address in node.get("address", [])):
        yield _fault("org-2")
    if any(telecom.get("use") == "home" for telecom in node.get("telecom", [])):
        yield _fault("org-3")


def _condition(node: Json) -> Iterator[Fault]:
    ended = {"resolved", "remission", "inactive"}
    if has(node, *shapes.choices("Condition")["abatement"]) and not ended & codes(
        node.get("clinicalStatus"), _CONDITION
    ):
        yield _fault("con-4")
    if "entered-in-error" in codes(node.get("verificationStatus"), _VERIFICATION) and "clinicalStatus" in node:
        yield _fault("con-5")


def _allergy(node: Json) -> Iterator[Fault]:
    mistaken = "entered-in-error" in codes(node.get("verificationStatus"), _ALLERGY)
    if not mistaken and "clinicalStatus" not in node:
        yield _fault("ait-1")
    if mistaken and "clinicalStatus" in node:
        yield _fault("ait-2")


def _appointment(node: Json) -> Iterator[Fault]:
    planned = "start" in node and "end" in node
    if not planned and node.get("status") not in ("proposed", "cancelled", "waitlist"):
        yield _fault("app-3")


def _group(node: Json) -> Iterator[Fault]:
    if "member" in node and node.get("actual") is not True:
        yield _fault("grp-1")


def _list(node: Json) -> Iterator[Fault]:
    entries, mode = node.get("entry", []), node.get("mode")
    if mode != "changes" and any("deleted" in entry for entry in entries):
        yield _fault("lst-2")
    if mode != "working" and any("date" in entry for entry in entries):
        yield _fault("lst-3")


def _parameter(node: Json) -> Iterator[Fault]:
    valued = has(node, *shapes.choices("Parameters.parameter")["value"])
    if [valued, "resource" in node, "part" in node].count(True) != 1:
        yield _fault("inv-1")


FUNCTIONS: dict[str, tuple[Rule, ...]] = {
    "Age": (_age,),
    "AllergyIntolerance": (_allergy,),
    "Appointment": (_appointment,),
    "Condition": (_condition,),
    "Count": (_count,),
    "Distance": (_distance,),
    "Duration": (_duration,),
    "Extension": (_extension,),
    "Group": (_group,),
    "List": (_list,),
    "Observation": (_observation,),
    "Organization": (_organization,),
    "Parameters.parameter": (_parameter,),
    "Period": (_period,),
    "Range": (_range,),
    "Ratio": (_ratio,),
}
