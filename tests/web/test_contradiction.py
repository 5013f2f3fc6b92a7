"""A report never says that a sign is there and that it is not, whatever the order of the answers."""

from typing import Any

import pytest

from reporter.catalog import load_catalog
from reporter.web.form import overlap
from tests.web.window import PATIENT, Browser

CATALOG = load_catalog()
WALL = "/findings/ck-posterior_wall_retropulsion-vertebra/status"
OEDEMA = "/findings/ck-bone_marrow_oedema"


@pytest.fixture
def spine(browser: Browser) -> Browser:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/protocol", protocol="mr_spine_standard")
    return browser


@pytest.fixture
def hip(browser: Browser) -> Browser:
    browser.open(exam="mr_hip", region="hip", laterality="left", **PATIENT)
    browser.send("/protocol", protocol="mr_limb_standard")
    return browser


def test_a_sign_entered_after_the_rest_was_normal_takes_the_absence_back(spine: Browser) -> None:
    spine.send("/rest-normal")
    assert "recul du mur postérieur" in spine.section("findings")
    spine.send("/quick", q="recul mur l1 3 mm")
    assert spine.section("findings").count("ecul du mur postérieur") == 1
    assert "ecul du mur postérieur de L1" in spine.section("findings")
    assert spine.value(WALL) == ""
    assert spine.value("/findings/ck-vertebral_fracture-vertebra/status") == "absent"


def test_a_sign_entered_before_is_not_denied_by_the_rest(spine: Browser) -> None:
    spine.send("/quick", q="recul mur l1 3 mm")
    spine.send("/rest-normal")
    assert spine.section("findings").count("ecul du mur postérieur") == 1
    assert spine.value(WALL) == ""


def test_the_rest_pressed_again_does_not_deny_the_sign_again(spine: Browser) -> None:
    for act in ({"do": "normal"}, {"do": "normal"}):
        spine.send("/rest-normal", **act)
        spine.send("/quick", q="recul mur l1 3 mm")
    assert spine.section("findings").count("ecul du mur postérieur") <= 1 or spine.value(WALL) == ""


def test_a_doubtful_sign_takes_the_absence_back_too(spine: Browser) -> None:
    spine.send("/rest-normal")
    spine.send("/findings", **{"new-finding": "posterior_wall_retropulsion", "new-site": "vertebra", "new-level": "L1",
                               "new-status": "indeterminate"})  # fmt: skip
    assert spine.value(WALL) == ""


def test_a_place_given_later_takes_the_absence_back_then(hip: Browser) -> None:
    hip.send("/rest-normal")
    hip.send("/findings", **{"new-finding": "bone_marrow_oedema"})
    hip.send(**{"/findings/F1/site/code": "acetabular_roof"})
    assert hip.value(f"{OEDEMA}-acetabulum-left/status") == "absent"
    hip.send(**{"/findings/F1/site/laterality": "left"})
    assert hip.value(f"{OEDEMA}-acetabulum-left/status") == ""
    assert hip.value(f"{OEDEMA}-femoral_head-left/status") == "absent"


def test_an_exam_concluded_normal_is_normal_no_more(spine: Browser) -> None:
    spine.send("/rest-normal")
    assert "normal_exam" in [spine.value("/conclusion/diagnoses/0/code")]
    spine.send("/quick", q="recul mur l1 3 mm")
    assert spine.value("/conclusion/diagnoses/0/code") == ""
    assert "V-NORMAL" not in spine.issues()


def test_what_was_taken_back_is_not_undone_again(spine: Browser) -> None:
    spine.send("/rest-normal")
    spine.send("/quick", q="recul mur l1 3 mm")
    spine.send("/findings/F1/delete")
    spine.send(**{WALL: "absent"})
    spine.send("/rest-normal", do="undo")
    assert spine.value(WALL) == "absent"
    assert spine.value("/findings/ck-vertebral_fracture-vertebra/status") == ""


def test_an_absence_said_against_a_sign_is_refused_beside_its_field(spine: Browser) -> None:
    spine.send("/quick", q="recul mur l1 3 mm")
    spine.send(**{WALL: "absent"})
    assert "V-CONTRA" in spine.issues()
    assert spine.page.xpath("//*[@id='issues']//a[contains(@href, 'posterior_wall_retropulsion')]")
    spine.send("/rest-normal")
    spine.send("/sign", status="final", signer="Dr Martin")
    assert spine.status == 422


def test_the_same_place_is_said_contradictory_once(spine: Browser) -> None:
    for status in ("present", "absent"):
        spine.send("/findings", **{"new-finding": "bone_marrow_oedema", "new-site": "vertebra", "new-level": "L1",
                                   "new-status": status})  # fmt: skip
    assert len(spine.page.xpath("//*[@id='issues']//*[contains(text(), 'est à la fois')]")) == 1


def finding(status: str, code: str, sign: str = "bone_marrow_oedema", **more: Any) -> dict[str, Any]:
    place = {key: more.pop(key) for key in ("laterality", "level", "number", "part", "zones") if key in more}
    return {"finding": sign, "status": status, "site": {"code": code, **place}, **more}


LEFT, RIGHT = {"laterality": "left"}, {"laterality": "right"}


@pytest.mark.parametrize(("there", "absent", "both"), [
    (finding("present", "vertebra", level="L1"), finding("absent", "spinal_segment"), True),
    (finding("present", "vertebra", level="L1"), finding("absent", "exam_region"), True),
    (finding("present", "vertebra", level="L1"), finding("absent", "vertebra", level="L2"), False),
    (finding("present", "superior_endplate", level="L1"), finding("absent", "vertebra", level="L1"), True),
    (finding("present", "superior_endplate", level="L1"), finding("absent", "vertebra", level="L2"), False),
    (finding("present", "sacral_ala", **LEFT), finding("absent", "sacrum"), True),
    (finding("present", "sacrum"), finding("absent", "sacral_ala", **LEFT), True),
    (finding("present", "sacral_ala", **LEFT), finding("absent", "sacral_ala", **RIGHT), False),
    (finding("present", "ilium", laterality="bilateral"), finding("absent", "ilium", **RIGHT), True),
    (finding("present", "ilium"), finding("absent", "ilium", **RIGHT), False),
    (finding("present", "exam_region", **LEFT), finding("absent", "ilium", **RIGHT), False),
    (finding("present", "patella", zones=["anterior"], **LEFT), finding("absent", "patella", **LEFT), True),
    (finding("present", "patella", zones=["base"], **LEFT), finding("absent", "patella", zones=["head"], **LEFT),
     False),
    (finding("present", "metatarsal", number="2", **LEFT), finding("absent", "metatarsal", number=2, **LEFT), True),
    (finding("present", "metatarsal", number=2, **LEFT), finding("absent", "metatarsal", number=3, **LEFT), False),
    (finding("present", "patella", **LEFT), finding("absent", "patella", "fracture_line", **LEFT), False),
    (finding("present", "sacrum", "increased_uptake", uptake={"phases": ["delayed"]}),
     finding("absent", "sacrum", "increased_uptake", uptake={"phases": ["flow"]}), False),
    (finding("present", "patella", **LEFT), finding("indeterminate", "patella", **LEFT), False),
    (finding("present", ""), finding("absent", "exam_region"), False),
    (finding("present", "nowhere"), finding("absent", "nowhere"), False),
])  # fmt: skip
def test_which_answers_cannot_hold_together(there: dict[str, Any], absent: dict[str, Any], both: bool) -> None:
    assert overlap.clash(there, absent, CATALOG) is both
    assert overlap.clash(absent, there, CATALOG) is both
