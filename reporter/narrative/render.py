"""Views of a Narrative: plain text, and a standalone printable page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from jinja2 import Environment, StrictUndefined

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.errors import RenderError
from reporter.model.report import Narrative, ReportData, Section

TEMPLATE = "report/report.html.j2"


def to_text(narrative: Narrative) -> str:
    """Heading, then the section's paragraphs; one blank line between sections."""
    blocks = [f"{section.heading.upper()}\n{section.text()}" for section in narrative.sections]
    return "\n\n".join(blocks) + "\n"


def to_html(report: ReportData, narrative: Narrative, catalog: Catalog) -> str:
    """One page without any outside resource; every text is escaped, every sentence has its id."""
    source = catalog.templates.get(TEMPLATE)
    if source is None:
        raise RenderError(f"Modèle de page absent : {TEMPLATE}")
    page = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(source)
    return page.render(
        title=narrative.section("title").text(),
        sections=[_section(s) for s in narrative.sections],
        identity=list(_identity(report, catalog)),
        provenance=list(_provenance(report, catalog)),
    )


def _section(section: Section) -> dict[str, Any]:
    ordered = sorted(section.sentences, key=lambda s: s.paragraph)
    paragraphs = [list(group) for _, group in groupby(ordered, key=lambda s: s.paragraph)]
    return {"id": section.id, "heading": section.heading, "sentences": section.sentences, "paragraphs": paragraphs}


def _identity(report: ReportData, catalog: Catalog) -> Iterator[str]:
    """Who, when: layout, not narrative (STYLE §1). Nothing is printed that was not given."""
    words = catalog.lexicon.get("page", {})
    patient, study = report.exam.patient, report.exam.study
    name = patient.name or " ".join(p for p in (patient.family_name, *patient.given_names) if p)
    known = {
        "patient": name,
        "patient_id": patient.id,
        "birth_date": french.date_fr(patient.birth_date) if patient.birth_date else None,
        "age": patient.age_years,
        "sex": words.get("sexes", {}).get(patient.sex),
        "exam_date": french.date_fr(study.date),
        "requester": report.exam.order.requester_name,
        "performer": study.performer,
        "organization": study.organization,
        "accession": study.accession_number,
    }
    for key, value in known.items():
        if value not in (None, ""):
            yield french.typeset(words["lines"][key].format(v=value))


def _provenance(report: ReportData, catalog: Catalog) -> Iterator[str]:
    words = catalog.lexicon.get("page", {})
    made = report.provenance
    date = made.created.strftime("%d/%m/%Y %H:%M %Z").strip()
    digest = made.catalog_hash[:12]
    line = words["made"].format(engine=made.engine_version, catalog=made.catalog_version, hash=digest, date=date)
    yield french.typeset(line)
