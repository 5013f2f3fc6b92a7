"""Earlier exams: what they showed is attached to each by reference, else by the name we gave it."""

from __future__ import annotations

import re

from reporter.fhir.read import findings, study
from reporter.fhir.read.densitometry import Densitometry
from reporter.fhir.read.scope import Json, Scope, components, statement
from reporter.fhir.read.view import View

_OWNER = re.compile(r"comparison/(?P<id>[^/]+)/")
_DENSITY = re.compile(r"(?P<region>.*dxa/(?P<index>\d+))/prior\Z")


class Prior:
    """One earlier exam while it is put together."""

    def __init__(self, scope: Scope, view: View, number: int) -> None:
        self.path = view.path
        self.data = study.prior(scope, view, number)
        self.signs: list[View] = []
        self.dxa = Densitometry(scope, "prior-dxa")


class Comparisons:
    """The earlier exams of a report."""

    def __init__(self, scope: Scope, views: list[View]) -> None:
        self.scope = scope
        self.priors = [Prior(scope, view, number) for number, view in enumerate(views)]

    def add(self, view: View, current: Densitometry) -> None:
        """Read an Observation of an earlier exam; the earlier density of a region of this one goes there."""
        density = _DENSITY.match(statement(view) or "")
        owner = self._owner(view)
        if density and density["region"].startswith("dxa/"):
            current.add_density(view, density["index"])
        elif owner is None:
            self.scope.refuse(view, "prior")
        elif density:
            owner.dxa.add_density(view, density["index"])
        elif self.scope.codes.local(view.child("code"), "prior-finding"):
            owner.signs.append(view)
        elif self.scope.codes.local(view.child("code"), "technique"):
            self._acquisition(view, owner)
        else:
            owner.dxa.add(view)

    def _owner(self, view: View) -> Prior | None:
        paths = {target.path for target in self.scope.source.targets(view, "derivedFrom")}
        named = _OWNER.match(statement(view) or "")
        found = [p for p in self.priors if p.path in paths or (named and named["id"] == p.data["id"])]
        return found[0] if len(found) == 1 else None

    def _acquisition(self, view: View, owner: Prior) -> None:
        for item in components(view):
            name = self.scope.codes.local(item.child("code"), "technique") or ""
            if name.startswith("lsc."):
                amount = self.scope.quantity(item.take().child("valueQuantity"), "g/cm2")
                owner.dxa.precision(name.removeprefix("lsc."), amount, item)
        self.scope.close(view, *findings.FRAME)

    def data(self) -> list[Json]:
        """`comparisons`, in order."""
        found = []
        for prior in self.priors:
            signs = findings.read(self.scope, prior.signs, "prior-finding")
            dxa = prior.dxa.data()
            found.append({**prior.data, **({"findings": signs} if signs else {}), **({"dxa": dxa} if dxa else {})})
        return found


def is_prior(scope: Scope, view: View) -> bool:
    """Is this Observation about an earlier exam?"""
    code = view.child("code")
    systems = {system for system, _ in scope.codes.ours(code)}
    return bool(systems & {"prior-finding", "prior-dxa"}) or scope.codes.local(code, "technique") == "prior_acquisition"


def is_earlier_density(view: View) -> bool:
    """The earlier density of a region is read after the region."""
    return _DENSITY.match(statement(view) or "") is not None
