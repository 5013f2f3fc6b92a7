"""The input as pydantic models: one class per object of DOMAIN_MODEL §1–8, unknown keys refused.

Field names are those of `reporter.model.exam`, so that the builder copies them. A null in a list is an absent entry.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reporter.intake.fields import (
    Count,
    Date,
    DxaNumber,
    Filled,
    Flag,
    KnownLevel,
    Level,
    Number,
    Text,
    between,
    code,
    limited,
    optional,
)

Side = code("laterality")
Positive = between("0", "100000")
Length = between("20", "260")


class Input(BaseModel):
    """Base: unknown keys are errors, defaults are absence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IdentifierInput(Input):
    """A business identifier."""

    value: Filled
    type: Text | None = None
    system: Text | None = None


class TreatmentInput(Input):
    """A drug class and since when."""

    drug_class: Filled = Field(alias="class")
    since: Text | None = None


class LabInput(Input):
    """A laboratory value."""

    code: Filled
    value: Number
    unit: Filled


class PriorFractureInput(Input):
    """A known earlier fracture."""

    site: code("place")
    laterality: Side | None = None
    level: Level | None = None
    number: between("1", "99", integer=True) | None = None
    fragility: Flag | None = None
    date: Date | None = None


class ProcedureInput(Input):
    """A procedure already done."""

    type: code("procedure")
    site: code("place") | None = None
    level: Level | None = None
    laterality: Side | None = None
    date: Date | None = None
    approach: code("approach") | None = None
    guidance: code("guidance") | None = None
    device: code("procedure_device") | None = None
    cement_volume_ml: between("0", "100") | None = None


class PatientInput(Input):
    """DOMAIN_MODEL §2."""

    sex: code("sex")
    id: Text | None = None
    name: Text | None = None
    family_name: Text | None = None
    given_names: list[Filled | None] = []
    identifiers: list[IdentifierInput | None] = []
    birth_date: Date | None = None
    age_years: between("0", "120", integer=True) | None = None
    pregnancy_status: code("pregnancy_status") | None = None
    gestational_weeks: between("1", "43", integer=True) | None = None
    postpartum_days: between("0", "730", integer=True) | None = None
    breastfeeding: Flag | None = None
    menopausal_status: code("menopausal_status") | None = None
    height_cm: Length | None = None
    height_at_20_cm: Length | None = None
    height_prior_cm: Length | None = None
    weight_kg: between("0", "500") | None = None
    risk_factors: list[Filled | None] = []
    treatments: list[TreatmentInput | None] = []
    labs: list[LabInput | None] = []
    prior_fractures: list[PriorFractureInput | None] = []
    procedures: list[ProcedureInput | None] = []


class RequesterInput(Input):
    """Who asks for the exam."""

    name: Text | None = None
    speciality: Text | None = None


class OrderInput(Input):
    """The request."""

    indication: Filled
    question: Text | None = None
    site: code("place") | None = None
    laterality: Side | None = None
    pain: Flag | None = None
    pain_refractory: Flag | None = None
    trauma: Flag | None = None
    pain_vas: between("0", "10") | None = None
    suspicion: code("suspicion") | None = None
    on_treatment: Flag | None = None
    requester: RequesterInput | None = None
    identifier: Text | None = None


class SequenceInput(Input):
    """One MR sequence."""

    sequence: code("sequence")
    plane: code("plane") | None = None


class TechniqueInput(Input):
    """Fields of every modality; which ones a modality has is checked beside."""

    sequences: list[SequenceInput | None] = []
    planes: list[code("plane") | None] = []
    field_t: between("0", "20") | None = None
    dual_energy: Flag | None = None
    slice_mm: between("0", "50") | None = None
    views: list[code("view") | None] = []
    eos: Flag | None = None
    tracer: code("tracer") | None = None
    activity_mbq: Positive | None = None
    route: Text | None = None
    phases: list[code("phase") | None] = []
    whole_body: Flag | None = None
    spect: Flag | None = None
    spect_ct: Flag | None = None
    quantitative: Flag | None = None
    uptake_min: between("0", "1440") | None = None
    ct: Flag | None = None
    device: Text | None = None
    software: Text | None = None
    reference_db: Text | None = None
    probe: Text | None = None


class ContrastInput(Input):
    """Whether something was injected."""

    given: Flag
    agent: Text | None = None
    volume_ml: between("0", "500") | None = None


class DoseInput(Input):
    """Dosimetry."""

    ctdivol_mgy: Positive | None = None
    dlp_mgy_cm: Positive | None = None
    dap_mgy_cm2: between("0", "100000000") | None = None


class OverrideInput(Input):
    """Who lifts which rule, and why."""

    rule: code("rule")
    reason: Filled
    by: Text | None = None


