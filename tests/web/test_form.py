"""Fields, options and labels come from the catalogue; what is typed is what the engine says."""

import gc
from pathlib import Path

import pytest
from flask import Flask

from reporter.catalog import load_catalog
from reporter.web import drafts
from reporter.web.form.fields import Option
from reporter.web.form.page import page
from tests.web.window import PATIENT, Browser, app, codes, resources

OVERLAY = Path(__file__).resolve().parents[1] / "data" / "overlay"
CATALOG = load_catalog()
KNEE = {**PATIENT, "indication": "Gonalgie gauche.", "sex": "male", "birth_date": "1980-01-01"}


def plain(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def knee(browser: Browser) -> None:
    browser.open(exam="mr_knee", region="knee", laterality="left", **KNEE)


def test_the_region_and_the_side_chosen_make_the_rows(browser: Browser) -> None:
    knee(browser)
    rows = [name for name in browser.names() if name.startswith("/findings/ck-bone_marrow_oedema")]
    assert len(rows) == 5
    assert all("-left" in name for name in rows)


def test_a_sign_gets_the_fields_the_catalogue_gives_it_and_no_other(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/findings", **{"new-finding": "intravertebral_cleft"})
    definition = CATALOG.findings["intravertebral_cleft"]
    own = {name.split("/")[-1] for name in browser.names() if name.startswith("/findings/F1/morphology/")}
    measures = {name.split("/")[-1] for name in browser.names() if name.startswith("/findings/F1/measures/")}
    assert own == set(definition.attributes)
    assert measures == set(definition.measures)
    assert set(browser.options("/findings/F1/morphology/contents")) == set(CATALOG.vocabulary["attribute.contents"])


def test_signals_are_asked_for_the_sequences_acquired(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/findings", **{"new-finding": "bone_marrow_oedema"})
    assert not [n for n in browser.names() if "/signal/" in n]
    browser.send("/protocol", protocol="mr_spine_standard")
    asked = {name.split("/")[-1] for name in browser.names() if "/F1/signal/" in name}
    assert asked == {"T1", "STIR", "T2"} - ({"T2"} - set(CATALOG.findings["bone_marrow_oedema"].signals))


@pytest.mark.parametrize(("typed", "said"), [("2,5", "2,5"), ("2.5", "2,5"), ("4 mm", "4"), ("1 cm", "10")])
def test_numbers_are_typed_with_a_comma_a_point_or_a_unit(browser: Browser, typed: str, said: str) -> None:
    browser.open(exam="mr_pelvis", region="pelvis", **PATIENT)
    browser.send("/findings", **{"new-finding": "soft_tissue_oedema"})
    browser.send(**{"/findings/F1/measures/thickness": typed, "/findings/F1/site/code": "soft_tissue_adjacent"})
    assert f"{said} mm d’épaisseur" in plain(browser.section("findings"))


def test_a_number_out_of_range_is_refused_beside_its_field(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/findings", **{"new-finding": "vertebral_fracture"})
    browser.send(**{"/findings/F1/site/code": "vertebra", "/findings/F1/site/level": "L1",
                    "/findings/F1/measures/height_loss": "140"})  # fmt: skip
    [field] = browser.page.xpath("//*[@name='/findings/F1/measures/height_loss']")
    assert field.get("aria-invalid") == "true"
    assert "140" not in browser.section("findings")
    assert browser.value("/findings/F1/measures/height_loss") == "140"


def test_the_patient_and_the_request_are_fields_too(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine")
    browser.send(**{"/patient/sex": "female", "/patient/age_years": "62", "/order/indication": "Dorsalgies",
                    "/patient/risk_factors/corticosteroids": "1", "/patient/labs/0/code": "25OHD",
                    "/patient/labs/0/value": "12", "/patient/labs/0/unit": "ng/mL",
                    "/exam/date": "2024-06-03"})  # fmt: skip
    assert browser.section("indication").startswith("Dorsalgies.")
    assert "corticothérapie" in browser.section("indication")
    assert "25-OH vitamine D : 12" in plain(browser.section("indication"))
    cleared = ("risk_factors/corticosteroids", "labs/0/code", "labs/0/value", "labs/0/unit")
    browser.send(**{f"/patient/{name}": "" for name in cleared})
    assert browser.section("indication") == "Dorsalgies."


def test_fields_that_were_not_sent_stay(browser: Browser) -> None:
    address = browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.post(address, {"/order/question": "Fracture ?"})
    browser.get(address)
    assert browser.value("/order/indication") == "Lombalgies brutales."
    assert browser.value("/order/question") == "Fracture ?"


def test_a_line_of_quick_entry_is_a_sign_with_its_level_and_its_measure(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/quick", q="fv l1 40 %")
    assert "Fracture vertébrale de L1, avec une perte de hauteur de 40" in browser.section("findings")


def test_a_line_nobody_understands_comes_back(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/quick", q="xyzzy")
    assert browser.section("findings") == ""
    assert browser.value("q") == "xyzzy" or "xyzzy" in browser.text


def test_a_sign_can_be_taken_away_with_what_refers_to_it(browser: Browser) -> None:
    browser.open(exam="mr_pelvis", region="pelvis", **PATIENT)
    for sign in ("bone_marrow_oedema", "fracture_line"):
        browser.send("/findings", **{"new-finding": sign})
    site = {"code": "sacral_ala", "laterality": "left"}
    fields = {f"/findings/{f}/site/{key}": value for f in ("F1", "F2") for key, value in site.items()}
    browser.send(**fields, **{"/findings/F1/relations/0/type": "abuts", "/findings/F1/relations/0/target": "F2"})
    assert "au contact d’un trait de fracture" in browser.section("findings")
    browser.send("/findings/F2/delete")
    assert "trait de fracture" not in browser.section("findings")
    assert "Œdème médullaire de l’aileron sacré gauche" in browser.section("findings")


def test_a_sign_and_an_exam_of_an_overlay_are_in_the_form(tmp_path: Path) -> None:
    browser = Browser(app(tmp_path, OVERLAY).test_client())
    asked = {**KNEE, "indication": "Douleur du coude gauche."}
    browser.open(exam="ct_elbow", region="elbow", laterality="left", **asked)
    row = "/findings/ck-bone_island-olecranon-left"
    browser.send(**{f"{row}/status": "present", "/exam/technique/planes/axial": "1", "/exam/contrast/given": "false",
                    "/exam/dose/ctdivol_mgy": "4", "/exam/dose/dlp_mgy_cm": "90"})  # fmt: skip
    assert set(browser.options(f"{row}/morphology/island_kind")) == {"spiculated", "smooth"}
    browser.send(**{f"{row}/morphology/island_kind": "spiculated", f"{row}/measures/diameter": "22"})
    assert "Îlot condensant" in browser.section("findings")
    assert "spiculé" in browser.section("findings")
    browser.send("/conclusion", do="propose:enostosis:ck-bone_island-olecranon-left")
    browser.send("/rest-normal")
    browser.send("/sign", status="final", signer="Dr Martin")
    assert browser.url.startswith("/reports/"), browser.issues()
    assert "bone_island" in codes(browser.bundle(browser.url))


def test_a_densitometry_is_entered_region_by_region(browser: Browser) -> None:
    browser.open(exam="dxa", region="lumbar_spine", **PATIENT)
    m = "/dxa/measurements/0"
    browser.send(**{"/patient/menopausal_status": "postmenopausal", "/exam/technique/device": "Hologic Horizon W",
                    f"{m}/site": "lumbar_spine", f"{m}/bmd": "0,712", f"{m}/t_score": "-2,9",
                    f"{m}/vertebrae_excluded/0/level": "L1", f"{m}/vertebrae_excluded/0/reason": "fracture",
                    **{f"{m}/vertebrae_included/{level}": "1" for level in ("L2", "L3", "L4")}})  # fmt: skip
    said = plain(browser.section("findings"))
    assert "Rachis lombaire (L2-L4) : DMO 0,712 g/cm², T-score −2,9" in said
    assert "L1 est exclue de la mesure (fracture)" in said
    browser.send("/sign", status="final", signer="Dr Martin")
    assert browser.url.startswith("/reports/"), browser.issues()
    values = [o["valueQuantity"]["value"] for o in resources(browser.bundle(browser.url), "Observation")
              if "valueQuantity" in o]  # fmt: skip
    assert 0.712 in values and -2.9 in values


def test_a_rule_that_can_be_lifted_asks_for_a_reason_and_a_name(browser: Browser) -> None:
    browser.open(exam="nm_regional", region="hip", laterality="left",
                 **{**PATIENT, "birth_date": "1994-01-01", "indication": "Coxalgie gauche."})  # fmt: skip
    browser.send(**{"/patient/pregnancy_status": "pregnant", "/patient/gestational_weeks": "30",
                    "/exam/technique/tracer": "99mTc-HDP", "/exam/technique/phases/delayed": "1"})  # fmt: skip
    browser.send("/rest-normal")
    assert "P-NM" in browser.issues()
    browser.send(**{"/exam/protocol_override/rule": "P-NM", "/exam/protocol_override/reason": "Urgence vitale",
                    "/exam/protocol_override/by": "Dr Martin"})  # fmt: skip
    assert "Urgence vitale" in browser.section("technique")
    browser.send("/sign", status="final", signer="Dr Martin")
    assert browser.url.startswith("/reports/"), browser.issues()


def test_nothing_of_a_draft_is_kept_by_the_process(site: Flask) -> None:
    """What is worked out once comes from the catalogue; dates of earlier exams and names of clients do not stay."""
    desk = site.extensions["reporter"]
    document = drafts.blank("mr_spine", desk.catalog)
    document["input"]["comparisons"] = [{"id": "C1", "date": "2019-08-07", "modality": "MR", "region": "lumbar_spine"}]
    place = {"code": "vertebra", "level": "L1"}
    signs = [{"id": name, "finding": "bone_marrow_oedema", "status": "present", "site": place} for name in ("F1", "F2")]
    document["input"]["findings"] = signs
    assert "2019-08-07" in repr(page(desk, document))
    gc.collect()
    assert not [o for o in gc.get_objects() if isinstance(o, Option) and "2019-08-07" in o.label]
    shape = desk.shape("mr_spine")
    before = len(shape._nodes)
    drafts.written(document, [("/patient/DURAND Zoe", "x"), (f"/{'x' * 1000}", "y")], desk.catalog, shape)
    assert len(shape._nodes) == before
