"""Exams from small dicts, straight to the model: rules are tested without input parsing."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reporter.model import exam as m
from reporter.model.dates import PartialDate


def decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def date(value: str | None) -> PartialDate | None:
    return None if value is None else PartialDate.parse(value)


def site(data: Mapping[str, Any]) -> m.Site:
    return m.Site(
        data["code"],
        data.get("laterality"),
        data.get("level"),
        data.get("number"),
        data.get("part"),
        tuple(data.get("zones", ())),
    )


def finding(data: Mapping[str, Any], path: str, number: int) -> m.Finding:
    uptake, evolution = data.get("uptake"), data.get("evolution")
    morphology = {
        k: Decimal(str(v)) if isinstance(v, (int, float)) and not isinstance(v, bool) else v
        for k, v in data.get("morphology", {}).items()
    }
    return m.Finding(
        id=data.get("id", f"{path}#{number}"),
        finding=data["finding"],
        status=data.get("status", "present"),
        site=site(data["site"]),
        path=path,
        signal=data.get("signal", {}),
        density=data.get("density"),
        uptake=m.Uptake(uptake.get("pattern"), tuple(uptake.get("phases", ()))) if uptake else None,
        morphology=morphology,
        measures=tuple(m.Measure(x["name"], Decimal(str(x["value"])), x["unit"]) for x in data.get("measures", ())),
        severity=data.get("severity"),
        count=data.get("count"),
        evolution=m.Evolution(evolution["change"], evolution.get("compared_to")) if evolution else None,
        relations=tuple(m.Relation(r["type"], r["target"]) for r in data.get("relations", ())),
        comment=data.get("comment"),
    )


def findings(rows: list[Mapping[str, Any]], root: str) -> tuple[m.Finding, ...]:
    return tuple(finding(row, f"{root}/findings/{n}", n) for n, row in enumerate(rows))


def patient(data: Mapping[str, Any]) -> m.Patient:
    values = dict(data)
    for key in ("height_cm", "height_at_20_cm", "height_prior_cm", "weight_kg"):
        values[key] = decimal(values.get(key))
    values["birth_date"] = date(values.get("birth_date"))
    values["risk_factors"] = tuple(values.get("risk_factors", ()))
    values["treatments"] = tuple(
        m.Treatment(t["class"], f"/patient/treatments/{n}", t.get("since"))
        for n, t in enumerate(values.get("treatments", ()))
    )
    values["labs"] = tuple(
        m.Lab(x["code"], Decimal(str(x["value"])), x["unit"], f"/patient/labs/{n}")
        for n, x in enumerate(values.get("labs", ()))
    )
    values["prior_fractures"] = tuple(
        m.PriorFracture(**{**x, "date": date(x.get("date")), "path": f"/patient/prior_fractures/{n}"})
        for n, x in enumerate(values.get("prior_fractures", ()))
    )
    values["procedures"] = tuple(
        m.PastProcedure(
            **{
                **x,
                "date": date(x.get("date")),
                "cement_volume_ml": decimal(x.get("cement_volume_ml")),
                "path": f"/patient/procedures/{n}",
            }
        )
        for n, x in enumerate(values.get("procedures", ()))
    )
    return m.Patient(**values)


def technique(data: Mapping[str, Any]) -> m.Technique:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    values["sequences"] = tuple(m.Sequence(s["sequence"], s.get("plane")) for s in data.get("sequences", ()))
    values["activity_mbq"] = decimal(data.get("activity_mbq"))
    return m.Technique(**values)


def study(data: Mapping[str, Any]) -> m.Study:
    contrast, dose, override = data.get("contrast"), data.get("dose"), data.get("protocol_override")
    return m.Study(
        modality=data["modality"],
        date=PartialDate.parse(data["date"]),
        region=data["region"],
        technique=technique(data.get("technique", {})),
        contrast=m.Contrast(contrast["given"]) if contrast else None,
        laterality=data.get("laterality"),
        context=data.get("context"),
        dose=m.Dose(**{k: decimal(v) for k, v in dose.items()}) if dose else None,
        limitations=tuple(data.get("limitations", ())),
        protocol_override=m.ProtocolOverride(override["rule"], override["reason"], override.get("by"))
        if override
        else None,
    )


def measurement(data: Mapping[str, Any], path: str) -> m.DxaMeasurement:
    values = dict(data)
    for key in ("bmd", "t_score", "z_score"):
        values[key] = decimal(values.get(key))
    values["vertebrae_included"] = tuple(values.get("vertebrae_included", ()))
    values["vertebrae_excluded"] = tuple(
        m.ExcludedVertebra(x["level"], f"{path}/vertebrae_excluded/{n}", x.get("reason"))
        for n, x in enumerate(values.get("vertebrae_excluded", ()))
    )
    values["vertebra_t_scores"] = {k: Decimal(str(v)) for k, v in values.get("vertebra_t_scores", {}).items()}
    prior = values.pop("prior", None)
    if prior:
        included = tuple(prior.get("vertebrae_included", ()))
        known = PartialDate.parse(prior["date"]), Decimal(str(prior["bmd"])), f"{path}/prior"
        values["prior"] = m.PriorBmd(*known, prior.get("device"), prior.get("laterality"), included)
    return m.DxaMeasurement(path=path, **values)


def dxa(data: Mapping[str, Any] | None) -> m.Dxa | None:
    if data is None:
        return None
    measurements = tuple(measurement(x, f"/dxa/measurements/{n}") for n, x in enumerate(data["measurements"]))
    return m.Dxa(measurements, {k: Decimal(str(v)) for k, v in data.get("lsc", {}).items()})


def prior_exam(data: Mapping[str, Any], n: int) -> m.PriorExam:
    path = f"/comparisons/{n}"
    when = PartialDate.parse(data["date"])
    return m.PriorExam(
        data.get("id", f"C{n + 1}"), data["modality"], when, data["region"], path,
        data.get("laterality"), data.get("summary"),
        findings(data.get("findings", []), path), dxa(data.get("dxa")),
    )  # fmt: skip


def diagnosis(data: Mapping[str, Any], n: int) -> m.Diagnosis:
    place = (
        m.Site(data["site"], data.get("laterality"), data.get("level"), data.get("number")) if "site" in data else None
    )
    path = f"/conclusion/diagnoses/{n}"
    return m.Diagnosis(
        data["code"], data.get("certainty", "retained"), path, place, data.get("age"), tuple(data.get("findings", ()))
    )


def conclusion(data: Mapping[str, Any]) -> m.Conclusion:
    return m.Conclusion(
        tuple(diagnosis(d, n) for n, d in enumerate(data.get("diagnoses", ()))),
        tuple(data.get("differential", ())),
        tuple(data.get("recommendations", ())),
        data.get("free_text"),
        tuple(data.get("suppress", ())),
    )


def exam(data: Mapping[str, Any]) -> m.Exam:
    """The whole input as the model has it."""
    return m.Exam(
        schema_version="1.0",
        patient=patient(data["patient"]),
        order=m.Order(**data["order"]),
        study=study(data["exam"]),
        comparisons=tuple(prior_exam(p, n) for n, p in enumerate(data.get("comparisons", ()))),
        findings=findings(data.get("findings", []), ""),
        dxa=dxa(data.get("dxa")),
        conclusion=conclusion(data.get("conclusion", {})),
        free_text=data.get("free_text", {}),
    )


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The base with the change laid over it; lists and plain values are replaced, None removes a key."""
    result = copy.deepcopy(dict(base))
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result
