"""Observations of bone densitometry → `dxa` of this exam, or of an earlier one (DOMAIN_MODEL §7)."""

from __future__ import annotations

import re
from decimal import Decimal

from reporter.fhir.read import attributes, place
from reporter.fhir.read.codes import shown
from reporter.fhir.read.scope import Json, Scope, components, filled, statement
from reporter.fhir.read.view import View

UNITS = {
    "bmd": "g/cm2", "bmc": "g", "area": "cm2", "t_score": "SD", "z_score": "SD", "tbs": "1", "frax_major": "%",
    "frax_hip": "%",
}  # fmt: skip
_WHOLE = ("tbs", "frax_major", "frax_hip")
_REGION = re.compile(r"(?:comparison/[^/]+/)?dxa/(?P<index>\d+)/(?P<what>\w+)\Z")
_FRAME = (
    "status", "category", "subject", "effectiveDateTime", "performer", "issued", "identifier", "derivedFrom", "basedOn",
    "partOf", "device",
)  # fmt: skip


def measure_of(scope: Scope, view: View, system: str = "dxa") -> tuple[str, str | None, str | None] | None:
    """(what, region, side) of a densitometric Observation; None when its code says none."""
    concept = view.child("code")
    own = scope.codes.local(concept, system)
    if own is not None or system != "dxa":
        return (own, None, None) if own in UNITS else None
    found = scope.codes.standard(concept, "measure", dxa=True)
    if len(found) != 1:
        return None
    parts = [*found.pop().split("."), "", ""]
    return (parts[1], parts[2] or None, parts[3] or None) if parts[1] in UNITS else None


def refuse_near(scope: Scope, view: View) -> bool:
    """Refuse a measure whose code does not name one region; its unit is judged all the same."""
    names = {i.split(".")[1] for i in scope.codes.near(view.child("code"), "measure") if i.startswith("dxa.")} & set(
        UNITS
    )
    if len(names) != 1:
        return False
    scope.done.add(view.path)
    concept, name = view.child("code"), names.pop()
    scope.tell("FHIR-READ-AMBIGUOUS", f"{view.path}/code", name=name, shown=shown(concept))
    scope.quantity(view.child("valueQuantity"), UNITS[name])
    return True


