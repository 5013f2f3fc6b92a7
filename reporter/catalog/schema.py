"""What each section of the YAML tree may hold: unknown keys refused, types checked."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Strict, TypeAdapter

Number = int | Decimal
Measure = Annotated[tuple[str, Number, Number], Strict(False)]
Gender = Literal["m", "f"]
Laterality = Literal["paired", "midline", "none"]


class Entry(BaseModel):
    """Base of every strict entry. `note` is for people, never read."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)
    note: str | None = None


class Noun(Entry):
    """A French noun phrase without article."""

    noun: str
    gender: Gender
    plural: str | None = None
    is_plural: bool = False
    h_aspire: bool = False
    side_gender: Literal["m", "f", "mp"] | None = None
    both: str | None = None
    traditional: str | None = None
    adjective: str | None = None
    synonyms: list[str] = []


class Finding(Noun):
    """A sign (see `FindingDef`)."""

    negative: str | None = None
    attach: Literal["de", "dans", "en regard de", "au contact de", "autour de"] | None = None
    modalities: list[str]
    conditional: dict[str, str] = {}
    rank: int
    sites: list[str] = []
    signals: dict[str, list[str]] = {}
    attributes: list[str] = []
    values_fr: dict[str, dict[str, str]] = {}
    measures: dict[str, Measure] = {}
    severities: list[str] = []
    severity_fr: dict[str, str] = {}
    evolution: bool = True
    evolution_fr: dict[str, str] = {}
    polarity: Literal["finding", "normality", "negative_only"] = "finding"
    needs_contrast: bool = False
    needs_procedure: bool = False
    needs_sequences: list[str] = []
    derived: bool = False
    modality_phrase: dict[str, str] = {}
    seeds: list[int] = []
    negative_template: str | None = None


class Site(Noun):
    """A body site (see `SiteDef`); levels may be a range « C1-L5 »."""

    laterality: Laterality
    regions: list[str]
    levels: str | list[str] = []
    level_attach: Literal["de", "bare", "en", "en regard de"] = "de"
    number_range: Annotated[tuple[int, int], Strict(False)] | None = None
    parts: list[str] = []
    contains: list[str] = []
    joint: bool = False
    weight_bearing: bool = False
    seeds: list[int] = []


class Region(Noun):
    """An exam region; covers: the regions it contains, all = every one."""

    laterality: Laterality
    covers: list[str] = []
    levels: str | list[str] = []
    of_phrase: str | None = None


class Roi(Noun):
    """A densitometric region of interest."""

    laterality: Laterality
    levels: str | list[str] = []
    diagnostic: bool = True


class Diagnosis(Noun):
    """An impression (see `DiagnosisDef`)."""

    takes_site: bool = False
    support: list[str] = []
    is_a: str | None = None
    needs: str | None = None
    needs_comparison: bool = False
    dxa: bool = False
    templates: dict[str, str] = {}
    seeds: list[int] = []


class Recommendation(Entry):
    """A French nominal sentence."""

    sentence: str
    seeds: list[int] = []


class Rule(Entry):
    """A rule: anything beyond these keys is kept for the rule engine."""

    model_config = ConfigDict(extra="allow", strict=True, arbitrary_types_allowed=True)
    id: str
    kind: Literal["error", "error_ov", "warning", "derive", "conclude", "recommend"]
    group: str
    message: str = ""
    source: str = ""
    message_override: str | None = None
    sentence: str | None = None
    recommends: str | None = None
    derives: str | None = None
    enabled: bool = True


class Item(Entry):
    """One line of a minimum data set."""

    finding: str
    sites: list[str] = []
    levels: str | None = None
    attributes: list[str] = []


class Exam(Entry):
    """An exam as data (see `ExamDef`)."""

    modality: str
    regions: list[str]
    label: Noun
    synonyms: list[str] = []
    technique_fields: list[str] = []
    required_technique: list[str] = []
    checklist: list[Item] = []
    raw: dict[str, Any] = {}


class Severity(Entry):
    """The adjective of one degree, by gender."""

    m: str
    f: str


Words = list[str | int]
TABLES: dict[str, Any] = {
    "severities": Severity,
    "dxa_measures": Measure,
    "vocabulary": Words,
    "aliases": dict[str, str],
}
ENTRIES: dict[str, type[Entry]] = {
    "findings": Finding,
    "sites": Site,
    "regions": Region,
    "zones": Noun,
    "dxa_rois": Roi,
    "diagnoses": Diagnosis,
    "recommendations": Recommendation,
    "evolutions": Noun,
    "rules": Rule,
    "exams": Exam,
}
LISTS = ("levels", "lumbar_fov", "differential_marrow_oedema")
SECTIONS = ("version", *ENTRIES, *LISTS, *TABLES)


@cache
def adapter(model: Any) -> TypeAdapter[Any]:
    """The strict validator of an entry type."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return TypeAdapter(model)
    return TypeAdapter(model, config=ConfigDict(strict=True, arbitrary_types_allowed=True))
