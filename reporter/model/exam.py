"""The structured input, frozen (DOMAIN_MODEL §1–8). No French, no I/O, `Decimal` everywhere.

Absent is `None` or an empty tuple, never a default that asserts something.
Every entry carries `path`, the JSON pointer where the user gave it, so that messages can point at it.
Mappings are read-only views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from reporter.model.dates import PartialDate
from reporter.model.quick import maker, quick

AttributeValue = str | bool | Decimal
EMPTY: Mapping[str, str] = MappingProxyType({})
EMPTY_ATTRIBUTES: Mapping[str, AttributeValue] = MappingProxyType({})


@quick
@dataclass(frozen=True, slots=True)
class Site:
    """Where: catalogue site id and its coordinates. level "L1" or "L4L5"; laterality left|right|bilateral."""

    code: str
    laterality: str | None = None
    level: str | None = None
    number: int | None = None
    part: str | None = None
    zones: tuple[str, ...] = ()

    def on(self, side: str) -> Site:
        """The same place, of one side."""
        return make_site(self.code, side, self.level, self.number, self.part, self.zones)


make_site = maker(Site)


@quick
@dataclass(frozen=True, slots=True)
class Measure:
    """A measured quantity in the catalogue's own UCUM unit ("cc" is already "mL")."""

    name: str
    value: Decimal
    unit: str


@quick
@dataclass(frozen=True, slots=True)
class Uptake:
    """Nuclear medicine descriptors: pattern focal|diffuse|linear|h_shaped; phases flow|blood_pool|delayed."""

    pattern: str | None = None
    phases: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Evolution:
    """Change against a named prior exam (`compared_to` = PriorExam.id)."""

    change: str
    compared_to: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Relation:
    """abuts|continuous_with|facing|within|associated → id of another finding."""

    type: str
    target: str


@quick
@dataclass(frozen=True, slots=True)
class Finding:
    """One sign at one site (DOMAIN_MODEL §5); status present|absent|indeterminate|not_assessed."""

    id: str
    finding: str
    status: str
    site: Site
    path: str
    signal: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    density: str | None = None
    uptake: Uptake | None = None
    morphology: Mapping[str, AttributeValue] = field(default_factory=lambda: EMPTY_ATTRIBUTES)
    measures: tuple[Measure, ...] = ()
    severity: str | None = None
    count: int | str | None = None
    evolution: Evolution | None = None
    relations: tuple[Relation, ...] = ()
    comment: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Lab:
    """A laboratory context value (25OHD, ALP, CRP and others)."""

    code: str
    value: Decimal
    unit: str
    path: str


@quick
@dataclass(frozen=True, slots=True)
class Treatment:
    """Context only: a drug class and since when; never prescribed by us."""

    drug_class: str
    path: str
    since: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class PriorFracture:
    """A known earlier fracture."""

    site: str
    path: str
    laterality: str | None = None
    level: str | None = None
    number: int | None = None
    fragility: bool | None = None
    date: PartialDate | None = None


@quick
@dataclass(frozen=True, slots=True)
class PastProcedure:
    """A vertebroplasty, kyphoplasty, sacroplasty, fixation … already done."""

    type: str
    path: str
    site: str | None = None
    level: str | None = None
    laterality: str | None = None
    date: PartialDate | None = None
    approach: str | None = None
    guidance: str | None = None
    device: str | None = None
    cement_volume_ml: Decimal | None = None


