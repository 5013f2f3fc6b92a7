"""A Bundle that comes in, taken apart: the request it makes, the reports of earlier exams, what it says of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reporter.errors import ERROR
from reporter.fhir.check import check_resource
from reporter.web.api.outcome import ApiError, Refused
from reporter.web.api.references import nodes

Json = dict[str, Any]
MAX_ENTRIES = 2000
TYPES = ("transaction", "batch", "collection", "document")
_PAPERS = ("DiagnosticReport", "Composition")
# what an Observation that only gives the background of a request is (R4 observation-category)
_BACKGROUND = frozenset({"laboratory", "vital-signs", "social-history", "survey"})


def bundle_of(resource: Json) -> Incoming:
    """The Bundle, when it is one FHIR R4 allows and we take. Raises ApiError or Refused (400, 413, 422)."""
    kind = resource.get("resourceType")
    if kind != "Bundle":
        raise ApiError("API-BUNDLE", value=kind if isinstance(kind, str) else "—", path="Bundle")
    entries = resource.get("entry")
    if isinstance(entries, list) and len(entries) > MAX_ENTRIES:
        raise ApiError("API-TOO-MANY", maximum=MAX_ENTRIES, path="Bundle.entry")
    issues = check_resource(resource)
    if any(issue.severity == ERROR for issue in issues):
        raise Refused(400, issues)
    if resource["type"] not in TYPES:
        raise ApiError("API-BUNDLE-TYPE", value=resource["type"], path="Bundle.type")
    return Incoming(resource)


@dataclass(frozen=True)
class Incoming:
    """Entries are named by their place in the Bundle."""

    bundle: Json

    @cached_property
    def resources(self) -> dict[int, Json]:
        """Place → resource."""
        entries = enumerate(self.bundle.get("entry", []))
        return {place: entry["resource"] for place, entry in entries if "resource" in entry}

    @cached_property
    def places(self) -> dict[str, int]:
        """What a reference can say → place."""
        found: dict[str, int] = {}
        for place, resource in self.resources.items():
            names = [self.bundle["entry"][place].get("fullUrl")]
            if "id" in resource:
                names.append(f"{resource['resourceType']}/{resource['id']}")
            found |= {name: place for name in names if name}
        return found

    def of_type(self, *kinds: str) -> list[int]:
        """Places of the resources of these types."""
        return [place for place, resource in self.resources.items() if resource["resourceType"] in kinds]

    def target(self, reference: Any) -> int | None:
        """The place a Reference leads to."""
        text = reference.get("reference") if isinstance(reference, dict) else None
        return self.places.get(text.partition("/_history/")[0]) if isinstance(text, str) else None

    def request(self, place: int) -> Json:
        """Bundle.entry.request of a place."""
        given: Json = self.bundle["entry"][place].get("request", {})
        return given

    def closure(self, starts: Iterable[int]) -> set[int]:
        """These places and all they lead to."""
        seen: set[int] = set()
        waiting = list(starts)
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                targets = (self.target(node) for node in nodes(self.resources[place]))
                waiting += [target for target in targets if target is not None]
        return seen

    @cached_property
    def orders(self) -> list[int]:
        """The requests that wait for their report; else, when every one has its report here, all of them."""
        every = self.of_type("ServiceRequest")
        answered = self.closure(self.of_type(*_PAPERS))
        return [place for place in every if place not in answered] or every

    @cached_property
    def earlier(self) -> list[int]:
        """Reports of earlier exams: those that do not answer the request that came with them."""
        if not self.orders:
            return []
        numbers = {number for place in self.orders for number in _numbers(self.resources[place].get("identifier"))}
        papers = [p for p in self.of_type(*_PAPERS) if self.closure([p]).isdisjoint(self.orders)]
        inside = {place for paper in papers for place in self.closure([paper]) - {paper}}
        loose = [p for p in papers if p not in inside and numbers.isdisjoint(_based_on(self.resources[p]))]
        return [*loose, *self.of_type("Bundle")]

    @cached_property
    def past(self) -> set[int]:
        """All that only earlier reports lead to."""
        kept = self.closure(self.orders) | set(self.of_type("Patient"))
        return self.closure(self.earlier) - kept

    def is_request(self) -> bool:
        """Does it ask for a report, rather than say what was found?"""
        if not self.orders:
            return False
        present = set(self.resources) - self.past
        papers = present & set(self.of_type(*_PAPERS))
        background = self.closure(self.orders)
        observed = present & set(self.of_type("Observation")) - background
        return not papers and all(_categories(self.resources[place]) & _BACKGROUND for place in observed)

    def without(self, places: set[int]) -> Json:
        """The Bundle without these places."""
        entries = self.bundle.get("entry", [])
        return {**self.bundle, "entry": [entry for place, entry in enumerate(entries) if place not in places]}

    def only(self, places: set[int]) -> Json:
        """A collection of these places."""
        entries = [self.bundle["entry"][place] for place in sorted(places)]
        kept = [{key: value for key, value in entry.items() if key != "request"} for entry in entries]
        return {"resourceType": "Bundle", "type": "collection", "entry": kept}


def _numbers(identifiers: Any) -> set[tuple[Any, Any]]:
    return {(i.get("system"), i.get("value")) for i in identifiers or [] if i.get("value")}


def _based_on(resource: Json) -> set[tuple[Any, Any]]:
    links = resource.get("basedOn", [])
    return _numbers([link["identifier"] for link in links if "identifier" in link])


def _categories(resource: Json) -> set[Any]:
    return {coding.get("code") for item in resource.get("category", []) for coding in item.get("coding", [])}
