"""Reports built by hand, so that the facts of a bundle can be compared with what was put in."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from functools import cache
from typing import Any

from reporter import fhir
from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.model import exam as m
from reporter.model.dates import PartialDate
from reporter.model.lifecycle import Lifecycle
from reporter.model.report import Assessment, Derived, Narrative, Provenance, ReportData, Section, Sentence
from reporter.settings import Settings
from reporter.statements import statements

NAMESPACE = uuid.UUID("00000000-0000-5000-8000-000000000000")
CREATED = dt.datetime(2024, 3, 9, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
DAY = PartialDate.parse("2024-03-08")
_HOMES = {
    "order": "indication",
    "technique": "technique",
    "comparison": "comparison",
    "finding": "findings",
    "dxa": "findings",
    "diagnosis": "conclusion",
    "recommendation": "conclusion",
}
_SECTIONS = ("title", "indication", "technique", "comparison", "findings", "conclusion")


def ids(key: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, key)


@cache
def catalog() -> Catalog:
    """Always the same: what a report leaves behind would be seen by the next."""
    return load_catalog()


def mr_exam(**changes: Any) -> m.Exam:
    """MR of the left knee: oedema of the condyle, no fracture line on either plateau, a free note."""
    oedema = m.Finding(
        id="F1",
        finding="bone_marrow_oedema",
        status="present",
        site=m.Site("medial_femoral_condyle", "left", zones=("subchondral", "median_slope")),
        path="/findings/0",
        signal={"T1": "hypo", "T2FS": "hyper"},
        morphology={"extent": "focal"},
        measures=(m.Measure("extent", Decimal("12.50"), "mm"),),
        severity="marked",
        evolution=m.Evolution("increased", "C1"),
        relations=(m.Relation("abuts", "F2"),),
        comment="Aspect <inhabituel> & net.",
    )
    line = m.Finding("F2", "fracture_line", "absent", m.Site("medial_tibial_plateau", "bilateral"), "/findings/1")
    technique = m.Technique(sequences=(m.Sequence("T1", "coronal"), m.Sequence("T2FS", "sagittal")))
    study = m.Study("MR", DAY, "knee", technique, m.Contrast(False), laterality="left")
    conclusion = m.Conclusion(
        diagnoses=(
            m.Diagnosis("stress_fracture", "retained", "/conclusion/diagnoses/0", findings=("F1", "F2")),
            m.Diagnosis("osteonecrosis", "discussed", "/conclusion/diagnoses/1"),
        ),
        recommendations=("R-DXA",),
    )
    prior = m.PriorExam("C1", "XR", PartialDate.parse("2023-10"), "knee", "/comparisons/0", "left", "Normale.")
    fields: dict[str, Any] = {
        "schema_version": "1.0",
        "patient": m.Patient(
            "female", age_years=61, pregnancy_status="not_pregnant", menopausal_status="postmenopausal"
        ),
        "order": m.Order("Gonalgie gauche.", pain=True),
        "study": study,
        "comparisons": (prior,),
        "findings": (oedema, line),
        "conclusion": conclusion,
        "free_text": {"findings": "Kyste poplité : 3 < 4 mm."},
    }
    return m.Exam(**{**fields, **changes})


def dxa_exam() -> m.Exam:
    """DXA of the left femoral neck and of the spine, with an earlier density."""
    prior = m.PriorBmd(
        PartialDate.parse("2022-03-01"), Decimal("0.750"), "/dxa/measurements/0/prior", device="Hologic A"
    )
    neck = m.DxaMeasurement(
        "femoral_neck", "/dxa/measurements/0", "left", bmd=Decimal("0.720"), t_score=Decimal("-2.0"), prior=prior
    )
    spine = m.DxaMeasurement(
        "lumbar_spine",
        "/dxa/measurements/1",
        t_score=Decimal("-2.6"),
        z_score=Decimal("0.0"),
        vertebrae_included=("L1", "L2", "L4"),
        vertebrae_excluded=(m.ExcludedVertebra("L3", "/x", "fracture"),),
        vertebra_t_scores={"L1": Decimal("-2.5")},
    )
    study = m.Study("DXA", DAY, "hip", m.Technique(device="Hologic A"), m.Contrast(False), laterality="left")
    return m.Exam(
        schema_version="1.0",
        patient=m.Patient("female", birth_date=PartialDate.parse("1950-05")),
        order=m.Order("Ménopause précoce."),
        study=study,
        dxa=m.Dxa((neck, spine), lsc={"femoral_neck": Decimal("0.030")}),
        conclusion=m.Conclusion(diagnoses=(m.Diagnosis("dxa_osteoporosis", "retained", "/c"),)),
    )


def change() -> Derived:
    """A derived fact resting on the first measurement."""
    site = m.Site("femoral_neck", "left")
    return Derived("bmd_change", "DX-LSC", Decimal("-0.030"), "g/cm2", site, ("dxa/0",))


def data(exam: m.Exam, *derived: Derived, identifier: str = "ACC-1") -> ReportData:
    assessment = Assessment(derived=derived)
    made = Provenance("0.1.0", "1.0", "ab" * 32, CREATED)
    return ReportData(exam, assessment, statements(exam, assessment), made, identifier)


def narrative(report: ReportData) -> Narrative:
    """One sentence per statement that the real narrative would say; derived facts and context stay unsaid."""
    sentences: dict[str, list[Sentence]] = {name: [] for name in _SECTIONS}
    sentences["title"].append(Sentence("title", "title", "IRM du genou gauche", ()))
    for statement in report.statements:
        home = statement.concept if statement.kind == "note" else _HOMES.get(statement.kind)
        if home:
            text = str(statement.value) if statement.kind == "note" else f"« {statement.id} » est < dit & redit."
            sentences[home].append(Sentence(statement.id, home, text, (statement.id,), free=statement.kind == "note"))
    return Narrative(tuple(Section(name, name, tuple(found)) for name, found in sentences.items()))


def document(
    exam: m.Exam, *derived: Derived, settings: Settings | None = None, status: str = "preliminary"
) -> dict[str, Any]:
    report = data(exam, *derived)
    stage = Lifecycle(status=status)
    return fhir.document_bundle(report, narrative(report), catalog(), ids=ids, settings=settings, lifecycle=stage)


def parsed(bundle: dict[str, Any]) -> dict[str, Any]:
    """The bundle as a receiver reads it."""
    result: dict[str, Any] = json.loads(fhir.to_json(bundle), parse_float=Decimal)
    return result


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def only(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    (resource,) = resources(bundle, kind)
    return resource


def observation(bundle: dict[str, Any], statement: str) -> dict[str, Any]:
    """The Observation of a statement, by its statement identifier."""
    (found,) = [
        r
        for r in resources(bundle, "Observation")
        if {"system": f"{c.IDENTIFIER}statement", "value": statement} in r["identifier"]
    ]
    return found


def local(concept: dict[str, Any], system: str) -> str | None:
    return next((x["code"] for x in concept.get("coding", []) if x["system"] == c.LOCAL + system), None)


def component(resource: dict[str, Any], name: str, system: str = "attribute") -> list[dict[str, Any]]:
    return [p for p in resource.get("component", []) if local(p["code"], system) == name]
