"""The document of a draft, and what each act of the radiologist does to it. Pure: documents in, documents out.

`{"exam_def", "input", "acts": [{"kind", "at", "items"}], "edits": {key: {"text", "base", "keeps_codes"}}, …}`
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.edits import Edit, Edits
from reporter.web.form import checklist, overlap
from reporter.web.form.checklist import Row
from reporter.web.form.pointers import Decoder, Input, find, split, tidy
from reporter.web.form.shape import Shape

Document = dict[str, Any]
NORMAL = "normal_exam"
_POINTS = ("level", "number", "part")
STATUSES = ("present", "absent", "indeterminate", "not_assessed")


def blank(exam_def: str, catalog: Catalog, region: str | None = None, laterality: str | None = None) -> Document:
    """A draft where only the exam is chosen."""
    definition = catalog.exams[exam_def]
    study: Input = {"modality": definition.modality, "technique": {}}
    study["region"] = region if region in definition.regions else definition.regions[0]
    if laterality in ("left", "right", "bilateral"):
        study["laterality"] = laterality
    document = {"schema_version": "1.0", "exam": study}
    return {"exam_def": exam_def, "input": document, "acts": [], "edits": {}}


def prefilled(document: Document, given: Mapping[str, Any]) -> Document:
    """The draft with what a request brings; the exam chosen is kept."""
    made = copy.deepcopy(document)
    for name, value in given.items():
        if name == "exam" and isinstance(value, Mapping):
            made["input"]["exam"] = {"technique": {}, **copy.deepcopy(dict(value)), **_chosen(made["input"]["exam"])}
        elif name in ("patient", "order", "comparisons", "findings", "dxa", "conclusion", "free_text"):
            made["input"][name] = copy.deepcopy(value)
    return made


def _chosen(study: Mapping[str, Any]) -> Input:
    return {key: value for key, value in study.items() if value}


def edits_of(document: Mapping[str, Any]) -> Edits:
    """The edits of a document, as the engine takes them."""
    return {
        key: Edit(str(edit.get("text", "")), str(edit.get("base", "")), bool(edit.get("keeps_codes")))
        for key, edit in document.get("edits", {}).items()
    }


def exam_rows(document: Mapping[str, Any], catalog: Catalog) -> list[Row]:
    """The rows of the draft's checklist that the exam as entered can answer."""
    tree = document["input"]
    every = checklist.rows(catalog.exams[document["exam_def"]], tree.get("exam", {}), catalog)
    answered = {str(f.get("id")) for f in tree.get("findings", [])}
    return [r for r in every if r.id in answered or checklist.sought(catalog.findings[r.finding], tree)]


def written(document: Document, posted: Iterable[tuple[str, str]], catalog: Catalog, shape: Shape) -> Document:
    """The draft with the posted fields; fields that were not posted stay."""
    made = copy.deepcopy(document)
    tree: Input = made["input"]
    rows = {row.id: row for row in exam_rows(made, catalog)}
    decoder = Decoder(shape, catalog)
    for name, value in posted:
        path = split(name)
        if len(path) == 3 and path[0] == "findings" and path[2] == "status" and path[1] in rows:
            answer(tree, rows[path[1]], value.strip())
        else:
            decoder.write(tree, name, value)
    tidy(tree)
    return made


def answer(tree: Input, row: Row, status: str) -> None:
    """Answer a row; an empty answer takes it back, with all that was said of it."""
    findings: list[Input] = tree.setdefault("findings", [])
    known = find(tree, row.id)
    if status not in STATUSES:
        findings[:] = [f for f in findings if f is not known]
        return
    place = row.site if status == "present" else row.denied
    if known is None:
        findings.append({"id": row.id, "finding": row.finding, "status": status, "site": dict(place)})
    elif known.get("status") != status:
        known["status"] = status
        if row.site != row.denied:
            known["site"] = dict(place)


def add_finding(document: Document, finding: Mapping[str, Any]) -> Document:
    """The draft with one more sign, under the next free id."""
    made = copy.deepcopy(document)
    findings: list[Input] = made["input"].setdefault("findings", [])
    taken = {str(f.get("id")) for f in findings}
    number = next(n for n in range(1, len(taken) + 2) if f"F{n}" not in taken)
    findings.append({**copy.deepcopy(dict(finding)), "id": f"F{number}"})
    tidy(made["input"])
    return made


def enter(document: Document, finding: Mapping[str, Any], catalog: Catalog) -> Document:
    """The draft with one more sign: as the answer to the open row that asks for it, else added."""
    row = next((r for r in open_rows(document, catalog) if _asked(r, finding)), None)
    if row is None:
        return add_finding(document, finding)
    made = copy.deepcopy(document)
    made["input"].setdefault("findings", []).append({**copy.deepcopy(dict(finding)), "id": row.id})
    return made


