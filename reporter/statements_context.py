"""Patient → Statements: what is known of the patient, which is context and never a result of the exam."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from reporter.model.exam import AttributeValue, PastProcedure, Patient, PriorFracture, Site, make_site
from reporter.model.report import Attribute, Statement, Value, make_attribute, make_origin, make_statement

_PATIENT_FACTS: tuple[tuple[str, str | None], ...] = (
    ("pregnancy_status", None),
    ("gestational_weeks", "wk"),
    ("postpartum_days", "d"),
    ("breastfeeding", None),
    ("menopausal_status", None),
    ("height_cm", "cm"),
    ("height_at_20_cm", "cm"),
    ("height_prior_cm", "cm"),
    ("weight_kg", "kg"),
)
_facts = attrgetter(*(name for name, _ in _PATIENT_FACTS))
_ABSENT = ("unknown", "not_applicable")


def context(patient: Patient) -> list[Statement]:
    """Patient facts that were given; unknown and not applicable are answers, not facts: they are coded, never said."""
    found: list[Statement] = []
    for (name, unit), value in zip(_PATIENT_FACTS, _facts(patient), strict=True):
        if value is None:
            continue
        if value in _ABSENT:
            origin = make_origin("entered", f"/patient/{name}")
            found.append(make_statement(f"context/{name}", "no_answer", name, origin, name, None, value))
        else:
            found.append(_fact(name, name, f"/patient/{name}", value, unit))
    for n, factor in enumerate(patient.risk_factors):
        found.append(_fact(f"risk_factor/{n}", "risk_factor", f"/patient/risk_factors/{n}", factor))
    for n, drug in enumerate(patient.treatments):
        since = (make_attribute("since", drug.since),) if drug.since else ()
        found.append(_fact(f"treatment/{n}", "treatment", drug.path, drug.drug_class, None, None, since))
    for n, lab in enumerate(patient.labs):
        found.append(_fact(f"lab/{n}", f"lab.{lab.code}", lab.path, lab.value, lab.unit))
    if patient.prior_fractures or patient.procedures:
        found += _history(patient)
    return found


def _history(patient: Patient) -> list[Statement]:
    found = [_fracture(f"prior_fracture/{n}", fracture) for n, fracture in enumerate(patient.prior_fractures)]
    return found + [_procedure(f"procedure/{n}", procedure) for n, procedure in enumerate(patient.procedures)]


def _fracture(key: str, fracture: PriorFracture) -> Statement:
    site = make_site(fracture.site, fracture.laterality, fracture.level, fracture.number)
    known = (("fragility", fracture.fragility), ("date", str(fracture.date) if fracture.date else None))
    return _fact(key, "prior_fracture", fracture.path, True, None, site, _given(known))


def _procedure(key: str, done: PastProcedure) -> Statement:
    at = make_site(done.site, done.laterality, done.level) if done.site else None
    details = (
        ("laterality", None if at else done.laterality),
        ("level", None if at else done.level),
        ("date", str(done.date) if done.date else None),
        ("approach", done.approach),
        ("guidance", done.guidance),
        ("device", done.device),
        ("cement_volume_ml", done.cement_volume_ml),
    )
    return _fact(key, "procedure", done.path, done.type, None, at, _given(details))


def _given(details: Iterable[tuple[str, AttributeValue | None]]) -> tuple[Attribute, ...]:
    return tuple([make_attribute(name, value) for name, value in details if value is not None])


def _fact(
    key: str,
    concept: str,
    path: str,
    value: Value,
    unit: str | None = None,
    site: Site | None = None,
    attributes: tuple[Attribute, ...] = (),
) -> Statement:
    origin = make_origin("entered", path)
    return make_statement(f"context/{key}", "context", concept, origin, key, site, None, value, unit, attributes)
