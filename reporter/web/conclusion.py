"""The conclusion: what the rules propose, and what the radiologist does with it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reporter import french
from reporter.engine import Report
from reporter.rules import proposable
from reporter.web.desk import Desk
from reporter.web.drafts import Document
from reporter.web.form.pointers import find, tidy

RETAINED = "retained"


@dataclass(frozen=True, slots=True)
class Proposal:
    """kind: sentence (a conclusion of a rule) · recommendation · diagnosis. state: proposed · accepted · refused.

    `what` is the rule id, the code, or the index of the diagnosis.
    """

    kind: str
    what: str
    text: str
    state: str
    rule: str = ""
    source: str = ""


def proposals(desk: Desk, document: Mapping[str, Any], report: Report | None) -> list[Proposal]:
    """Everything that can be accepted, refused or ordered, as the report stands."""
    if report is None:
        return []
    return [*_diagnoses(desk, document, report), *_sentences(desk, report), *_recommendations(desk, document, report)]


def _diagnoses(desk: Desk, document: Mapping[str, Any], report: Report) -> list[Proposal]:
    """What was concluded, in its order; then diagnoses that a present sign supports, each where its sign is."""
    tree = document["input"]
    given = tree.get("conclusion", {}).get("diagnoses", [])
    found = [Proposal("diagnosis", str(n), _named(desk, d), "accepted") for n, d in enumerate(given)]
    held = {_place_of(d) for d in given}
    offered = proposable(report.data.exam, desk.catalog, report.settings)
    for finding in tree.get("findings", []):
        for code, definition in desk.catalog.diagnoses.items():
            supported = finding.get("status") == "present" and finding.get("finding") in definition.support
            if not supported or code not in offered:
                continue
            one = _placed(code, finding, takes_site=definition.takes_site)
            if _place_of(one) not in held:
                held.add(_place_of(one))
                found.append(Proposal("diagnosis", f"{code}:{finding['id']}", _named(desk, one), "proposed"))
    return found


def _place_of(diagnosis: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(diagnosis.get(key) or "") for key in ("code", "site", "laterality", "level", "number"))


def _placed(code: str, finding: Mapping[str, Any], *, takes_site: bool) -> dict[str, Any]:
    """A diagnosis at the place of the sign that supports it."""
    site = finding.get("site", {})
    places = {"site": "code", "laterality": "laterality", "level": "level", "number": "number"} if takes_site else {}
    placed = {key: site[name] for key, name in places.items() if site.get(name)}
    return {"code": code, **placed, "findings": [finding["id"]]}


def _named(desk: Desk, diagnosis: Mapping[str, Any]) -> str:
    """« Fracture de stress, aileron sacré gauche (retenu) »."""
    site = {"code": diagnosis.get("site"), **{k: diagnosis.get(k) for k in ("laterality", "level", "number")}}
    place = desk.labels.site(site) if diagnosis.get("site") else ""
    certainty = diagnosis.get("certainty")
    said = f" ({desk.labels.code('certainty', str(certainty))})" if certainty else ""
    name = desk.labels.code("diagnosis", str(diagnosis.get("code", "")))
    return french.capital(f"{name}, {place}" if place else name) + said


def _sentences(desk: Desk, report: Report) -> list[Proposal]:
    rules = desk.catalog.rules
    said = {rule: s.text for section in report.narrative.sections for s in section.sentences for rule in s.rules}
    concluded = dict.fromkeys(d.rule for d in report.data.assessment.derived if d.concluded)
    found = [Proposal("sentence", r, said.get(r, ""), "accepted", r, rules[r].source) for r in concluded if r in said]
    refused = report.data.exam.conclusion.suppress
    return found + [
        Proposal("sentence", r, rules[r].sentence or r, "refused", r, rules[r].source) for r in refused if r in rules
    ]


def _recommendations(desk: Desk, document: Mapping[str, Any], report: Report) -> list[Proposal]:
    taken = document["input"].get("conclusion", {}).get("recommendations", [])
    rules = dict(reversed(report.data.assessment.proposed))
    found = []
    for code in dict.fromkeys([*(code for code, _ in report.data.assessment.proposed), *taken]):
        known, rule = desk.catalog.recommendations.get(code), rules.get(code, "")
        source = desk.catalog.rules[rule].source if rule else ""
        state = "accepted" if code in taken else "proposed"
        found.append(Proposal("recommendation", code, known.sentence if known else code, state, rule, source))
    return found


def signs(desk: Desk, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Signs the modality can show, to add one: (id, label), by label."""
    modality = document["input"].get("exam", {}).get("modality")
    found = [f for f in desk.catalog.findings.values() if modality in f.modalities or modality in f.conditional]
    return sorted(((f.id, desk.labels.code("finding", f.id)) for f in found if not f.derived), key=lambda one: one[1])


def sites(desk: Desk, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Sites of the region examined, to place a sign: (id, label), by label."""
    allowed = desk.shape(document["exam_def"]).at(("findings", "0", "site", "code")).get("enum", ())
    return sorted(((code, desk.labels.code("site", code)) for code in allowed), key=lambda one: one[1])


def change(desk: Desk, document: Document, verb: str, what: str) -> Document:
    """Refuse · restore a rule; accept · drop a recommendation; up · down · remove a diagnosis, propose one.

    « propose:<diagnosis>:<finding> » retains a diagnosis at the place of a sign; its certainty can be changed after.
    """
    made = copy.deepcopy(document)
    conclusion = made["input"].setdefault("conclusion", {})
    if verb in ("refuse", "restore"):
        _member(conclusion.setdefault("suppress", []), what, present=verb == "refuse")
    elif verb == "drop" or (verb == "accept" and what in desk.catalog.recommendations):
        _member(conclusion.setdefault("recommendations", []), what, present=verb == "accept")
    elif verb in ("up", "down", "remove") and what.isdigit():
        _move(conclusion.setdefault("diagnoses", []), int(what), verb)
    elif verb == "propose":
        code, _, name = what.partition(":")
        _retain(desk, made["input"], code, find(made["input"], name))
    tidy(made["input"])
    return made


def _retain(desk: Desk, tree: dict[str, Any], code: str, finding: Mapping[str, Any] | None) -> None:
    definition = desk.catalog.diagnoses.get(code)
    if definition is not None and finding is not None:
        one = _placed(code, finding, takes_site=definition.takes_site)
        tree["conclusion"].setdefault("diagnoses", []).append({**one, "certainty": RETAINED})


def _member(items: list[str], code: str, *, present: bool) -> None:
    if present and code and code not in items:
        items.append(code)
    elif not present and code in items:
        items.remove(code)


def _move(items: list[Any], index: int, verb: str) -> None:
    if index >= len(items):
        return
    item = items.pop(index)
    if verb != "remove":
        items.insert(max(0, index - 1) if verb == "up" else index + 1, item)
