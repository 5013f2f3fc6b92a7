"""The CapabilityStatement is true: what it lists works, what works is listed."""

import json

from flask import Flask

from reporter.fhir.check import check_resource
from tests.api.service import Api

METHODS = {
    "read": "/{type}/{id}",
    "vread": "/{type}/{id}/_history/1",
    "history-instance": "/{type}/{id}/_history",
    "search-type": "/{type}",
}


def statement(shelf: Api) -> dict:
    return shelf.json("/fhir/metadata")


def test_it_is_valid_fhir_in_json_and_xml(shelf: Api) -> None:
    assert not check_resource(statement(shelf))
    assert shelf.get("/fhir/metadata?_format=xml").status_code == 200
    operation = shelf.json("/fhir/OperationDefinition/DiagnosticReport-generate")
    assert not [i for i in check_resource(operation) if i.severity == "error"]


def test_every_interaction_it_lists_works(shelf: Api) -> None:
    for resource in statement(shelf)["rest"][0]["resource"]:
        kind = resource["type"]
        entries = shelf.json(f"/fhir/{kind}?_count=1").get("entry", [])
        for interaction in resource["interaction"]:
            path = METHODS[interaction["code"]]
            if "{id}" in path and not entries:
                continue
            name = entries[0]["resource"]["id"] if entries else ""
            response = shelf.get("/fhir" + path.format(type=kind, id=name))
            assert response.status_code == 200, (kind, interaction, response.text)


def test_every_parameter_it_lists_is_understood(shelf: Api) -> None:
    values = {"token": "x", "reference": "Patient/x", "date": "2024", "string": "x"}
    for resource in statement(shelf)["rest"][0]["resource"]:
        kind = resource["type"]
        for param in resource["searchParam"]:
            query = f"{param['name']}={values[param['type']]}"
            assert shelf.get(f"/fhir/{kind}?{query}").status_code == 200, (kind, query)
        for name in resource.get("searchInclude", []):
            assert shelf.get(f"/fhir/{kind}?_include={name}").status_code == 200, name
        for name in resource.get("searchRevInclude", []):
            assert shelf.get(f"/fhir/{kind}?_revinclude={name}").status_code == 200, name


def test_the_operations_it_lists_are_defined_and_answer(shelf: Api) -> None:
    listed = {
        (resource["type"], operation["name"]): operation["definition"]
        for resource in statement(shelf)["rest"][0]["resource"]
        for operation in resource.get("operation", [])
    }
    assert set(listed) == {("DiagnosticReport", "generate"), ("Composition", "document")}
    assert shelf.get(listed[("DiagnosticReport", "generate")].removeprefix("http://localhost")).status_code == 200


def test_every_route_is_listed_and_says_who_may_use_it(shelf: Api, library: Flask) -> None:
    resources = statement(shelf)["rest"][0]["resource"]
    listed = {(r["type"], i["code"]) for r in resources for i in r["interaction"]}
    codes = {"": "search-type", "/_search": "search-type", "/_history": "history-instance"}
    for rule in library.url_map.iter_rules():
        if not rule.rule.startswith("/fhir/") or "$" in rule.rule or rule.rule in ("/fhir/", "/fhir/metadata"):
            continue
        kind, _, rest = rule.rule.removeprefix("/fhir/").partition("/")
        if kind == "OperationDefinition":
            continue
        tail = f"/{rest}".partition(">")[2] if "<" in rest else (f"/{rest}" if rest else "")
        code = codes.get(tail, "vread" if "version" in tail else "read") if tail or "<" not in rest else "read"
        assert (kind, code) in listed, rule
    views = [
        library.view_functions[r.endpoint] for r in library.url_map.iter_rules() if r.rule.startswith(("/fhir", "/api"))
    ]
    assert all(getattr(view, "permission", None) for view in views)


def test_one_type_has_one_permission(library: Flask) -> None:
    from reporter.web.api.kinds import KINDS

    assert {kind.permission for kind in KINDS.values()} == {f"system/{name}.read" for name in KINDS}
    text = json.dumps([k.type for k in KINDS.values()])
    assert "AuditEvent" not in text
