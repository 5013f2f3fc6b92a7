"""The report as data: statements, what the rules found, and the sentences made of them.

A `Statement` is the smallest thing a report can say. It makes both the sentence and the Observation, so text and
codes cannot disagree (DESIGN §1).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from reporter.errors import Issue
from reporter.model.exam import AttributeValue, Evolution, Exam, Measure, Relation, Site
from reporter.model.quick import maker, quick

Value = Decimal | int | bool | str


@quick
@dataclass(frozen=True, slots=True)
class Origin:
    """entered (path = JSON pointer) · derived (rule) · proposed (rule)."""

    kind: str
    path: str = ""
    rule: str | None = None


make_origin = maker(Origin)


@quick
@dataclass(frozen=True, slots=True)
class Attribute:
    """A component: name as in FHIR_MAPPING §3 ("signal.T1", "severity", "uptake.phases", "orientation" …)."""

    name: str
    value: AttributeValue


make_attribute = maker(Attribute)


@quick
@dataclass(frozen=True, slots=True)
class Statement:
    """concept · site · status · attributes · measures · evolution · origin.

    kind:
      finding         concept = finding id; status present|absent|indeterminate|not_assessed
      dxa             concept = bmd|t_score|z_score|bmc|area|tbs|frax_major|frax_hip; value, unit; site.code = ROI
      prior_finding, prior_dxa   the same of an earlier exam; id = comparison/<prior id>/finding|dxa/…
      derived         concept = derived fact name; value (Decimal, int, bool or code), unit
      diagnosis       concept = diagnosis id; status = certainty
      recommendation  concept = recommendation id
      context         concept = pregnancy_status, gestational_weeks, lab.25OHD, risk_factor …; value, unit
      no_answer       concept as context; status = unknown|not_applicable: coded, never said
      order, technique, comparison   the request, the acquisition, one prior exam: FHIR resources of their own
      note            free text of the radiologist, uncoded; value = text, concept = section
    `source_id` is the id the user knows (a finding's id); a bilateral finding makes two statements with one source_id.
    `evidence` are statement ids.
    """

    id: str
    kind: str
    concept: str
    origin: Origin
    source_id: str = ""
    site: Site | None = None
    status: str | None = None
    value: Value | None = None
    unit: str | None = None
    attributes: tuple[Attribute, ...] = ()
    measures: tuple[Measure, ...] = ()
    evolution: Evolution | None = None
    relations: tuple[Relation, ...] = ()
    count: int | str | None = None
    comment: str | None = None
    evidence: tuple[str, ...] = ()

    def attribute(self, name: str) -> AttributeValue | None:
        """The first value of the named attribute."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value
        return None


make_statement = maker(Statement)


@quick
@dataclass(frozen=True, slots=True)
class Derived:
    """A fact computed by a derive rule, or proposed by a conclude rule.

    name: as DOMAIN_MODEL §10 for derive rules; for conclude rules the `derives` name of the rule entry.
    `evidence`: ids of input findings, or "dxa/<index>" of the measurement used.
    `params`: typed values the rule's French sentence needs beyond site and value (e.g. contents → "gas").
    """

    name: str
    rule: str
    value: Value
    unit: str | None = None
    site: Site | None = None
    evidence: tuple[str, ...] = ()
    params: tuple[Attribute, ...] = ()
    concluded: bool = False


make_derived = maker(Derived)


@quick
@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the rules said about one exam.

    issues: errors, warnings, information. fired: ids of every rule with an effect (warning, derive, conclude,
    recommend, lifted error_ov). proposed: recommendation code → the rule that proposes it.
    overridden: error_ov rule ids lifted.
    suppressed: conclude rules whose sentence the radiologist refused.
    """

    issues: tuple[Issue, ...] = ()
    fired: tuple[str, ...] = ()
    derived: tuple[Derived, ...] = ()
    proposed: tuple[tuple[str, str], ...] = ()
    overridden: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Issues that refuse the input."""
        return tuple(i for i in self.issues if i.severity == "error")


@quick
@dataclass(frozen=True, slots=True)
class Provenance:
    """What made the report."""

    engine_version: str
    catalog_version: str
    catalog_hash: str
    created: dt.datetime


@quick
@dataclass(frozen=True, slots=True)
class ReportData:
    """The report before any rendering. `identifier` is the business identifier ids are derived from."""

    exam: Exam
    assessment: Assessment
    statements: tuple[Statement, ...]
    provenance: Provenance
    identifier: str


class Sentence(NamedTuple):
    """One sentence, already typeset, and the statements it says.

    free = verbatim radiologist text, uncoded; edited = rewritten by the radiologist (« modifié »).
    """

    id: str
    section: str
    text: str
    statements: tuple[str, ...]
    rules: tuple[str, ...] = ()
    free: bool = False
    paragraph: int = 0
    edited: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Section:
    """title|indication|technique|comparison|findings|conclusion, in this order in a Narrative."""

    id: str
    heading: str
    sentences: tuple[Sentence, ...]

    def text(self) -> str:
        """Sentences of a paragraph joined by a space, paragraphs by a line feed."""
        lines: dict[int, list[str]] = {}
        for sentence in self.sentences:
            lines.setdefault(sentence.paragraph, []).append(sentence.text)
        return "\n".join(" ".join(parts) for parts in lines.values())


@dataclass(frozen=True, slots=True)
class Narrative:
    """The whole French text as sections of sentences."""

    sections: tuple[Section, ...]

    def section(self, section_id: str) -> Section:
        """Raise KeyError when there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)
