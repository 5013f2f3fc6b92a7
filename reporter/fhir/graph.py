"""The resource graph all bundles are cut from: deterministic ids, references, insertion order."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir.concepts import Concepts, concepts
from reporter.fhir.datatypes import Json, plain
from reporter.fhir.homes import Homes
from reporter.fhir.index import Index
from reporter.fhir.told import Shown
from reporter.model.exam import Exam
from reporter.model.lifecycle import Lifecycle
from reporter.model.report import Narrative, ReportData, Statement
from reporter.settings import Settings

FINDING = "finding/"
_URN = "urn:uuid:"
NAMED = len(_URN)
_STATEMENT = f"{c.IDENTIFIER}statement"
Ids = Callable[[str], uuid.UUID | str]


class Names(dict[str, Json]):
    """A reference to each key, made when it is first asked for; it holds the fullUrl, which holds the id."""

    def __init__(self, ids: Ids, report: str) -> None:
        super().__init__()
        self.business: dict[str, str] = {}
        self._ids, self._report = ids, report

    def __missing__(self, key: str) -> Json:
        uid = self._ids(self.business.get(key) or f"{self._report}/{key}")
        made = self[key] = {"reference": f"{_URN}{uid}"}
        return made


@dataclass(slots=True)
class Graph:
    """Resources by key: that of a statement (see `keyed`), or the name of a frame resource ("patient", "study" …).

    `names.business` gives a key an identity of its own, shared by every report (a patient known by an INS), before the
    resource is first named; the ids of all other resources come from the report identifier and the key. `frames` are
    what the Observations of a category have in common.
    """

    report: ReportData
    narrative: Narrative
    catalog: Catalog
    settings: Settings
    ids: Ids
    lifecycle: Lifecycle
    title: str
    resources: dict[str, Json] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    frames: dict[str, Json] = field(default_factory=dict)
    names: Names = field(init=False)
    ref: Callable[[str], Json] = field(init=False)
    has: Callable[[str], bool] = field(init=False)
    keyed: list[tuple[str, Statement]] = field(init=False)
    exam: Exam = field(init=False)
    concepts: Concepts = field(init=False)
    index: Index = field(init=False)
    homes: Homes = field(init=False)
    status: str = field(init=False)
    day: str = field(init=False)
    made: str = field(init=False)
    shown: Shown = field(init=False)

    def __post_init__(self) -> None:
        """What every resource asks for.

        `ref` is a reference to the resource of a key, `has` says whether there is one: methods of their tables, as they
        are asked more than all else. `keyed` are the statements with their keys: findings have names chosen by the
        user, kept apart from those of frame resources. `homes` says where each is said.
        `status` is that of the Observations: an addendum to the report changes no result of it. `day` is that of the
        exam; `made` says when the report was made, with its offset.
        """
        self.names = Names(self.ids, self.report.identifier)
        self.ref, self.has = self.names.__getitem__, self.resources.__contains__
        self.keyed = [(f"{FINDING}{s.id}" if s.kind == "finding" else s.id, s) for s in self.report.statements]
        self.homes = Homes(self.narrative, self.keyed)
        self.exam = self.report.exam
        self.concepts = concepts(self.catalog, self.settings)
        self.index = Index(self.exam, self.keyed)
        self.status = "final" if self.lifecycle.status == "appended" else self.lifecycle.status
        self.day = str(self.exam.study.date)
        self.shown = Shown(self.concepts.told)
        self.made = self.report.provenance.created.isoformat(timespec="seconds")

    def uid(self, key: str) -> str:
        """The resource id of a key."""
        uid: str = self.names[key]["reference"][NAMED:]
        return uid

    def url(self, key: str) -> str:
        """The fullUrl of a key."""
        url: str = self.names[key]["reference"]
        return url

    def identifiers(self, key: str) -> list[Json]:
        """The identity of a resource of ours: its UUID, and for a statement its id in the input."""
        own = {"system": c.URI, "value": self.names[key]["reference"]}
        said = key.removeprefix(FINDING)
        if not said.isprintable() or " " in said:
            said = plain(said)
        return [own, {"system": _STATEMENT, "value": said} if said else {"system": _STATEMENT}]

    def own(self, key: str) -> Json:
        """The UUID of a resource as an Identifier."""
        return {"system": c.URI, "value": self.names[key]["reference"]}

    def add(self, key: str, resource_type: str, content: Json) -> Json:
        """Add a resource made of finished values, without the empty ones; returns a reference to it.

        `meta` and `text` have their places; `texts` and `conformity` fill them, or take them away.
        """
        ref = self.names[key]
        made: Json = {"resourceType": resource_type, "id": ref["reference"][NAMED:], "meta": None}
        if "language" in content:
            made["language"] = content["language"]
        made["text"] = None
        for name, value in content.items():
            if value:
                made[name] = value
        self.keep(key, made)
        return ref

    def keep(self, key: str, made: Json) -> str | None:
        """Add a resource; returns the id of the element that says it. The same key twice is a defect."""
        if key in self.resources:
            raise ValueError(f"two resources for {key}")
        self.resources[key] = made
        return self.homes.put(key)
