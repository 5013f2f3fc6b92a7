"""The report of an input still being entered: what was entered, as the engine says it, and nothing else."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import engine, intake
from reporter.catalog import load_catalog

CATALOG = load_catalog()
SAMPLES = sorted((Path(__file__).resolve().parents[2] / "fhir_examples").glob("*/input.json"))
INPUTS = [json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES]
CLOCK = lambda: dt.datetime(2026, 1, 2, 8, tzinfo=dt.UTC)  # noqa: E731 - a fixed clock
FIXED = ((), ("exam",), ("exam", "modality"), ("exam", "region"))


def places(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [at, *(place for key in keys for place in places(node[key], (*at, key)))]


def without(data: dict[str, Any], place: tuple[Any, ...]) -> None:
    for key in place[:-1]:
        data = data[key]
    del data[place[-1]]


def preview(data: object) -> tuple[engine.Report | None, list[Any]]:
    return engine.preview(data, CATALOG, clock=CLOCK)


def section(report: engine.Report | None, name: str) -> str:
    assert report is not None
    return report.narrative.section(name).text()


@pytest.mark.parametrize("data", INPUTS, ids=[path.parent.name for path in SAMPLES])
def test_a_finished_input_is_previewed_as_it_is_signed(data: dict[str, Any]) -> None:
    shown, issues = preview(data)
    signed = engine.build_report(intake.parse(data, CATALOG), CATALOG, clock=CLOCK)
    assert shown is not None
    assert shown.text() == signed.text()
    assert not [i for i in issues if i.severity == "error"]


@given(st.sampled_from(INPUTS), st.data())
def test_an_input_with_holes_is_never_refused_nor_completed(whole: dict[str, Any], data: st.DataObject) -> None:
    holed = copy.deepcopy(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        places_left = [p for p in places(holed) if p not in FIXED]
        without(holed, data.draw(st.sampled_from(places_left)))
    shown, issues = preview(holed)
    assert shown is not None
    expected = engine.check(holed, CATALOG, clock=CLOCK)
    assert {(i.code, i.path) for i in expected if i.code == "V-REQ"} <= {(i.code, i.path) for i in issues}
    stated = {s.source_id for s in shown.data.statements if s.kind == "finding"}
    assert stated <= {f.get("id") for f in holed.get("findings", []) if isinstance(f, dict)}


def test_an_exam_only_chosen_says_its_title() -> None:
    shown, issues = preview({"exam": {"modality": "MR", "region": "lumbar_spine"}})
    assert shown is not None
    assert {s.id: s.text() for s in shown.narrative.sections if s.text()} == {"title": "IRM du rachis lombaire"}
    assert {i.path for i in issues} >= {"/patient", "/order", "/exam/date", "/exam/technique", "/findings"}


def test_without_a_modality_there_is_no_report() -> None:
    assert preview({})[0] is None
    assert preview([])[0] is None


def test_a_sign_without_its_status_is_not_said() -> None:
    sign = {"id": "F1", "finding": "bone_marrow_oedema", "site": {"code": "sacral_ala", "laterality": "left"}}
    shown, _ = preview({"exam": {"modality": "MR", "region": "pelvis"}, "findings": [sign]})
    assert section(shown, "findings") == ""
    shown, _ = preview({"exam": {"modality": "MR", "region": "pelvis"}, "findings": [{**sign, "status": "present"}]})
    assert section(shown, "findings") == "Œdème médullaire de l’aileron sacré gauche."


def test_nothing_is_derived_before_the_age_and_the_date_are_known() -> None:
    dxa = next(d for d, p in zip(INPUTS, SAMPLES, strict=True) if p.parent.name == "dxa_tbs_vfa")
    assert "steoporo" in section(preview(dxa)[0], "conclusion").lower().replace("é", "e")
    bare = {**dxa, "patient": {"sex": "female"}, "conclusion": {}}
    assert not [s for s in preview(bare)[0].data.statements if s.kind == "derived"]


def test_side_errors_are_found_while_the_patient_is_still_unknown() -> None:
    sign = {"id": "F1", "finding": "bone_marrow_oedema", "status": "present", "site": {"code": "sacral_ala"}}
    _, issues = preview({"exam": {"modality": "MR", "region": "pelvis"}, "findings": [sign]})
    assert "L-REQ" in {i.code for i in issues}
