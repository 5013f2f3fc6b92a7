"""What every part of the reading shares: the resources, the codes, the catalogue, and the list of what was not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.errors import WARNING, Issue
from reporter.fhir import constants as c
from reporter.fhir.read.codes import Codes, shown
from reporter.fhir.read.messages import WHY, message
from reporter.fhir.read.source import Source
from reporter.fhir.read.view import View
from reporter.intake.values import convert
from reporter.model.dates import PartialDate

Json = dict[str, Any]
# extensions that say nothing of what was entered: the sentence of an Observation, what kind of thing a Device is
_SILENT = (c.NARRATIVE_LINK, c.DEVICE_CATEGORY)
# a narrative that says more than the coded data (R4 narrative-status)
_SAYS_MORE = ("additional", "extensions")
_ANNOTATION = re.compile(r"\{[^{}]*\}\Z")
# units that UCUM holds equal to those of the catalogue
_EQUAL = {"g.cm-2": "g/cm2", "cm3": "mL", "ml": "mL", "cm.mGy": "mGy.cm", "[IU]/L": "[iU]/L"}


@dataclass(slots=True)
class Scope:
    """`done` holds the paths of the resources that were read; `ids` the input id of each resource that has one."""

    source: Source
    codes: Codes
    catalog: Catalog
    issues: list[Issue] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    ids: dict[str, str] = field(default_factory=dict)

    def tell(self, code: str, path: str, **values: object) -> None:
        """Report something that is not read."""
        self.issues.append(Issue(code, WARNING, path, message(code, **values)))

    def refuse(self, view: View, why: str) -> None:
        """Report a resource that is not read."""
        self.done.add(view.path)
        self.tell("FHIR-READ-RESOURCE", view.path, kind=view.kind, why=WHY[why])

    def unknown(self, concept: View | None, name: str, path: str) -> None:
        """Report a concept that no code of the catalogue means."""
        self.tell("FHIR-READ-CODE", concept.path if concept else path, name=name, shown=shown(concept))

    def close(self, view: View, *silent: str) -> None:
        """Say that a resource was read: each of its elements that was not is reported."""
        if view.path in self.done:
            return
        self.done.add(view.path)
        for item in extensions(view, *_SILENT):
            item.skip(*item.data)
        text = view.data.get("text")
        if isinstance(text, dict) and text.get("status") in _SAYS_MORE:
            self.tell("FHIR-READ-ELEMENT", f"{view.path}/text", name="text")
        for path, name in view.leftovers(frozenset(silent)):
            self.tell("FHIR-READ-ELEMENT", path, name=name)

    def dangling(self, view: View, *names: str) -> None:
        """Report each reference of these elements that leads nowhere here."""
        for name in names:
            one = view.child(name)
            for reference in [one] if one is not None else view.children(name):
                reference.take().skip(*reference.data)
                if self.source.target(reference) is None and reference.has("reference"):
                    self.tell("FHIR-READ-REFERENCE", reference.path, shown=str(reference.data["reference"])[:200])

    # --- typed values

    def quantity(self, view: View | None, unit: str) -> Decimal | None:
        """The value of a Quantity in a unit; None, and an issue, when it is in another or only a bound."""
        if view is None:
            return None
        value, code = view.number("value"), view.text("code") or view.text("unit") or "—"
        if value is None or view.has("comparator"):
            self.tell("FHIR-READ-VALUE", view.path, name="Quantity")
            return None
        known = view.text("system") == c.UCUM and view.has("code")
        converted = convert(value, _same_unit(code, unit), unit) if known else None
        if converted is None:
            self.tell("FHIR-READ-UNIT", view.path, unit=code, expected=c.UCUM_CODES.get(unit, unit))
        return converted

    def flag(self, concept: View | None) -> bool | None:
        """Yes and no are said as present and absent."""
        return {"present": True, "absent": False}.get(self.status(concept) or "")

    def status(self, concept: View | None) -> str | None:
        """The status of a finding."""
        return self.codes.one(concept, "finding-status", "status")

    def day(self, view: View, name: str) -> str | None:
        """A date as the input writes it: the day of a dateTime, or its month."""
        text = view.text(name)
        try:
            return str(PartialDate.parse(text[:10])) if text else None
        except ValueError:
            self.tell("FHIR-READ-VALUE", f"{view.path}/{name}", name=name)
            return None


def _same_unit(code: str, unit: str) -> str:
    """The catalogue's spelling of a UCUM code; an annotation alone is a number."""
    if unit in ("1", "SD"):
        return unit if code == "1" or _ANNOTATION.match(code) else code
    return _EQUAL.get(code, code)


def statement(view: View) -> str | None:
    """The statement a resource of ours was made of."""
    found = [i["value"] for i in view.peek("identifier") if i.get("system") == f"{c.IDENTIFIER}statement"]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None


def filled(**values: Any) -> Json:
    """What there is: no None, no empty list or object."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {}, ())}


def components(view: View) -> Iterator[View]:
    """The components of an Observation."""
    yield from view.children("component")


def extensions(view: View, *urls: str) -> list[View]:
    """The extensions with one of these addresses, taken."""
    return [item.take() for item in view.children("extension") if item.text("url") in urls]
