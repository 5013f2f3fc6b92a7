"""Each check of the lint finds the fault planted for it, and nothing in our own trees."""

from pathlib import Path

import pytest

from reporter.catalog.checkdigit import mod10, verhoeff
from reporter.catalog.lint import lint

OVERLAY = Path(__file__).resolve().parents[1] / "data" / "overlay"
SIGN = "gender: f, modalities: [CT], rank: 5, attach: de, plural: bosses"
SITE = "gender: m, laterality: paired, regions: [knee]"
COLUMNS = "kind,catalogue_id,relation,system,code,display,status,ship\n"
SCT, LOINC = "http://snomed.info/sct", "http://loinc.org"
CCAM = "https://smt.esante.gouv.fr/terminologie-ccam"
SACRUM = "Bone structure of sacrum (body structure)"
FEMUR = "DXA Femur [Mass/Area] Bone density"
RETIRED = "Spondyloplastie"
REGISTRY = "system,code,display,fr,status,ship,end,sources\n"


def planted(tmp_path: Path, text: str, name: str) -> set[str]:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return {issue.code.removeprefix("RPT-CATALOG-") for issue in lint(tmp_path)}


def test_our_own_trees_are_clean() -> None:
    assert lint() == []


def test_the_example_overlay_is_clean() -> None:
    assert lint(OVERLAY) == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ID", f"findings: {{Bosse: {{noun: bosse, {SIGN}}}}}"),
        ("NO-FRENCH", f'findings: {{lump: {{noun: "", {SIGN}}}}}'),
        ("NO-FRENCH", 'recommendations: {R-X: {sentence: ""}}'),
        ("NO-PLURAL", f"sites: {{stone: {{noun: pierre, {SITE}}}}}"),
        ("NO-PLURAL", "findings: {lump: {noun: bosse, gender: f, modalities: [CT], rank: 5}}"),
        ("RULE-MESSAGE", "rules: [{id: X-1, kind: error, group: X}]"),
        ("UNKNOWN-SITE", f"findings: {{lump: {{noun: bosse, {SIGN}, sites: [moon]}}}}"),
        ("UNKNOWN-MODALITY", "findings: {lump: {noun: b, gender: f, modalities: [ZZ], rank: 5, plural: bs}}"),
        ("UNKNOWN-ATTRIBUTE", f"findings: {{lump: {{noun: bosse, {SIGN}, attributes: [colour]}}}}"),
        ("UNKNOWN-VALUE", f"findings: {{lump: {{noun: bosse, {SIGN}, severities: [huge]}}}}"),
        ("UNKNOWN-VALUE", f"findings: {{lump: {{noun: bosse, {SIGN}, values_fr: {{age: {{new: neuf}}}}}}}}"),
        ("SIGNAL-CLASS", f"findings: {{lump: {{noun: bosse, {SIGN}, signals: {{T9: [hypo]}}}}}}"),
        ("UNIT", f"findings: {{lump: {{noun: bosse, {SIGN}, measures: {{size: [inch, 1, 2]}}}}}}"),
        ("UNIT", "dxa_measures: {bmd: [g/cm-2, 0.2, 2]}"),
        ("RANGE", f"findings: {{lump: {{noun: bosse, {SIGN}, measures: {{size: [mm, 9, 2]}}}}}}"),
        ("UNKNOWN-REGION", "sites: {x: {noun: x, gender: m, laterality: none, regions: [moon]}}"),
        ("UNKNOWN-SITE", "sites: {x: {noun: x, gender: m, laterality: none, regions: [any], contains: [moon]}}"),
        ("UNKNOWN-REGION", "regions: {x: {noun: x, gender: m, laterality: none, covers: [moon]}}"),
        ("CYCLE", "regions: {x: {noun: x, gender: m, laterality: none, covers: [x]}}"),
        ("NO-EXAM", "regions: {x: {noun: x, gender: m, laterality: none}}"),
        ("UNKNOWN-FINDING", "diagnoses: {x: {noun: x, gender: m, support: [moonquake]}}"),
        ("UNKNOWN-DIAGNOSIS", "diagnoses: {x: {noun: x, gender: m, is_a: moonquake, support: [fracture]}}"),
        ("UNKNOWN-DIAGNOSIS", "differential_marrow_oedema: [moonquake]"),
        ("SUPPORT", "diagnoses: {x: {noun: x, gender: m, is_a: stress_fracture}}"),
        ("UNKNOWN-RECOMMENDATION", "rules: [{id: X-1, kind: recommend, group: X, recommends: R-MOON}]"),
        ("ALIAS", f"sites: {{stone: {{noun: acétabulum, plural: p, {SITE}}}}}"),
        ("ALIAS-TARGET", "aliases: {unit: {pouce: inch}}"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, code: str, text: str) -> None:
    assert code in planted(tmp_path, text, "terminology/planted.yaml")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("UNKNOWN-MODALITY", "modality: ZZ"),
        ("UNKNOWN-REGION", "regions: [moon]"),
        ("UNKNOWN-FIELD", "technique_fields: [spin]"),
        ("UNKNOWN-FINDING", "checklist: [{finding: moonquake}]"),
        ("UNKNOWN-SITE", "checklist: [{finding: fracture, sites: [moon]}]"),
        ("EXAM-TWICE", "modality: MR"),
    ],
)
def test_a_planted_exam_fault_is_found(tmp_path: Path, code: str, change: str) -> None:
    key = change.partition(":")[0]
    base = {"modality": "modality: MR", "regions": "regions: [knee]", "label": "label: {noun: IRM, gender: f}"}
    lines = {**base, key: change}
    text = "exams:\n  planted:\n" + "".join(f"    {line}\n" for line in lines.values())
    assert code in planted(tmp_path, text, "templates/exams/planted.yaml")


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("VERHOEFF", f"finding,fracture,equivalent,{SCT},22253001,Pain,verified2,yes"),
        ("EXTENSION", f"finding,fracture,broader,{SCT},388321000119101,MRI of sacrum,verified2,yes"),
        ("MOD10", f"procedure,MR/knee,equivalent,{LOINC},24538-2,MR Ankle,verified2,yes"),
        ("TRAP", f"diagnosis,dxa_osteopenia,equivalent,{SCT},64859006,Osteoporosis,verified2,yes"),
        ("TRAP", f"finding,fracture,broader,{SCT},297172009,Spine,verified2,yes"),
        ("TRAP", "finding,fracture,broader,http://hl7.org/fhir/sid/icd-10,S32.1,,verified2,code_only"),
        ("RELATION", f"finding,fracture,same,{SCT},125605004,Fracture,verified2,yes"),
        ("SHIP", f"finding,fracture,equivalent,{SCT},125605004,Fracture of bone,verified2,maybe"),
        ("LICENCE", f"finding,fracture,equivalent,{SCT},125605004,Fracture of bone,verified2,licence"),
        ("CODE-ONLY", "finding,fracture,broader,http://hl7.org/fhir/sid/icd-10,M84.3,Label,verified2,code_only"),
        ("UNKNOWN-CODED", f"finding,moonquake,equivalent,{SCT},125605004,Fracture of bone,verified2,yes"),
        ("TWO-MEANINGS", "finding,fracture,equivalent,http://radlex.org,RID5387,demineralization,verified2,yes"),
        ("NOT-EQUIVALENT", f"site,sacral_ala,equivalent,{SCT},54735007,{SACRUM},verified2,yes"),
        ("NOT-EQUIVALENT", f"measure,dxa.bmd.femoral_neck,equivalent,{LOINC},24701-5,{FEMUR},verified2,yes"),
        ("DISPLAY", f"finding,fracture,equivalent,{SCT},125605004,Fracture,verified2,yes"),
        ("DISPLAY", f"finding,cement_leak,broader,{LOINC},24701-5,DXA Hip [Mass/Area] Bone density,verified2,yes"),
        ("NO-SOURCE", f"finding,cement_leak,broader,{SCT},22253000,Pain (finding),verified2,yes"),
        ("NO-SOURCE", "finding,cement_leak,broader,http://radlex.org,RID99999,leak,verified2,yes"),
        ("RETIRED", f"procedure,act.x,broader,{CCAM},LHMH001,{RETIRED},verified2,yes"),
        ("LICENCE", f"site,femoral_neck,broader,{SCT},29627003,Structure of neck of femur (body structure),x,yes"),
    ],
)
def test_a_planted_code_fault_is_found(tmp_path: Path, code: str, row: str) -> None:
    assert code in planted(tmp_path, COLUMNS + row + "\n", "terminology/codes/crosswalk.csv")


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("NO-SOURCE", f"{SCT},22253000,Pain (finding),douleur,verified1,yes,,"),
        ("DISPLAY", f"{SCT},125605004,Broken bone,fracture,verified1,yes,,a file"),
        ("VERHOEFF", f"{SCT},125605005,Fracture,fracture,verified1,yes,,a file"),
        ("MOD10", f"{LOINC},24538-2,MR Ankle,,verified1,yes,,a file"),
        ("LICENCE", f"{SCT},22253000,Pain (finding),douleur,verified1,licence,,a file"),
        ("CODE-ONLY", "http://hl7.org/fhir/sid/icd-10,R52.9,Label,,verified1,code_only,,a file"),
    ],
)
def test_a_planted_registry_fault_is_found(tmp_path: Path, code: str, row: str) -> None:
    assert code in planted(tmp_path, REGISTRY + row + "\n", "terminology/codes/registry.csv")


