"""`reporter read`: streams, exit codes, JSON and XML."""

import json
from pathlib import Path

import pytest

from reporter.cli import main
from reporter.fhir.xml import to_xml
from tests.cli.test_overlay import INPUT, OVERLAY

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "fhir_examples" / "mr_ankle_foot_follow_up" / "input.json"
CLOCK = ("--clock", "2026-01-15T09:30:00+00:00")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rendered")
    assert main(["render", str(SAMPLE), "--out", str(out), *CLOCK]) == 0
    return out


@pytest.mark.parametrize("name", ["bundle.json", "transaction.json"])
def test_what_is_read_renders_to_the_same_report(
    rendered: Path, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["read", str(rendered / name)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    entered = json.loads(SAMPLE.read_text(encoding="utf-8"))
    found = json.loads(said.out)
    assert [f["id"] for f in found["findings"]] == [f["id"] for f in entered["findings"]]
    source, again = tmp_path / "input.json", tmp_path / "again"
    source.write_text(said.out, encoding="utf-8")
    assert main(["render", str(source), "--out", str(again), *CLOCK]) == 0
    assert (again / "report.txt").read_bytes() == (rendered / "report.txt").read_bytes()


def test_what_only_an_overlay_knows_reads_back_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out, overlay = tmp_path / "input.json", tmp_path / "out", ("--overlay", str(OVERLAY))
    source.write_text(json.dumps(INPUT), encoding="utf-8")
    assert main(["render", str(source), "--out", str(out), *overlay]) == 0
    capsys.readouterr()
    assert main(["read", str(out / "bundle.json"), *overlay]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["exam"]["region"] == "elbow"
    assert found["findings"][0]["finding"] == "bone_island"
    assert found["findings"][0]["site"] == {"code": "olecranon", "laterality": "left"}
    assert found["findings"][0]["morphology"] == {"margins": "well_defined", "island_kind": "spiculated"}
    assert main(["read", str(out / "bundle.json")]) == 0
    said = capsys.readouterr()
    without = json.loads(said.out)
    assert "findings" not in without and "region" not in without["exam"]
    assert said.err.count("FHIR-READ-RESOURCE") >= 2 and "elbow" in said.err


def test_xml_is_recognised(rendered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bundle.xml"
    source.write_bytes(to_xml(json.loads((rendered / "bundle.json").read_text(encoding="utf-8"))))
    capsys.readouterr()
    assert main(["read", str(source)]) == 0
    assert json.loads(capsys.readouterr().out)["exam"]["modality"] == "MR"


def test_what_is_not_read_is_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, issues = tmp_path / "patient.json", tmp_path / "issues.json"
    patient = {"resourceType": "Patient", "gender": "female", "telecom": [{"value": "01"}]}
    source.write_text(json.dumps(patient), encoding="utf-8")
    assert main(["read", str(source), "--issues", str(issues)]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"schema_version": "1.0", "patient": {"sex": "female"}}
    assert "FHIR-READ-ELEMENT /telecom" in said.err
    (issue,) = json.loads(issues.read_text(encoding="utf-8"))["issues"]
    assert (issue["code"], issue["path"], issue["severity"]) == ("FHIR-READ-ELEMENT", "/telecom", "warning")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{}", "FHIR-READ-BUNDLE"),
        ('{"resourceType": "Bundle"}', "FHIR-READ-EMPTY"),
        ("{", "RPT-JSON"),
        ("<Bundle/>", ""),
        ("<", ""),
    ],
)
def test_nothing_usable_is_exit_2(text: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bundle"
    source.write_text(text, encoding="utf-8")
    assert main(["read", str(source)]) == 2
    said = capsys.readouterr()
    found = [issue["code"] for issue in json.loads(said.out)["issues"]]
    assert found and (not code or found[0] == code)
    assert "Traceback" not in said.err
