"""Validated models → the frozen Exam. Names match, so most fields are copied; only nesting is spelled out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel

from reporter.intake import models
from reporter.intake.problems import Path, pointer
from reporter.intake.values import is_blank
from reporter.model import exam as model

T = TypeVar("T")
R = TypeVar("R")


def build(source: models.ExamInput) -> model.Exam:
    """The whole exam."""
    return model.Exam(
        schema_version=source.schema_version,
        patient=_patient(source.patient),
        order=_order(source.order),
        study=_study(source.exam),
        comparisons=_each(source.comparisons, ("comparisons",), _prior),
        findings=_each(source.findings, ("findings",), _finding),
        dxa=_dxa(source.dxa, ("dxa",)) if source.dxa else None,
        conclusion=_conclusion(source.conclusion),
        free_text=_frozen({section: _said(text) for section, text in source.free_text.model_dump().items()}),
    )


def _copy(kind: type[T], source: BaseModel, **nested: Any) -> T:
    """Fields of the same name; lists become tuples without absent entries, mappings read-only views.

    A blank text where there may be none is an absent one.
    """
    names = _common(kind, type(source))  # type: ignore[arg-type]  # mypy does not see that a class is hashable
    found = {name: _frozen(getattr(source, name)) for name, _ in names}
    return kind(**({name: _said(found[name]) if optional else found[name] for name, optional in names} | nested))


@cache
def _common(kind: type[Any], source: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    """(name, may be absent) of the fields both have."""
    fields = dataclasses.fields(kind)
    return tuple((f.name, f.default is None) for f in fields if f.name in source.model_fields)


def _said(value: Any) -> Any:
    return None if isinstance(value, str) and is_blank(value) else value


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(item for item in value if item is not None)
    if isinstance(value, dict):
        return MappingProxyType({key: item for key, item in value.items() if item is not None})
    return value


def _each(items: list[Any], path: Path, make: Callable[[Any, Path], R]) -> tuple[R, ...]:
    """One result per entry; an absent entry keeps its index, so paths stay those of the input."""
    return tuple(make(item, (*path, index)) for index, item in enumerate(items) if item is not None)


def _plain(kind: type[T]) -> Callable[[Any, Path], T]:
    """An object copied as it is."""
    return lambda source, _path: _copy(kind, source)


def _pointed(kind: type[T]) -> Callable[[Any, Path], T]:
    """An object copied with its path."""
    return lambda source, path: _copy(kind, source, path=pointer(path))


def _patient(source: models.PatientInput) -> model.Patient:
    at = "patient"
    return _copy(
        model.Patient,
        source,
        identifiers=_each(source.identifiers, (), _plain(model.Identifier)),
        treatments=_each(source.treatments, (at, "treatments"), _pointed(model.Treatment)),
        labs=_each(source.labs, (at, "labs"), _pointed(model.Lab)),
        prior_fractures=_each(source.prior_fractures, (at, "prior_fractures"), _pointed(model.PriorFracture)),
        procedures=_each(source.procedures, (at, "procedures"), _pointed(model.PastProcedure)),
    )


def _order(source: models.OrderInput) -> model.Order:
    requester = source.requester or models.RequesterInput()
    names = {"requester_name": _said(requester.name), "requester_speciality": _said(requester.speciality)}
    return _copy(model.Order, source, **names)


def _study(source: models.StudyInput) -> model.Study:
    override = source.protocol_override
    return _copy(
        model.Study,
        source,
        technique=_technique(source.technique),
        contrast=_copy(model.Contrast, source.contrast) if source.contrast else None,
        dose=_copy(model.Dose, source.dose) if source.dose else None,
        protocol_override=_copy(model.ProtocolOverride, override) if override else None,
        performer_identifiers=_each(source.performer_identifiers, (), _plain(model.Identifier)),
        organization_identifiers=_each(source.organization_identifiers, (), _plain(model.Identifier)),
    )


def _technique(source: models.TechniqueInput) -> model.Technique:
    """The planes are those given, or else those of the sequences."""
    sequences = _each(source.sequences, (), _plain(model.Sequence))
    planes = _frozen(source.planes) or tuple(dict.fromkeys(s.plane for s in sequences if s.plane))
    return _copy(model.Technique, source, sequences=sequences, planes=planes)


def _prior(source: models.PriorExamInput, path: Path) -> model.PriorExam:
    return _copy(
        model.PriorExam,
        source,
        path=pointer(path),
        findings=_each(source.findings, (*path, "findings"), _prior_finding(source.id)),
        dxa=_dxa(source.dxa, (*path, "dxa")) if source.dxa else None,
    )


def _prior_finding(prior_id: str) -> Callable[[models.PriorFindingInput, Path], model.Finding]:
    """A sign of an earlier exam is named after that exam when it has no id of its own."""

    def make(source: models.PriorFindingInput, path: Path) -> model.Finding:
        return _finding(source, path, name=source.id or f"{prior_id}/{path[-1]}")

    return make


def _finding(source: models.PriorFindingInput, path: Path, name: str | None = None) -> model.Finding:
    return _copy(
        model.Finding,
        source,
        path=pointer(path),
        id=name or source.id,
        site=_copy(model.Site, source.site),
        uptake=_copy(model.Uptake, source.uptake) if source.uptake else None,
        measures=_each(source.measures, (), _plain(model.Measure)),
        evolution=_copy(model.Evolution, source.evolution) if source.evolution else None,
        relations=_each(source.relations, (), _plain(model.Relation)),
    )


def _dxa(source: models.DxaInput, path: Path) -> model.Dxa:
    measurements = _each(source.measurements, (*path, "measurements"), _measurement)
    return _copy(model.Dxa, source, measurements=measurements)


def _measurement(source: models.MeasurementInput, path: Path) -> model.DxaMeasurement:
    excluded = (*path, "vertebrae_excluded")
    prior = source.prior
    return _copy(
        model.DxaMeasurement,
        source,
        path=pointer(path),
        vertebrae_excluded=_each(source.vertebrae_excluded, excluded, _pointed(model.ExcludedVertebra)),
        prior=_copy(model.PriorBmd, prior, path=pointer((*path, "prior"))) if prior else None,
    )


def _conclusion(source: models.ConclusionInput) -> model.Conclusion:
    diagnoses = _each(source.diagnoses, ("conclusion", "diagnoses"), _diagnosis)
    return _copy(model.Conclusion, source, diagnoses=diagnoses)


def _diagnosis(source: models.DiagnosisInput, path: Path) -> model.Diagnosis:
    site = model.Site(source.site, source.laterality, source.level, source.number) if source.site else None
    return _copy(model.Diagnosis, source, path=pointer(path), site=site)
