"""Who may reach what: every route of the application, every role, against a table written by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from reporter.delivery.accounts import Role
from reporter.web.auth.permissions import TABLE, Permission
from tests.web.people import PEOPLE, bearer, integrator, person, site, store_of
from tests.web.window import Browser

ALL = frozenset(PEOPLE)
DOCTORS = frozenset((Role.RADIOLOGIST, Role.RESIDENT))
SENIOR = frozenset((Role.RADIOLOGIST,))
ADMIN = frozenset((Role.ADMINISTRATOR,))
CLINIC = frozenset((*DOCTORS, Role.SECRETARY))
PUBLIC = {
    "GET /static/<path:filename>", "GET /login", "POST /login", "POST /theme", "GET /help", "GET /fhir/metadata",
    "GET /fhir/OperationDefinition/DiagnosticReport-generate", "GET /api/openapi.json", "GET /login/oidc",
    "GET /login/oidc/callback",
}  # fmt: skip
PAGES = {
    "GET /": ALL,
    "POST /logout": ALL,
    "GET /account": ALL,
    "POST /account/password": ALL,
    "GET /exams": DOCTORS,
    "GET /new": CLINIC,
    "POST /drafts": DOCTORS,
    "GET /drafts/<draft_id>": DOCTORS,
    "POST /drafts/<draft_id>": DOCTORS,
    "POST /drafts/<draft_id>/rest-normal": DOCTORS,
    "POST /drafts/<draft_id>/findings": DOCTORS,
    "POST /drafts/<draft_id>/findings/<finding_id>/delete": DOCTORS,
    "POST /drafts/<draft_id>/conclusion": DOCTORS,
    "POST /drafts/<draft_id>/sentences/<key>": DOCTORS,
    "POST /drafts/<draft_id>/delete": DOCTORS,
    "POST /drafts/<draft_id>/sign": DOCTORS,
    "GET /drafts/<draft_id>/quick": DOCTORS,
    "POST /drafts/<draft_id>/quick": DOCTORS,
    "POST /drafts/<draft_id>/protocol": DOCTORS,
    "POST /drafts/<draft_id>/schema": DOCTORS,
    "POST /drafts/<draft_id>/priors": DOCTORS,
    "POST /drafts/<draft_id>/priors/<prior_id>/<lesion>": DOCTORS,
    "GET /reports/<report_id>": DOCTORS,
    "GET /reports/<report_id>/v/<int:n>/<name>": DOCTORS,
    "GET /reports/<report_id>/v/<int:n>/print": CLINIC,
    "POST /reports/<report_id>/addendum": SENIOR,
    "POST /reports/<report_id>/withdraw": SENIOR,
    "POST /reports/<report_id>/correct": DOCTORS,
    "GET /admin/users": ADMIN,
    "POST /admin/users": ADMIN,
    "POST /admin/users/<user_id>": ADMIN,
    "POST /admin/users/<user_id>/password": ADMIN,
    "GET /admin/tokens": ADMIN,
    "POST /admin/tokens": ADMIN,
    "POST /admin/tokens/<token_id>/revoke": ADMIN,
    "GET /admin/deliveries": ADMIN,
    "POST /admin/deliveries/<int:delivery_id>/replay": ADMIN,
    "POST /admin/deliveries/<int:delivery_id>/abandon": ADMIN,
    "GET /admin/audit": ADMIN,
    "GET /admin/audit/export": ADMIN,
}
ANY_TOKEN = ("POST /fhir", "POST /fhir/", "POST /fhir/DiagnosticReport/$generate")
TYPES = {
    "DiagnosticReport", "Observation", "Composition", "Patient", "ServiceRequest", "ImagingStudy", "Procedure",
    "Practitioner", "PractitionerRole", "Organization", "Device", "BodyStructure", "Provenance",
}  # fmt: skip
WORK = "system/ServiceRequest.read"
ENGINE = "system/DiagnosticReport.write"
OF_API = {
    "POST /api/check": ENGINE,
    "POST /api/render": ENGINE,
    "GET /api/exams": ENGINE,
    "GET /api/schema": ENGINE,
    "GET /api/exams/<exam>/schema": ENGINE,
    "GET /api/worklist": WORK,
    "GET /api/worklist/<order>": WORK,
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    rates = dict.fromkeys(("refusal_rate", "login_rate", "api_rate"), "100000 per minute")
    made = site(tmp_path_factory.mktemp("matrix"), **rates)
    yield made
    store_of(made).close()


@pytest.fixture(scope="module")
def browsers(guarded: Flask) -> dict[Role, Browser]:
    return {role: person(guarded, role) for role in PEOPLE}


def routes(made: Flask) -> list[tuple[str, str, str]]:
    """(« METHOD rule », method, an address of it)."""
    found = []
    for rule in made.url_map.iter_rules():
        names = {name: "1" if converter.__class__.__name__ == "IntegerConverter" else "none"
                 for name, converter in rule._converters.items()}  # fmt: skip
        built = rule.build(names)
        assert built is not None
        found += [(f"{method} {rule.rule}", method, built[1]) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def wanted_of_api(name: str) -> str | None:
    if name in OF_API:
        return OF_API[name]
    kind = name.partition("/fhir/")[2].partition("/")[0]
    return f"system/{kind}.read" if kind in TYPES else None


def test_every_route_declares_a_permission(guarded: Flask) -> None:
    silent = [
        endpoint
        for endpoint, view in guarded.view_functions.items()
        if endpoint != "static" and not isinstance(getattr(view, "permission", None), Permission)
    ]
    assert silent == []


def test_every_route_is_in_the_table(guarded: Flask) -> None:
    names = {name for name, _, _ in routes(guarded)}
    known = {*PUBLIC, *PAGES, *ANY_TOKEN, *OF_API}
    assert {name for name in names if name not in known and wanted_of_api(name) is None} == set()
    assert {*PAGES, *OF_API} <= names


def test_every_page_about_patients_leaves_a_line(guarded: Flask) -> None:
    quiet = {
        endpoint
        for endpoint, view in guarded.view_functions.items()
        if getattr(view, "permission", None) in TABLE and not view.permission.of_api and not view.event
    }
    assert quiet == {"start.exams", "acts.quick", "access.account", "access.leave", "access.password"}


@pytest.mark.parametrize("role", PEOPLE)
def test_each_person_reaches_his_pages_and_no_other(guarded: Flask, browsers: dict[Role, Browser], role: Role) -> None:
    browser = browsers[role]
    browser.get("/account")
    token = browser.token()
    seen = {}
    for name, method, url in routes(guarded):
        if name in PAGES and name not in ("POST /logout", "POST /account/password"):
            response = browser.client.open(url, method=method, data={"csrf_token": token} if method == "POST" else None)
            seen[name] = response.status_code != 403
            assert response.status_code not in (401, 500), name
    assert seen == {name: role in PAGES[name] for name in seen}


@pytest.mark.parametrize("role", PEOPLE)
def test_no_session_opens_the_api(guarded: Flask, browsers: dict[Role, Browser], role: Role) -> None:
    for name, method, url in routes(guarded):
        if name not in PAGES and name not in PUBLIC:
            assert browsers[role].client.open(url, method=method).status_code == 401, name


def test_a_stranger_reaches_only_what_is_public(guarded: Flask) -> None:
    client = guarded.test_client()
    for name, method, url in routes(guarded):
        response = client.open(url, method=method)
        if name in PUBLIC:
            assert response.status_code not in (401, 403), name
        elif name in PAGES and method == "GET":
            assert response.location.startswith("/login"), name
        else:
            assert response.status_code == 401, name


@pytest.mark.parametrize("scope", ["system/*.read", "system/*.write", "system/*.*", WORK, ENGINE, "system/Patient.*"])
def test_a_token_reaches_what_its_scopes_say(guarded: Flask, scope: str) -> None:
    client, headers = guarded.test_client(), bearer(integrator(guarded, scope))
    kind, _, verb = scope.removeprefix("system/").partition(".")
    for name, method, url in routes(guarded):
        if name in PUBLIC:
            continue
        status = client.open(url, method=method, headers=headers).status_code
        needed = wanted_of_api(name)
        if name in PAGES:
            assert status in (303, 401), name
        elif needed is not None and name not in ANY_TOKEN:
            asked, _, act = needed.removeprefix("system/").partition(".")
            held = kind in ("*", asked) and verb in ("*", act)
            assert (status != 403) == held, (name, status)


def test_an_integrator_has_no_session(guarded: Flask) -> None:
    integrator(guarded, "system/*.read", login="ris2")
    browser = Browser(guarded.test_client())
    browser.get("/login")
    browser.post("/login", {"login": "ris2", "password": ""})
    assert browser.status == 401


def test_a_chained_search_asks_for_the_other_type_too(guarded: Flask) -> None:
    address = "/fhir/DiagnosticReport?patient.identifier=x"
    client = guarded.test_client()
    one = bearer(integrator(guarded, "system/DiagnosticReport.read"))
    both = bearer(integrator(guarded, "system/DiagnosticReport.read", "system/Patient.read"))
    assert client.get(address, headers=one).status_code == 403
    assert client.get(address, headers=both).status_code == 200
