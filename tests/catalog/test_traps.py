"""Each stored trap, planted in a site overlay with the meaning it does not have, is named by lint."""

import csv
from pathlib import Path

import pytest

from reporter.catalog.lint import lint
from reporter.errors import Issue

ROOT = Path(__file__).resolve().parents[2]
CODES = ROOT / "terminology" / "codes"
COLUMNS = "kind,catalogue_id,relation,system,code,display,status,ship,note\n"
LOINC, SCT = "http://loinc.org", "http://snomed.info/sct"
# where a reader of the wrong label would put the code
PLACES = {
    "429616001": ("procedure", "act.kyphoplasty"),
    "64859006": ("diagnosis", "dxa_osteopenia"),
    "3261002": ("diagnosis", "migratory_osteoporosis"),
    "35136003": ("finding", "posterior_wall_retropulsion"),
    "731966006": ("region", "dxa.total_hip"),
    "731684005": ("site", "sacrum"),
    "43178005": ("tracer", "99mTc-MDP"),
    "38265-5": ("measure", "dxa.t_score.lumbar_spine"),
    "80948-3": ("measure", "dxa.bmd.total_hip"),
    "11502-2": ("procedure", "report.imaging"),
    "38269-7": ("measure", "dxa.bmd.lumbar_spine"),
    "M81.0": ("diagnosis", "systemic_osteoporosis"),
    "S32.1": ("diagnosis", "h_sacral_fracture"),
    "RID5401": ("finding", "pseudarthrosis"),
}


def rows(name: str) -> list[dict[str, str]]:
    with (CODES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TRAPS = rows("traps")
TRUE = [t for t in TRAPS if t["allowed"]]


def plant(tmp_path: Path, row: list[str], table: str = "crosswalk", columns: str = COLUMNS) -> list[Issue]:
    folder = tmp_path / "terminology" / "codes"
    folder.mkdir(parents=True)
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(columns)
        csv.writer(file).writerow(row)
    return [i for i in lint(tmp_path) if i.path.startswith(f"{folder / table}.csv:2: ")]


def named(issues: list[Issue], code: str) -> bool:
    return any(i.code == "RPT-CATALOG-TRAP" and code in i.message for i in issues)


def place(trap: dict[str, str]) -> tuple[str, str]:
    return PLACES.get(trap["code"], ("measure", "volume"))


def identity(trap: dict[str, str]) -> str:
    return f"{trap['system'].rsplit('/', 1)[-1]}-{trap['code']}"


def test_there_are_53_traps() -> None:
    assert len({(t["system"], t["code"]) for t in TRAPS}) == 53


@pytest.mark.parametrize("relation", ["equivalent", "broader"])
@pytest.mark.parametrize("trap", TRAPS, ids=identity)
def test_a_trap_under_its_wrong_label_is_named(tmp_path: Path, trap: dict[str, str], relation: str) -> None:
    kind, catalogue_id = place(trap)
    label = trap["wrong_meaning"]
    issues = plant(
        tmp_path, [kind, catalogue_id, relation, trap["system"], trap["code"], label, "verified1", "yes", ""]
    )
    assert named(issues, trap["code"])


@pytest.mark.parametrize("trap", TRAPS, ids=identity)
def test_a_trap_under_its_true_label_on_a_wrong_entry_is_named(tmp_path: Path, trap: dict[str, str]) -> None:
    kind, catalogue_id = place(trap)
    label = trap["true_meaning"]
    row = [kind, catalogue_id, "equivalent", trap["system"], trap["code"], label, "verified1", "yes", ""]
    assert named(plant(tmp_path, row), trap["code"])


@pytest.mark.parametrize("trap", [t for t in TRAPS if t["kind"] != "retired"], ids=identity)
def test_a_trap_cannot_be_registered_under_its_wrong_label(tmp_path: Path, trap: dict[str, str]) -> None:
    row = [trap["system"], trap["code"], trap["wrong_meaning"], "", "verified1", "yes", "", "a file"]
    assert named(plant(tmp_path, row, "registry", "system,code,display,fr,status,ship,end,sources\n"), trap["code"])


@pytest.mark.parametrize("trap", TRUE, ids=identity)
def test_the_true_uses_of_a_trap_code_are_not_traps(trap: dict[str, str]) -> None:
    uses = [u.split(":") for u in trap["allowed"].split(";")]
    stored = [r for r in (*rows("crosswalk"), *rows("licensed/snomed")) if r["code"] == trap["code"]]
    assert sorted(uses) == sorted([r["kind"], r["catalogue_id"], r["relation"]] for r in stored)
    assert not lint()


def test_a_wider_use_of_a_trap_code_with_its_true_meaning_is_allowed(tmp_path: Path) -> None:
    row = ["diagnosis", "osteomalacia", "broader", SCT, "64859006", "Osteoporosis (disorder)", "verified2", "yes", ""]
    assert not plant(tmp_path, row)


@pytest.mark.parametrize("unit", ["g/cm-2", "g/cm²"])
def test_a_trap_unit_is_refused_as_a_unit_of_the_catalogue(tmp_path: Path, unit: str) -> None:
    file = tmp_path / "terminology" / "planted.yaml"
    file.parent.mkdir()
    file.write_text(f"dxa_measures: {{bmd: [{unit}, 0.2, 2]}}", encoding="utf-8")
    assert [i.code for i in lint(tmp_path)] == ["RPT-CATALOG-UNIT"]
    assert unit in lint(tmp_path)[0].message
