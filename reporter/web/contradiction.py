"""A sign is not both there and absent: the later answer takes the normal one back; what is left is refused."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.errors import ERROR, Issue
from reporter.web.drafts import NORMAL, Document, nothing_found
from reporter.web.form.checklist import PREFIX, normal_status
from reporter.web.form.labels import Labels
from reporter.web.form.overlap import clash, denies

RULE = "V-CONTRA"


def settled(before: Mapping[str, Any], after: Document, catalog: Catalog) -> Document:
    """The draft after an act, without the normal answers of the checklist that a sign of this act makes untrue."""
    known = {str(f.get("id")): f for f in before["input"].get("findings", [])}
    findings = after["input"].get("findings", [])
    fresh = [f for f in findings if f != known.get(str(f.get("id")))]
    gone = {str(f["id"]) for f in findings if f not in fresh and _undone(f, fresh, catalog)}
    normal = bool(fresh) and _concluded(after) and not nothing_found(after["input"], catalog)
    if not gone and not normal:
        return after
    made = copy.deepcopy(after)
    made["input"]["findings"] = [f for f in findings if str(f.get("id")) not in gone]
    if normal:
        gone.add(NORMAL)
        conclusion = made["input"]["conclusion"]
        conclusion["diagnoses"] = [d for d in conclusion["diagnoses"] if d.get("code") != NORMAL]
    for act in made["acts"]:
        act["items"] = [item for item in act.get("items", []) if item not in gone]
    return made


def _undone(answer: Mapping[str, Any], fresh: list[dict[str, Any]], catalog: Catalog) -> bool:
    """A normal answer of the checklist against which something was just said; a lesion followed keeps its history."""
    definition = catalog.findings.get(str(answer.get("finding")))
    if definition is None or not str(answer.get("id", "")).startswith(PREFIX) or answer.get("evolution"):
        return False
    return answer.get("status") == normal_status(definition) and any(clash(answer, f, catalog) for f in fresh)


def _concluded(document: Mapping[str, Any]) -> bool:
    """« Tout le reste normal » concluded that the exam is normal, and nobody took it away."""
    by_act = any(NORMAL in act.get("items", []) for act in document.get("acts", []))
    diagnoses = document["input"].get("conclusion", {}).get("diagnoses", [])
    return by_act and any(d.get("code") == NORMAL for d in diagnoses)


def issues(tree: Mapping[str, Any], labels: Labels, known: Iterable[Issue]) -> Iterator[Issue]:
    """Absences that deny a sign seen, where the engine's own rule of equal places does not already say so."""
    findings = list(enumerate(tree.get("findings", [])))
    told = {issue.path for issue in known if issue.code == RULE}
    for n, absent in findings:
        for m, seen in findings:
            last = f"/findings/{max(m, n)}"
            if last not in told and denies(absent, seen, labels.catalog):
                told.add(last)
                yield _issue(seen, f"{last}/status", labels)


def _issue(seen: Mapping[str, Any], path: str, labels: Labels) -> Issue:
    rule, site = labels.catalog.rules[RULE], labels.placed(seen["site"])
    sign = french.definite(french.np(labels.catalog.findings[seen["finding"]].lexeme))
    place = french.de_site(site, labels.catalog, labels.settings) if site else ""
    states = [labels.code("status", code) for code in (str(seen["status"]), "absent")]
    message = rule.message.format(np=sign, site=place, s1=states[0], s2=states[1])
    return Issue(RULE, ERROR, path, french.typeset(message, labels.settings), rule.source)
