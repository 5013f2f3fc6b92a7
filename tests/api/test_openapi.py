"""The OpenAPI document is valid and true: schemathesis plays it against the service."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from schemathesis import GenerationMode

from reporter.web.api.jsonapi import ENDPOINTS
from tests.api.samples import sample_input, sample_text
from tests.api.service import Api, codes, service


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = service(tmp_path_factory.mktemp("openapi"))
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", made)
    yield schema
    made.extensions["reporter"].store.close()


RIGHT = [(e.method, e.path, GenerationMode.POSITIVE) for e in ENDPOINTS]
WRONG = [(e.method, e.path, GenerationMode.NEGATIVE) for e in ENDPOINTS if e.takes or e.query]


@pytest.mark.parametrize(("method", "path", "mode"), RIGHT + WRONG)
def test_the_service_does_what_its_document_says(document, method: str, path: str, mode: GenerationMode) -> None:
    operation = document[path][method]

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def play(case) -> None:
        case.call_and_validate()

    play()


def test_the_document_is_valid(api: Api) -> None:
    document = json.loads(api.get("/api/openapi.json").text)
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_route_is_in_the_document(api: Api, site) -> None:
    document = json.loads(api.get("/api/openapi.json").text)
    routes = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in site.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert routes == set(document["paths"])


def test_check_names_every_problem(api: Api) -> None:
    bad = sample_input()
    del bad["patient"]["sex"]
    answer = json.loads(api.post("/api/check", bad, "application/json").text)
    assert answer["valid"] is False
    assert ("V-REQ", "/patient/sex") in {(i["code"], i["path"]) for i in answer["issues"]}
    assert json.loads(api.post("/api/check", sample_text(), "application/json").text)["valid"] is True


def test_render_gives_the_text_of_the_command_line(api: Api) -> None:
    answer = json.loads(api.post("/api/render", sample_text(), "application/json").text)
    sample = Path(__file__).resolve().parents[2] / "fhir_examples" / "mr_pelvis_sacral_stress_fracture" / "report.txt"
    assert answer["text"].strip() == sample.read_text(encoding="utf-8").strip()
    assert answer["html"].startswith("<!")
    refused = api.post("/api/render", "{}", "application/json")
    assert refused.status_code == 422
    assert "V-REQ" in codes(refused)


def test_every_exam_has_its_schema_and_accepts_its_sample(api: Api) -> None:
    exams = json.loads(api.get("/api/exams").text)["exams"]
    assert "mr_pelvis" in {exam["id"] for exam in exams}
    made = json.loads(api.get("/api/exams/mr_pelvis/schema").text)
    Draft202012Validator.check_schema(made)
    assert not list(Draft202012Validator(made).iter_errors(sample_input()))
    assert api.get("/api/exams/none/schema").status_code == 404
