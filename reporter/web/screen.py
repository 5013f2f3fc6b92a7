"""What the one screen shows: the live report, the problems beside their fields, progress and proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reporter.edits import CODE as EDIT
from reporter.engine import Report
from reporter.errors import ERROR, Issue
from reporter.model.report import Section, Sentence
from reporter.web import drafts
from reporter.web.desk import Desk
from reporter.web.form.fields import element_id
from reporter.web.form.pointers import field_of


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the live report: what it says, and the fields it comes from. free = typed in a field."""

    id: str
    key: str
    text: str
    base: str
    statements: tuple[str, ...]
    fields: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    free: bool
    edited: bool
    keeps_codes: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A section of the live report; `paragraphs` are lists of sentences."""

    id: str
    heading: str
    paragraphs: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """An issue with the field it belongs to (empty: none on the screen)."""

    code: str
    severity: str
    message: str
    source: str
    field: str
    target: str
    overridable: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the minimum data set is answered."""

    answered: int
    total: int
    open: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Screen:
    """One moment of one draft. `lost`: (key, text) of rewritten sentences that the report no longer has."""

    report: Report | None
    sections: tuple[Shown, ...]
    problems: tuple[Problem, ...]
    progress: Progress
    lost: tuple[tuple[str, str], ...] = ()

    @property
    def blocked(self) -> bool:
        """Some problem forbids to sign."""
        return any(p.severity == ERROR for p in self.problems)

    def beside(self, name: str) -> list[Problem]:
        """The problems of one field."""
        return [p for p in self.problems if p.field == name]


def screen(desk: Desk, document: dict[str, Any], names: Sequence[str]) -> Screen:
    """The screen of a document; `names` are the fields that are drawn, those to answer first before the others."""
    report, issues = desk.preview(document)
    editors = {f"/edits/{key}": f"edit-{key}" for key in report.keys.values()} if report else {}
    problems = tuple(_problem(desk, issue, document["input"], names, editors) for issue in issues)
    sections = tuple(_section(s, report, document) for s in report.narrative.sections) if report else ()
    lost = tuple((k, str(e["text"])) for k, e in document.get("edits", {}).items() if f"/edits/{k}" not in editors)
    return Screen(report, sections, problems, progress(desk, document), lost)


def progress(desk: Desk, document: Mapping[str, Any]) -> Progress:
    """Rows answered, and the labels of those still open with the field to go to."""
    rows = drafts.exam_rows(document, desk.catalog)
    left = drafts.open_rows(document, desk.catalog)
    labels = [(f"/findings/{row.id}/status", desk.labels.sign(row.finding, row.site)) for row in left]
    return Progress(len(rows) - len(left), len(rows), tuple(labels))


def _section(section: Section, report: Report, document: Mapping[str, Any]) -> Shown:
    ordered = sorted(section.sentences, key=lambda s: s.paragraph)
    paragraphs = tuple(
        tuple(_said(s, report, document) for s in group) for _, group in groupby(ordered, key=lambda s: s.paragraph)
    )
    return Shown(section.id, section.heading, paragraphs)


def _said(sentence: Sentence, report: Report, document: Mapping[str, Any]) -> Said:
    key = report.keys.get(sentence.id, "")
    edit = document.get("edits", {}).get(key)
    rules = tuple((rule, report.catalog.rules[rule].source) for rule in sentence.rules)
    return Said(
        id=sentence.id,
        key=key,
        text=sentence.text,
        base=edit["base"] if edit else sentence.text,
        statements=sentence.statements,
        fields=tuple(_fields(sentence, report, document["input"])),
        rules=rules,
        free=sentence.free and not sentence.edited,
        edited=sentence.edited,
        keeps_codes=bool(edit and edit["keeps_codes"]),
    )


def _fields(sentence: Sentence, report: Report, tree: dict[str, Any]) -> list[str]:
    """The fields a sentence comes from; a derived fact comes from those of its evidence."""
    by_id = {s.id: s for s in report.data.statements}
    names: dict[str, None] = {}
    waiting = [by_id[i] for i in sentence.statements if i in by_id]
    while waiting:
        statement = waiting.pop(0)
        if statement.origin.path:
            names[field_of(tree, statement.origin.path)] = None
        else:
            waiting += [by_id[i] for i in statement.evidence if i in by_id]
    return list(names)


def _problem(
    desk: Desk, issue: Issue, tree: dict[str, Any], names: Sequence[str], editors: Mapping[str, str]
) -> Problem:
    field, rule = _nearest(field_of(tree, issue.path), names), desk.catalog.rules.get(issue.code)
    target = element_id(field) if field else editors.get(issue.path, "lost-edits" if issue.code == EDIT else "")
    lifted = rule is not None and rule.kind == "error_ov" and issue.severity == ERROR
    return Problem(issue.code, issue.severity, issue.message, issue.source, field, target, lifted)


def _nearest(path: str, names: Sequence[str]) -> str:
    """The field of a path, else the first field inside it, else that of the place around it."""
    while path:
        if path in names:
            return path
        inside = next((name for name in names if name.startswith(f"{path}/")), None)
        if inside:
            return inside
        path = path.rpartition("/")[0]
    return ""
