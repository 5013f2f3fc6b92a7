"""`read(render(x)) == normalised x`, for generated exams of every modality, document and transaction, JSON and XML."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import engine, fhir, intake, read_bundle
from reporter.fhir.read import normalised, read
from reporter.fhir.xml import from_xml, to_xml
from reporter.model.exam import Exam
from tests.strategies import CATALOG, Json, clock, densitometries, errors, exams

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "fhir_examples").glob("*/input.json"))
KINDS = ("document", "transaction")
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\t\u00a0\u202f\u2009<&"),
    max_size=40,
)
CODES = CATALOG.vocabulary


def bundles(exam: Exam) -> dict[str, Json]:
    made = engine.build_report(exam, CATALOG, clock=clock)
    texts = {kind: fhir.to_json(made.to_fhir(kind)) for kind in KINDS}
    found = {kind: json.loads(text, parse_float=Decimal) for kind, text in texts.items()}
    return found | {f"{kind} in XML": from_xml(to_xml(made.to_fhir(kind))) for kind in KINDS}


def round_trip(data: Json) -> None:
    """The digits of numbers and the order of entries count, so exams are compared as they print."""
    exam = intake.parse(data, CATALOG)
    for kind, bundle in bundles(exam).items():
        assert read(bundle, CATALOG).issues == (), kind
        assert repr(normalised(read_bundle(bundle, CATALOG))) == repr(normalised(exam)), kind


@given(exams())
def test_generated_exams(data: Json) -> None:
    round_trip(data)


@st.composite
def follow_ups(draw: st.DrawFn) -> Json:
    """An exam with every free text, a history, and an earlier exam with signs and densities of its own."""
    data = draw(exams())
    data["order"] |= {"question": draw(TEXTS), "pain": draw(st.booleans()), "identifier": "D-1"}
    data["patient"] |= {
        "id": "P 1",
        "name": draw(TEXTS),
        "risk_factors": draw(st.lists(st.sampled_from(CODES["risk_factor"]), max_size=3, unique=True)),
        "treatments": [{"class": draw(st.sampled_from(CODES["treatment_class"])), "since": "2019-03"}],
        "identifiers": [{"value": "8000123", "type": "IPP"}],
    }
    prior: Json = {"id": "P1", "modality": data["exam"]["modality"], "region": data["exam"]["region"]}
    prior |= {"date": "2022-03", "summary": draw(TEXTS), "dxa": draw(densitometries())}
    prior["findings"] = [bare(finding) for finding in copy.deepcopy(data["findings"])]
    prior["dxa"]["lsc"] = {"total_hip": Decimal("0.030")}
    data["comparisons"] = [prior]
    data["free_text"] = {name: draw(TEXTS) for name in ("indication", "technique", "comparison", "conclusion")}
    data["conclusion"] = {"free_text": draw(TEXTS), "suppress": ["F-BME-DD"]}
    return data


def bare(finding: Json) -> Json:
    """A sign of an earlier exam compares itself with nothing."""
    return {key: value for key, value in finding.items() if key not in {"evolution", "relations"}}


@given(follow_ups())
def test_generated_follow_ups(data: Json) -> None:
    for path in ("findings", "dxa"):
        if errors(data):
            data["comparisons"][0].pop(path)
    if not errors(data):
        round_trip(data)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_samples(path: Path) -> None:
    round_trip(intake.load_json(path.read_bytes()))


@given(exams(), st.randoms())
def test_the_order_of_entries_does_not_matter(data: Json, random: Any) -> None:
    exam = intake.parse(data, CATALOG)
    for bundle in bundles(exam).values():
        random.shuffle(bundle["entry"])
        assert repr(normalised(read_bundle(bundle, CATALOG))) == repr(normalised(exam))


def test_the_normal_form_is_its_own() -> None:
    for path in SAMPLES:
        exam = intake.parse(intake.load_json(path.read_bytes()), CATALOG)
        assert normalised(normalised(exam)) == normalised(exam)
