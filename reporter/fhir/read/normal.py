"""The normal form of an exam: what a bundle can give back, as two exams that say the same are equal.

What it leaves out or fills in: places in the input (`path`); special spaces, controls and blanks at the ends of texts,
which a FHIR string cannot hold; the age when a birth date gives it; the system of an identifier whose kind has one;
`urn:oid:` before a study UID; objects without content; repetitions of a recommendation, a relation or a piece of
evidence; the side of an earlier density, which is that of its region.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from reporter.fhir.datatypes import plain
from reporter.fhir.identities import business_identifiers
from reporter.model.exam import Conclusion, Dose, Dxa, DxaMeasurement, Exam, Identifier, PriorBmd, Uptake

T = TypeVar("T")
_BARE = (Dose(), Uptake())


def normalised(exam: Exam) -> Exam:
    """The exam in its normal form."""
    bare: Exam = _clean(exam)
    patient = bare.patient
    if patient.birth_date is not None:
        patient = dataclasses.replace(patient, age_years=None)
    study = dataclasses.replace(
        bare.study,
        performer_identifiers=_identifiers(bare.study.performer_identifiers),
        organization_identifiers=_identifiers(bare.study.organization_identifiers),
        study_uid=bare.study.study_uid.removeprefix("urn:oid:") if bare.study.study_uid else None,
    )
    return dataclasses.replace(
        bare,
        patient=dataclasses.replace(patient, identifiers=_identifiers(patient.identifiers)),
        study=study,
        findings=tuple(_unrepeated(f, "relations") for f in bare.findings),
        comparisons=tuple(
            dataclasses.replace(p, findings=tuple(_unrepeated(f, "relations") for f in p.findings), dxa=_dxa(p.dxa))
            for p in bare.comparisons
        ),
        dxa=_dxa(bare.dxa),
        conclusion=_conclusion(bare.conclusion),
    )


def _clean(value: Any) -> Any:
    """At any depth: texts as FHIR holds them, no paths, nothing empty."""
    if isinstance(value, str):
        return plain(value) or None
    if isinstance(value, tuple):
        return tuple(item for item in map(_clean, value) if item is not None)
    if isinstance(value, Mapping):
        return MappingProxyType({k: item for k, v in value.items() if (item := _clean(v)) is not None})
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = {f.name: _clean(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if "path" in fields:
        fields["path"] = ""
    made = type(value)(**fields)
    return None if made in _BARE else made


def _unrepeated(value: T, *names: str) -> T:
    changes = {name: tuple(dict.fromkeys(getattr(value, name))) for name in names}
    return dataclasses.replace(value, **changes)  # type: ignore[type-var]  # every T is a dataclass


def _identifiers(given: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    systems = [found.get("system") for found in business_identifiers(given)]
    return tuple(dataclasses.replace(i, system=system) for i, system in zip(given, systems, strict=True))


def _dxa(dxa: Dxa | None) -> Dxa | None:
    return dataclasses.replace(dxa, measurements=tuple(map(_measurement, dxa.measurements))) if dxa else None


def _measurement(measurement: DxaMeasurement) -> DxaMeasurement:
    prior = measurement.prior
    if prior is None:
        return measurement
    sided: PriorBmd = dataclasses.replace(prior, laterality=prior.laterality or measurement.laterality)
    return dataclasses.replace(measurement, prior=sided)


def _conclusion(conclusion: Conclusion) -> Conclusion:
    diagnoses = tuple(_unrepeated(d, "findings") for d in conclusion.diagnoses)
    return dataclasses.replace(_unrepeated(conclusion, "recommendations"), diagnoses=diagnoses)
