"""The FHIR R4 invariants of severity « error », by the type they stand on.

Most say one of three things, and are kept as data: `a > b` (a implies b), `a | b` (one at least), `a ! b` (not both).
A name is an element, or a choice by its base name. The others are functions. Invariants of definitions
(StructureDefinition and the like), and those that need a terminology server or the network, are not here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from reporter.fhir import shapes
from reporter.fhir.datatypes import Json

# (message, values): one fault of the node; the rule id is the message up to its dot, unless the table names it
Fault = tuple[str, str, dict[str, object]]
Rule = Callable[[Json], Sequence[Fault]]

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


def rules(type_name: str) -> tuple[Rule, ...]:
    """Every rule that stands on a type."""
    return of_presence(type_name) + of_values(type_name)


@cache
def of_presence(type_name: str) -> tuple[Rule, ...]:
    """The rules that look at which elements there are, not at their values: those of the table, and a few more."""
    named = "Quantity" if type_name in _QUANTITIES else type_name
    return tuple(_compiled(named, text) for text in TABLE.get(named, ())) + PRESENCE.get(type_name, ())


def of_values(type_name: str) -> tuple[Rule, ...]:
    """The rules that look at values."""
    return VALUES.get(type_name, ())


def kept(type_name: str, nodes: list[Json]) -> bool:
    """Do all of these objects of a type keep the rules that look at values?"""
    if type_name == "Observation" and _unlike(nodes):
        return True
    return not any(any(map(rule, nodes)) for rule in of_values(type_name))


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
    first, *others = [frozenset(n for name in group for n in (name, f"_{name}")) for group in groups]
    second = others[0]

    def any_of(node: Json) -> Sequence[Fault]:
        absent = first.isdisjoint(node) and all(group.isdisjoint(node) for group in others)
        return [(rule, "any", {"names": ", ".join(names)})] if absent else ()

    def implies(node: Json) -> Sequence[Fault]:
        lacking = second.isdisjoint(node) and not first.isdisjoint(node)
        return [(rule, "implies", {"first": names[0], "second": names[1]})] if lacking else ()

    def not_both(node: Json) -> Sequence[Fault]:
        both = not second.isdisjoint(node) and not first.isdisjoint(node)
        return [(rule, "not-both", {"first": names[0], "second": names[1]})] if both else ()

    return {"|": any_of, ">": implies, "!": not_both}[operator]


def _broken(rule: str, broken: bool) -> Sequence[Fault]:
    return [(rule, rule, {})] if broken else ()


def _extension(node: Json) -> Sequence[Fault]:
    valued = any(name.lstrip("_").startswith("value") for name in node)
    return _broken("ext-1", valued == ("extension" in node))


def _period(node: Json) -> Sequence[Fault]:
    start, end = node.get("start"), node.get("end")
    return _broken("per-1", isinstance(start, str) and isinstance(end, str) and _after(start, end))


def _after(start: str, end: str) -> bool:
    if "T" in start and "T" in end:
        return dt.datetime.fromisoformat(start) > dt.datetime.fromisoformat(end)
    length = min(len(start), len(end), 10)
    return start[:length] > end[:length]


def _range(node: Json) -> Sequence[Fault]:
    low, high = node.get("low", {}), node.get("high", {})
    same = all(low.get(name) == high.get(name) for name in ("system", "code"))
    return _broken("rng-2", same and "value" in low and "value" in high and low["value"] > high["value"])


def _ratio(node: Json) -> Sequence[Fault]:
    there = ["numerator" in node, "denominator" in node]
    return _broken("rat-1", there[0] != there[1] or not (there[0] or "extension" in node))


def _in_ucum(node: Json) -> bool:
    return ("code" in node or "value" not in node) and node.get("system", UCUM) == UCUM


def _age(node: Json) -> Sequence[Fault]:
    return _broken("age-1", not _in_ucum(node) or node.get("value", 1) <= 0)


def _count(node: Json) -> Sequence[Fault]:
    value: Any = node.get("value", 1)
    whole = not isinstance(value, Decimal) or "." not in str(value)
    return _broken("cnt-3", not _in_ucum(node) or node.get("code", "1") != "1" or not whole)


def _distance(node: Json) -> Sequence[Fault]:
    return _broken("dis-1", not _in_ucum(node))


def _duration(node: Json) -> Sequence[Fault]:
    return _broken("drt-1", "code" in node and not (node.get("system") == UCUM and has(node, "value")))


def _observation(node: Json) -> Sequence[Fault]:
    if "component" not in node:
        return ()
    own = node.get("code", {}).get("coding", ())
    same = {c.get("code") for c in own}
    alike = [c for part in node["component"] for c in part.get("code", {}).get("coding", ()) if c.get("code") in same]
    if not alike or shapes.chosen("Observation", "value").isdisjoint(node):
        return ()
    pairs = {(c.get("system"), c.get("code")) for c in own}
    return _broken("obs-7", any((c.get("system"), c.get("code")) in pairs for c in alike))


def _unlike(observations: list[Json]) -> bool:
    """Is obs-7 sure to be kept: has no component of these the code of one of them?"""
    parted = [node for node in observations if "component" in node]
    own = {c.get("code") for node in parted for c in node["code"].get("coding", ())}
    parts = [part["code"] for node in parted for part in node["component"]]
    return own.isdisjoint([c.get("code") for code in parts for c in code.get("coding", ())])


def _organization(node: Json) -> Sequence[Fault]:
    return [
        *_broken("org-2", any(address.get("use") == "home" for address in node.get("address", []))),
        *_broken("org-3", any(telecom.get("use") == "home" for telecom in node.get("telecom", []))),
    ]


def _condition(node: Json) -> Sequence[Fault]:
    abated = not shapes.chosen("Condition", "abatement").isdisjoint(node)
    ended = codes(node.get("clinicalStatus"), _CONDITION) & {"resolved", "remission", "inactive"}
    mistaken = "entered-in-error" in codes(node.get("verificationStatus"), _VERIFICATION)
    return [*_broken("con-4", abated and not ended), *_broken("con-5", mistaken and "clinicalStatus" in node)]


def _allergy(node: Json) -> Sequence[Fault]:
    mistaken = "entered-in-error" in codes(node.get("verificationStatus"), _ALLERGY)
    stated = "clinicalStatus" in node
    return [*_broken("ait-1", not mistaken and not stated), *_broken("ait-2", mistaken and stated)]


def _appointment(node: Json) -> Sequence[Fault]:
    planned = "start" in node and "end" in node
    return _broken("app-3", not planned and node.get("status") not in ("proposed", "cancelled", "waitlist"))


def _group(node: Json) -> Sequence[Fault]:
    return _broken("grp-1", "member" in node and node.get("actual") is not True)


def _list(node: Json) -> Sequence[Fault]:
    entries, mode = node.get("entry", []), node.get("mode")
    return [
        *_broken("lst-2", mode != "changes" and any("deleted" in entry for entry in entries)),
        *_broken("lst-3", mode != "working" and any("date" in entry for entry in entries)),
    ]


def _parameter(node: Json) -> Sequence[Fault]:
    valued = not shapes.chosen("Parameters.parameter", "value").isdisjoint(node)
    return _broken("inv-1", [valued, "resource" in node, "part" in node].count(True) != 1)


PRESENCE: dict[str, tuple[Rule, ...]] = {
    "Extension": (_extension,),
    "Parameters.parameter": (_parameter,),
    "Ratio": (_ratio,),
}
VALUES: dict[str, tuple[Rule, ...]] = {
    "Age": (_age,),
    "AllergyIntolerance": (_allergy,),
    "Appointment": (_appointment,),
    "Condition": (_condition,),
    "Count": (_count,),
    "Distance": (_distance,),
    "Duration": (_duration,),
    "Group": (_group,),
    "List": (_list,),
    "Observation": (_observation,),
    "Organization": (_organization,),
    "Period": (_period,),
    "Range": (_range,),
}
