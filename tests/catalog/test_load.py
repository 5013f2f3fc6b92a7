"""What the shipped catalogue says, and how a tree is refused."""

from decimal import Decimal
from pathlib import Path

import pytest

from reporter.catalog import alias_key, load_catalog
from reporter.catalog.entries import Catalog
from reporter.errors import CatalogError, ConfigError


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def overlay(tmp_path: Path, text: str, name: str = "terminology/site.yaml") -> Path:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return tmp_path


def refused(tmp_path: Path, text: str, name: str = "terminology/site.yaml") -> list[tuple[str, str]]:
    with pytest.raises(CatalogError) as caught:
        load_catalog(overlay(tmp_path, text, name))
    return [(issue.code, issue.path.removeprefix(f"{tmp_path}/")) for issue in caught.value.issues]


def test_a_sign_keeps_its_french_units_and_conditions(catalog: Catalog) -> None:
    oedema = catalog.findings["bone_marrow_oedema"]
    assert oedema.lexeme.noun == "œdème médullaire"
    assert oedema.modalities == {"MR"}
    assert oedema.conditional == {"CT": "dual_energy"}
    assert oedema.signals["FS"] == ("hyper",)
    assert catalog.findings["soft_tissue_oedema"].measures["thickness"].minimum == Decimal("0.5")


def test_joint_signs_accept_every_joint_and_no_bone(catalog: Catalog) -> None:
    sites = catalog.findings["joint_effusion"].sites
    assert {"hip_joint", "knee_joint", "wrist"} <= set(sites)
    assert "femoral_head" not in sites


def test_levels_are_expanded_in_order(catalog: Catalog) -> None:
    assert catalog.sites["vertebra"].levels[0] == "C1"
    assert catalog.sites["vertebra"].levels[-1] == "L5"
    discs = catalog.sites["intervertebral_disc"].levels
    assert (discs[0], discs[-1]) == ("C2C3", "L5S1")
    assert "T12L1" in discs
    assert catalog.sites["femoral_head"].levels == ()


def test_regions_are_closed(catalog: Catalog) -> None:
    assert catalog.regions["full_spine"].contains >= {"lumbar_spine", "sacrum_region"}
    assert catalog.regions["whole_body"].contains == set(catalog.regions)
    assert catalog.regions["lumbar_spine"].levels == catalog.lumbar_fov
    assert catalog.regions["knee"].contains == {"knee"}


def test_every_modality_and_region_has_one_exam(catalog: Catalog) -> None:
    pairs = [(exam.modality, region) for exam in catalog.exams.values() for region in exam.regions]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {(m, r) for m in catalog.vocabulary["modality"] for r in catalog.regions}


def test_hip_words_take_no_elision(catalog: Catalog) -> None:
    assert catalog.sites["hip_joint"].lexeme.h_aspire
    assert catalog.rois["total_hip"].lexeme.h_aspire


@pytest.mark.parametrize(
    ("kind", "spelling", "code"),
    [
        ("level", "D12", "T12"),
        ("unit", "cc", "mL"),
        ("tracer", "99m Tc HDP", "99mTc-HDP"),
        ("tracer", "18FNA", "18F-NaF"),
        ("site", "cotyle", "acetabulum"),
        ("site", "Condyle fémoral interne", "medial_femoral_condyle"),
        ("site", "calcaneum", "calcaneus"),
        ("diagnosis", "Algodystrophie", "crps1"),
        ("finding", "Oedème médullaire", "bone_marrow_oedema"),
    ],
)
def test_input_spellings(catalog: Catalog, kind: str, spelling: str, code: str) -> None:
    assert catalog.aliases[kind][alias_key(spelling)] == code


def test_an_identifier_is_not_a_spelling(catalog: Catalog) -> None:
    assert alias_key("oedeme_osseux") not in catalog.aliases["finding"]


def test_codes_under_licence_are_off_by_default(catalog: Catalog) -> None:
    assert all(coding.ship != "licence" for codings in catalog.codes.values() for coding in codings)
    licensed = load_catalog(snomed_licence=True)
    assert any(coding.code == "29627003" for coding in licensed.codes["site", "femoral_neck"])
    assert licensed.hash != catalog.hash


def test_icd_labels_are_not_shipped(catalog: Catalog) -> None:
    icd = [c for codings in catalog.codes.values() for c in codings if c.system.endswith("icd-10")]
    assert icd
    assert all(coding.display is None for coding in icd)


def test_the_hash_depends_on_every_file(catalog: Catalog, tmp_path: Path) -> None:
    assert load_catalog().hash == catalog.hash
    root = overlay(tmp_path, "Bonjour", "templates/report/x.j2")
    changed = load_catalog(root)
    assert changed.hash != catalog.hash
    assert changed.templates["report/x.j2"] == "Bonjour"


