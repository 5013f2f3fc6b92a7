"""Views of a Narrative: plain text, and a standalone printable page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.errors import RenderError
from reporter.model.lifecycle import DRAFT, Lifecycle
from reporter.model.report import Narrative, ReportData, Section

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "report/report.html.j2"
_MOMENT = "%d/%m/%Y %H:%M %Z"


def to_text(narrative: Narrative, catalog: Catalog, lifecycle: Lifecycle = DRAFT) -> str:
    """Heading, then the section's paragraphs; one blank line between sections; then what followed the signature."""
    blocks = [f"{section.heading.upper()}\n{section.text()}" for section in narrative.sections]
    blocks += [f"{heading}\n{text}" for heading, text in _addenda(lifecycle, catalog)]
    blocks += ["\n".join(_signature(lifecycle, catalog))] if lifecycle.signature else []
    return "\n\n".join(blocks) + "\n"


def to_html(report: ReportData, narrative: Narrative, catalog: Catalog, lifecycle: Lifecycle = DRAFT) -> str:
    """One page without any outside resource; every text is escaped, every sentence has its id."""
    source = catalog.templates.get(TEMPLATE)
    if source is None:
        raise RenderError(f"Modèle de page absent : {TEMPLATE}")
    page = _template(source)
    return page.render(
        title=narrative.section("title").text(),
        sections=[_section(s) for s in narrative.sections],
        identity=list(_identity(report, catalog)),
        addenda=list(_addenda(lifecycle, catalog)),
        provenance=[*_signature(lifecycle, catalog), *_provenance(report, catalog)],
    )


def _addenda(lifecycle: Lifecycle, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Heading (date, author) and text of what was added after the signature."""
    words = catalog.lexicon.get("page", {})
    for addendum in lifecycle.addenda:
        date = addendum.time.strftime(_MOMENT).strip() if addendum.time else ""
        parts = [words["addendum"], *(p for p in (date, addendum.author) if p)]
        yield french.typeset(" · ".join(parts)), addendum.text


def _signature(lifecycle: Lifecycle, catalog: Catalog) -> Iterator[str]:
    """Status and version, then who signed and when; nothing for a draft."""
    words, signed = catalog.lexicon.get("page", {}), lifecycle.signature
    if signed is not None:
        yield french.typeset(words["version"].format(status=words["status"][lifecycle.status], n=lifecycle.version))
        yield french.typeset(words["signed"].format(name=signed.name, date=signed.time.strftime(_MOMENT).strip()))


@lru_cache(maxsize=8)
def _template(source: str) -> Template:
    from jinja2 import Environment, StrictUndefined  # a report that is never shown as a page needs no template engine

    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(source)


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
    date = made.created.strftime(_MOMENT).strip()
    digest = made.catalog_hash[:12]
    line = words["made"].format(engine=made.engine_version, catalog=made.catalog_version, hash=digest, date=date)
    yield french.typeset(line)