def _asked(row: Row, finding: Mapping[str, Any]) -> bool:
    place = {key: str(value) for key, value in finding.get("site", {}).items()}
    return bool(finding.get("finding") == row.finding and place == dict(row.site))


def without_finding(document: Document, finding_id: str) -> Document:
    """The draft without a sign, nor what refers to it."""
    made = copy.deepcopy(document)
    tree = made["input"]
    tree["findings"] = [f for f in tree.get("findings", []) if f.get("id") != finding_id]
    for finding in tree["findings"]:
        kept = [r for r in finding.get("relations", []) if r.get("target") != finding_id]
        finding["relations"] = kept
    for diagnosis in tree.get("conclusion", {}).get("diagnoses", []):
        diagnosis["findings"] = [i for i in diagnosis.get("findings", []) if i != finding_id]
    tidy(tree)
    return made


def rest_normal(document: Document, catalog: Catalog, at: str) -> Document:
    """« Tout le reste normal »: every open row answered normal, in one recorded act that can be taken back."""
    made = copy.deepcopy(document)
    tree = made["input"]
    items = []
    for row in open_rows(made, catalog):
        definition = catalog.findings[row.finding]
        answer(tree, row, checklist.normal_status(definition))
        items.append(row.id)
    conclusion: Input = tree.setdefault("conclusion", {})
    if items and nothing_found(tree, catalog) and not conclusion.get("diagnoses") and NORMAL in catalog.diagnoses:
        conclusion["diagnoses"] = [{"code": NORMAL, "certainty": "retained"}]
        items.append(NORMAL)
    if items:
        made["acts"].append({"kind": "rest_normal", "at": at, "items": items})
    tidy(tree)
    return made


def undo_rest_normal(document: Document, catalog: Catalog) -> Document:
    """Take back the last « tout le reste normal »: what it answered and nobody changed since is open again."""
    made = copy.deepcopy(document)
    acts = [act for act in made["acts"] if act.get("kind") == "rest_normal"]
    if not acts:
        return made
    items, rows = acts[-1]["items"], {row.id: row for row in exam_rows(made, catalog)}
    made["acts"].remove(acts[-1])
    for name in items:
        finding, row = find(made["input"], name), rows.get(name)
        if finding and row and finding.get("status") == checklist.normal_status(catalog.findings[row.finding]):
            answer(made["input"], row, "")
    if NORMAL in items:
        conclusion = made["input"].get("conclusion", {})
        conclusion["diagnoses"] = [d for d in conclusion.get("diagnoses", []) if d.get("code") != NORMAL]
    tidy(made["input"])
    return made


def open_rows(document: Mapping[str, Any], catalog: Catalog) -> list[Row]:
    """Rows nobody has answered: neither as a row, nor by a sign entered at the same place or at one that overlaps."""
    findings: Sequence[Mapping[str, Any]] = document["input"].get("findings", [])
    return [row for row in exam_rows(document, catalog) if not any(_answers(f, row, catalog) for f in findings)]


def _answers(finding: Mapping[str, Any], row: Row, catalog: Catalog) -> bool:
    if finding.get("id") == row.id or overlap.clash(_normal(row, catalog), finding, catalog):
        return True
    place = finding.get("site", {})
    if finding.get("finding") != row.finding or place.get("code") not in (row.site["code"], row.denied["code"]):
        return False
    side = row.site.get("laterality")
    beside = side is None or place.get("laterality") in (side, "bilateral")
    return row.site != row.denied or (beside and all(_same(place.get(k), row.site.get(k)) for k in _POINTS))


def _normal(row: Row, catalog: Catalog) -> Input:
    """What « normal » would say."""
    status = checklist.normal_status(catalog.findings[row.finding])
    place = row.site if status == "present" else row.denied
    return {"finding": row.finding, "status": status, "site": place}


def _same(one: Any, other: Any) -> bool:
    """Both empty, or the same once written (a number typed is a text)."""
    return str(one if one is not None else "") == str(other if other is not None else "")


def nothing_found(tree: Mapping[str, Any], catalog: Catalog) -> bool:
    """No sign is said present or doubtful, except signs of normality."""
    for finding in tree.get("findings", []):
        definition = catalog.findings.get(str(finding.get("finding")))
        normal = definition is not None and checklist.normal_status(definition) == "present"
        if finding.get("status") in ("present", "indeterminate") and not normal:
            return False
    return True
