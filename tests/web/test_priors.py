"""Earlier exams: from a bundle or from the store; each lesion followed, new ones marked."""

import io

import pytest

from tests.web.window import PATIENT, Browser, resources

KNEE = {**PATIENT, "birth_date": "1980-01-01", "sex": "male", "indication": "Gonalgie gauche."}
OEDEMA = "/findings/ck-bone_marrow_oedema"


def first_exam(browser: Browser) -> str:
    """A signed knee MRI with oedema of the medial condyle, three months earlier."""
    browser.open(exam="mr_knee", region="knee", laterality="left", **{**KNEE, "date": "2024-03-01"})
    browser.send("/protocol", protocol="mr_limb_standard")
    row = f"{OEDEMA}-medial_femoral_condyle-left"
    browser.send(**{f"{row}/status": "present"})
    browser.send(**{f"{row}/signal/T1": "hypo", f"{row}/signal/PDFS": "hyper"})
    browser.send("/rest-normal")
    browser.send("/sign", status="final", signer="Dr Martin")
    assert browser.url.startswith("/reports/"), browser.issues()
    return browser.url


@pytest.fixture
def follow_up(browser: Browser) -> Browser:
    report = first_exam(browser)
    browser.open(exam="mr_knee", region="knee", laterality="left", **KNEE)
    browser.send("/protocol", protocol="mr_limb_standard")
    browser.send("/priors", prior=report.rpartition("/")[2], do="load")
    return browser


def test_an_earlier_report_of_the_store_is_compared_with(follow_up: Browser) -> None:
    assert "du 1er mars 2024" in follow_up.section("comparison").replace("ᵉʳ", "er")
    assert "condyle fémoral médial" in follow_up.page.get_element_by_id("priors").text_content()
    assert follow_up.section("findings") == ""


@pytest.mark.parametrize(("change", "words"), [
    ("partial_regression", "régression partielle"), ("complete_regression", "régression complète"),
    ("unchanged", "stabilité"), ("increased", "majoration")])  # fmt: skip
def test_each_lesion_is_followed(follow_up: Browser, change: str, words: str) -> None:
    index = follow_up.page.xpath("//*[@id='priors']//button[contains(@formaction, '/priors/C1/')]/@formaction")[0]
    follow_up.send(index.removeprefix(follow_up.url), do=change)
    assert words in (follow_up.section("findings") + follow_up.section("conclusion")).lower()
    row = f"{OEDEMA}-medial_femoral_condyle-left/status"
    assert follow_up.value(row) == ("absent" if change == "complete_regression" else "present")


def test_a_lesion_elsewhere_is_marked_new(follow_up: Browser) -> None:
    name = "ck-bone_marrow_oedema-lateral_tibial_plateau-left"
    follow_up.send(**{f"/findings/{name}/status": "present"})
    follow_up.send(f"/priors/C1/new-{name}")
    assert "apparition" in (follow_up.section("findings") + follow_up.section("conclusion")).lower()


def test_a_bundle_file_is_an_earlier_exam(browser: Browser) -> None:
    report = first_exam(browser)
    bundle = browser.client.get(f"{report}/v/1/bundle.json").data
    browser.open(exam="mr_knee", region="knee", laterality="left", **KNEE)
    data = {**browser.form(), "do": "load", "prior-file": (io.BytesIO(bundle), "earlier.json")}
    browser._show(browser.client.post(f"{browser.url}/priors", data=data, follow_redirects=True))
    assert "IRM du genou gauche" in browser.section("comparison")
    assert browser.page.xpath("//*[@id='priors']//button[contains(@formaction, '/priors/C1/')]")
    assert "erreur" not in browser.page.get_element_by_id("priors").text_content()


def test_an_xml_bundle_is_an_earlier_exam_too(browser: Browser) -> None:
    report = first_exam(browser)
    bundle = browser.client.get(f"{report}/v/1/bundle.xml").data
    browser.open(exam="mr_knee", region="knee", laterality="left", **KNEE)
    data = {**browser.form(), "do": "load", "prior-file": (io.BytesIO(bundle), "earlier.xml")}
    browser._show(browser.client.post(f"{browser.url}/priors", data=data, follow_redirects=True))
    assert "IRM du genou gauche" in browser.section("comparison")
    assert browser.page.xpath("//*[@id='priors']//button[contains(@formaction, '/priors/C1/')]")


@pytest.mark.parametrize("content", [
    b"not json", b"[]", b'{"resourceType": "Bundle"}', b"\xff\xfe", b"<a>", b"<Bundle/>",
    b'<Bundle xmlns="http://hl7.org/fhir"/>'])  # fmt: skip
def test_a_file_that_is_no_report_is_refused_in_french(browser: Browser, content: bytes) -> None:
    browser.open(exam="mr_knee", region="knee", laterality="left", **KNEE)
    data = {**browser.form(), "do": "load", "prior-file": (io.BytesIO(content), "x.json")}
    browser._show(browser.client.post(f"{browser.url}/priors", data=data, follow_redirects=True))
    assert browser.status == 200
    assert browser.page.xpath("//*[contains(@class, 'notice')]")
    assert browser.section("comparison") == ""


def test_taking_an_exam_away_takes_what_was_compared_with_it(follow_up: Browser) -> None:
    row = f"{OEDEMA}-medial_femoral_condyle-left"
    index = follow_up.page.xpath("//*[@id='priors']//button[contains(@formaction, '/priors/C1/')]/@formaction")[0]
    follow_up.send(index.removeprefix(follow_up.url), do="unchanged")
    follow_up.send("/priors", do="remove:C1")
    assert "mars 2024" not in follow_up.section("comparison")
    assert follow_up.value(f"{row}/status") == "present"
    assert "stabilité" not in follow_up.section("findings").lower()


def test_the_change_is_coded(follow_up: Browser) -> None:
    index = follow_up.page.xpath("//*[@id='priors']//button[contains(@formaction, '/priors/C1/')]/@formaction")[0]
    follow_up.send(index.removeprefix(follow_up.url), do="partial_regression")
    row = f"{OEDEMA}-medial_femoral_condyle-left"
    follow_up.send(**{f"{row}/signal/T1": "hypo", f"{row}/signal/PDFS": "hyper"})
    follow_up.send("/rest-normal")
    follow_up.send("/sign", status="final", signer="Dr Martin")
    assert follow_up.url.startswith("/reports/"), follow_up.issues()
    text = str(resources(follow_up.bundle(follow_up.url), "Observation"))
    assert "partial_regression" in text
