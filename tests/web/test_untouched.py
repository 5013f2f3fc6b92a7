"""A form nobody touched signs nothing and says nothing clinical; « tout le reste normal » says what it says."""

import json
from pathlib import Path

import pytest

from reporter.catalog import load_catalog
from tests.web.window import PATIENT, Browser, resources

CATALOG = load_catalog()
EXAMS = sorted(CATALOG.exams)


@pytest.mark.parametrize("exam", EXAMS)
def test_an_untouched_form_says_nothing_and_is_not_signed(browser: Browser, exam: str) -> None:
    address = browser.open(exam=exam)
    assert browser.say() == ""
    assert not browser.page.xpath("//*[@id='draft-form']//input[@type='radio'][@checked][@value!='']")
    browser.send("/sign", status="final", signer="Dr Martin")
    assert browser.status == 422
    assert "erreur" in browser.issues()
    browser.get("/")
    assert browser.page.xpath("//a[@href=$url]", url=address)
    assert not browser.page.xpath("//a[starts-with(@href, '/reports/')]")


@pytest.mark.parametrize("exam", EXAMS)
def test_every_row_of_the_minimum_data_set_is_asked_and_nothing_else_is_answered(browser: Browser, exam: str) -> None:
    browser.open(exam=exam)
    asked = {name.split("/")[2].split("-")[1] for name in browser.names() if name.startswith("/findings/ck-")}
    expected = {
        item.finding
        for item in CATALOG.exams[exam].checklist
        if not CATALOG.findings[item.finding].needs_procedure and "CT" not in CATALOG.findings[item.finding].conditional
    }
    assert expected <= asked <= {item.finding for item in CATALOG.exams[exam].checklist}


def test_a_normal_lumbar_mri_is_a_protocol_one_act_and_a_signature(browser: Browser) -> None:
    browser.open(q="irm lombaire", **PATIENT)
    browser.send("/protocol", protocol="mr_spine_standard")
    browser.send("/rest-normal")
    assert "erreur" not in browser.issues()
    assert "Pas de fracture vertébrale" in browser.section("findings")
    assert "Pas d’anomalie décelable du rachis lombaire." in browser.section("conclusion")
    browser.send("/sign", status="final", signer="Dr Martin")
    bundle = browser.bundle(browser.url)
    found = [o for o in resources(bundle, "Observation") if o.get("valueCodeableConcept")]
    said = json.dumps(found)
    assert "absent" in said.lower()
    assert resources(bundle, "DiagnosticReport")[0]["status"] == "final"


def test_the_act_is_recorded_shown_and_can_be_taken_back(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/rest-normal")
    assert "Tout le reste normal" in browser.page.get_element_by_id("progress").text_content()
    assert browser.value("/findings/ck-vertebral_fracture-vertebra/status") == "absent"
    browser.send("/rest-normal", do="undo")
    assert browser.value("/findings/ck-vertebral_fracture-vertebra/status") == ""
    assert browser.say() == "Lombalgies brutales."


def test_the_act_leaves_what_was_answered(browser: Browser) -> None:
    browser.open(exam="mr_pelvis", region="pelvis", **PATIENT)
    browser.send(**{"/findings/ck-bone_marrow_oedema-sacral_ala-left/status": "present"})
    browser.send("/rest-normal")
    assert browser.value("/findings/ck-bone_marrow_oedema-sacral_ala-left/status") == "present"
    assert browser.value("/findings/ck-bone_marrow_oedema-sacral_ala-right/status") == "absent"
    assert "anomalie décelable" not in browser.section("conclusion")


def test_an_answer_can_be_taken_back(browser: Browser) -> None:
    browser.open(exam="mr_pelvis", region="pelvis", **PATIENT)
    row = "/findings/ck-bone_marrow_oedema-sacral_ala-left/status"
    browser.send(**{row: "absent"})
    assert "Pas d’œdème médullaire" in browser.section("findings")
    browser.send(**{row: ""})
    assert browser.section("findings") == ""


def test_a_row_of_a_bone_with_levels_is_somewhere_or_nowhere(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    row = "/findings/ck-vertebral_fracture-vertebra"
    browser.send(**{f"{row}/status": "present"})
    assert "étage" in browser.issues().lower() or "niveau" in browser.issues().lower()
    browser.send(**{f"{row}/site/level": "L1", f"{row}/measures/height_loss": "40"})
    assert "Fracture vertébrale de L1, avec une perte de hauteur de 40" in browser.section("findings")
    browser.send(**{f"{row}/status": "absent"})
    assert "Pas de fracture vertébrale" in browser.section("findings")


def test_the_data_directory_keeps_a_secret_of_its_own(tmp_path: Path, site: object) -> None:
    assert len((tmp_path / "data" / "secret.key").read_text()) > 40
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0
