"""The input as pydantic models: one class per object of DOMAIN_MODEL §1–8, unknown keys refused.

Field names are those of `reporter.model.exam`, so that the builder copies them. A null in a list is an absent entry.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler

from reporter.intake.fields import (
    Count,
    Date,
    DxaNumber,
    Filled,
    Flag,
    KnownLevel,
    Level,
    Name,
    Number,
    Text,
    between,
    code,
    limited,
)


class _NoItem(list[Any]):
    """An empty list. Hashable, because pydantic copies any other default for each object it reads."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # a list says that it has none

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> Any:
        return handler(list[Any])


class _NoEntry(dict[Any, Any]):
    """An empty object, as `_NoItem`."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # a dict says that it has none

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> Any:
        return handler(dict[Any, Any])


NO_ITEM: Any = _NoItem()
NO_ENTRY: Any = _NoEntry()
Side = Annotated[str, code("laterality")]
Positive = Annotated[Decimal, between("0", "100000")]
Length = Annotated[Decimal, between("20", "260")]


class Input(BaseModel):
    """Base: unknown keys are errors, defaults are absence. Validators are built at the end, once for the whole tree."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class IdentifierInput(Input):
    """A business identifier."""

    value: Filled
    type: Text | None = None
    system: Text | None = None


class TreatmentInput(Input):
    """A drug class and since when."""

    drug_class: Annotated[str, code("treatment_class", free=True)] = Field(alias="class")
    since: Text | None = None


class LabInput(Input):
    """A laboratory value."""

    code: Annotated[str, code("lab", free=True)]
    value: Number
    unit: Filled


class PriorFractureInput(Input):
    """A known earlier fracture."""

    site: Annotated[str, code("place")]
    laterality: Side | None = None
    level: Level | None = None
    number: Annotated[int, between("1", "99", integer=True)] | None = None
    fragility: Flag | None = None
    date: Date | None = None


class ProcedureInput(Input):
    """A procedure already done."""

    type: Annotated[str, code("procedure")]
    site: Annotated[str, code("place")] | None = None
    level: Level | None = None
    laterality: Side | None = None
    date: Date | None = None
    approach: Annotated[str, code("approach")] | None = None
    guidance: Annotated[str, code("guidance")] | None = None
    device: Annotated[str, code("procedure_device")] | None = None
    cement_volume_ml: Annotated[Decimal, between("0", "100")] | None = None


class PatientInput(Input):
    """DOMAIN_MODEL §2."""

    sex: Annotated[str, code("sex")]
    id: Text | None = None
    name: Text | None = None
    family_name: Text | None = None
    given_names: list[Filled | None] = NO_ITEM
    identifiers: list[IdentifierInput | None] = NO_ITEM
    birth_date: Date | None = None
    age_years: Annotated[int, between("0", "120", integer=True)] | None = None
    pregnancy_status: Annotated[str, code("pregnancy_status")] | None = None
    gestational_weeks: Annotated[int, between("1", "43", integer=True)] | None = None
    postpartum_days: Annotated[int, between("0", "730", integer=True)] | None = None
    breastfeeding: Flag | None = None
    menopausal_status: Annotated[str, code("menopausal_status")] | None = None
    height_cm: Length | None = None
    height_at_20_cm: Length | None = None
    height_prior_cm: Length | None = None
    weight_kg: Annotated[Decimal, between("0", "500")] | None = None
    risk_factors: list[Annotated[str, code("risk_factor", free=True)] | None] = NO_ITEM
    treatments: list[TreatmentInput | None] = NO_ITEM
    labs: list[LabInput | None] = NO_ITEM
    prior_fractures: list[PriorFractureInput | None] = NO_ITEM
    procedures: list[ProcedureInput | None] = NO_ITEM


class RequesterInput(Input):
    """Who asks for the exam."""

    name: Text | None = None
    speciality: Text | None = None


class OrderInput(Input):
    """The request. An indication that is there but blank is left to the rules, so that they judge it as well."""

    indication: Text
    question: Text | None = None
    site: Annotated[str, code("place")] | None = None
    laterality: Side | None = None
    pain: Flag | None = None
    pain_refractory: Flag | None = None
    trauma: Flag | None = None
    pain_vas: Annotated[Decimal, between("0", "10")] | None = None
    suspicion: Annotated[str, code("suspicion")] | None = None
    on_treatment: Flag | None = None
    requester: RequesterInput | None = None
    identifier: Text | None = None


