"""Read, version read, history, $document, search: what was signed comes back as it was signed."""

import json
from decimal import Decimal

import pytest
from flask import Flask

from reporter.fhir.check import check_resource
from reporter.intake import load_json
from tests.api.samples import request_bundle
from tests.api.service import Api, codes, only


def newest(shelf: Api, accession: str) -> dict:
    found = shelf.json(f"/fhir/DiagnosticReport?accession={accession}")
    assert found["total"] == 1
    return dict(found["entry"][0]["resource"])


def test_a_report_is_found_by_accession_patient_date_code_and_status(shelf: Api) -> None:
    expected = newest(shelf, "ACC-1")["id"]
    for query in (
        "identifier=ACC-1", f"_id={expected}", "date=2024-01-11", "date=lt2024-02&date=ge2024-01-01",
        "status=corrected", "code=http://loinc.org|30673-8&date=le2024-01-31",
        "patient.identifier=P-1&date=lt2024-03", "subject:Patient.identifier=P-1&date=2024-01",
        "_lastUpdated=ge2024-06-03&status:not=final",
    ):  # fmt: skip
        found = only(shelf.json(f"/fhir/DiagnosticReport?{query}"), "DiagnosticReport")
        assert [r["id"] for r in found] == [expected], query


def test_a_filter_that_matches_nothing_gives_nothing(shelf: Api) -> None:
    for query in ("accession=ACC-9", "date=2023", "patient=Patient/unknown", "code=http://loinc.org|00000-0"):
        assert shelf.json(f"/fhir/DiagnosticReport?{query}")["total"] == 0, query


def test_references_are_literal_and_lead_to_served_resources(shelf: Api) -> None:
    report = newest(shelf, "ACC-2")
    for reference in [report["subject"], *report["result"], *report["basedOn"]]:
        target = shelf.json(f"/fhir/{reference['reference']}")
        assert f"{target['resourceType']}/{target['id']}" == reference["reference"]
        assert not [issue for issue in check_resource(target) if issue.severity == "error"]


def test_include_brings_each_target_once_and_marks_it(shelf: Api) -> None:
    found = shelf.json(
        "/fhir/DiagnosticReport?accession=ACC-2&_include=DiagnosticReport:patient&_include=DiagnosticReport:result"
    )
    matches = [e for e in found["entry"] if e["search"]["mode"] == "match"]
    included = [e for e in found["entry"] if e["search"]["mode"] == "include"]
    wanted = {r["reference"] for r in matches[0]["resource"]["result"]} | {
        matches[0]["resource"]["subject"]["reference"]
    }
    assert len(matches) == 1
    assert {e["fullUrl"].rpartition("/fhir/")[2] for e in included} == wanted
    assert len(included) == len(wanted)
    assert found["total"] == 1


def test_revinclude_brings_the_reports_of_a_patient(shelf: Api) -> None:
    found = shelf.json("/fhir/Patient?identifier=P-2&_revinclude=DiagnosticReport:patient")
    assert [r["effectiveDateTime"] for r in only(found, "DiagnosticReport")] == ["2024-02-20"]


def test_pages_hold_every_observation_once(shelf: Api) -> None:
    path, seen, pages = "/fhir/Observation?_count=7&_sort=_id", [], 0
    while path:
        page = shelf.json(path)
        assert len(page["entry"]) <= 7
        seen += [e["resource"]["id"] for e in page["entry"]]
        links = {link["relation"]: link["url"] for link in page["link"]}
        path, pages = links.get("next", "").removeprefix("http://localhost"), pages + 1
    assert pages > 2
    assert len(seen) == len(set(seen)) == page["total"]
    assert shelf.json("/fhir/Observation?_summary=count")["total"] == len(seen)
    assert "entry" not in shelf.json("/fhir/Observation?_count=0")


def test_sorting_goes_both_ways(shelf: Api) -> None:
    up = [r["effectiveDateTime"] for r in only(shelf.json("/fhir/DiagnosticReport?_sort=date"), "DiagnosticReport")]
    down = [r["effectiveDateTime"] for r in only(shelf.json("/fhir/DiagnosticReport?_sort=-date"), "DiagnosticReport")]
    assert up == ["2024-01-11", "2024-02-20", "2024-03-30"]
    assert down == up[::-1]


def test_search_by_post_is_the_same_search(shelf: Api) -> None:
    form = "accession=ACC-3&_summary=count"
    response = shelf.post("/fhir/DiagnosticReport/_search", form, "application/x-www-form-urlencoded")
    assert json.loads(response.text)["total"] == 1


