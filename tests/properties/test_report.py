"""What holds for every valid exam, of any modality."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, find, given

from reporter import engine, intake, outputs
from reporter.engine import Report
from tests.strategies import CATALOG, Json, clock, errors, exams

SAID = {"finding", "dxa", "diagnosis", "recommendation"}
BASE = "https://w3id.org/fhir-reporter/"
NUMBER = re.compile(r"([−-]?\d+(?:,\d+)?)[\u202f\u00a0](?:mm|%|°|mL|g/mL|ET|MBq|mGy|UI|ng/mL)")
BROKEN = {
    "double space": r"[  ]{2}",
    "contraction": r"\b[Dd]e les? (?!long)|\b[Àà] les? ",
    "elision": r"\b[Dd]e (?=[aeiouyéèêœ][a-zé]{3})|\b[DdLl]['’] ",
    "placeholder": r"\bNone\b|\{|\}|\[\[|\bTrue\b|\bFalse\b|Decimal|_[a-z]",
    "decimal point": r"\d\.\d",
    "breakable space": r"(?<!\S)\d{1,3} \d{3}\b|\d (?:mm|%|mL|MBq|mGy|cm)",
    "oe": r"[Oo]ed[èe]me",
    "two full stops": r"\.\.|\s[.,]|,,|,\.",
}
SIDES = {"left": "right", "right": "left"}


def report(data: Json) -> Report:
    return engine.build_report(intake.parse(data, CATALOG), CATALOG, clock=clock)


def resources(made: Report) -> list[Json]:
    return [entry["resource"] for entry in made.to_fhir()["entry"]]


def statement_id(resource: Json) -> str | None:
    """The statement an Observation was made of."""
    if resource["resourceType"] != "Observation":
        return None
    return next((i["value"] for i in resource["identifier"] if i["system"].endswith("/statement")), None)


@given(exams())
def test_text_and_bundle_hold_the_same_statements(data: Json) -> None:
    made = report(data)
    kinds = {s.id: s.kind for s in made.data.statements}
    said = {i for sentence in made.as_dict()["sentences"] for i in sentence["statements"]}
    coded = {i for i in map(statement_id, resources(made)) if i in kinds}
    assert {i for i in said if kinds[i] in SAID | {"derived"}} <= coded
    assert {i for i in coded if kinds[i] in SAID} <= said
    assert {s.id for s in made.data.statements if s.kind in SAID} == {i for i in said if kinds[i] in SAID}


@given(exams())
def test_each_finding_entered_is_coded_with_its_own_status_and_sides(data: Json) -> None:
    status = {"52101004": "present", "2667000": "absent", "82334004": "indeterminate", "261665006": "not_assessed"}
    coded = Counter()
    for resource in resources(report(data)):
        if (code := local(resource.get("code"), "finding")) and statement_id(resource):
            values = [c["code"] for c in resource["valueCodeableConcept"]["coding"] if "snomed" in c["system"]]
            coded[code, local(resource["bodySite"], "site"), status[values[0]]] += 1
    entered = Counter()
    for finding in data["findings"]:
        both = finding["site"].get("laterality") == "bilateral"
        entered[finding["finding"], finding["site"]["code"], finding["status"]] += 2 if both else 1
    assert coded == entered


def local(concept: Json | None, system: str) -> str | None:
    codings = (concept or {}).get("coding", [])
    return next((c["code"] for c in codings if c.get("system") == f"{BASE}CodeSystem/{system}"), None)


@given(exams())
def test_what_is_not_known_is_never_denied(data: Json) -> None:
    made = report(data)
    unknown = {s.id for s in made.data.statements if s.status in {"indeterminate", "not_assessed"}}
    for sentence in made.as_dict()["sentences"]:
        if unknown & set(sentence["statements"]):
            assert not re.search(r"\b[Pp]as d[e’]|\b[Aa]bsence d[e’]|\bni\b|\b[Ss]ans\b", sentence["text"])


@given(exams())
def test_every_number_was_entered_or_derived(data: Json) -> None:
    made = report(data)
    known = {abs(number) for number in numbers(data)} | {
        abs(Decimal(str(value)))
        for derived in made.data.assessment.derived
        for value in (derived.value, *(p.value for p in derived.params))
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
    }
    for text in made.as_dict()["sections"].values():
        for printed in NUMBER.findall(text):
            value = abs(Decimal(printed.replace(",", ".").replace("−", "-")))
            assert any(value == rounded(number, value) for number in known), (printed, text)


def rounded(number: Decimal, like: Decimal) -> Decimal:
    return number.quantize(like, rounding="ROUND_HALF_UP") if like.as_tuple().exponent else number.quantize(Decimal(1))


def numbers(value: Any) -> list[Decimal]:
    if isinstance(value, bool):
        return []
    if isinstance(value, int | Decimal):
        return [Decimal(value)]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [number for item in items for number in numbers(item)]


@given(exams())
def test_an_omitted_part_is_not_spoken_of(data: Json) -> None:
    for finding in data["findings"]:
        for name in ("measures", "severity", "signal", "uptake", "evolution"):
            finding.pop(name, None)
    data["exam"]["technique"].pop("activity_mbq", None)
    data["patient"].pop("labs", None)
    data.pop("comparisons", None)
    assume(not errors(data))
    made = report(data)
    sections = made.as_dict()["sections"]
    derived = {d.name for d in made.data.assessment.derived}
    assert not re.search(
        r"\b(mm|MBq|mGy|SUV|ng/mL)\b|signal T[12]|STIR hyper", sections["findings"] + sections["conclusion"]
    )
    assert derived or "%" not in sections["findings"]
    assert not re.search(r"apparition|régression|majoration|stabilité", sections["findings"], re.IGNORECASE)
    assert not re.search(r"minime|modéré|marqué|discr[eè]t|sévère|intense", sections["findings"])
    assert "mGy" not in sections["technique"]
    assert "MBq" not in sections["technique"]


@given(exams())
def test_french_is_whole(data: Json) -> None:
    sections = report(data).as_dict()["sections"]
    for section, text in sections.items():
        for name, pattern in BROKEN.items():
            found = re.search(pattern, text)
            assert not found, (name, section, found and found.group(0), text)
        assert text == text.strip()
    for section in ("indication", "technique", "comparison", "findings", "conclusion"):
        assert all(line.endswith((".", "!", "?")) for line in sections[section].splitlines()), sections[section]


@given(exams())
def test_swapping_sides_swaps_them_and_nothing_else(data: Json) -> None:
    other = swapped(data)
    assume(not errors(other))
    one, two = report(data), report(other)
    assert Counter(map(plain, texts(one))) == Counter(map(plain, texts(two)))
    left, right = r"\bgauches?\b", r"\bdroite?s?\b"
    assert count(left, one) == count(right, two)
    assert count(right, one) == count(left, two)
    assert Counter(swapped(f) for f in map(sided, resources(one)) if f) == Counter(
        f for f in map(sided, resources(two)) if f
    )


def swapped(value: Any) -> Any:
    """The same value with left and right exchanged."""
    if isinstance(value, dict):
        return {k: swapped(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(swapped(v) for v in value)
    return SIDES.get(value, value) if isinstance(value, str) else copy.copy(value)


def texts(made: Report) -> list[str]:
    return [sentence["text"] for sentence in made.as_dict()["sentences"]]


def plain(text: str) -> str:
    return re.sub(r"\bgauches?\b|\bdroite?s?\b", "SIDE", text)


def count(pattern: str, made: Report) -> int:
    return sum(len(re.findall(pattern, text)) for text in texts(made))


def sided(resource: Json) -> tuple[str | None, ...] | None:
    """Concept, site and side of an Observation that has a side."""
    if resource["resourceType"] != "Observation":
        return None
    codes = {"7771000": "left", "24028007": "right"}
    text = json.dumps(resource.get("component", []), default=str)
    side = next((name for code, name in codes.items() if f'"{code}"' in text), None)
    concept = next((c["code"] for c in resource["code"]["coding"] if c["system"].startswith(BASE)), None)
    return (concept, local(resource.get("bodySite"), "site"), side) if side else None


@given(exams())
def test_the_second_run_gives_the_same_bytes(data: Json) -> None:
    assert outputs.report_files(report(data)) == outputs.report_files(report(copy.deepcopy(data)))


@given(exams())
def test_decimals_reach_the_bundle_digit_for_digit(data: Json) -> None:
    bundle = outputs.report_files(report(data))["bundle.json"]
    quantities = Counter(re.findall(r'"value": (-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\b', bundle))
    for finding in data["findings"]:
        for measure in finding.get("measures", []):
            assert quantities[str(measure["value"])] > 0, measure
    for measurement in data.get("dxa", {}).get("measurements", []):
        for name in ("bmd", "t_score", "z_score"):
            if name in measurement:
                assert quantities[str(measurement[name])] > 0, measurement


@pytest.mark.parametrize("modality", CATALOG.vocabulary["modality"])
def test_every_modality_is_drawn_with_signs(modality: str) -> None:
    found = find(exams(modality), lambda data: any(f["status"] == "present" for f in data["findings"]))
    assert found["exam"]["modality"] == modality
