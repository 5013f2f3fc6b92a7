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
from reporter.fhir.profiles import BY_TYPE, SURE
from reporter.fhir.told import Shown
from reporter.model.exam import Exam
from reporter.model.lifecycle import Lifecycle
from reporter.model.report import Narrative, ReportData, Statement
from reporter.settings import Settings

FINDING = "finding/"
_AFTER = len(FINDING)
_URN = "urn:uuid:"
NAMED = len(_URN)
_STATEMENT = f"{c.IDENTIFIER}statement"
Ids = Callable[[str], uuid.UUID | str]


class TwiceError(ValueError):
    """Two resources with the same key are a defect."""

    def __init__(self, key: str) -> None:
        super().__init__(f"two resources for {key}")


class Names(dict[str, Json]):
    """A reference to each key, made when it is first asked for; it holds the fullUrl, which holds the id."""

    def __init__(self, ids: Ids, report: str) -> None:
        super().__init__()
        self._ids, self._start = ids, f"{report}/"

    def __missing__(self, key: str) -> Json:
        made = self[key] = {"reference": f"{_URN}{self._ids(self._start + key)}"}
        return made

    def share(self, key: str, identity: str) -> None:
        """Give a key, before it is first asked for, an identity of its own that every report shares."""
        self[key] = {"reference": f"{_URN}{self._ids(identity)}"}


@dataclass(slots=True)
class Graph:
    """Resources by key: that of a statement (see `keyed`), or the name of a frame resource ("patient", "study" …).

    The ids of resources come from the report identifier and the key, but of those that reports share (`Names.share`).
    `plain` are the resources that are no Observation, `results` references to what this exam showed, `frames` what the
    Observations of a category have in common.
    """

    report: ReportData
    narrative: Narrative
    catalog: Catalog
    settings: Settings
    ids: Ids
    lifecycle: Lifecycle
    title: str
    resources: dict[str, Json] = field(default_factory=dict)
    plain: list[Json] = field(default_factory=list)
    results: list[Json] = field(default_factory=list)
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
    page: str = field(init=False)
    shown: Shown = field(init=False)

    def __post_init__(self) -> None:
        """What every resource asks for.

        `ref` is a reference to the resource of a key, `has` says whether there is one: methods of their tables, as they
        are asked more than all else. `keyed` are the statements with their keys: findings have names chosen by the
        user, kept apart from those of frame resources. `homes` says where each is said.
        `status` is that of the Observations: an addendum to the report changes no result of it. `day` is that of the
        exam; `made` says when the report was made, with its offset; `page` is where the elements of its narrative are.
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
        self.page = f"{self.names['composition']['reference']}#"
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
        said = key[_AFTER:] if key.startswith(FINDING) else key
        if " " in said or not said.isprintable():
            said = plain(said)
        own = {"system": c.URI, "value": self.names[key]["reference"]}
        return [own, {"system": _STATEMENT, "value": said} if said else {"system": _STATEMENT}]

    def own(self, key: str) -> Json:
        """The UUID of a resource as an Identifier."""
        return {"system": c.URI, "value": self.names[key]["reference"]}

    def begin(self, key: str, resource_type: str, home: str | None = None, language: str | None = None) -> Json:
        """Add a resource that is no Observation, to be filled at once; `home` is the section that lists it.

        `text` has its place, which `texts` fills or takes away; so has `meta`, unless it is known what goes there.
        """
        ref = self.names[key]
        made: Json = {"resourceType": resource_type, "id": ref["reference"][NAMED:]}
        if key in SURE or resource_type in BY_TYPE:
            made["meta"] = SURE.get(key)
        if language is not None:
            made["language"] = language
        made["text"] = None
        if self.resources.setdefault(key, made) is not made:
            raise TwiceError(key)
        self.plain.append(made)
        if home is not None:
            self.homes.put(key, ref, home)
        return made