def test_a_site_may_add_a_code_with_its_source(tmp_path: Path) -> None:
    registry = tmp_path / "terminology" / "codes" / "registry.csv"
    registry.parent.mkdir(parents=True)
    registry.write_text(f"{REGISTRY}{SCT},22253000,Pain (finding),douleur,verified1,yes,,a file\n", encoding="utf-8")
    row = f"finding,cement_leak,broader,{SCT},22253000,Pain (finding),verified1,yes\n"
    (registry.parent / "crosswalk.csv").write_text(COLUMNS + row, encoding="utf-8")
    assert lint(tmp_path) == []


def test_a_site_may_add_a_unit_with_its_source(tmp_path: Path) -> None:
    text = f"findings: {{lump: {{noun: bosse, {SIGN}, measures: {{size: [cm3, 1, 2]}}}}}}"
    assert "UNIT" in planted(tmp_path, text, "terminology/planted.yaml")
    row = "http://unitsofmeasure.org,cm3,cubic centimeter,,verified1,yes,,UCUM\n"
    assert "UNIT" not in planted(tmp_path, REGISTRY + row, "terminology/codes/registry.csv")


def test_a_code_table_nobody_reads_is_refused(tmp_path: Path) -> None:
    assert planted(tmp_path, COLUMNS, "terminology/codes/mycodes.csv") == {"TABLE"}


def test_check_digits() -> None:
    assert verhoeff("125605004")
    assert not verhoeff("125605005")
    assert not verhoeff("215605004")
    assert mod10("18748-4")
    assert not mod10("18748-5")
    assert not mod10("M84.3")
