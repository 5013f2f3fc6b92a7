"""What our bundles hold reads back: against inputs written by hand, field by field."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from reporter import fhir
from reporter.fhir import constants as c
from reporter.fhir.read import read
from reporter.fhir.xml import from_xml, to_xml
from reporter.intake.build import build
from reporter.intake.models import ExamInput
from reporter.intake.vocabulary import Vocabulary
from reporter.model.exam import Exam
from tests.fhir import samples
from tests.fhir.whole_inputs import MR, WHOLE, Json

CATALOG = samples.catalog()
BUILDERS = {"document": fhir.document_bundle, "transaction": fhir.transaction_bundle}


def exam(data: Json) -> Exam:
    """The exam of an input, without the rules: these inputs fill every field, whatever the modality."""
    return build(ExamInput.model_validate(data, context=Vocabulary(CATALOG)))


def bundle(data: Json, kind: str = "document") -> Json:
    report = samples.data(exam(data))
    made = BUILDERS[kind](report, samples.narrative(report), CATALOG, ids=samples.ids)
    return samples.parsed(made)


def written(data: Json) -> str:
    """As text, where 1.50 is not 1.5 and the order of keys shows."""
    return fhir.to_json(data)


def sorted_keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: sorted_keys(data[key]) for key in sorted(data)}
    return [sorted_keys(item) for item in data] if isinstance(data, list) else data


def same(found: Json, expected: Json) -> None:
    assert written(sorted_keys(found)) == written(sorted_keys(expected))


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("name", WHOLE)
def test_every_field_reads_back(name: str, kind: str) -> None:
    reading = read(bundle(WHOLE[name], kind), CATALOG)
    assert reading.issues == ()
    same(reading.data, WHOLE[name])


@pytest.mark.parametrize("name", WHOLE)
def test_the_same_from_xml(name: str) -> None:
    reading = read(from_xml(to_xml(bundle(WHOLE[name]))), CATALOG)
    assert reading.issues == ()
    same(reading.data, WHOLE[name])


def fields(value: Any) -> Iterator[str]:
    """`Type.field` of everything that is filled."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            given = getattr(value, field.name)
            if given not in (None, (), ""):
                yield f"{type(value).__name__}.{field.name}"
            yield from fields(given)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from fields(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from fields(item)


def test_the_inputs_fill_every_field_of_the_model() -> None:
    filled = {name for data in WHOLE.values() for name in fields(exam(data))}
    kinds = {name.partition(".")[0] for name in filled}
    model = {
        f"{kind.__name__}.{field.name}"
        for kind in vars(samples.m).values()
        if dataclasses.is_dataclass(kind)
        for field in dataclasses.fields(kind)
    }
    assert {name.partition(".")[0] for name in model} == kinds
    assert model - filled == set()


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_of_the_input_is_carried_as_a_copy(name: str) -> None:
    text = written(bundle(WHOLE[name]))
    assert "schema_version" not in text and '\\"findings\\"' not in text


def test_entries_in_any_order() -> None:
    made = bundle(MR)
    for seed in range(5):
        random.Random(seed).shuffle(made["entry"])  # noqa: S311 - repeatable
        same(read(made, CATALOG).data, MR)


def relative(made: Json, base: str = "") -> Json:
    """The same bundle with Type/id references and fullUrls below a server's base."""
    names = {e["fullUrl"]: f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in made["entry"]}
    text = json.dumps(made, default=str)
    for url, name in names.items():
        text = text.replace(f'"reference": "{url}"', f'"reference": "{name}"')
        text = text.replace(f'"fullUrl": "{url}"', f'"fullUrl": "{base}{name}"')
    changed: Json = json.loads(text)
    return changed


@pytest.mark.parametrize("base", ["", "https://server.example/fhir/"])
def test_relative_references(base: str) -> None:
    text = bundle(MR)
    plain = json.loads(written(text))
    reading = read(relative(plain, base), CATALOG)
    assert reading.issues == ()
    assert reading.data["findings"] == json.loads(written({"f": MR["findings"]}), parse_float=Decimal)["f"]


def test_versioned_references_and_a_collection() -> None:
    made = relative(json.loads(written(bundle(MR))), "https://server.example/fhir/")
    text = re.sub(r'("reference": "Observation/[^"]+)"', r'\1/_history/3"', json.dumps(made))
    collection = json.loads(text) | {"type": "collection"}
    collection["entry"] = [e for e in collection["entry"] if e["resource"]["resourceType"] != "Composition"]
    data = read(collection, CATALOG).data
    assert [f["id"] for f in data["findings"]] == ["F1", "F2", "F3", "F4", "F5"]
    assert data["free_text"]["findings"] == MR["free_text"]["findings"]
    assert data["conclusion"]["free_text"] == "Avis du radiologue."


def test_the_minimal_collection_gives_what_it_holds_and_says_what_it_does_not() -> None:
    report = samples.data(exam(MR))
    made = fhir.collection_bundle(report, samples.narrative(report), CATALOG, ids=samples.ids)
    reading = read(samples.parsed(made), CATALOG)
    assert reading.data["exam"]["accession_number"] == "A 1|2"
    assert reading.data["conclusion"] == {"diagnoses": [{"code": "stress_fracture", "certainty": "retained"}]}
    assert "findings" not in reading.data and "free_text" not in reading.data
    assert {i.path for i in reading.issues} == {"/entry/0/resource/conclusion", "/entry/0/resource/presentedForm"}


def test_a_bilateral_sign_whose_sides_differ_becomes_two() -> None:
    made = bundle(MR)
    left = next(r for r in samples.resources(made, "Observation") if identified(r, "F2.left"))
    left["valueCodeableConcept"] = {"coding": [{"system": c.SNOMED, "code": "52101004"}]}
    found = {f["id"]: (f["status"], f["site"]["laterality"]) for f in read(made, CATALOG).data["findings"][:3]}
    assert found["F2_right"] == ("absent", "right") and found["F2_left"] == ("present", "left")


def identified(resource: Json, statement: str) -> bool:
    return {"system": f"{c.IDENTIFIER}statement", "value": statement} in resource.get("identifier", [])


def test_signs_of_an_earlier_exam_are_never_current() -> None:
    made = bundle(MR)
    earlier = [r for r in samples.resources(made, "Observation") if samples.local(r["code"], "prior-finding")]
    assert len(earlier) == 4
    for resource in earlier:
        assert [x["system"] for x in resource["code"]["coding"]] == [f"{c.LOCAL}prior-finding"]
        assert resource["effectiveDateTime"] == "2023-10"
        assert resource["code"]["text"].endswith("(examen antérieur)")
    results = {r["reference"] for r in samples.only(made, "DiagnosticReport")["result"]}
    urls = {e["fullUrl"] for e in made["entry"] if e["resource"] in earlier}
    assert not results & urls
    comparison = next(s for s in samples.only(made, "Composition")["section"] if s["title"] == "Comparaison")
    assert urls <= {entry["reference"] for entry in comparison["entry"]}
    assert "étendue 8,50" in comparison["text"]["div"]


def test_an_unknown_answer_is_a_reason_for_no_value() -> None:
    status = samples.observation(bundle(MR), "context/menopausal_status")
    assert status["dataAbsentReason"]["coding"] == [{"system": c.ABSENT_REASON, "code": "unknown"}]
    assert not [name for name in status if name.startswith("value")]


def test_what_the_user_wrote_freely_is_never_a_code() -> None:
    made = bundle(MR)
    assert samples.observation(made, "context/risk_factor/2")["valueString"] == "motsimple"
    assert samples.observation(made, "context/treatment/1")["valueString"] == "phytothérapie"
    lab = samples.observation(made, "context/lab/1")["code"]
    assert lab == {"coding": [{"system": f"{c.LOCAL}context", "code": "lab"}], "text": "dosage maison"}