def test_an_overlay_adds_and_replaces(tmp_path: Path) -> None:
    text = """
recommendations:
  R-MRI: {sentence: "IRM à discuter."}
  R-SITE: {sentence: "Avis spécialisé."}
vocabulary:
  lab: [TSH]
"""
    catalog = load_catalog(overlay(tmp_path, text))
    assert catalog.recommendations["R-MRI"].sentence == "IRM à discuter."
    assert "R-SITE" in catalog.recommendations
    assert {"25OHD", "TSH"} <= set(catalog.vocabulary["lab"])


def test_the_first_overlay_wins(tmp_path: Path) -> None:
    first = overlay(tmp_path / "a", 'recommendations: {R-MRI: {sentence: "A."}}')
    second = overlay(tmp_path / "b", 'recommendations: {R-MRI: {sentence: "B."}}')
    assert load_catalog(first, second).recommendations["R-MRI"].sentence == "A."


def test_all_problems_come_at_once_with_their_lines(tmp_path: Path) -> None:
    text = """findings:
  lump:
    noun: masse
    noun: bosse
    gender: x
    modalities: [MR]
    colour: red
zones:
  tip: {noun: pointe}
planets: {}
"""
    assert refused(tmp_path, text) == [
        ("RPT-CATALOG-DUPLICATE", "terminology/site.yaml:4: findings.lump.noun"),
        ("RPT-CATALOG-VALUE", "terminology/site.yaml:5: findings.lump.gender"),
        ("RPT-CATALOG-MISSING-KEY", "terminology/site.yaml:2: findings.lump.rank"),
        ("RPT-CATALOG-UNKNOWN-KEY", "terminology/site.yaml:7: findings.lump.colour"),
        ("RPT-CATALOG-MISSING-KEY", "terminology/site.yaml:9: zones.tip.gender"),
        ("RPT-CATALOG-SECTION", "terminology/site.yaml:10: planets"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("findings: ]", "RPT-CATALOG-YAML", "terminology/site.yaml:1: "),
        ("zones: &a {b: *a}", "RPT-CATALOG-YAML", "terminology/site.yaml:1: "),
        ("- a", "RPT-CATALOG-SHAPE", "terminology/site.yaml:1: "),
        ("zones: 3", "RPT-CATALOG-SHAPE", "terminology/site.yaml:1: zones"),
        ("levels: C1", "RPT-CATALOG-VALUE", "terminology/site.yaml:1: levels"),
        ("vocabulary:\n  lab: TSH", "RPT-CATALOG-VALUE", "terminology/site.yaml:2: vocabulary.lab"),
        ("aliases: {unit: {ml: 3}}", "RPT-CATALOG-VALUE", "terminology/site.yaml:1: aliases.unit.ml"),
        ("dxa_measures: {bmd: [g/cm2, 0.2]}", "RPT-CATALOG-MISSING-KEY", "terminology/site.yaml:1: dxa_measures.bmd.2"),
        (
            "sites:\n  x: {noun: x, gender: m, laterality: none, regions: [any],\n    levels: T1-T99}",
            "RPT-CATALOG-LEVEL",
            "terminology/site.yaml:2: sites.x",
        ),
        ("rules:\n  - {kind: error, group: A}", "RPT-CATALOG-MISSING-KEY", "terminology/site.yaml:2: rules.0.id"),
        (
            "rules:\n  - {id: A, kind: error, group: A}\n  - {id: A, kind: error, group: A}",
            "RPT-CATALOG-REPEATED",
            "terminology/site.yaml:3: rules.1",
        ),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, code: str, path: str) -> None:
    assert (code, path) in refused(tmp_path, text)


def test_two_files_of_one_tree_cannot_define_the_same_entry(tmp_path: Path) -> None:
    entry = "zones: {tip: {noun: pointe, gender: f}}"
    overlay(tmp_path, entry, "terminology/a.yaml")
    assert refused(tmp_path, entry, "terminology/b.yaml") == [
        ("RPT-CATALOG-REPEATED", "terminology/b.yaml:1: zones.tip")
    ]


@pytest.mark.parametrize(
    ("table", "line"),
    [("system,code\nx,y\n", 1), ("kind,catalogue_id,relation,system,code,display,status,ship\nfinding,x\n", 2)],
)
def test_a_bad_code_table_is_refused(tmp_path: Path, table: str, line: int) -> None:
    name = "terminology/codes/crosswalk.csv"
    assert refused(tmp_path, table, name) == [("RPT-CATALOG-CSV", f"{name}:{line}: crosswalk")]


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "terminology").mkdir()
    (tmp_path / "terminology" / "x.yaml").write_bytes(b"zones: {\xe9: 1}")
    with pytest.raises(CatalogError, match=r"x\.yaml:1"):
        load_catalog(tmp_path)


def test_an_overlay_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_catalog(tmp_path / "nowhere")


def test_ambiguous_yaml_words_stay_text(tmp_path: Path) -> None:
    catalog = load_catalog(overlay(tmp_path, "vocabulary: {lab: [no, 2024-01-02, 12:30]}"))
    assert {"no", "2024-01-02", "12:30"} <= set(catalog.vocabulary["lab"])
