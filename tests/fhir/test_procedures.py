"""The code of the exam: one when modality, region, side and acquisition point to one, none otherwise."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from reporter.catalog import load_catalog
from reporter.catalog.entries import ExamDef
from reporter.fhir.codes import procedure
from reporter.model.dates import PartialDate
from reporter.model.exam import Contrast, Sequence, Study, Technique
from reporter.settings import Settings

CATALOG = load_catalog()
LOINC, CCAM = "http://loinc.org", "https://smt.esante.gouv.fr/terminologie-ccam"
PLAIN, ENHANCED = ("T1", "STIR"), ("T1", "STIR", "T1GDFS")
DATE = PartialDate.parse("2024-05-01")
Json = dict[str, Any]


def codes(modality: str, region: str, side: str | None = None, **exam: Any) -> dict[str, str]:
    """System → code of an exam, which must be single."""
    technique = dict(exam.get("technique", {}))
    technique["sequences"] = tuple(Sequence(name) for name in technique.get("sequences", ()))
    given = Contrast(exam["contrast"]["given"]) if "contrast" in exam else None
    made = Technique(**{name: tuple(v) if isinstance(v, list) else v for name, v in technique.items()})
    study = Study(modality, DATE, region, made, given, laterality=side)
    found = procedure(study, CATALOG, Settings())
    assert len({c["system"] for c in found}) == len(found)
    return {c["system"]: c["code"] for c in found}


def contrast(given: bool, *sequences: str) -> Json:
    return {"contrast": {"given": given}, "technique": {"sequences": sequences} if sequences else {}}


@pytest.mark.parametrize(
    ("modality", "region", "side", "exam", "loinc"),
    [
        ("MR", "knee", "left", contrast(False, *PLAIN), "36508-0"),
        ("MR", "knee", "right", contrast(False, *PLAIN), "36510-6"),
        ("MR", "knee", "bilateral", contrast(False, *PLAIN), "36506-4"),
        ("MR", "knee", "left", contrast(True, *ENHANCED), "26200-6"),
        ("MR", "knee", "left", contrast(True, "T1GD", "T1GDFS"), "36226-9"),
        ("MR", "pelvis", None, contrast(True, "T1", "T1GD"), "30674-6"),
        ("MR", "pelvis", None, contrast(True, *PLAIN), None),
        ("MR", "pelvis", None, contrast(True, "STIR", "T1GD"), None),
        ("MR", "pelvis", None, contrast(True), None),
        ("MR", "pelvis", None, {"technique": {"sequences": PLAIN}}, None),
        ("CT", "hip", "right", contrast(False), "36489-3"),
        ("CT", "hip", "right", contrast(True), None),
        ("CT", "hand_wrist", "right", contrast(False), None),
        ("XR", "hip", "left", {"technique": {"views": ["AP", "lateral"]}}, "26131-3"),
        ("XR", "hip", "left", {}, "26131-3"),
        ("NM", "whole_body", None, {"technique": {"phases": ["delayed"], "tracer": "99mTc-HDP"}}, "39818-0"),
        ("NM", "whole_body", None, {"technique": {"phases": ["flow", "blood_pool", "delayed"]}}, "39882-6"),
        ("NM", "whole_body", None, {"technique": {"phases": ["blood_pool", "delayed"]}}, None),
        ("NM", "whole_body", None, {"technique": {"phases": ["flow"]}}, None),
        ("NM", "knee", "left", {"technique": {"phases": ["delayed"]}}, None),
        ("PT", "whole_body", None, {"technique": {"tracer": "18F-NaF", "ct": True}}, "81552-2"),
        ("PT", "whole_body", None, {"technique": {"tracer": "18F-NaF"}}, None),
        ("PT", "whole_body", None, {"technique": {"ct": True}}, None),
        ("US", "knee", "left", {}, None),
        ("DXA", "lumbar_spine", None, {}, "38269-7"),
    ],
)
def test_loinc(modality: str, region: str, side: str | None, exam: Json, loinc: str | None) -> None:
    assert codes(modality, region, side, **exam).get(LOINC) == loinc


@pytest.mark.parametrize(
    ("modality", "region", "side", "technique", "act"),
    [
        ("XR", "pelvis", None, {"views": ["AP"]}, "NAQK015"),
        ("XR", "pelvis", None, {"views": ["AP", "oblique"]}, "NAQK007"),
        ("XR", "pelvis", None, {"views": ["AP", "oblique", "frog", "lateral"]}, "NAQK023"),
        ("XR", "pelvis", None, {}, None),
        ("XR", "hip", "left", {"views": ["AP"]}, None),
        ("XR", "knee", "bilateral", {"views": ["AP", "lateral"]}, "NFQK002"),
        ("XR", "lumbar_spine", None, {"views": ["AP", "lateral", "oblique"]}, "LFQK002"),
        ("XR", "lumbar_spine", None, {"views": ["AP", "lateral", "oblique", "lateral_extension"]}, "LFQK001"),
        ("XR", "thoracic_spine", None, {"views": ["AP"]}, "LEQK001"),
        ("NM", "whole_body", None, {"phases": ["delayed"], "whole_body": True}, "PAQL003"),
        ("NM", "whole_body", None, {"phases": ["delayed"], "whole_body": False}, None),
        ("MR", "knee", "left", {}, None),
        ("DXA", "hip", "left", {}, None),
    ],
)
def test_ccam(modality: str, region: str, side: str | None, technique: Json, act: str | None) -> None:
    assert codes(modality, region, side, technique=technique).get(CCAM) == act


def acquisitions(modality: str) -> Iterator[Json]:
    """Each way of acquiring that the tables tell apart."""
    if modality == "MR":
        yield from (contrast(False, *PLAIN), contrast(True, "T1GD"), contrast(True, *ENHANCED))
    elif modality == "CT":
        yield from (contrast(False), contrast(True))
    elif modality == "NM":
        phases = ["flow", "blood_pool", "delayed"]
        yield from ({"technique": {"phases": phases[-count:]}} for count in (1, 2, 3))
    elif modality == "PT":
        yield {"technique": {"tracer": "18F-NaF", "ct": True}}
    else:
        yield {}


def combinations(exam: ExamDef) -> Iterator[tuple[str, str | None, Json]]:
    for region in exam.regions:
        sides = ("left", "right", "bilateral") if CATALOG.regions[region].laterality == "paired" else (None,)
        yield from ((region, side, how) for side in sides for how in acquisitions(exam.modality))


def test_every_exam_definition_gets_at_most_one_code_of_a_system() -> None:
    """`codes` refuses two; the counts are those the stored tables allow."""
    asked: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    for exam in CATALOG.exams.values():
        for region, side, how in combinations(exam):
            asked[exam.modality] += 1
            found.update((exam.modality, system) for system in codes(exam.modality, region, side, **how))
    assert len(CATALOG.exams) == 26
    assert asked == {"MR": 72, "CT": 48, "XR": 24, "NM": 72, "PT": 24, "DXA": 24, "US": 24}
    loinc = {modality: count for (modality, system), count in found.items() if system == LOINC}
    assert loinc == {"MR": 46, "CT": 16, "XR": 18, "NM": 2, "PT": 1, "DXA": 24}
