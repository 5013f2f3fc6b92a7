"""Typed catalogue entries: what a YAML entry becomes. Frozen; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A French noun phrase without article. `plural` None when it has none; `is_plural`: the noun is plural itself.

    `side_gender`: gender m|f (or mp = masculine plural) the side adjective agrees with; `both`: phrase after « des »
    for two sides. `h_aspire`: no elision. `adjective`: form used after a noun (zones: « sous-chondral »).
    """

    noun: str
    gender: str
    plural: str | None = None
    is_plural: bool = False
    h_aspire: bool = False
    side_gender: str | None = None
    both: str | None = None
    traditional: str | None = None
    adjective: str | None = None


@dataclass(frozen=True, slots=True)
class MeasureDef:
    """UCUM unit and plausible range of a measure."""

    name: str
    unit: str
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class FindingDef:
    """A sign. `attach`: de|dans|en regard de|au contact de|autour de or None (the noun already names the place).

    `modalities` without marks; `conditional` maps a modality to its condition ("CT": "dual_energy", "NM": "spect_ct").
    `signals`: sequence class T1|T2|FS|Gd → allowed values, first is canonical. `values_fr`: attribute → value → French
    (adjective or complement). `polarity`: finding|normality|negative_only. `evolution_fr`: change → replacing noun.
    """

    id: str
    lexeme: Lexeme
    negative: str
    attach: str | None
    modalities: frozenset[str]
    rank: int
    conditional: Mapping[str, str] = field(default_factory=lambda: _NONE)
    sites: tuple[str, ...] = ()
    signals: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    attributes: tuple[str, ...] = ()
    values_fr: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NONE)
    measures: Mapping[str, MeasureDef] = field(default_factory=lambda: _NONE)
    severities: tuple[str, ...] = ()
    severity_fr: Mapping[str, str] = field(default_factory=lambda: _NONE)
    evolution: bool = True
    evolution_fr: Mapping[str, str] = field(default_factory=lambda: _NONE)
    polarity: str = "finding"
    needs_contrast: bool = False
    needs_procedure: bool = False
    needs_sequences: tuple[str, ...] = ()
    derived: bool = False
    modality_phrase: Mapping[str, str] = field(default_factory=lambda: _NONE)
    synonyms: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    negative_template: str | None = None


@dataclass(frozen=True, slots=True)
class SiteDef:
    """A body site. laterality paired|midline|none. `level_attach`: de|bare|en|en regard de.

    `levels`: allowed levels in cranio-caudal order (discs "L4L5"), empty = none. `number_range` inclusive.
    `regions`: exam regions that contain it directly ("any", or "spine by level"). `contains`: ids of the sites inside
    it, or words of their `regions`.
    """

    id: str
    lexeme: Lexeme
    laterality: str
    regions: tuple[str, ...]
    levels: tuple[str, ...] = ()
    level_attach: str = "de"
    number_range: tuple[int, int] | None = None
    parts: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    joint: bool = False
    weight_bearing: bool = False
    synonyms: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionDef:
    """An exam region: `contains` is its transitive closure, itself included (every region for whole_body)."""

    id: str
    lexeme: Lexeme
    laterality: str
    contains: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    of_phrase: str | None = None


@dataclass(frozen=True, slots=True)
class RoiDef:
    """A DXA region of interest; `diagnostic`: may classify; `levels`: the vertebrae it measures."""

    id: str
    lexeme: Lexeme
    laterality: str
    diagnostic: bool = True
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiagnosisDef:
    """An impression. `support`: any of these findings (or "dxa_low") makes it tenable."""

    id: str
    lexeme: Lexeme
    takes_site: bool = False
    support: tuple[str, ...] = ()
    is_a: str | None = None
    needs: str | None = None
    needs_comparison: bool = False
    dxa: bool = False
    templates: Mapping[str, str] = field(default_factory=lambda: _NONE)
    synonyms: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RecommendationDef:
    """A recommendation: a French nominal sentence."""

    id: str
    sentence: str
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleDef:
    """A rule. kind error|error_ov|warning|derive|conclude|recommend. `raw` holds the whole YAML entry.

    `message`: French message (error, warning) with {placeholders}; `message_override`: Technique sentence of a lifted
    error_ov; `sentence`: French sentence of a derive/conclude rule; `source`: quote; `enabled`: off for group L.
    """

    id: str
    kind: str
    group: str
    message: str
    source: str
    file: str = ""
    line: int = 0
    message_override: str | None = None
    sentence: str | None = None
    recommends: str | None = None
    derives: str | None = None
    enabled: bool = True
    raw: Mapping[str, Any] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Coding:
    """One coding of another system. relation equivalent|broader|narrower|related|composed (code « a+b »).

    ship yes|licence|code_only. Only an equivalent coding may be sent as the same concept; the others are for the
    ConceptMap, with `note` as its comment.
    """

    system: str
    code: str
    display: str | None
    relation: str
    ship: str
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of the minimum data set of an exam (DOMAIN_MODEL §9)."""

    finding: str
    sites: tuple[str, ...] = ()
    levels: str | None = None
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExamDef:
    """An exam as data: modality × regions, French words for title and technique, fields, minimum data set.

    `label`: head of the title (« IRM », « Scanner »); `raw` keeps template strings for title, technique.
    """

    id: str
    modality: str
    regions: tuple[str, ...]
    label: Lexeme
    synonyms: tuple[str, ...] = ()
    technique_fields: tuple[str, ...] = ()
    required_technique: tuple[str, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The whole catalogue, indexed. `vocabulary`: name → allowed codes (modality, status, sequence, plane, view …).

    `lexicon`: free tree of French words for the narrative (terminology/lexicon/*.yaml merged by top-level key).
    `acts`: "modality/region/side" of an exam → (how it was acquired, code of the exam), from `codes`.
    `registry`: (system, code) → its display in that system, for every code with a source.
    `codes`: (kind, catalogue id) → codings; kinds of crosswalk.csv (finding, site, diagnosis, measure, attribute …).
    `evolutions`: change id → (Lexeme). `levels`: cranio-caudal order.
    `tables`: what was compiled from this catalogue (see `catalog.tables`); a copy of the catalogue starts anew.
    """

    version: str
    hash: str
    findings: Mapping[str, FindingDef]
    sites: Mapping[str, SiteDef]
    regions: Mapping[str, RegionDef]
    rois: Mapping[str, RoiDef]
    zones: Mapping[str, Lexeme]
    diagnoses: Mapping[str, DiagnosisDef]
    differential_oedema: tuple[str, ...]
    recommendations: Mapping[str, RecommendationDef]
    rules: Mapping[str, RuleDef]
    exams: Mapping[str, ExamDef]
    levels: tuple[str, ...]
    lumbar_fov: frozenset[str]
    evolutions: Mapping[str, Lexeme]
    severities: Mapping[str, Mapping[str, str]]
    dxa_measures: Mapping[str, MeasureDef]
    vocabulary: Mapping[str, tuple[str, ...]]
    lexicon: Mapping[str, Any]
    codes: Mapping[tuple[str, str], tuple[Coding, ...]] = field(default_factory=dict)
    registry: Mapping[tuple[str, str], str] = field(default_factory=dict)
    acts: Mapping[str, tuple[tuple[str, Coding], ...]] = field(default_factory=dict)
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NONE)
    templates: Mapping[str, str] = field(default_factory=lambda: _NONE)
    tables: dict[Any, dict[Any, Any]] = field(default_factory=dict, init=False, compare=False, repr=False)
