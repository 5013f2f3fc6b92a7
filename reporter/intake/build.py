"""Validated models → the frozen Exam. Names match, so most fields are copied; only nesting is spelled out.

What was not given is not copied: the defaults of the Exam say the same as those of the models, absence.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel

from reporter.intake import models
from reporter.intake.given import Given, given
from reporter.intake.values import is_blank
from reporter.model import exam as model

T = TypeVar("T")
R = TypeVar("R")


def build(source: Given | models.ExamInput) -> model.Exam:
    """The whole exam."""
    entry: Given = source if isinstance(source, dict) else given(source)
    return model.Exam(
        schema_version=entry["schema_version"],
        patient=_patient(entry["patient"]),
        order=_order(entry["order"]),
        study=_study(entry["exam"]),
        comparisons=_each(entry.get("comparisons"), "/comparisons", _prior),
        findings=_each(entry.get("findings"), "/findings", _finding),
        dxa=_one(entry, "dxa", _dxa, "/dxa"),
        conclusion=_conclusion(entry.get("conclusion", {})),
        free_text=_free_text(entry.get("free_text", {})),
    )


def _said(value: Any) -> Any:
    """A blank text where there may be none is an absent one."""
    return None if isinstance(value, str) and not value[:1].isalnum() and is_blank(value) else value


def _entries(items: list[Any]) -> tuple[Any, ...]:
    """Without the absent ones."""
    return tuple([item for item in items if item is not None])


def _view(items: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType({key: item for key, item in items.items() if item is not None})


def _reader(field: Any, annotation: Any) -> Callable[[Any], Any] | None:
    """How the value of a field is frozen; None for one that is copied as it is."""
    if get_origin(annotation) in (list, dict):
        return _entries if get_origin(annotation) is list else _view
    texts = any(a is str or get_args(a)[:1] == (str,) for a in get_args(annotation))
    return _said if field.default is None and texts else None


def _copier(kind: type[T], source: type[BaseModel], *nested: str) -> Callable[..., T]:
    """A function that copies the fields both have and that were given; the `nested` ones come as arguments."""
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]  # mypy wants a dataclass type
    known = {
        name: _reader(fields[name], given.annotation)
        for name, given in source.model_fields.items()
        if name in fields and name not in nested
    }

    def copy(entry: Given, **made: Any) -> T:
        for name, value in entry.items():
            if name in known:
                read = known[name]
                made[name] = value if read is None else read(value)
        return kind(**made)

    return copy


def _each(items: list[Any] | None, at: str, make: Callable[[Any, str], R]) -> tuple[R, ...]:
    """One result per entry; an absent entry keeps its index, so paths stay those of the input."""
    return tuple([make(item, f"{at}/{index}") for index, item in enumerate(items) if item is not None]) if items else ()


def _plain(kind: type[T], source: type[BaseModel]) -> Callable[[Any, str], T]:
    """An object copied as it is."""
    copy = _copier(kind, source)
    return lambda entry, _at: copy(entry)


def _pointed(kind: type[T], source: type[BaseModel]) -> Callable[[Any, str], T]:
    """An object copied with its path."""
    copy = _copier(kind, source)
    return lambda entry, at: copy(entry, path=at)


_identifier = _plain(model.Identifier, models.IdentifierInput)
_treatment = _pointed(model.Treatment, models.TreatmentInput)
_lab = _pointed(model.Lab, models.LabInput)
_prior_fracture = _pointed(model.PriorFracture, models.PriorFractureInput)
_procedure = _pointed(model.PastProcedure, models.ProcedureInput)
_sequence = _plain(model.Sequence, models.SequenceInput)
_measure = _plain(model.Measure, models.MeasureInput)
_relation = _plain(model.Relation, models.RelationInput)
_excluded = _pointed(model.ExcludedVertebra, models.ExcludedInput)
_contrast = _copier(model.Contrast, models.ContrastInput)
_dose = _copier(model.Dose, models.DoseInput)
_override = _copier(model.ProtocolOverride, models.OverrideInput)
_site = _copier(model.Site, models.PriorSiteInput)
_uptake = _copier(model.Uptake, models.UptakeInput)
_evolution = _copier(model.Evolution, models.EvolutionInput)
_prior_bmd = _copier(model.PriorBmd, models.PriorBmdInput)
_copy_patient = _copier(
    model.Patient, models.PatientInput, "identifiers", "treatments", "labs", "prior_fractures", "procedures"
)
_copy_order = _copier(model.Order, models.OrderInput)
_copy_study = _copier(
    *(model.Study, models.StudyInput, "technique", "contrast", "dose", "protocol_override"),
    *("performer_identifiers", "organization_identifiers"),
)
_copy_technique = _copier(model.Technique, models.TechniqueInput, "sequences", "planes")
_copy_prior = _copier(model.PriorExam, models.PriorExamInput, "findings", "dxa")
_copy_finding = _copier(
    model.Finding, models.PriorFindingInput, "id", "site", "uptake", "measures", "evolution", "relations"
)
_copy_dxa = _copier(model.Dxa, models.DxaInput, "measurements")
_copy_measurement = _copier(model.DxaMeasurement, models.MeasurementInput, "vertebrae_excluded", "prior")
_copy_conclusion = _copier(model.Conclusion, models.ConclusionInput, "diagnoses")
_copy_diagnosis = _copier(model.Diagnosis, models.DiagnosisInput, "site")


def _one(entry: Given, key: str, make: Callable[..., R], *at: str) -> R | None:
    """An object that may be absent."""
    value = entry.get(key)
    return None if value is None else make(value, *at)


def _patient(entry: Given) -> model.Patient:
    return _copy_patient(
        entry,
        identifiers=_each(entry.get("identifiers"), "", _identifier),
        treatments=_each(entry.get("treatments"), "/patient/treatments", _treatment),
        labs=_each(entry.get("labs"), "/patient/labs", _lab),
        prior_fractures=_each(entry.get("prior_fractures"), "/patient/prior_fractures", _prior_fracture),
        procedures=_each(entry.get("procedures"), "/patient/procedures", _procedure),
    )


def _order(entry: Given) -> model.Order:
    requester = entry.get("requester")
    if not requester:
        return _copy_order(entry)
    name, speciality = requester.get("name"), requester.get("speciality")
    return _copy_order(entry, requester_name=_said(name), requester_speciality=_said(speciality))


def _study(entry: Given) -> model.Study:
    return _copy_study(
        entry,
        technique=_technique(entry["technique"]),
        contrast=_one(entry, "contrast", _contrast),
        dose=_one(entry, "dose", _dose),
        protocol_override=_one(entry, "protocol_override", _override),
        performer_identifiers=_each(entry.get("performer_identifiers"), "", _identifier),
        organization_identifiers=_each(entry.get("organization_identifiers"), "", _identifier),
    )


def _technique(entry: Given) -> model.Technique:
    """The planes are those given, or else those of the sequences."""
    sequences = _each(entry.get("sequences"), "", _sequence)
    planes = _entries(entry.get("planes", ())) or tuple(dict.fromkeys([s.plane for s in sequences if s.plane]))
    return _copy_technique(entry, sequences=sequences, planes=planes)


def _prior(entry: Given, at: str) -> model.PriorExam:
    return _copy_prior(
        entry,
        path=at,
        findings=_each(entry.get("findings"), f"{at}/findings", _prior_finding(entry["id"])),
        dxa=_one(entry, "dxa", _dxa, f"{at}/dxa"),
    )


def _prior_finding(prior_id: str) -> Callable[[Given, str], model.Finding]:
    """A sign of an earlier exam is named after that exam when it has no id of its own."""

    def make(entry: Given, at: str) -> model.Finding:
        return _finding(entry, at, entry.get("id") or f"{prior_id}/{at.rpartition('/')[2]}")

    return make


def _finding(entry: Given, at: str, name: str | None = None) -> model.Finding:
    return _copy_finding(
        entry,
        path=at,
        id=name or entry["id"],
        site=_site(entry["site"]),
        uptake=_one(entry, "uptake", _uptake),
        measures=_each(entry.get("measures"), "", _measure),
        evolution=_one(entry, "evolution", _evolution),
        relations=_each(entry.get("relations"), "", _relation),
    )


def _dxa(entry: Given, at: str) -> model.Dxa:
    return _copy_dxa(entry, measurements=_each(entry["measurements"], f"{at}/measurements", _measurement))


def _measurement(entry: Given, at: str) -> model.DxaMeasurement:
    prior = entry.get("prior")
    return _copy_measurement(
        entry,
        path=at,
        vertebrae_excluded=_each(entry.get("vertebrae_excluded"), f"{at}/vertebrae_excluded", _excluded),
        prior=None if prior is None else _prior_bmd(prior, path=f"{at}/prior"),
    )


def _conclusion(entry: Given) -> model.Conclusion:
    return _copy_conclusion(entry, diagnoses=_each(entry.get("diagnoses"), "/conclusion/diagnoses", _diagnosis))


def _diagnosis(entry: Given, at: str) -> model.Diagnosis:
    code = entry.get("site")
    site = model.Site(code, entry.get("laterality"), entry.get("level"), entry.get("number")) if code else None
    return _copy_diagnosis(entry, path=at, site=site)


def _free_text(entry: Given) -> Mapping[str, str]:
    """The sections that say something, in the order of the model."""
    texts = {name: _said(entry[name]) for name in models.FreeTextInput.model_fields if name in entry}
    return _view(texts) if texts else model.EMPTY
