"""The JSON Schema accepts what the parser accepts, and says the catalogue's codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reporter.intake import load_json, models, schema
from reporter.intake.fields import MARK
from reporter.intake.vocabulary import Vocabulary
from tests.intake.samples import CATALOG, dxa, finding, mr

EXAMPLES = Path(__file__).parents[2] / "fhir_examples"
SAMPLES = [load_json(path.read_bytes()) for path in sorted(EXAMPLES.glob("*/input.json"))]


def plain(data: Any) -> Any:
    return json.loads(json.dumps(data, default=float))


def exam_of(data: dict[str, Any]) -> str:
    study = data["exam"]
    found = (e.id for e in CATALOG.exams.values() if e.modality == study["modality"] and study["region"] in e.regions)
    return next(found)


@pytest.mark.parametrize("exam_id", [None, *CATALOG.exams])
def test_every_schema_is_a_schema(exam_id: str | None) -> None:
    built = schema(CATALOG, exam_id)
    Draft202012Validator.check_schema(built)
    assert MARK not in json.dumps(built)


@pytest.mark.parametrize("data", [mr(), dxa(), *SAMPLES])
def test_valid_inputs_are_valid(data: dict[str, Any]) -> None:
    for exam_id in (None, exam_of(data)):
        Draft202012Validator(schema(CATALOG, exam_id)).validate(plain(data))


def test_an_exam_keeps_only_what_it_can_show() -> None:
    validator = Draft202012Validator(schema(CATALOG, "mr_knee"))
    assert validator.is_valid(mr())
    assert not validator.is_valid(finding(finding="increased_uptake"))
    assert not validator.is_valid(finding(site={"code": "talus", "laterality": "right"}))
    assert not validator.is_valid(dxa())
    data = mr()
    data["exam"]["technique"]["tracer"] = "99mTc-HDP"
    assert not validator.is_valid(data)


def test_titles_are_french() -> None:
    built = schema(CATALOG)
    assert built["$defs"]["PatientInput"]["properties"]["sex"]["title"] == "sexe du patient"
    nodes = [node for definition in built["$defs"].values() for node in definition["properties"].items()]
    assert [name for name, node in nodes if "title" not in node] == []


def test_every_vocabulary_a_field_names_is_in_the_catalogue() -> None:
    vocabulary = Vocabulary(CATALOG)
    marks = {node[MARK] for node in walk(models.ExamInput.model_json_schema()) if MARK in node}
    kinds = {mark.partition("@")[0] for mark in marks} | {"unit", "part", "count", "lab", "attribute_type.boolean"}
    assert [kind for kind in sorted(kinds) if not vocabulary.codes(kind)] == []


def walk(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in walk(item)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for item in node.values() for found in walk(item))]
