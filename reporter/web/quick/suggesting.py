"""Typed text → proposals, best first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.settings import Settings
from reporter.web.quick.candidates import Candidate, Made, made, token_of
from reporter.web.quick.context import Context
from reporter.web.quick.index import index_of
from reporter.web.quick.labels import label
from reporter.web.quick.matching import Path, readings
from reporter.web.quick.phrases import table
from reporter.web.quick.reading import read

_FAR = 0.4
_PLACE = ("code", "laterality", "level", "number", "part")


def suggest(
    text: str,
    exam_def: str,
    catalog: Catalog,
    draft_input: Mapping[str, Any] | None = None,
    *,
    settings: Settings | None = None,
    limit: int = 12,
) -> list[Candidate]:
    """What the text may mean in this exam. Nothing the catalogue refuses, no side and no level chosen for the user."""
    index = index_of(catalog)
    context = Context(catalog, catalog.exams[exam_def], draft_input or {})
    tokens = index.tokens(text)
    found: dict[str, tuple[float, Made, Path]] = {}
    for path in readings(tokens, index, context):
        reading = read(path.items)
        if reading is None or (path.unread and not reading.signs):
            continue
        for one in made(reading, index, context):
            key = repr(one.findings)
            score = path.score / len(tokens) + one.score
            if key not in found or found[key][0] < score:
                found[key] = (score, one, path)
    ranked = sorted(found.values(), key=lambda entry: -entry[0])
    best = [entry for entry in ranked if entry[0] >= ranked[0][0] - _FAR][:limit]
    return [_candidate(score, one, path, context, settings or Settings()) for score, one, path in best]


def _candidate(score: float, one: Made, path: Path, context: Context, settings: Settings) -> Candidate:
    words = table(context.catalog)["missing"]
    unread = (*path.unread, *one.spare)
    said = {f["finding"]: f for f in reversed(one.findings)}
    text = label([(said[sign], sites) for sign, sites in one.places], context.catalog, settings)
    missing_fr = [words[name] for name in one.missing] + [words["word"].format(v=word) for word in unread]
    return Candidate(
        label_fr=text,
        findings=one.findings,
        score=round(score, 4),
        missing=(*one.missing, *("word" for _ in unread)),
        missing_fr=tuple(missing_fr),
        updates=tuple(_known(finding, context) for finding in one.findings),
        token=token_of(repr(one.findings)),
        assumed=one.assumed,
    )


def _known(finding: Mapping[str, Any], context: Context) -> str | None:
    """The id of the finding of the draft that says the same sign at the same place."""
    for row in context.findings():
        site = row.get("site")
        if row.get("finding") != finding["finding"] or not isinstance(site, Mapping):
            continue
        if all(site.get(key) == finding.get("site", {}).get(key) for key in _PLACE):
            return str(row["id"]) if row.get("id") else None
    return None