@pytest.mark.parametrize(
    "query", ["colour=red", "date:exact=2024", "_include=DiagnosticReport:nothing", "result.code.x=1"]
)
def test_a_parameter_nobody_serves_is_refused_unless_the_client_is_lenient(shelf: Api, query: str) -> None:
    refused = shelf.get(f"/fhir/DiagnosticReport?{query}")
    assert (refused.status_code, codes(refused)) == (400, ["API-PARAMETER"])
    lenient = json.loads(shelf.get(f"/fhir/DiagnosticReport?accession=ACC-3&{query}", Prefer="handling=lenient").text)
    assert lenient["total"] == 1
    assert lenient["link"][0]["url"].endswith("?accession=ACC-3")


@pytest.mark.parametrize("query", ["date=yesterday", "_count=-1", "_sort=colour", "_summary=most", "date=2024-13-01"])
def test_a_value_nobody_understands_is_refused(shelf: Api, query: str) -> None:
    refused = shelf.get(f"/fhir/DiagnosticReport?{query}")
    assert (refused.status_code, codes(refused)) == (400, ["API-VALUE"])


def test_versions_of_a_report_are_those_that_were_signed(shelf: Api, library: Flask) -> None:
    report = newest(shelf, "ACC-1")
    history = shelf.json(f"/fhir/DiagnosticReport/{report['id']}/_history")
    assert [(e["resource"]["status"], e["resource"]["meta"]["versionId"]) for e in history["entry"]] == [
        ("corrected", "2"), ("final", "1"),
    ]  # fmt: skip
    first = shelf.json(f"/fhir/DiagnosticReport/{report['id']}/_history/1")
    assert (first["status"], first["effectiveDateTime"]) == ("final", "2024-01-10")
    assert shelf.get(f"/fhir/DiagnosticReport/{report['id']}/_history/3").status_code == 404
    assert shelf.get(f"/fhir/DiagnosticReport/{report['id']}").headers["ETag"] == 'W/"2"'


def test_a_document_is_the_very_bytes_that_were_signed(shelf: Api, library: Flask) -> None:
    composition = only(shelf.json("/fhir/Composition?accession=ACC-2"), "Composition")[0]
    response = shelf.get(f"/fhir/Composition/{composition['id']}/$document")
    store = library.extensions["reporter"].store
    kept = store.versions(store.reports_holding("Composition", composition["id"])[0])[-1]
    assert response.get_data() == kept.bundle.encode()
    assert json.loads(response.text)["type"] == "document"


def test_decimals_keep_every_digit(api: Api, site: Flask) -> None:
    from tests.api.service import sign

    sign(site, "ACC-D", patient={"height_cm": Decimal("165.50")})
    texts = shelf_texts(api)
    values = [o["valueQuantity"]["value"] for o in texts if o.get("valueQuantity", {}).get("unit") == "cm"]
    assert "165.50" in [str(value) for value in values]


def shelf_texts(api: Api) -> list[dict]:
    return only(load_json(api.get("/fhir/Observation?_count=200").text), "Observation")


def test_a_resource_that_was_withdrawn_is_gone(api: Api, site: Flask) -> None:
    from tests.api.service import sign

    first = sign(site, "ACC-G", patient={"height_cm": 165})
    height = next(o for o in shelf_texts(api) if o.get("valueQuantity", {}).get("unit") == "cm")
    sign(site, "ACC-G", corrects=first.report_id)
    gone = api.get(f"/fhir/Observation/{height['id']}")
    assert (gone.status_code, codes(gone)) == (410, ["API-DELETED"])


def test_json_is_on_one_line_and_laid_out_when_asked(shelf: Api) -> None:
    path = f"/fhir/DiagnosticReport/{newest(shelf, 'ACC-2')['id']}"
    plain, pretty = shelf.get(path).text, shelf.get(f"{path}?_pretty=true").text
    assert "\n" not in plain
    assert pretty.startswith('{\n  "resourceType": "DiagnosticReport",')
    assert load_json(plain) == load_json(pretty)


def test_a_number_of_any_size_comes_back_with_every_digit(api: Api) -> None:
    sizes = ("12345678901234567890123456789", "-9223372036854775809", "0.10", "1.000000000000000000000000001")
    bundle = request_bundle()
    order = bundle["entry"][1]["resource"]
    order["extension"] = [{"url": f"https://example.org/{n}", "valueDecimal": n} for n in range(len(sizes))]
    text = json.dumps(bundle)
    for number, size in enumerate(sizes):
        text = text.replace(f'"valueDecimal": {number}}}', f'"valueDecimal": {size}}}')
    assert api.post("/fhir", text).status_code == 200
    shown = api.get("/fhir/ServiceRequest?identifier=DEM-77").text
    assert all(f"{size}}}" in "".join(shown.split()) for size in sizes), shown
