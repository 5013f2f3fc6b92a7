"""What the rules propose is accepted or refused; sentences are rewritten, and their codes follow or go."""

import json
from typing import Any

import pytest

from tests.web.window import PATIENT, Browser, codes, resources

POSTPARTUM = {**PATIENT, "birth_date": "1992-05-01", "indication": "Douleur de la fesse gauche."}
SITE = {"code": "sacral_ala", "laterality": "left"}


@pytest.fixture
def sacrum(browser: Browser) -> Browser:
    """A sacral stress fracture after a delivery, ready to be signed."""
    browser.open(exam="mr_pelvis", region="pelvis", **POSTPARTUM)
    browser.send("/protocol", protocol="mr_pelvis_standard")
    oedema, line = "/findings/ck-bone_marrow_oedema-sacral_ala-left", "/findings/ck-fracture_line-sacral_ala-left"
    browser.send(**{f"{oedema}/status": "present", f"{line}/status": "present",
                    "/patient/pregnancy_status": "postpartum", "/patient/postpartum_days": "4"})  # fmt: skip
    browser.send(**{f"{oedema}/signal/T1": "hypo", f"{oedema}/signal/STIR": "hyper", f"{line}/signal/T1": "hypo"})
    return browser


def sign(browser: Browser, status: str = "final", n: int = 1) -> dict[str, Any]:
    browser.send("/sign", status=status, signer="Dr Martin")
    assert browser.url.startswith("/reports/"), browser.issues()
    return browser.bundle(browser.url, n)


def key_of(browser: Browser, words: str) -> str:
    return next(key for key, text in browser.sentences().items() if words in text)


def test_a_conclusion_of_a_rule_is_refused_and_restored(sacrum: Browser) -> None:
    assert "post-partum, une ostéoporose" in sacrum.section("conclusion")
    sacrum.send("/conclusion", do="refuse:X-PPO")
    assert "une ostéoporose" not in sacrum.section("conclusion")
    assert "refusée" in sacrum.page.get_element_by_id("proposals").text_content()
    sacrum.send("/conclusion", do="restore:X-PPO")
    assert "une ostéoporose" in sacrum.section("conclusion")


def test_a_recommendation_is_said_only_once_accepted(sacrum: Browser) -> None:
    assert "Ostéodensitométrie" not in sacrum.section("conclusion")
    sacrum.send("/conclusion", do="accept:R-DXA-POSTPARTUM")
    assert "Ostéodensitométrie à distance de l’accouchement." in sacrum.section("conclusion")
    sacrum.send("/conclusion", do="drop:R-DXA-POSTPARTUM")
    assert "Ostéodensitométrie" not in sacrum.section("conclusion")


def test_a_diagnosis_is_proposed_where_its_sign_is_then_ordered_and_graded(sacrum: Browser) -> None:
    sacrum.send("/conclusion", do="propose:stress_fracture:ck-fracture_line-sacral_ala-left")
    assert "Fracture de stress de l’aileron sacré gauche." in sacrum.section("conclusion")
    sacrum.send(**{"/conclusion/diagnoses/0/certainty": "probable", "/conclusion/diagnoses/1/code": "osteonecrosis",
                   "/conclusion/diagnoses/1/certainty": "excluded"})  # fmt: skip
    assert "très évocateur d’une fracture de stress" in sacrum.section("conclusion")
    sacrum.send("/conclusion", do="down:0")
    assert sacrum.value("/conclusion/diagnoses/0/code") == "osteonecrosis"
    sacrum.send("/conclusion", do="remove:0")
    assert sacrum.value("/conclusion/diagnoses/0/code") == "stress_fracture"


def test_a_rewritten_sentence_is_shown_and_loses_its_codes(sacrum: Browser) -> None:
    assert {"bone_marrow_oedema", "fracture_line"} <= codes(sign(sacrum, "preliminary"))
    sacrum.post(f"{sacrum.url}/correct", {})
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    sacrum.send(f"/sentences/{key}", do="edit", **{f"text-{key}": "Œdème <b>diffus</b>, à revoir."})
    assert "Œdème <b>diffus</b>, à revoir." in sacrum.section("findings")
    assert "modifié" in sacrum.page.get_element_by_id("report").text_content()
    bundle = sign(sacrum, n=2)
    assert "bone_marrow_oedema" not in codes(bundle)
    report = resources(bundle, "DiagnosticReport")[0]
    assert "Œdème <b>diffus</b>, à revoir." in json.dumps(report["extension"], ensure_ascii=False)
    sections = " ".join(s["text"]["div"] for s in resources(bundle, "Composition")[0]["section"])
    assert "Œdème &lt;b&gt;diffus&lt;/b&gt;, à revoir." in sections