class StudyInput(Input):
    """The `exam` object."""

    modality: code("modality", mark="modality@exam")
    date: Date
    region: code("region", mark="region@exam")
    technique: TechniqueInput
    contrast: ContrastInput | None = None
    laterality: Side | None = None
    context: code("context") | None = None
    dose: DoseInput | None = None
    limitations: list[Filled | None] = []
    protocol_override: OverrideInput | None = None
    performer: Text | None = None
    performer_identifiers: list[IdentifierInput | None] = []
    organization: Text | None = None
    organization_identifiers: list[IdentifierInput | None] = []
    device: Text | None = None
    accession_number: Text | None = None
    study_uid: Text | None = None


class PriorSiteInput(Input):
    """Where a sign of an earlier exam was."""

    code: code("site")
    laterality: Side | None = None
    level: Level | None = None
    number: between("0", "99", integer=True) | None = None
    part: Text | None = None
    zones: list[code("zone") | None] = []


class SiteInput(PriorSiteInput):
    """Where a sign of this exam is."""

    code: code("site", mark="site@exam")


class UptakeInput(Input):
    """Nuclear medicine descriptors."""

    pattern: code("uptake_pattern") | None = None
    phases: list[code("phase") | None] = []


class EvolutionInput(Input):
    """Change against a prior exam."""

    change: code("evolution")
    compared_to: Filled | None = None


class RelationInput(Input):
    """A link to another finding."""

    type: code("relation")
    target: Filled


class MeasureInput(Input):
    """A quantity; name, unit and range are checked against the sign."""

    name: Filled
    value: Number
    unit: Filled


class PriorFindingInput(Input):
    """A sign of an earlier exam: as a finding, but it needs no id."""

    finding: code("finding")
    status: code("status")
    site: PriorSiteInput
    id: Text | None = None
    signal: dict[code("sequence"), code("signal") | None] = {}
    density: code("density") | None = None
    uptake: UptakeInput | None = None
    morphology: dict[str, Any] = {}
    measures: list[MeasureInput | None] = []
    severity: code("severity") | None = None
    count: Count | None = None
    evolution: EvolutionInput | None = None
    relations: list[RelationInput | None] = []
    comment: limited(200) | None = None


class FindingInput(PriorFindingInput):
    """A sign of this exam."""

    id: Filled
    finding: code("finding", mark="finding@exam")
    site: SiteInput


class PriorBmdInput(Input):
    """The earlier measurement of one DXA region."""

    date: Date
    bmd: DxaNumber
    device: Text | None = None
    laterality: Side | None = None
    vertebrae_included: list[KnownLevel | None] = []


class ExcludedInput(Input):
    """A vertebra left out."""

    level: KnownLevel
    reason: Text | None = None


class MeasurementInput(Input):
    """One DXA region."""

    site: code("roi")
    laterality: Side | None = None
    bmd: DxaNumber | None = None
    bmc: between("0", "10000") | None = None
    area: between("0", "10000") | None = None
    t_score: DxaNumber | None = None
    z_score: DxaNumber | None = None
    vertebrae_included: list[KnownLevel | None] = []
    vertebrae_excluded: list[ExcludedInput | None] = []
    vertebra_t_scores: dict[KnownLevel, DxaNumber | None] = {}
    prior: PriorBmdInput | None = None


class DxaInput(Input):
    """Densitometry."""

    measurements: list[MeasurementInput | None] = Field(min_length=1)
    lsc: dict[code("roi"), between("0", "1") | None] = {}
    tbs: between("0", "3") | None = None
    frax_major: between("0", "100") | None = None
    frax_hip: between("0", "100") | None = None


class PriorExamInput(Input):
    """An earlier exam."""

    id: Filled
    modality: code("modality")
    date: Date
    region: code("region")
    laterality: Side | None = None
    summary: Text | None = None
    findings: list[PriorFindingInput | None] = []
    dxa: DxaInput | None = None


class DiagnosisInput(Input):
    """One impression."""

    code: code("diagnosis")
    certainty: code("certainty")
    site: code("place") | None = None
    laterality: Side | None = None
    level: Level | None = None
    number: between("0", "99", integer=True) | None = None
    age: code("fracture_age") | None = None
    findings: list[Filled | None] = []


class ConclusionInput(Input):
    """What the radiologist concludes."""

    diagnoses: list[DiagnosisInput | None] = []
    differential: list[code("diagnosis") | None] = []
    recommendations: list[code("recommendation") | None] = []
    free_text: limited(500) | None = None
    suppress: list[code("rule") | None] = []


class FreeTextInput(Input):
    """Verbatim text of the radiologist by section."""

    indication: Text | None = None
    technique: Text | None = None
    comparison: Text | None = None
    findings: Text | None = None
    conclusion: Text | None = None


class ExamInput(Input):
    """The root."""

    schema_version: Filled
    patient: PatientInput
    order: OrderInput
    exam: StudyInput
    comparisons: list[PriorExamInput | None] = []
    findings: list[FindingInput | None] = optional(default_factory=list)
    dxa: DxaInput | None = None
    conclusion: ConclusionInput = ConclusionInput()
    free_text: FreeTextInput = FreeTextInput()
