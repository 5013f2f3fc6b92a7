"""A new sign, site and exam that exist only in a site overlay reach every output, with no Python change."""

import json
from pathlib import Path

import jsonschema
import pytest

from reporter.catalog import load_catalog
from reporter.cli import main

OVERLAY = Path(__file__).resolve().parents[1] / "data" / "overlay"
INPUT = {
    "schema_version": "1.0",
    "patient": {"sex": "male", "age_years": 50},
    "order": {"indication": "Douleur du coude gauche."},
    "exam": {
        "modality": "CT",
        "region": "elbow",
        "laterality": "left",
        "date": "2024-06-03",
        "technique": {"planes": ["axial"]},
        "contrast": {"given": False},
        "dose": {"ctdivol_mgy": 4, "dlp_mgy_cm": 90},
    },
    "findings": [
        {
            "id": "F1",
            "finding": "bone_island",
            "status": "present",
            "site": {"code": "pointe du coude", "laterality": "left"},
            "morphology": {"margins": "well_defined", "island_kind": "spiculated"},
            "measures": [{"name": "diameter", "value": 22, "unit": "mm"}],
        },
        {
            "id": "F2",
            "finding": "joint_effusion",
            "status": "absent",
            "site": {"code": "elbow_joint", "laterality": "left"},
        },
    ],
    "conclusion": {
        "diagnoses": [{"code": "enostosis", "certainty": "retained", "site": "olecranon", "laterality": "left"}]
    },
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("elbow")
    source = directory / "input.json"
    source.write_text(json.dumps(INPUT), encoding="utf-8")
    assert main(["render", str(source), "--out", str(directory / "out"), "--overlay", str(OVERLAY)]) == 0
    return directory / "out"


def test_the_report_says_it(out: Path) -> None:
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    sections = report["sections"]
    assert "coude gauche" in sections["title"]
    assert "lot condensant" in sections["findings"]
    assert "l’olécrâne gauche" in sections["findings"]
    for words in ("à contours nets", "spiculé", "22\u00a0mm"):
        assert words in sections["findings"].replace("\u202f", "\u00a0"), words
    assert "épanchement" in sections["findings"]
    assert "nostose" in sections["conclusion"]
    assert "SITE-ISLAND" in report["rules"]
    assert "SITE-ISLAND-SIZE" in {issue["code"] for issue in report["issues"]}


@pytest.mark.parametrize("name", ["bundle.json", "transaction.json"])
def test_the_bundles_encode_it(out: Path, name: str) -> None:
    bundle = json.loads((out / name).read_text(encoding="utf-8"))
    observations = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Observation"]
    islands = [o for o in observations if "bone_island" in {c.get("code") for c in o["code"].get("coding", [])}]
    assert len(islands) == 1
    assert "olecranon" in {c["code"] for c in islands[0]["bodySite"]["coding"]}
    quantities = [c["valueQuantity"] for c in islands[0]["component"] if "valueQuantity" in c]
    assert [(q["value"], q["code"]) for q in quantities] == [(22, "mm")]
    assert any("enostosis" in {c.get("code") for c in o["code"].get("coding", [])} for o in observations)


def test_the_schema_offers_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "ct_elbow", "--overlay", str(OVERLAY)]) == 0
    schema = json.loads(capsys.readouterr().out)
    data = json.loads(json.dumps(INPUT))
    data["findings"][0]["site"]["code"] = "olecranon"
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert not list(validator.iter_errors(data))
    data["findings"][0]["site"]["code"] = "sacrum"
    assert list(validator.iter_errors(data))


def test_without_the_overlay_it_is_unknown(tmp_path: Path) -> None:
    source = tmp_path / "input.json"
    source.write_text(json.dumps(INPUT), encoding="utf-8")
    assert main(["render", str(source), "--out", str(tmp_path / "out")]) == 2
    issues = json.loads((tmp_path / "out" / "issues.json").read_text(encoding="utf-8"))["issues"]
    assert {"/exam/region", "/findings/0/finding"} <= {i["path"] for i in issues if i["code"] == "V-CODE"}


def test_the_overlay_is_part_of_the_provenance(out: Path) -> None:
    assert load_catalog(OVERLAY).hash != load_catalog().hash
    assert load_catalog(OVERLAY).hash[:12] in (out / "bundle.json").read_text(encoding="utf-8")


def test_the_overlay_passes_lint(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(OVERLAY)]) == 0
    assert not [i for i in json.loads(capsys.readouterr().out)["issues"] if i["severity"] == "error"]
