"""Who may do what to a draft and to a report, from the first line to the withdrawal; what the trail keeps of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from reporter.delivery.accounts import Role
from tests.web.people import account, actions, bearer, integrator, person, site, store_of
from tests.web.window import PATIENT, Browser, resources


@pytest.fixture
def guarded(tmp_path: Path) -> Flask:
    return site(tmp_path / "data")


@pytest.fixture
def senior(guarded: Flask) -> Browser:
    return person(guarded, Role.RADIOLOGIST)


@pytest.fixture
def junior(guarded: Flask) -> Browser:
    return person(guarded, Role.RESIDENT)


def draft(browser: Browser) -> str:
    address = browser.open(exam="mr_spine", region="lumbar_spine", **PATIENT)
    browser.send("/protocol", protocol="mr_spine_standard")
    browser.send("/rest-normal")
    return address


def signed(browser: Browser, status: str = "final") -> str:
    draft(browser)
    browser.send("/sign", status=status, signer="Quelqu’un d’autre")
    assert browser.url.startswith("/reports/"), browser.text
    return browser.url


def status_of(made: Flask, report: str) -> str:
    return store_of(made).report(report.rpartition("/")[2]).status


def test_somebody_elses_draft_is_refused_and_the_refusal_is_kept(
    guarded: Flask, senior: Browser, junior: Browser
) -> None:
    address = draft(junior)
    before = store_of(guarded).draft(address.rpartition("/")[2])
    senior.get(address)
    assert senior.status == 403 and "DURAND" not in senior.text
    senior.get("/")
    for act in ("", "/rest-normal", "/sign", "/delete", "/findings", "/protocol", "/quick", "/priors", "/conclusion"):
        senior.client.get("/")
        assert senior.client.post(address + act, data={"csrf_token": senior.token()}).status_code == 403, act
    assert store_of(guarded).draft(before.id) == before
    line = store_of(guarded).audit_lines(action="access.refused")[0]
    assert (line.outcome, line.entity, line.entity_id) == ("refused", "draft", before.id)
    assert line.actor == account(guarded, Role.RADIOLOGIST).id


def test_a_resident_signs_preliminary_and_a_radiologist_finishes(
    guarded: Flask, senior: Browser, junior: Browser
) -> None:
    draft(junior)
    assert not junior.page.xpath("//*[@id='sign-final']")
    junior.send("/sign", status="final", signer="x")
    assert junior.status == 403
    report = signed(junior, "preliminary")
    assert status_of(guarded, report) == "preliminary"
    senior.get(report)
    senior.post(f"{report}/correct", {})
    senior.send("/sign", status="final", signer="x")
    assert status_of(guarded, report) == "final"
    first, second = store_of(guarded).versions(report.rpartition("/")[2])
    assert (first.signer, second.signer) == ("Dr resident", "Dr radiologist"), "nobody signs under another name"


def test_a_resident_corrects_nothing_that_is_final(guarded: Flask, senior: Browser, junior: Browser) -> None:
    report = signed(senior)
    junior.get(report)
    assert not junior.page.xpath("//form[contains(@action,'/correct') or contains(@action,'/addendum')]")
    for act in ("correct", "addendum", "withdraw"):
        junior.post(f"{report}/{act}", {"text": "x", "reason": "x"})
        assert junior.status == 403
        junior.get(report)
    assert status_of(guarded, report) == "final"


def test_a_correction_begun_while_preliminary_does_not_pass_for_one_once_final(
    guarded: Flask, senior: Browser, junior: Browser
) -> None:
    report = signed(junior, "preliminary")
    junior.post(f"{report}/correct", {})
    senior.get(report)
    senior.post(f"{report}/correct", {})
    senior.send("/sign", status="final", signer="x")
    junior.send("/sign", status="preliminary", signer="x")
    assert junior.status == 403
    assert status_of(guarded, report) == "final"


@pytest.mark.parametrize(("first", "last"), [("preliminary", "cancelled"), ("final", "entered-in-error")])
def test_a_withdrawn_report_stays_readable_and_goes_no_further(
    guarded: Flask, senior: Browser, first: str, last: str
) -> None:
    report = signed(senior, first)
    text = senior.client.get(f"{report}/v/1/report.txt").text
    senior.post(f"{report}/withdraw", {"reason": "  "})
    assert senior.status == 422
    senior.post(f"{report}/withdraw", {"reason": "Mauvais patient."})
    assert senior.status == 200 and status_of(guarded, report) == last
    assert senior.client.get(f"{report}/v/1/report.txt").text == text
    assert "Mauvais patient." in senior.client.get(f"{report}/v/2/report.txt").text
    bundle = senior.bundle(report, 2)
    assert resources(bundle, "DiagnosticReport")[0]["status"] == last
    assert resources(bundle, "Composition")[0]["status"] == "entered-in-error"
    for act in ("correct", "addendum", "withdraw"):
        senior.post(f"{report}/{act}", {"text": "x", "reason": "x"})
        assert senior.status == 422
    assert store_of(guarded).report(report.rpartition("/")[2]).latest == 2


def test_a_secretary_sees_the_work_list_and_prints_final_reports_only(
    guarded: Flask, senior: Browser, junior: Browser
) -> None:
    final, preliminary = signed(senior), signed(junior, "preliminary")
    desk = person(guarded, Role.SECRETARY)
    desk.get("/")
    assert "Liste de travail" in desk.text and "DURAND" in desk.text
    assert not desk.page.xpath("//a[starts-with(@href,'/drafts/')] | //form[@action='/drafts']")
    desk.get(f"{final}/v/1/print")
    assert desk.status == 200
    senior.get(preliminary)
    senior.post(f"{preliminary}/withdraw", {"reason": "Doublon."})
    for url in (final, f"{final}/v/1/bundle.json", f"{final}/v/1/report.txt", f"{preliminary}/v/1/print",
                f"{preliminary}/v/2/print"):  # fmt: skip
        assert desk.client.get(url).status_code == 403, url


def test_an_administrator_reads_and_signs_nothing(guarded: Flask, senior: Browser) -> None:
    report = signed(senior)
    root = person(guarded, Role.ADMINISTRATOR)
    root.get("/")
    assert root.url == "/admin/users"
    for url in (report, f"{report}/v/1/print", f"{report}/v/1/report.txt", "/new"):
        assert root.client.get(url).status_code == 403
    root.post("/drafts", {"exam": "mr_spine"})
    assert root.status == 403


def test_each_act_leaves_its_line_with_who_what_and_the_request(guarded: Flask, senior: Browser) -> None:
    report = signed(senior)
    identifier = report.rpartition("/")[2]
    for url in (report, f"{report}/v/1/bundle.json", f"{report}/v/1/print"):
        senior.client.get(url, headers={"X-Request-Id": "test-request-1"})
    senior.get(report)
    senior.post(f"{report}/addendum", {"text": "Relecture."})
    every = list(store_of(guarded).audit_iter())
    lines = [line for line in every if (line.entity, line.entity_id) == ("report", identifier)]
    said = [line.action for line in lines]
    assert said[0] == "report.sign" and said.count("report.sign") == 2
    assert {"report.view", "report.export", "report.print"} <= set(said)
    assert {line.actor for line in lines} == {account(guarded, Role.RADIOLOGIST).id}
    assert {line.patient for line in lines} == {"P-1"}
    assert [line.correlation for line in lines].count("test-request-1") == 3
    assert ("draft.create", "success") in actions(guarded)
    assert store_of(guarded).verify_audit().intact
    trail = str(every)
    assert "DURAND" not in trail and "Lombalgies" not in trail


def test_every_answer_names_its_request(senior: Browser) -> None:
    given = senior.client.get("/", headers={"X-Request-Id": "ris-20240603-77"})
    assert given.headers["X-Request-Id"] == "ris-20240603-77"
    for bad in ("x", "a b c d e f g h", "<script>alert(1)</script>", "x" * 65):
        made = senior.client.get("/", headers={"X-Request-Id": bad}).headers["X-Request-Id"]
        assert made != bad and len(made) == 36


@pytest.mark.parametrize("path", ["/fhir/Patient", "/api/worklist"])
def test_a_token_lives_until_it_is_revoked_or_past_its_date(tmp_path: Path, path: str) -> None:
    import datetime as dt

    from tests.web.people import Clock

    clock = Clock()
    made = site(tmp_path / "data", clock=clock)
    client, store = made.test_client(), store_of(made)
    lasting = integrator(made, "system/*.read")
    short = integrator(made, "system/*.read", expires=clock() + dt.timedelta(hours=1))
    wrong = integrator(made, "system/Device.read")
    assert [client.get(path, headers=bearer(t)).status_code for t in (lasting, short, wrong)] == [200, 200, 403]
    clock.later(hours=2)
    assert [client.get(path, headers=bearer(t)).status_code for t in (lasting, short)] == [200, 401]
    [token] = [t for t in store.tokens() if t.expires is None and "system/*.read" in t.scopes]
    store.revoke_token(token.id)
    assert client.get(path, headers=bearer(lasting)).status_code == 401
    last = store.audit_lines()[-1]
    assert (last.action, last.outcome, last.detail["token"]) == ("access.refused", "refused", token.id)


def test_a_closed_integrator_and_nonsense_are_refused(guarded: Flask) -> None:
    client, secret = guarded.test_client(), integrator(guarded, "system/*.read")
    assert client.get("/fhir/Patient", headers=bearer(secret)).status_code == 200
    for bad in ("", "x", secret[:-1], secret.upper(), "é" * 30, "x" * 100_000):
        assert client.get("/fhir/Patient", headers={"Authorization": f"Bearer {bad}"}).status_code == 401
    assert client.get("/fhir/Patient", headers={"Authorization": f"Basic {secret}"}).status_code == 401
    assert client.get(f"/fhir/Patient?access_token={secret}").status_code == 401
    store_of(guarded).change_user(account(guarded, Role.INTEGRATOR, "ris").id, active=False)
    assert client.get("/fhir/Patient", headers=bearer(secret)).status_code == 401
    assert secret not in str(store_of(guarded).tokens())


def test_a_token_past_its_rate_waits(tmp_path: Path) -> None:
    made = site(tmp_path, api_rate="2 per minute")
    client, first, second = made.test_client(), integrator(made, "system/*.read"), integrator(made, "system/*.read")
    seen = [client.get("/fhir/Patient", headers=bearer(first)) for _ in range(3)]
    assert [answer.status_code for answer in seen] == [200, 200, 429]
    assert int(seen[2].headers["Retry-After"]) > 0
    assert client.get("/fhir/Patient", headers=bearer(second)).status_code == 200
