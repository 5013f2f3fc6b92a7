"""Hypothesis strategies: valid exams of every modality, drawn from the catalogue.

Findings that the rules refuse in the exam drawn so far are dropped one by one, so what comes out is always valid.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from reporter import engine
from reporter.catalog import load_catalog
from reporter.catalog.entries import FindingDef, MeasureDef, RegionDef, SiteDef
from reporter.errors import ERROR

CATALOG = load_catalog()
CLOCK = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC)
SEQUENCES = ("T1", "T2", "STIR", "T1GDFS")
IONISING = frozenset(CATALOG.vocabulary["ionising"])
Json = dict[str, Any]


def clock() -> dt.datetime:
    return CLOCK


def errors(data: Json) -> list[str]:
    """Codes of the errors of an input."""
    return [i.code for i in engine.check(data, CATALOG, clock=clock) if i.severity == ERROR]


@st.composite
def exams(draw: st.DrawFn, modality: str | None = None) -> Json:
    """A valid input."""
    modality = modality or draw(st.sampled_from(CATALOG.vocabulary["modality"]))
    definition = draw(st.sampled_from([e for e in CATALOG.exams.values() if e.modality == modality]))
    region = CATALOG.regions[draw(st.sampled_from(definition.regions))]
    data: Json = {
        "schema_version": "1.0",
        "patient": draw(patients(modality)),
        "order": {"indication": draw(st.sampled_from(["Douleur mécanique.", "Bilan osseux : suite d’une chute."]))},
        "exam": {
            "modality": modality,
            "region": region.id,
            "date": draw(st.sampled_from(["2024-05-01", "2024-05-31", "2024-05"])),
            "technique": draw(techniques(modality)),
            "contrast": {"given": draw(st.booleans()) and modality in {"MR", "CT"}},
        },
        "findings": [],
    }
    if region.laterality == "paired":
        data["exam"]["laterality"] = draw(st.sampled_from(["left", "right", "bilateral"]))
    if draw(st.booleans()):
        data["comparisons"] = [{"id": "P1", "modality": modality, "region": region.id, "date": "2023-11-02"}]
        if region.laterality == "paired":
            data["comparisons"][0]["laterality"] = data["exam"]["laterality"]
    if modality == "DXA":
        data["dxa"] = draw(densitometries())
        while errors(data):
            data["dxa"]["measurements"].pop()
    _add_findings(draw, data, region)
    return data


def _add_findings(draw: st.DrawFn, data: Json, region: RegionDef) -> None:
    modality = data["exam"]["modality"]
    usable = [f for f in CATALOG.findings.values() if modality in f.modalities and not f.derived]
    for number in range(draw(st.integers(1, 4)) if usable else 0):
        finding = draw(findings(f"F{number}", draw(st.sampled_from(usable)), region, data))
        data["findings"].append(finding)
        if errors(data):
            data["findings"].pop()
    if not data["findings"] and modality != "DXA":
        site = {"code": "exam_region"}
        data["findings"].append({"id": "F9", "finding": "any_abnormality", "status": "absent", "site": site})


@st.composite
def patients(draw: st.DrawFn, modality: str) -> Json:
    sex = draw(st.sampled_from(["female", "male"]))
    age = draw(st.integers(18, 95))
    patient: Json = {"sex": sex, "age_years": age}
    if sex == "female":
        patient["menopausal_status"] = "postmenopausal" if age > 55 else "premenopausal"
        if modality in IONISING and age <= 55:
            patient["pregnancy_status"] = "not_pregnant"
    if draw(st.booleans()):
        patient["labs"] = [{"code": "25OHD", "value": draw(decimals("4", "90")), "unit": "ng/mL"}]
    return patient


@st.composite
def techniques(draw: st.DrawFn, modality: str) -> Json:
    fixed: dict[str, Json] = {
        "MR": {"sequences": [{"sequence": s, "plane": p} for s in SEQUENCES for p in ("coronal", "sagittal")]},
        "CT": {"planes": ["axial", "coronal"], "dual_energy": draw(st.booleans())},
        "XR": {"views": ["AP", "lateral"]},
        "NM": {"tracer": "99mTc-HDP", "phases": ["flow", "blood_pool", "delayed"], "views": ["anterior"]},
        "PT": {"tracer": "18F-NaF", "ct": True},
        "DXA": {"device": "Appareil A"},
        "US": {"probe": "linéaire"},
    }
    technique = fixed[modality]
    if modality in {"NM", "PT"} and draw(st.booleans()):
        technique |= {"activity_mbq": draw(decimals("150", "740")), "route": "intraveineuse"}
    return technique


@st.composite
def densitometries(draw: st.DrawFn) -> Json:
    levels = draw(st.sampled_from([["L1", "L2", "L3", "L4"], ["L2", "L3", "L4"]]))
    spine = {"site": "lumbar_spine", "vertebrae_included": levels, **draw(scores())}
    hips = [
        {"site": "total_hip", "laterality": side, **draw(scores())}
        for side in draw(st.sampled_from([[], ["left"], ["right"], ["left", "right"]]))
    ]
    dxa: Json = {"measurements": [spine, *hips]}
    if draw(st.booleans()):
        dxa["tbs"] = draw(decimals("0.9", "1.6", places=3))
    return dxa


@st.composite
def scores(draw: st.DrawFn) -> Json:
    values = {"bmd": draw(decimals("0.500", "1.400", places=3)), "t_score": draw(decimals("-4.5", "2.5"))}
    if draw(st.booleans()):
        values["z_score"] = draw(decimals("-3.5", "2.5"))
    return values


def decimals(low: str, high: str, places: int = 1) -> st.SearchStrategy[Decimal]:
    """Numbers as a person types them, trailing zeros kept."""
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


@st.composite
def findings(draw: st.DrawFn, identifier: str, definition: FindingDef, region: RegionDef, data: Json) -> Json:
    statuses = ["absent"] if definition.polarity == "negative_only" else CATALOG.vocabulary["status"]
    status = draw(st.sampled_from(statuses))
    candidates = [
        s for s in CATALOG.sites.values() if covers(region, s) and s.id in (definition.sites or CATALOG.sites)
    ]
    site = draw(st.sampled_from(candidates or [CATALOG.sites["exam_region"]]))
    finding: Json = {
        "id": identifier,
        "finding": definition.id,
        "status": status,
        "site": draw(sites(site, region, data)),
    }
    if status == "present":
        finding |= draw(descriptions(definition, data["exam"]["modality"]))
    if "comparisons" in data and definition.evolution and draw(st.booleans()):
        changes = {
            "present": ["new", "increased", "unchanged", "partial_regression"],
            "absent": ["complete_regression"],
        }
        if status in changes:
            finding["evolution"] = {"change": draw(st.sampled_from(changes[status])), "compared_to": "P1"}
    return finding


@st.composite
def descriptions(draw: st.DrawFn, definition: FindingDef, modality: str) -> Json:
    """What may be said about a sign that is present."""
    found: Json = {}
    if definition.severities and draw(st.booleans()):
        found["severity"] = draw(st.sampled_from(definition.severities))
    if modality == "MR" and definition.signals and draw(st.booleans()):
        found["signal"] = {"T1": definition.signals["T1"][0]} if "T1" in definition.signals else {}
        if "FS" in definition.signals:
            found["signal"]["STIR"] = definition.signals["FS"][0]
    if definition.id == "increased_uptake" and draw(st.booleans()):
        found["uptake"] = {"pattern": draw(st.sampled_from(["focal", "diffuse", "linear"]))}
    for measure in definition.measures.values():
        if draw(st.booleans()):
            found.setdefault("measures", []).append(draw(measures(measure)))
    return found


def measures(definition: MeasureDef) -> st.SearchStrategy[Json]:
    values = decimals(str(definition.minimum), str(definition.maximum))
    return values.map(lambda value: {"name": definition.name, "value": value, "unit": definition.unit})


@st.composite
def sites(draw: st.DrawFn, site: SiteDef, region: RegionDef, data: Json) -> Json:
    place: Json = {"code": site.id}
    if site.laterality == "paired":
        side = data["exam"].get("laterality")
        either = ["left", "right", "bilateral"]
        place["laterality"] = draw(st.sampled_from([side] if side in {"left", "right"} else either))
    if site.levels:
        levels = [level for level in site.levels if shows(region, level)]
        place["level"] = draw(st.sampled_from(levels or site.levels))
    if site.number_range:
        place["number"] = draw(st.integers(*site.number_range))
    if site.parts:
        place["part"] = draw(st.sampled_from(site.parts))
    return place


def shows(region: RegionDef, level: str) -> bool:
    """Whether the region holds the level; a disc needs one of its two vertebrae."""
    return bool(region.levels & {level, level[:2], level[2:]})


def covers(region: RegionDef, site: SiteDef) -> bool:
    """Whether an exam of the region may show the site."""
    by_level = any(shows(region, level) for level in site.levels) or (not site.levels and bool(region.levels))
    return (
        "any" in site.regions
        or bool(region.contains & set(site.regions))
        or ("spine by level" in site.regions and by_level)
    )