class SequenceInput(Input):
    """One MR sequence."""

    sequence: Annotated[str, code("sequence")]
    plane: Annotated[str, code("plane")] | None = None


class TechniqueInput(Input):
    """Fields of every modality; which ones a modality has is checked beside."""

    sequences: list[SequenceInput | None] = NO_ITEM
    planes: list[Annotated[str, code("plane")] | None] = NO_ITEM
    field_t: Annotated[Decimal, between("0", "20")] | None = None
    dual_energy: Flag | None = None
    slice_mm: Annotated[Decimal, between("0", "50")] | None = None
    views: list[Annotated[str, code("view")] | None] = NO_ITEM
    eos: Flag | None = None
    tracer: Annotated[str, code("tracer")] | None = None
    activity_mbq: Positive | None = None
    route: Text | None = None
    phases: list[Annotated[str, code("phase")] | None] = NO_ITEM
    whole_body: Flag | None = None
    spect: Flag | None = None
    spect_ct: Flag | None = None
    quantitative: Flag | None = None
    uptake_min: Annotated[Decimal, between("0", "1440")] | None = None
    ct: Flag | None = None
    device: Text | None = None
    software: Text | None = None
    reference_db: Text | None = None
    probe: Text | None = None


class ContrastInput(Input):
    """Whether something was injected."""

    given: Flag
    agent: Text | None = None
    volume_ml: Annotated[Decimal, between("0", "500")] | None = None


class DoseInput(Input):
    """Dosimetry."""

    ctdivol_mgy: Positive | None = None
    dlp_mgy_cm: Positive | None = None
    dap_mgy_cm2: Annotated[Decimal, between("0", "100000000")] | None = None


class OverrideInput(Input):
    """Who lifts which rule, and why."""

    rule: Annotated[str, code("rule")]
    reason: Filled
    by: Text | None = None


class StudyInput(Input):
    """The `exam` object."""

    modality: Annotated[str, code("modality", mark="modality@exam")]
    date: Date
    region: Annotated[str, code("region", mark="region@exam")]
    technique: TechniqueInput
    contrast: ContrastInput | None = None
    laterality: Side | None = None
    context: Annotated[str, code("context")] | None = None
    dose: DoseInput | None = None
    limitations: list[Filled | None] = NO_ITEM
    protocol_override: OverrideInput | None = None
    performer: Text | None = None
    performer_identifiers: list[IdentifierInput | None] = NO_ITEM
    organization: Text | None = None
    organization_identifiers: list[IdentifierInput | None] = NO_ITEM
    device: Text | None = None
    accession_number: Text | None = None
    study_uid: Text | None = None


class PriorSiteInput(Input):
    """Where a sign of an earlier exam was."""

    code: Annotated[str, code("site")]
    laterality: Side | None = None
    level: Level | None = None
    number: Annotated[int, between("0", "99", integer=True)] | None = None
    part: Text | None = None
    zones: list[Annotated[str, code("zone")] | None] = NO_ITEM


class SiteInput(PriorSiteInput):
    """Where a sign of this exam is."""

    code: Annotated[str, code("site", mark="site@exam")]


class UptakeInput(Input):
    """Nuclear medicine descriptors."""

    pattern: Annotated[str, code("uptake_pattern")] | None = None
    phases: list[Annotated[str, code("phase")] | None] = NO_ITEM


class EvolutionInput(Input):
    """Change against a prior exam."""

    change: Annotated[str, code("evolution")]
    compared_to: Filled | None = None


class RelationInput(Input):
    """A link to another finding."""

    type: Annotated[str, code("relation")]
    target: Filled


class MeasureInput(Input):
    """A quantity; name, unit and range are checked against the sign."""

    name: Filled
    value: Number
    unit: Filled


