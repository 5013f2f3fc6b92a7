"""Signed, completed, corrected: frozen versions, the same report in text and codes."""

from flask import Flask

from tests.web.window import PATIENT, Browser, resources


def signed(browser: Browser, status: str = "final") -> str:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/protocol", protocol="mr_spine_standard")
    browser.send("/rest-normal")
    browser.send("/sign", status=status, signer="Dr Martin")
    assert browser.status == 200 and browser.url.startswith("/reports/"), browser.issues()
    return browser.url


def test_nothing_is_signed_without_a_name(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/protocol", protocol="mr_spine_standard")
    browser.send("/rest-normal")
    browser.send("/sign", status="final", signer="  ")
    assert browser.status == 422


def test_a_preliminary_report_becomes_final(browser: Browser) -> None:
    report = signed(browser, "preliminary")
    assert resources(browser.bundle(report), "DiagnosticReport")[0]["status"] == "preliminary"
    browser.post(f"{report}/correct", {})
    browser.send("/sign", status="final", signer="Dr Martin")
    assert resources(browser.bundle(report, 2), "DiagnosticReport")[0]["status"] == "final"
    assert resources(browser.bundle(report, 1), "DiagnosticReport")[0]["status"] == "preliminary"


def test_a_correction_replaces_and_the_first_version_stays(browser: Browser) -> None:
    report = signed(browser)
    first = browser.client.get(f"{report}/v/1/bundle.json").data
    text = browser.client.get(f"{report}/v/1/report.txt").text
    browser.post(f"{report}/correct", {})
    browser.send(**{"/order/indication": "Lombalgies chroniques."})
    browser.send("/sign", status="final", signer="Dr Bernard")
    assert browser.url == report
    assert browser.client.get(f"{report}/v/1/bundle.json").data == first
    assert browser.client.get(f"{report}/v/1/report.txt").text == text
    assert "Lombalgies chroniques." in browser.client.get(f"{report}/v/2/report.txt").text
    before, after = browser.bundle(report, 1), browser.bundle(report, 2)
    assert resources(after, "DiagnosticReport")[0]["status"] == "corrected"
    old = resources(before, "Composition")[0]
    [relation] = resources(after, "Composition")[0]["relatesTo"]
    assert relation["code"] == "replaces"
    assert relation["targetIdentifier"]["value"] == before["identifier"]["value"]
    assert resources(after, "Composition")[0]["identifier"] == old["identifier"]
    changed = " ".join(browser.page.xpath("//ins//text()"))
    assert "chroniques" in changed
    assert "brutales" in " ".join(browser.page.xpath("//del//text()"))


def test_an_addendum_leaves_every_word_and_adds_a_dated_text(browser: Browser) -> None:
    report = signed(browser)
    text = browser.client.get(f"{report}/v/1/report.txt").text
    browser.post(f"{report}/addendum", {"text": "Relecture : pas de changement.", "signer": "Dr Bernard"})
    assert browser.status == 200
    second = browser.client.get(f"{report}/v/2/report.txt").text
    assert second.startswith(text[: text.index("Compte rendu définitif")].rstrip())
    assert "Relecture : pas de changement." in second
    bundle = browser.bundle(report, 2)
    assert resources(bundle, "DiagnosticReport")[0]["status"] == "appended"
    assert "Relecture : pas de changement." in browser.client.get(f"{report}/v/2/report.html").text


def test_an_empty_addendum_is_refused(browser: Browser) -> None:
    report = signed(browser)
    browser.post(f"{report}/addendum", {"text": " ", "signer": "Dr Bernard"})
    assert browser.status == 422
    assert browser.client.get(f"{report}/v/2/report.txt").status_code == 404


def test_signing_twice_signs_once(browser: Browser) -> None:
    browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/protocol", protocol="mr_spine_standard")
    browser.send("/rest-normal")
    draft, form = browser.url, browser.form()
    browser.post(f"{draft}/sign", {**form, "status": "final", "signer": "Dr Martin"})
    report = browser.url
    browser.get("/")
    browser.post(f"{draft}/sign", {**form, "status": "final", "signer": "Dr Martin"})
    assert browser.url == report
    assert browser.client.get(f"{report}/v/2/report.txt").status_code == 404


def test_two_windows_on_one_draft_are_told_apart(site: Flask, browser: Browser) -> None:
    address = browser.open(exam="mr_spine", **PATIENT)
    other = Browser(site.test_client())
    other.get(address)
    browser.send(**{"/order/indication": "Première fenêtre."})
    other.send(**{"/order/indication": "Seconde fenêtre."})
    assert other.status == 409
    browser.get(address)
    assert browser.value("/order/indication") == "Première fenêtre."
    [form] = other.page.xpath("//form[.//input[@name='/order/indication']]")
    other.post(form.get("action"), dict(form.form_values()))
    browser.get(address)
    assert browser.value("/order/indication") == "Seconde fenêtre."


def test_a_saved_draft_survives_the_server(site: Flask, browser: Browser) -> None:
    from tests.web.window import app

    address = browser.open(exam="mr_spine", **PATIENT)
    browser.send(**{"/free_text/findings": "Tapé avant la panne."})
    again = Browser(app(site.extensions["reporter"].config.data).test_client())
    again.get(address)
    assert again.value("/free_text/findings") == "Tapé avant la panne."


def test_a_contradictory_side_blocks_and_is_shown_beside_its_field(browser: Browser) -> None:
    browser.open(exam="mr_knee", region="knee", laterality="left", **{**PATIENT, "indication": "Gonalgie gauche."})
    browser.send("/findings", **{"new-finding": "bone_marrow_oedema"})
    browser.send(**{"/findings/F1/site/code": "patella", "/findings/F1/site/laterality": "right"})
    browser.send("/sign", status="final", signer="Dr Martin")
    assert browser.status == 422
    [target] = [a.get("href")[1:] for a in browser.page.xpath("//*[@id='issues']//a")][:1]
    assert browser.page.get_element_by_id(target) is not None


def test_the_print_page_has_the_letterhead(tmp_path: object) -> None:
    from tests.web.window import app

    browser = Browser(app(tmp_path, letterhead="Clinique des Os").test_client())
    report = signed(browser)
    assert "Clinique des Os" in browser.get(f"{report}/v/1/print").text_content()
