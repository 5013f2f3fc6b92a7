"""Small valid inputs, and the report made of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reporter import engine, intake
from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.engine import Report
from reporter.settings import Settings

Json = dict[str, Any]
CATALOG = load_catalog()
CLOCK = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC)
MR = {"sequences": [{"sequence": "T1", "plane": "coronal"}, {"sequence": "STIR", "plane": "coronal"}]}
OEDEMA = {"T1": "hypo", "STIR": "hyper"}


def sign(identifier: str, finding: str, code: str, status: str = "present", **more: Any) -> Json:
    """A finding; site coordinates (laterality, level, number, part, zones) may be among the keywords."""
    site = {k: more.pop(k) for k in ("laterality", "level", "number", "part", "zones") if k in more}
    return {"id": identifier, "finding": finding, "status": status, "site": {"code": code, **site}, **more}


def exam(*findings: Json, modality: str = "MR", region: str = "pelvis", **more: Any) -> Json:
    """An input with these findings; `technique`, `conclusion`, `patient`, `order`, `exam` complete it."""
    study = {
        "modality": modality,
        "region": region,
        "date": "2024-05-02",
        "technique": more.get("technique", MR if modality == "MR" else {}),
        "contrast": {"given": False},
        **more.get("exam", {}),
    }
    return {
        "schema_version": "1.0",
        "patient": {"sex": "male", "age_years": 66, **more.get("patient", {})},
        "order": {"indication": "Douleur mécanique récente.", **more.get("order", {})},
        "exam": study,
        "findings": list(findings),
        "comparisons": more.get("comparisons", []),
        "conclusion": more.get("conclusion", {}),
        **{k: more[k] for k in ("dxa", "free_text") if k in more},
    }


def report(data: Json, settings: Settings | None = None, catalog: Catalog = CATALOG) -> Report:
    """The report of an input."""
    return engine.build_report(intake.parse(data, catalog), catalog, clock=lambda: CLOCK, settings=settings)


def section(data: Json, name: str, settings: Settings | None = None) -> str:
    """One section with plain spaces and straight apostrophes."""
    text = report(data, settings).narrative.section(name).text()
    for printed, plain in (("\u2019", "'"), ("\u00a0", " "), ("\u202f", " ")):
        text = text.replace(printed, plain)
    return text


def findings(*signs: Json, **more: Any) -> str:
    """The Résultats of some findings."""
    return section(exam(*signs, **more), "findings")


def conclusion(*signs: Json, **more: Any) -> str:
    """The Conclusion of some findings."""
    return section(exam(*signs, **more), "conclusion")