class PriorFindingInput(Input):
    """A sign of an earlier exam: as a finding, but it needs no id."""

    finding: Annotated[str, code("finding")]
    status: Annotated[str, code("status")]
    site: PriorSiteInput
    id: Name | None = None
    signal: dict[Annotated[str, code("sequence")], Annotated[str, code("signal")] | None] = NO_ENTRY
    density: Annotated[str, code("density")] | None = None
    uptake: UptakeInput | None = None
    morphology: dict[str, Any] = NO_ENTRY
    measures: list[MeasureInput | None] = NO_ITEM
    severity: Annotated[str, code("severity")] | None = None
    count: Count | None = None
    evolution: EvolutionInput | None = None
    relations: list[RelationInput | None] = NO_ITEM
    comment: Annotated[str, limited(200)] | None = None


class FindingInput(PriorFindingInput):
    """A sign of this exam."""

    id: Filled
    finding: Annotated[str, code("finding", mark="finding@exam")]
    site: SiteInput


class PriorBmdInput(Input):
    """The earlier measurement of one DXA region."""

    date: Date
    bmd: DxaNumber
    device: Text | None = None
    laterality: Side | None = None
    vertebrae_included: list[KnownLevel | None] = NO_ITEM


class ExcludedInput(Input):
    """A vertebra left out."""

    level: KnownLevel
    reason: Text | None = None


class MeasurementInput(Input):
    """One DXA region."""

    site: Annotated[str, code("roi")]
    laterality: Side | None = None
    bmd: DxaNumber | None = None
    bmc: Annotated[Decimal, between("0", "10000")] | None = None
    area: Annotated[Decimal, between("0", "10000")] | None = None
    t_score: DxaNumber | None = None
    z_score: DxaNumber | None = None
    vertebrae_included: list[KnownLevel | None] = NO_ITEM
    vertebrae_excluded: list[ExcludedInput | None] = NO_ITEM
    vertebra_t_scores: dict[KnownLevel, DxaNumber | None] = NO_ENTRY
    prior: PriorBmdInput | None = None


class DxaInput(Input):
    """Densitometry."""

    measurements: list[MeasurementInput | None] = Field(min_length=1)
    lsc: dict[Annotated[str, code("roi")], Annotated[Decimal, between("0", "1")] | None] = NO_ENTRY
    tbs: Annotated[Decimal, between("0", "3")] | None = None
    frax_major: Annotated[Decimal, between("0", "100")] | None = None
    frax_hip: Annotated[Decimal, between("0", "100")] | None = None


class PriorExamInput(Input):
    """An earlier exam."""

    id: Filled
    modality: Annotated[str, code("modality")]
    date: Date
    region: Annotated[str, code("region")]
    laterality: Side | None = None
    summary: Text | None = None
    findings: list[PriorFindingInput | None] = NO_ITEM
    dxa: DxaInput | None = None


class DiagnosisInput(Input):
    """One impression."""

    code: Annotated[str, code("diagnosis")]
    certainty: Annotated[str, code("certainty")]
    site: Annotated[str, code("place")] | None = None
    laterality: Side | None = None
    level: Level | None = None
    number: Annotated[int, between("0", "99", integer=True)] | None = None
    age: Annotated[str, code("attribute.age")] | None = None
    findings: list[Filled | None] = NO_ITEM


class ConclusionInput(Input):
    """What the radiologist concludes."""

    diagnoses: list[DiagnosisInput | None] = NO_ITEM
    differential: list[Annotated[str, code("diagnosis")] | None] = NO_ITEM
    recommendations: list[Annotated[str, code("recommendation")] | None] = NO_ITEM
    free_text: Annotated[str, limited(500)] | None = None
    suppress: list[Annotated[str, code("rule")] | None] = NO_ITEM


class FreeTextInput(Input):
    """Verbatim text of the radiologist by section."""

    indication: Text | None = None
    technique: Text | None = None
    comparison: Text | None = None
    findings: Text | None = None
    conclusion: Text | None = None


class ExamInput(Input):
    """The root."""

    schema_version: Annotated[str, code("schema_version")]
    patient: PatientInput
    order: OrderInput
    exam: StudyInput
    comparisons: list[PriorExamInput | None] = NO_ITEM
    findings: list[FindingInput | None] = NO_ITEM
    dxa: DxaInput | None = None
    conclusion: ConclusionInput = ConclusionInput()
    free_text: FreeTextInput = FreeTextInput()


ExamInput.model_rebuild()
