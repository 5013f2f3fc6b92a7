"""What the objects of the input become in the Exam. Names match, so that only what differs is spelled out.

What was not given is not passed on: the defaults of the Exam say the same as those of the models, absence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from reporter.intake import models
from reporter.model import exam as model

Made = dict[str, Any]


def _exam(exam: model.Study, **said: Any) -> model.Exam:
    return model.Exam(study=exam, **said)


def _order(requester: Made | None = None, **said: Any) -> model.Order:
    if not requester:
        return model.Order(**said)
    name, speciality = requester.get("name"), requester.get("speciality")
    return model.Order(requester_name=name, requester_speciality=speciality, **said)


def _technique(sequences: tuple[model.Sequence, ...] = (), planes: Any = (), **said: Any) -> model.Technique:
    """The planes are those given, or else those of the sequences."""
    planes = planes or tuple(dict.fromkeys([s.plane for s in sequences if s.plane]))
    return model.Technique(sequences=sequences, planes=planes, **said)


def _prior(id: str, findings: tuple[Made, ...] = (), **said: Any) -> model.PriorExam:  # noqa: A002 - its name
    """A sign of an earlier exam is named after that exam when it has no id of its own."""
    named = [f | {"id": f.get("id") or f"{id}/{f['path'].rpartition('/')[2]}"} for f in findings]
    return model.PriorExam(id=id, findings=tuple([model.Finding(**finding) for finding in named]), **said)


def _diagnosis(
    site: str | None = None,
    laterality: str | None = None,
    level: str | None = None,
    number: int | None = None,
    **said: Any,
) -> model.Diagnosis:
    return model.Diagnosis(site=model.make_site(site, laterality, level, number) if site else None, **said)


_SECTIONS = tuple(models.FreeTextInput.model_fields)


def _free_text(**said: str | None) -> Mapping[str, str]:
    """The sections that say something, in the order of the model."""
    return MappingProxyType({name: text for name in _SECTIONS if (text := said.get(name)) is not None})


KINDS: dict[type[BaseModel], Callable[..., Any]] = {
    models.IdentifierInput: model.Identifier,
    models.TreatmentInput: model.Treatment,
    models.LabInput: model.Lab,
    models.PriorFractureInput: model.PriorFracture,
    models.ProcedureInput: model.PastProcedure,
    models.PatientInput: model.Patient,
    models.RequesterInput: dict,
    models.OrderInput: _order,
    models.SequenceInput: model.Sequence,
    models.TechniqueInput: _technique,
    models.ContrastInput: model.Contrast,
    models.DoseInput: model.Dose,
    models.OverrideInput: model.ProtocolOverride,
    models.StudyInput: model.Study,
    models.PriorSiteInput: model.make_site,
    models.SiteInput: model.make_site,
    models.UptakeInput: model.Uptake,
    models.EvolutionInput: model.Evolution,
    models.RelationInput: model.Relation,
    models.MeasureInput: model.Measure,
    models.PriorFindingInput: dict,
    models.FindingInput: model.Finding,
    models.PriorBmdInput: model.PriorBmd,
    models.ExcludedInput: model.ExcludedVertebra,
    models.MeasurementInput: model.DxaMeasurement,
    models.DxaInput: model.Dxa,
    models.PriorExamInput: _prior,
    models.DiagnosisInput: _diagnosis,
    models.ConclusionInput: model.Conclusion,
    models.FreeTextInput: _free_text,
    models.ExamInput: _exam,
}
"""What makes the object of each model, from its fields by name."""

PLACED = frozenset(
    {
        models.TreatmentInput, models.LabInput, models.PriorFractureInput, models.ProcedureInput,
        models.PriorFindingInput, models.FindingInput, models.PriorBmdInput, models.ExcludedInput,
        models.MeasurementInput, models.PriorExamInput, models.DiagnosisInput,
    }
)  # fmt: skip
"""The models whose objects know where they were given (`path`)."""

HOLDERS = frozenset(
    {
        models.ExamInput, models.PatientInput, models.PriorExamInput, models.DxaInput, models.MeasurementInput,
        models.ConclusionInput,
    }
)  # fmt: skip
"""The models that hold such objects."""