class Densitometry:
    """The regions of one exam, put together from their results."""

    def __init__(self, scope: Scope, system: str = "dxa") -> None:
        self.scope = scope
        self.system = system
        self.regions: dict[tuple[str, ...], Json] = {}
        self.whole: Json = {}
        self.lsc: Json = {}

    def data(self) -> Json:
        """The `dxa` object of the input, empty when there was nothing."""
        return filled(measurements=list(self.regions.values()), lsc=self.lsc, **self.whole)

    def add(self, view: View) -> None:
        """Read one result."""
        measured = measure_of(self.scope, view, self.system)
        known = _REGION.match(statement(view) or "")
        if measured is None:
            self.scope.refuse(view, "code")
        elif measured[0] in _WHOLE:
            self._score(view, measured[0])
        else:
            self._result(view, measured, known["index"] if known else None)

    def _score(self, view: View, name: str) -> None:
        amount = self.scope.quantity(view.child("valueQuantity"), UNITS[name])
        if amount is not None and self.whole.setdefault(name, amount) != amount:
            self.scope.tell("FHIR-READ-CONFLICT", view.path, name=name, shown=f"{self.whole[name]} / {amount}")
        self.scope.close(view, *_FRAME)

    def _result(self, view: View, measured: tuple[str, str | None, str | None], index: str | None) -> None:
        name, region, side = measured
        where = self._where(view, region, side)
        amount = self.scope.quantity(view.child("valueQuantity"), UNITS[name])
        if where is None or amount is None:
            self.scope.refuse(view, "site" if where is None else "value")
            return
        key = (index,) if index is not None else (where["code"], where.get("laterality", ""))
        entry = self.regions.setdefault(key, filled(site=where["code"], laterality=where.get("laterality")))
        if entry.setdefault(name, amount) != amount:
            self.scope.tell("FHIR-READ-CONFLICT", view.path, name=name, shown=f"{entry[name]} / {amount}")
        self._vertebrae(entry, view)
        position = list(self.regions).index(key)
        self.scope.ids[view.path] = f"dxa/{position}"
        self.scope.close(view, *_FRAME)

    def _where(self, view: View, region: str | None, side: str | None) -> Json | None:
        """The region of interest: of the code, and of the site when there is one; they must agree."""
        named = filled(code=region, laterality=side)
        if not view.has("bodySite"):
            return named or None
        found = self._standard_site(view) or place.site(self.scope, view)
        if found is None or (region and found["code"] != region) or (side and found.get("laterality", side) != side):
            return None
        return {**found, **named} if found["code"] in self.scope.catalog.rois else None

    def _standard_site(self, view: View) -> Json | None:
        """The region of a standard code; its side stays where sides are said."""
        if self.scope.codes.ours(view.child("bodySite")):
            return None
        ids = self.scope.codes.standard(view.child("bodySite"), "region", dxa=True)
        sides = place.loose(self.scope, view)
        return {"code": ids.pop().removeprefix("dxa."), **sides} if len(ids) == 1 and sides is not None else None

    def _vertebrae(self, entry: Json, view: View) -> None:
        included, excluded, reasons = [], [], {}
        for name, said, _ in attributes.pairs(self.scope, view):
            if name == "vertebrae_included":
                included.append(said)
            elif name == "vertebrae_excluded":
                excluded.append(said)
            elif name.startswith("exclusion_reason."):
                reasons[name.removeprefix("exclusion_reason.")] = said
        left_out = [filled(level=level, reason=reasons.get(str(level))) for level in excluded]
        for field, levels in (("vertebrae_included", included), ("vertebrae_excluded", left_out)):
            if levels:
                entry.setdefault(field, levels)
        self._scores(entry, view)

    def _scores(self, entry: Json, view: View) -> None:
        """T-score of each vertebra, and the least significant change of the region."""
        for item in components(view):
            name = self.scope.codes.local(item.child("code"), "measure") or ""
            if name == "lsc":
                self.precision(entry["site"], self.scope.quantity(item.take().child("valueQuantity"), "g/cm2"), item)
            elif name.startswith("t_score."):
                amount = self.scope.quantity(item.take().child("valueQuantity"), "SD")
                if amount is not None:
                    entry.setdefault("vertebra_t_scores", {})[name.removeprefix("t_score.")] = amount

    def precision(self, region: str, amount: Decimal | None, item: View) -> None:
        """A least significant change, said by the acquisition or by a result."""
        if amount is not None and self.lsc.setdefault(region, amount) != amount:
            self.scope.tell("FHIR-READ-CONFLICT", item.path, name="lsc", shown=f"{self.lsc[region]} / {amount}")

    def add_density(self, view: View, index: str) -> None:
        """The earlier density of a region of the same exam."""
        entry = self.regions.get((index,))
        date = self.scope.day(view, "effectiveDateTime")
        amount = self.scope.quantity(view.child("valueQuantity"), "g/cm2")
        where = place.site(self.scope, view)
        if entry is None or date is None or amount is None or where is None or where["code"] != entry["site"]:
            self.scope.refuse(view, "prior")
            return
        included = [said for name, said, _ in attributes.pairs(self.scope, view) if name == "vertebrae_included"]
        entry["prior"] = filled(
            date=date,
            bmd=amount,
            device=self._device(view),
            laterality=where.get("laterality"),
            vertebrae_included=included,
        )
        self.scope.close(view, *_FRAME)

    def _device(self, view: View) -> str | None:
        for item in components(view):
            if self.scope.codes.local(item.child("code"), "technique") == "device":
                return item.take().text("valueString")
        return None
