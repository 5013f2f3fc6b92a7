"""The resource graph all bundles are cut from: deterministic ids, references, insertion order."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json, identifier, prune
from reporter.model.exam import Exam
from reporter.model.lifecycle import Lifecycle
from reporter.model.report import Narrative, ReportData, Statement
from reporter.settings import Settings

FINDING = "finding/"
Ids = Callable[[str], uuid.UUID]


@dataclass(slots=True)
class Graph:
    """Resources by key: that of a statement (see `key_of`), or the name of a frame resource ("patient", "study" …).

    `business` gives a key an identity of its own, shared by every report (a patient known by an INS); the ids of all
    other resources come from the report identifier and the key.
    """

    report: ReportData
    narrative: Narrative
    catalog: Catalog
    settings: Settings
    ids: Ids
    lifecycle: Lifecycle
    resources: dict[str, Json] = field(default_factory=dict)
    business: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    @property
    def exam(self) -> Exam:
        """The input."""
        return self.report.exam

    @property
    def status(self) -> str:
        """Observation.status: an addendum to the report changes no result of it."""
        return "final" if self.lifecycle.status == "appended" else self.lifecycle.status

    def uid(self, key: str) -> str:
        """The resource id of a key."""
        named = self.business.get(key) or f"{self.report.identifier}/{key}"
        if named not in self.known:
            self.known[named] = str(self.ids(named))
        return self.known[named]

    def url(self, key: str) -> str:
        """The fullUrl of a key."""
        return f"urn:uuid:{self.uid(key)}"

    @staticmethod
    def key_of(statement: Statement) -> str:
        """The key of a statement; findings have names chosen by the user, kept apart from those of frame resources."""
        return f"{FINDING}{statement.id}" if statement.kind == "finding" else statement.id

    def ref(self, key: str) -> Json:
        """A reference to the resource of a key."""
        return {"reference": self.url(key)}

    def identifiers(self, key: str) -> list[Json]:
        """The identity of a resource of ours: its UUID, and for a statement its id in the input."""
        return [identifier(self.url(key), c.URI), identifier(key.removeprefix(FINDING), f"{c.IDENTIFIER}statement")]

    def add(self, key: str, resource_type: str, content: Json) -> Json:
        """Add a resource; returns a reference to it. The same key twice is a defect."""
        if key in self.resources:
            raise ValueError(f"two resources for {key}")
        self.resources[key] = prune({"resourceType": resource_type, "id": self.uid(key), **content})
        return self.ref(key)

    def has(self, key: str) -> bool:
        """Is there a resource of this key?"""
        return key in self.resources
