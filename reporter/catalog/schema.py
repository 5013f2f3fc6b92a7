"""What each section of the YAML tree may hold: unknown keys refused, types checked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Number = int | Decimal
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
    negative: str | None = None
    attach: Literal["de", "dans", "en regard de", "au contact de", "autour de"] | None = None
    modalities: list[str]
    conditional: dict[str, str] = {}
    rank: int
    sites: list[str] = []
    signals: dict[str, list[str]] = {}
    attributes: list[str] = []
    values_fr: dict[str, dict[str, str]] = {}
    measures: dict[str, tuple[str, Number, Number]] = {}
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
    laterality: Laterality
    regions: list[str]
    levels: str | list[str] = []
    level_attach: Literal["de", "bare", "en", "en regard de"] = "de"
    number_range: tuple[int, int] | None = None
    parts: list[str] = []
    joint: bool = False
    weight_bearing: bool = False
    seeds: list[int] = []


class Region(Noun):
    laterality: Laterality
    covers: list[str] = []
    levels: str | list[str] = []
    of_phrase: str | None = None


class Roi(Noun):
    laterality: Laterality
    diagnostic: bool = True


class Diagnosis(Noun):
    takes_site: bool = False
    support: list[str] = []
    is_a: str | None = None
    needs: str | None = None
    needs_comparison: bool = False
    dxa: bool = False
    templates: dict[str, str] = {}
    seeds: list[int] = []


class Recommendation(Entry):
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
    modality: str
    regions: list[str]
    label: Noun
    synonyms: list[str] = []
    technique_fields: list[str] = []
    required_technique: list[str] = []
    checklist: list[Item] = []
    raw: dict[str, Any] = {}


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
TABLES = ("severities", "dxa_measures", "vocabulary", "aliases", "version")
SECTIONS = (*ENTRIES, *LISTS, *TABLES)
