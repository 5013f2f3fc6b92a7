"""What an HL7 v2 message needs of a signed document, found by following its references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reporter.delivery.targets import er7
from reporter.fhir import constants as c

Json = dict[str, Any]
ACCESSION, PLACER = "ACSN", "PLAC"
_SECTION_0074 = "http://terminology.hl7.org/CodeSystem/v2-0074"


class Facts:
    """Read-only view of a document bundle."""

    def __init__(self, document: Json) -> None:
        self._by_url: dict[str, Json] = {entry["fullUrl"]: entry["resource"] for entry in document["entry"]}
        self.composition = self._first("Composition")
        self.report = self._first("DiagnosticReport")
        self.patient = self._at(self.report.get("subject"))
        self.order = self._first("ServiceRequest")

    def patient_identifiers(self) -> list[Json]:
        """Those given by people; our own only when there is no other."""
        given = self.patient.get("identifier", [])
        return [item for item in given if item.get("system") != c.URI] or given[:1]

    def number(self, kind: str) -> str:
        """A number of the order, by the code of its type (table 0203)."""
        items = self.order.get("identifier", [])
        found = (i["value"] for i in items if any(x["code"] == kind for x in i.get("type", {}).get("coding", ())))
        return next(found, "")

    def filler(self) -> str:
        """Our number for what was ordered: the accession number, else the identifier of the report."""
        return self.number(ACCESSION) or str(self.report["identifier"][0]["value"])

    def requester(self) -> tuple[str, Json | None] | None:
        """Who asked."""
        return self._person(self.order.get("requester"))

    def interpreter(self) -> tuple[str, Json | None] | None:
        """Who answers for the report: who signed it, else who is named as its author."""
        signed = [a["party"] for a in self.composition.get("attester", ()) if a.get("mode") == "legal"]
        people = [*signed, *self.report.get("resultsInterpreter", ())]
        return self._person(people[0]) if people else None

    def section_codes(self) -> dict[str, str]:
        """The code of each section as CE, by its title in small letters."""
        sections = self._sections(self.composition)
        return {s["title"].casefold(): er7.ce(s["code"]["coding"][:1], s["title"]) for s in sections}

    def discipline(self) -> str:
        """The diagnostic service (table 0074)."""
        codings = (x for category in self.report.get("category", ()) for x in category.get("coding", ()))
        return next((str(x["code"]) for x in codings if x.get("system") == _SECTION_0074), "")

    def _sections(self, holder: Json) -> Iterator[Json]:
        for section in holder.get("section", ()):
            if "title" in section and "code" in section:
                yield section
            yield from self._sections(section)

    def _first(self, kind: str) -> Json:
        return next((r for r in self._by_url.values() if r["resourceType"] == kind), {})

    def _at(self, reference: Json | None) -> Json:
        return self._by_url.get((reference or {}).get("reference", ""), {})

    def _person(self, reference: Json | None) -> tuple[str, Json | None] | None:
        found = self._at(reference)
        person = self._at(found.get("practitioner")) if found.get("resourceType") == "PractitionerRole" else found
        if not person:
            return None
        ours = (c.URI, f"{c.IDENTIFIER}statement")
        numbers = [item for item in person.get("identifier", ()) if item.get("system") not in ours]
        return str(person.get("name", [{}])[0].get("text", "")), numbers[0] if numbers else None