def test_confirmed_codes_stay_with_the_new_words(sacrum: Browser) -> None:
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    text = "Net œdème médullaire de l’aileron sacré gauche."
    sacrum.send(f"/sentences/{key}", do="confirm", **{f"text-{key}": text})
    assert text in sacrum.section("findings")
    bundle = sign(sacrum)
    assert "bone_marrow_oedema" in codes(bundle)
    assert text in sacrum.client.get(f"{sacrum.url}/v/1/report.txt").text


def test_words_changed_after_the_confirmation_ask_for_it_again(sacrum: Browser) -> None:
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    sacrum.send(f"/sentences/{key}", do="confirm", **{f"text-{key}": "Œdème net."})
    sacrum.send(f"/sentences/{key}", do="edit", **{f"text-{key}": "Œdème minime."})
    assert "bone_marrow_oedema" not in codes(sign(sacrum))


def test_a_sentence_is_reset(sacrum: Browser) -> None:
    before = sacrum.section("findings")
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    sacrum.send(f"/sentences/{key}", do="edit", **{f"text-{key}": "Autre chose."})
    sacrum.send(f"/sentences/{key}", do="reset")
    assert sacrum.section("findings") == before


def test_words_not_taken_yet_are_put_in_the_report_to_be_read_and_nothing_is_signed(sacrum: Browser) -> None:
    key, words = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche"), "Œdème étendu sur 40 % de l'aileron."
    sacrum.send("/sign", status="final", signer="Dr Martin", **{f"text-{key}": words})
    assert (sacrum.status, "relisez, puis signez" in sacrum.issues()) == (422, True)
    shown = "Œdème étendu sur 40\u202f% de l’aileron."
    assert shown in sacrum.section("findings")
    bundle = sign(sacrum)
    assert "bone_marrow_oedema" not in codes(bundle)
    assert shown in sacrum.client.get(f"{sacrum.url}/v/1/report.txt").text


def test_without_script_words_typed_beside_another_act_are_kept(sacrum: Browser) -> None:
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    sacrum.send("/rest-normal", **{f"text-{key}": "Œdème étendu."})
    assert "Œdème étendu." in sacrum.section("findings")
    sacrum.send(f"/sentences/{key}", do="reset", **{f"text-{key}": "Œdème très étendu."})
    assert "étendu" not in sacrum.section("findings")


def test_words_for_a_sentence_that_goes_with_the_same_request_are_given_back(sacrum: Browser) -> None:
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    gone = {"/findings/ck-bone_marrow_oedema-sacral_ala-left/status": "", f"text-{key}": "Mes mots à moi."}
    sacrum.send("/sign", status="final", signer="Dr Martin", **gone)
    assert sacrum.status == 422
    assert "Mes mots à moi." in sacrum.page.get_element_by_id("lost-edits").text_content()


def test_words_of_an_older_page_are_not_taken_for_those_of_the_user(sacrum: Browser) -> None:
    """Two windows: what the older one showed comes back with « Garder ma saisie », and rewrites nothing."""
    older = sacrum.form()
    severity = "/findings/ck-bone_marrow_oedema-sacral_ala-left/severity"
    sacrum.send(**{severity: "marked"})
    address = sacrum.page.get_element_by_id("draft-form").get("action")
    sacrum._show(sacrum.client.post(f"{address}/rest-normal", data={**older, severity: ["marked"]}))
    assert sacrum.status == 409
    [form] = sacrum.page.xpath("//section[@id='conflict']//form")
    sacrum._show(sacrum.client.post(form.get("action"), data=dict(form.form_values()), follow_redirects=True))
    assert "marqué" in sacrum.section("findings")
    assert "modifié" not in sacrum.page.get_element_by_id("report").text_content()


def test_a_field_changed_with_the_signature_is_no_rewritten_sentence(sacrum: Browser) -> None:
    """Without script: the text of each sentence comes as the page showed it, older than the field."""
    field = "/findings/ck-bone_marrow_oedema-sacral_ala-left/severity"
    sacrum.send("/sign", status="final", signer="Dr Martin", **{field: "marked"})
    assert (sacrum.status, sacrum.url.startswith("/reports/")) == (200, True)
    text = sacrum.client.get(f"{sacrum.url}/v/1/report.txt").text
    assert "modifié" not in text
    assert "marqué" in text