@quick
@dataclass(frozen=True, slots=True)
class Identifier:
    """A business identifier as received (INS, IPP, RPPS, FINESS …): `type` is the short code of the field."""

    value: str
    type: str | None = None
    system: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Patient:
    """DOMAIN_MODEL §2. Exactly one of birth_date / age_years may be missing."""

    sex: str
    id: str | None = None
    name: str | None = None
    family_name: str | None = None
    given_names: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    birth_date: PartialDate | None = None
    age_years: int | None = None
    pregnancy_status: str | None = None
    gestational_weeks: int | None = None
    postpartum_days: int | None = None
    breastfeeding: bool | None = None
    menopausal_status: str | None = None
    height_cm: Decimal | None = None
    height_at_20_cm: Decimal | None = None
    height_prior_cm: Decimal | None = None
    weight_kg: Decimal | None = None
    risk_factors: tuple[str, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    labs: tuple[Lab, ...] = ()
    prior_fractures: tuple[PriorFracture, ...] = ()
    procedures: tuple[PastProcedure, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Order:
    """The request (DOMAIN_MODEL §3)."""

    indication: str
    question: str | None = None
    site: str | None = None
    laterality: str | None = None
    pain: bool | None = None
    pain_refractory: bool | None = None
    trauma: bool | None = None
    pain_vas: Decimal | None = None
    suspicion: str | None = None
    on_treatment: bool | None = None
    requester_name: str | None = None
    requester_speciality: str | None = None
    identifier: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Sequence:
    """One MR sequence in one plane; sequence T1·T2·PD·T2FS·STIR·PDFS·DIXON_W·T1GD·T1GDFS·GRE."""

    sequence: str
    plane: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Technique:
    """Union of the technique fields of DOMAIN_MODEL §4.1; those of other modalities stay empty."""

    sequences: tuple[Sequence, ...] = ()
    planes: tuple[str, ...] = ()
    field_t: Decimal | None = None
    dual_energy: bool | None = None
    slice_mm: Decimal | None = None
    views: tuple[str, ...] = ()
    eos: bool | None = None
    tracer: str | None = None
    activity_mbq: Decimal | None = None
    route: str | None = None
    phases: tuple[str, ...] = ()
    whole_body: bool | None = None
    spect: bool | None = None
    spect_ct: bool | None = None
    quantitative: bool | None = None
    uptake_min: Decimal | None = None
    ct: bool | None = None
    device: str | None = None
    software: str | None = None
    reference_db: str | None = None
    probe: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Contrast:
    """`given` is always an explicit act."""

    given: bool
    agent: str | None = None
    volume_ml: Decimal | None = None


@quick
@dataclass(frozen=True, slots=True)
class Dose:
    """Dosimetry: CTDIvol mGy, DLP mGy·cm, DAP mGy·cm²."""

    ctdivol_mgy: Decimal | None = None
    dlp_mgy_cm: Decimal | None = None
    dap_mgy_cm2: Decimal | None = None


@quick
@dataclass(frozen=True, slots=True)
class ProtocolOverride:
    """Lifts an `error_ov` rule: rule id, reason, name of who decided."""

    rule: str
    reason: str
    by: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Study:
    """The `exam` object of the input (DOMAIN_MODEL §4)."""

    modality: str
    date: PartialDate
    region: str
    technique: Technique
    contrast: Contrast | None = None
    laterality: str | None = None
    context: str | None = None
    dose: Dose | None = None
    limitations: tuple[str, ...] = ()
    protocol_override: ProtocolOverride | None = None
    performer: str | None = None
    performer_identifiers: tuple[Identifier, ...] = ()
    organization: str | None = None
    organization_identifiers: tuple[Identifier, ...] = ()
    device: str | None = None
    accession_number: str | None = None
    study_uid: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class PriorBmd:
    """The earlier measurement of one DXA region."""

    date: PartialDate
    bmd: Decimal
    path: str
    device: str | None = None
    laterality: str | None = None
    vertebrae_included: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class ExcludedVertebra:
    """A lumbar level left out of the measure; `reason` is a code or French text."""

    level: str
    path: str
    reason: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class DxaMeasurement:
    """One region of interest (DOMAIN_MODEL §7): bmd g/cm2, scores in SD."""

    site: str
    path: str
    laterality: str | None = None
    bmd: Decimal | None = None
    bmc: Decimal | None = None
    area: Decimal | None = None
    t_score: Decimal | None = None
    z_score: Decimal | None = None
    vertebrae_included: tuple[str, ...] = ()
    vertebrae_excluded: tuple[ExcludedVertebra, ...] = ()
    vertebra_t_scores: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    prior: PriorBmd | None = None


@quick
@dataclass(frozen=True, slots=True)
class Dxa:
    """The densitometry part of an exam."""

    measurements: tuple[DxaMeasurement, ...]
    lsc: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    tbs: Decimal | None = None
    frax_major: Decimal | None = None
    frax_hip: Decimal | None = None


@quick
@dataclass(frozen=True, slots=True)
class PriorExam:
    """An earlier exam used for comparison (DOMAIN_MODEL §6)."""

    id: str
    modality: str
    date: PartialDate
    region: str
    path: str
    laterality: str | None = None
    summary: str | None = None
    findings: tuple[Finding, ...] = ()
    dxa: Dxa | None = None


@quick
@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One impression of the radiologist with its certainty."""

    code: str
    certainty: str
    path: str
    site: Site | None = None
    age: str | None = None
    findings: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the radiologist concludes (DOMAIN_MODEL §8)."""

    diagnoses: tuple[Diagnosis, ...] = ()
    differential: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    free_text: str | None = None
    suppress: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Exam:
    """The whole input. `free_text`: section (indication|technique|comparison|findings|conclusion) → verbatim text."""

    schema_version: str
    patient: Patient
    order: Order
    study: Study
    comparisons: tuple[PriorExam, ...] = ()
    findings: tuple[Finding, ...] = ()
    dxa: Dxa | None = None
    conclusion: Conclusion = Conclusion()
    free_text: Mapping[str, str] = field(default_factory=lambda: EMPTY)
