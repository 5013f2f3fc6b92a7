"""The left side of the screen: every group of fields of one draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reporter.web.desk import Desk
from reporter.web.drafts import STATUSES, exam_rows
from reporter.web.form.checklist import PREFIX, normal_status
from reporter.web.form.densitometry import densitometry
from reporter.web.form.fields import Builder, Field, Group, checks, choice, narrowed, pointer
from reporter.web.form.findings import finding_group
from reporter.web.form.pointers import NO_PLANE, find

_STUDY = ("date", "laterality", "region", "context", "limitations", "accession_number", "performer", "organization")
_ORDER = ("indication", "question", "site", "laterality", "suspicion", "pain", "pain_refractory", "trauma", "pain_vas",
          "on_treatment", "identifier", "requester")  # fmt: skip
_CONTRAST = ("MR", "CT")


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign on the screen: a row of the checklist, or one added; `group` holds its fields once it is answered.

    `act`: the answer was given by « tout le reste normal » and nobody changed it since.
    """

    id: str
    label: str
    status: Field
    group: Group | None
    row: bool
    act: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Groups in the order of the screen."""

    groups: tuple[Group, ...]
    entries: tuple[Entry, ...]
    conclusion: Group
    notes: tuple[Field, ...]
    override: Group

    def names(self) -> list[str]:
        """Every field drawn."""
        own = [name for group in (*self.groups, self.conclusion, self.override) for name in group.names()]
        found = [name for e in self.entries for name in (e.status.name, *(e.group.names() if e.group else ()))]
        return [*own, *found, *(note.name for note in self.notes)]

    def targets(self) -> list[str]:
        """Where a problem of a whole object is shown: the fields it must have, then the others, outer ones first."""
        required = {name for group in self.groups for name in group.required()}
        return sorted(self.names(), key=lambda name: (name not in required, len(name)))


def page(desk: Desk, document: Mapping[str, Any]) -> Page:
    """The page of a draft."""
    tree = document["input"]
    builder = Builder(desk.shape(document["exam_def"]), desk.labels)
    exam = tree.get("exam", {})
    study = builder.group(("exam",), exam, only=_STUDY)
    groups = [
        builder.group(("patient",), tree.get("patient")),
        builder.group(("order",), tree.get("order"), only=_ORDER),
        study,
        _technique(desk, builder, exam),
        *_acquisition(desk, builder, exam),
    ]
    if exam.get("modality") == "DXA":
        groups.append(densitometry(desk, builder.group(("dxa",), tree.get("dxa"))))
    return Page(
        groups=tuple(groups),
        entries=tuple(_entries(desk, builder, document)),
        conclusion=builder.group(("conclusion",), tree.get("conclusion"), skip=("suppress",)),
        notes=tuple(builder.group(("free_text",), tree.get("free_text")).fields),
        override=_override(desk, builder, exam),
    )


def _override(desk: Desk, builder: Builder, exam: Mapping[str, Any]) -> Group:
    """Only a rule that can be lifted is offered."""
    group = builder.group(("exam", "protocol_override"), exam.get("protocol_override"))
    lifted = {rule.id for rule in desk.catalog.rules.values() if rule.kind == "error_ov"}
    return replace(group, fields=tuple(narrowed(f, lifted) if f.name.endswith("/rule") else f for f in group.fields))


def _technique(desk: Desk, builder: Builder, exam: Mapping[str, Any]) -> Group:
    """The fields of the modality; the sequences of an MR are boxes, one per plane."""
    path = ("exam", "technique")
    value = exam.get("technique", {})
    plain = builder.group(path, value, skip=("sequences",))
    if "sequences" not in builder.shape.properties(path):
        return plain
    grid = tuple(_planes(desk, code, value) for code in desk.catalog.vocabulary["sequence"])
    skipped = tuple(f for f in plain.fields if not f.name.endswith("/planes"))
    return Group(plain.name, plain.label, (*grid, *skipped), plain.groups, bool(value))


def _planes(desk: Desk, sequence: str, technique: Mapping[str, Any]) -> Field:
    name = pointer(("exam", "technique", "sequences", sequence))
    given = [s.get("plane", NO_PLANE) for s in technique.get("sequences", []) if s.get("sequence") == sequence]
    planes = [(p, desk.labels.code("plane", p)) for p in desk.catalog.vocabulary["plane"]]
    label = desk.labels.code("sequence", sequence)
    return checks(name, label, [*planes, (NO_PLANE, desk.labels.code("plane", NO_PLANE))], given)


def _acquisition(desk: Desk, builder: Builder, exam: Mapping[str, Any]) -> list[Group]:
    groups = []
    if exam.get("modality") in _CONTRAST or exam.get("contrast"):
        groups.append(builder.group(("exam", "contrast"), exam.get("contrast")))
    doses = desk.catalog.vocabulary.get(f"dose.{exam.get('modality')}", ())
    if doses:
        groups.append(builder.group(("exam", "dose"), exam.get("dose"), only=doses))
    return groups


def _entries(desk: Desk, builder: Builder, document: Mapping[str, Any]) -> list[Entry]:
    """The rows of the checklist in its order, then the signs added."""
    tree = document["input"]
    rows = exam_rows(document, desk.catalog)
    entries = []
    by_act = {name for act in document.get("acts", []) for name in act.get("items", [])}
    for row in rows:
        finding = find(tree, row.id)
        group = finding_group(desk, builder, tree, finding) if finding else None
        label = desk.labels.sign(row.finding, row.site)
        status = finding.get("status") if finding else None
        act = row.id in by_act and status == normal_status(desk.catalog.findings[row.finding])
        entries.append(Entry(row.id, label, status_field(desk, row.id, finding), group, True, act))
    known = {row.id for row in rows}
    for finding in tree.get("findings", []):
        if finding.get("id") not in known:
            name = str(finding.get("id", ""))
            label = desk.labels.sign(str(finding.get("finding", "")), finding.get("site", {}))
            group = finding_group(desk, builder, tree, finding)
            entries.append(Entry(name, label, status_field(desk, name, finding), group, name.startswith(PREFIX)))
    return entries


def status_field(desk: Desk, finding_id: str, finding: Mapping[str, Any] | None) -> Field:
    """The four states, none chosen at the start."""
    codes = [(code, desk.labels.code("status", code)) for code in STATUSES]
    value = str(finding.get("status", "")) if finding else ""
    return choice(pointer(("findings", finding_id, "status")), desk.labels.field("status"), codes, value)
