"""The command line: files, exit codes, streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from reporter.cli import main
from reporter.outputs import REPORT_FILES

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "fhir_examples" / "mr_pelvis_sacral_stress_fracture" / "input.json"
CLOCK = ("--clock", "2026-01-15T09:30:00+00:00")


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def changed(tmp_path: Path, **exam: object) -> Path:
    """The sample with other values in its exam."""
    data = json.loads(SAMPLE.read_text(encoding="utf-8"))
    data["exam"] |= exam
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_render_writes_the_five_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(SAMPLE), "--out", str(tmp_path / "new" / "out"), *CLOCK]) == 0
    assert names(tmp_path / "new" / "out") == set(REPORT_FILES)
    report = json.loads((tmp_path / "new" / "out" / "report.json").read_text(encoding="utf-8"))
    assert list(report) == ["sections", "issues", "rules", "sentences"]
    assert {"title", "indication", "technique", "comparison", "findings", "conclusion"} == set(report["sections"])
    assert json.loads(capsys.readouterr().out)["issues"] == report["issues"]


def test_a_refused_input_leaves_only_its_issues(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["render", str(SAMPLE), "--out", str(out), *CLOCK]) == 0
    assert main(["render", str(changed(tmp_path, region="atlantis")), "--out", str(out), *CLOCK]) == 2
    assert names(out) == {"issues.json"}
    issues = json.loads((out / "issues.json").read_text(encoding="utf-8"))["issues"]
    found = [i for i in issues if i["code"] == "V-CODE" and i["severity"] == "error"]
    assert [i["path"] for i in found] == ["/exam/region"]
    assert set(issues[0]) == {"code", "severity", "path", "message"}
    assert "V-CODE" in capsys.readouterr().err
    assert main(["render", str(SAMPLE), "--out", str(out), *CLOCK]) == 0
    assert names(out) == set(REPORT_FILES)


def test_xml_is_written_when_asked_for_and_goes_when_it_is_not(tmp_path: Path) -> None:
    assert main(["render", str(SAMPLE), "--out", str(tmp_path), "--xml", *CLOCK]) == 0
    assert names(tmp_path) == {*REPORT_FILES, "bundle.xml", "transaction.xml"}
    for name in ("bundle", "transaction"):
        document = etree.fromstring((tmp_path / f"{name}.xml").read_bytes())
        bundle = json.loads((tmp_path / f"{name}.json").read_bytes())
        assert document.tag == "{http://hl7.org/fhir}Bundle"
        assert len(document.findall("{*}entry")) == len(bundle["entry"])
    assert main(["render", str(SAMPLE), "--out", str(tmp_path), *CLOCK]) == 0
    assert names(tmp_path) == set(REPORT_FILES)


def test_shape_and_rule_errors_come_together(tmp_path: Path) -> None:
    data = json.loads(SAMPLE.read_text(encoding="utf-8"))
    data["findings"][0]["site"].pop("laterality", None)
    data["findings"].append(dict(data["findings"][0], id="F90", finding="increased_uptake"))
    data["conclusion"]["recommendations"] = ["R-NOTHING"]
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert main(["render", str(path), "--out", str(tmp_path / "out"), *CLOCK]) == 2
    issues = json.loads((tmp_path / "out" / "issues.json").read_text(encoding="utf-8"))["issues"]
    assert {"V-CODE", "L-REQ", "M-SIGN"} <= {i["code"] for i in issues}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"a": 1, "a": 2}', b"[" * 100_000, b"nul", b"[NaN]"])
def test_what_is_not_json_is_invalid_input(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "input.json"
    path.write_bytes(content)
    assert main(["render", str(path), "--out", str(tmp_path / "out")]) == 2
    assert names(tmp_path / "out") == {"issues.json"}


def test_standard_input_and_source_date_epoch(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reporter.cli", "render", "-", "--out", str(tmp_path)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1768469400", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, input=SAMPLE.read_bytes(), capture_output=True, env=environment, check=True)
    assert len(json.loads(done.stdout)["files"]) == len(REPORT_FILES)
    for name in REPORT_FILES:
        assert (tmp_path / name).read_bytes() == (SAMPLE.parent / name).read_bytes()


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    for out in ("a", "b"):
        assert main(["render", str(SAMPLE), "--out", str(tmp_path / out)]) == 0
    for name in REPORT_FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ["render", "absent.json", "--out", "out"],
        ["render", str(SAMPLE), "--out", str(SAMPLE)],
        ["render", str(SAMPLE), "--out", "out", "--clock", "hier"],
        ["render", str(SAMPLE), "--out", "out", "--overlay", "absent"],
        ["check", str(SAMPLE), "--settings", "absent.toml"],
        ["check", str(ROOT)],
        ["schema", "absent"],
    ],
)
def test_other_failures_speak_french_and_exit_1(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "Traceback" not in streams.err
    assert any(word in streams.err for word in ("inaccessible", "illisible", "introuvable", "inconnu"))


def test_wrong_usage_is_not_an_invalid_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["render"])
    assert stop.value.code == 1
    assert "usage" in capsys.readouterr().err


def test_a_defect_never_shows_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("reporter.catalog.load_catalog", lambda *_, **__: 1 / 0)
    assert main(["schema"]) == 1
    assert "Erreur interne (ZeroDivisionError)" in capsys.readouterr().err


def test_check_prints_issues_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(SAMPLE), *CLOCK]) == 0
    assert all(i["severity"] != "error" for i in json.loads(capsys.readouterr().out)["issues"])
    assert main(["check", str(changed(tmp_path, date="2024-13-45")), *CLOCK]) == 2
    issues = json.loads(capsys.readouterr().out)["issues"]
    assert any(i["path"] == "/exam/date" and i["severity"] == "error" for i in issues)
    assert names(tmp_path) == {"changed.json"}


def test_strict_dose_setting_refuses_what_is_a_warning_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "site.toml"
    settings.write_text("strict_fr_dose = true\n", encoding="utf-8")
    data = json.loads((ROOT / "fhir_examples" / "xr_full_spine_eos" / "input.json").read_text(encoding="utf-8"))
    del data["exam"]["dose"]
    path = tmp_path / "input.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert main(["check", str(path), *CLOCK]) == 0
    assert main(["check", str(path), *CLOCK, "--settings", str(settings)]) == 2
    assert "erreur P-DOSE" in capsys.readouterr().err


def test_explain_traces_each_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(SAMPLE), *CLOCK]) == 0
    sentences = json.loads(capsys.readouterr().out)["sentences"]
    report = json.loads((SAMPLE.parent / "report.json").read_text(encoding="utf-8"))
    assert [(s["section"], s["text"]) for s in sentences] == [(s["section"], s["text"]) for s in report["sentences"]]
    statements = [statement for sentence in sentences for statement in sentence["statements"]]
    assert any(statement.get("path", "").startswith("/findings/") for statement in statements)
    rules = [rule for sentence in sentences for rule in sentence["rules"]]
    assert rules
    assert all(rule["source"] for rule in rules)


def test_lint_accepts_our_catalogue_and_names_the_line_of_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint"]) == 0
    assert not [i for i in json.loads(capsys.readouterr().out)["issues"] if i["severity"] == "error"]
    (tmp_path / "terminology" / "sites").mkdir(parents=True)
    broken = tmp_path / "terminology" / "sites" / "broken.yaml"
    broken.write_text("sites:\n  elbow: {fr: coude}\n", encoding="utf-8")
    assert main(["lint", str(tmp_path)]) == 2
    errors = [i for i in json.loads(capsys.readouterr().out)["issues"] if i["severity"] == "error"]
    assert any("broken.yaml:2" in i["path"] for i in errors)


def test_what_needs_no_report_loads_no_engine() -> None:
    code = (
        "import sys, reporter.cli\n"
        "try: reporter.cli.main(['--version'])\n"
        "except SystemExit: print([m for m in ('pydantic', 'jinja2', 'yaml', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "reporter render input.json --out out/" in capsys.readouterr().out