def test_a_sentence_left_as_it_is_is_not_rewritten(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    place = {"new-site": "vertebra", "new-level": "L1", "new-status": "present"}
    browser.send("/findings", **{"new-finding": "vertebral_fracture", **place})
    browser.send(**{"/findings/F1/measures/height_loss": "40"})
    key = key_of(browser, "40\u202f%")
    before = browser.sentences()
    browser.send(f"/sentences/{key}", do="edit")
    assert browser.sentences() == before
    assert "modifié" not in browser.page.get_element_by_id("report").text_content()


def test_data_changed_under_a_rewritten_sentence_blocks_until_it_is_settled(sacrum: Browser) -> None:
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    sacrum.send(f"/sentences/{key}", do="confirm", **{f"text-{key}": "Œdème net."})
    sacrum.send(**{"/findings/ck-bone_marrow_oedema-sacral_ala-left/severity": "marked"})
    assert "RPT-EDIT" in sacrum.issues()
    sacrum.send("/sign", status="final", signer="Dr Martin")
    assert sacrum.status == 422
    sacrum.send(f"/sentences/{key}", do="confirm", **{f"text-{key}": "Œdème net."})
    assert "RPT-EDIT" not in sacrum.issues()


def test_a_rewritten_sentence_without_codes_can_still_be_confirmed_or_reset(sacrum: Browser) -> None:
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    sacrum.send(f"/sentences/{key}", do="edit", **{f"text-{key}": "Œdème net."})
    verbs = sacrum.page.xpath("//button[contains(@formaction, $key)]/@value", key=key)
    assert {"edit", "confirm", "reset"} <= set(verbs)


def test_a_rewritten_sentence_whose_sign_is_gone_is_given_back_and_can_be_forgotten(sacrum: Browser) -> None:
    key = key_of(sacrum, "Œdème médullaire de l’aileron sacré gauche")
    sacrum.send(f"/sentences/{key}", do="edit", **{f"text-{key}": "Mon texte à moi."})
    sacrum.send(**{"/findings/ck-bone_marrow_oedema-sacral_ala-left/status": ""})
    assert "Mon texte à moi." in sacrum.page.get_element_by_id("lost-edits").text_content()
    [button] = sacrum.page.xpath("//*[@id='lost-edits']//button")
    sacrum.send(f"/sentences/{key}", do=button.get("value"))
    assert "RPT-EDIT" not in sacrum.issues()


def test_free_text_is_printed_as_written_in_its_section(sacrum: Browser) -> None:
    sacrum.send(**{"/free_text/findings": "Kyste banal.\nÀ 37 °C, l’œil."})
    assert "Kyste banal.\nÀ 37 °C, l’œil." in sacrum.section("findings")
    sign(sacrum)
    assert "À 37 °C, l’œil." in sacrum.client.get(f"{sacrum.url}/v/1/report.txt").text


def test_what_is_concluded_is_retained_ordered_and_removed_by_the_buttons_drawn(sacrum: Browser) -> None:
    def press(words: str) -> None:
        button = sacrum.page.xpath("//*[@id='proposals']//button[text()=$words]", words=words)[0]
        sacrum.send("/conclusion", do=button.get("value"))

    press("Retenir")
    first = sacrum.value("/conclusion/diagnoses/0/code")
    assert first
    press("Retenir")
    press("Descendre")
    assert sacrum.value("/conclusion/diagnoses/1/code") == first
    press("Retirer")
    assert sacrum.value("/conclusion/diagnoses/0/code") == first


def test_only_a_diagnosis_whose_conditions_hold_is_offered(browser: Browser) -> None:
    knee = {**PATIENT, "sex": "male", "birth_date": "1980-01-01", "indication": "Gonalgie droite."}
    browser.open(exam="mr_knee", region="knee", laterality="right", **knee)
    browser.send(**{"/findings/ck-bone_marrow_oedema-medial_femoral_condyle-right/status": "present"})
    offered = browser.page.get_element_by_id("proposals").text_content()
    assert "Fracture de stress, condyle fémoral médial droit" in offered
    assert "post-partum" not in offered
    assert "cimentée" not in offered
