"""Faults planted in every golden bundle, and in a document of another system: each is found, none is imagined."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reporter.fhir.check import check, check_resource
from tests.fhir import foreign

Bundle = dict[str, Any]
Plant = Callable[[Bundle], Any]
GOLDEN = sorted((Path(__file__).resolve().parents[2] / "fhir_examples").glob("*/*.json"))
BUNDLES = [path for path in GOLDEN if path.name in ("bundle.json", "transaction.json")]
UCUM = "http://unitsofmeasure.org"
SCT = "http://snomed.info/sct"
DEVICE = {"resourceType": "Device", "id": "a"}


def load(path: Path) -> Bundle:
    loaded: Bundle = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return loaded


def of(bundle: Bundle, kind: str) -> list[Bundle]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def first(bundle: Bundle, kind: str) -> Bundle:
    return of(bundle, kind)[0]


def measured(bundle: Bundle) -> Bundle:
    """A quantity, wherever there is one."""
    found = [p for o in of(bundle, "Observation") for p in (o, *o.get("component", ())) if "valueQuantity" in p]
    return found[0]


def codings(node: Any) -> list[Bundle]:
    if isinstance(node, list):
        return [x for item in node for x in codings(item)]
    if not isinstance(node, dict):
        return []
    return [*node.get("coding", []), *(x for item in node.values() for x in codings(item))]


def coding(bundle: Bundle, system: str) -> Bundle:
    return next(c for c in codings(bundle) if c["system"] == system and "display" in c)


FAULTS: list[tuple[str, Plant]] = [
    ("FHIR-ELEMENT", lambda b: first(b, "Patient").update(ins="1")),
    ("FHIR-ELEMENT", lambda b: first(b, "Observation").update(_code={"id": "x"})),
    ("FHIR-MIN", lambda b: first(b, "Device").update(deviceName=[{"name": "x"}])),
    ("FHIR-MIN", lambda b: b.pop("type")),
    ("FHIR-MAX", lambda b: first(b, "ImagingStudy").update(status=["available"])),
    ("FHIR-CHOICE", lambda b: first(b, "Observation").update(valueString="x", valueBoolean=True)),
    ("FHIR-NULL", lambda b: first(b, "Patient").update(name=[{"given": ["a", "b"], "_given": [{"id": "x"}]}])),
    ("FHIR-VALUE", lambda b: first(b, "Patient").update(name=[{"given": ["a", None]}])),
    ("FHIR-VALUE", lambda b: measured(b)["valueQuantity"].update(value=True)),
    ("FHIR-BINDING", lambda b: first(b, "Patient").update(gender="femme")),
    ("FHIR-BINDING", lambda b: measured(b)["valueQuantity"].update(comparator="≈")),
    ("ele-1", lambda b: first(b, "Patient").update(name=[])),
    ("ext-1", lambda b: first(b, "Patient").update(extension=[{"url": "urn:x"}])),
    ("rng-2", lambda b: (measured(b).pop("valueQuantity"), measured_range(b))),
    (
        "per-1",
        lambda b: first(b, "Patient").update(name=[{"text": "x", "period": {"start": "2024-02", "end": "2023"}}]),
    ),
    (
        "rat-1",
        lambda b: first(b, "Patient").update(extension=[{"url": "u:x", "valueRatio": {"numerator": {"value": 1}}}]),
    ),
    ("age-1", lambda b: first(b, "Patient").update(extension=[{"url": "u:x", "valueAge": {"value": -1, "code": "a"}}])),
    ("cpt-2", lambda b: first(b, "Patient").update(telecom=[{"value": "01 02 03 04 05"}])),
    ("pat-1", lambda b: first(b, "Patient").update(contact=[{"gender": "male"}])),
    ("qty-3", lambda b: measured(b)["valueQuantity"].pop("system")),
    ("att-1", lambda b: first(b, "Patient").update(photo=[{"data": "JVBERi0="}])),
    ("obs-3", lambda b: first(b, "Observation").update(referenceRange=[{"age": {"low": {"value": 1}}}])),
    ("dom-2", lambda b: first(b, "Patient").update(contained=[DEVICE | {"contained": [DEVICE]}])),
    ("dom-3", lambda b: first(b, "Patient").update(contained=[{"resourceType": "Device", "id": "a"}])),
    ("ref-1", lambda b: first(b, "Patient").update(managingOrganization={"reference": "#o"})),
    ("FHIR-TARGET", lambda b: first(b, "Observation").update(subject={"display": "x", "type": "Practitioner"})),
    ("FHIR-REFERENCE", lambda b: first(b, "Observation").update(subject={"reference": "Patient/elsewhere"})),
    ("FHIR-FULLURL", lambda b: b["entry"][2].update(fullUrl="urn:uuid:3F2504E0-4F89-11D3-9A0C-0305E82C3301")),
    ("bdl-7", lambda b: b["entry"][3].update(fullUrl=b["entry"][4]["fullUrl"])),
    ("bdl-2", lambda b: b["entry"][1].update(search={"mode": "match"})),
    ("bdl-4", lambda b: b["entry"][1].update(response={"status": "200"})),
    ("txt-1", lambda b: first(b, "Patient").update(text=foreign.narrative("<a href='x' onclick='y'>z</a>"))),
    ("txt-1", lambda b: first(b, "Patient").update(text=foreign.narrative("oed&egrave;me"))),
    ("txt-2", lambda b: first(b, "Patient").update(text=foreign.narrative(" "))),
    ("FHIR-LOINC", lambda b: coding(b, foreign.LOINC).update(code="18748-5")),
    ("FHIR-SNOMED", lambda b: coding(b, SCT).update(code="123456789")),
    ("FHIR-DISPLAY", lambda b: coding(b, SCT).update(display="Something else")),
    ("FHIR-SOURCE", lambda b: coding(b, SCT).update(code="404684003", display="Clinical finding")),
    ("FHIR-LOCAL", lambda b: next(c for c in codings(b) if c["system"].endswith("/site")).update(code="nose")),
    ("FHIR-UCUM", lambda b: measured(b)["valueQuantity"].update(code="kilos")),
    (
        "FHIR-INS",
        lambda b: first(b, "Patient").update(
            identifier=[{"system": "urn:oid:1.2.250.1.213.1.4.10", "value": "279035121518900"}]
        ),
    ),
    (
        "FHIR-RPPS",
        lambda b: first(b, "Patient").update(
            identifier=[{"system": "https://rpps.esante.gouv.fr", "value": "1234567"}]
        ),
    ),
]


def measured_range(bundle: Bundle) -> None:
    unit = {"system": UCUM, "code": "mm"}
    first(bundle, "Observation").pop("valueCodeableConcept", None)
    first(bundle, "Observation").update(valueRange={"low": {"value": 9, **unit}, "high": {"value": 3, **unit}})


@pytest.mark.parametrize("path", BUNDLES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_what_we_made_has_no_fault(path: Path) -> None:
    assert check(load(path)) == []
    assert check_resource(load(path)) == []


@pytest.mark.parametrize("path", BUNDLES[::7], ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_planted_fault_is_found_and_explained(path: Path) -> None:
    good, missed = load(path), []
    for rule, plant in FAULTS:
        bundle = copy.deepcopy(good)
        plant(bundle)
        found = [issue for issue in check(bundle) if issue.code == rule]
        if not found:
            missed.append(rule)
        assert all(issue.path.startswith("Bundle") and "\n" not in issue.message for issue in found)
    assert not missed


PROFILE_FAULTS: list[Plant] = [
    lambda b: first(b, "Composition")["section"].pop(3),
    lambda b: first(b, "Composition")["section"].append(foreign.section("18726-0", "ImagingStudy/s")),
    lambda b: first(b, "Composition")["attester"][0].pop("time"),
    lambda b: first(b, "Composition")["section"][1].pop("emptyReason"),
    lambda b: first(b, "Composition")["section"][0].update(entry=[{"reference": "Patient/p"}]),
    lambda b: first(b, "DiagnosticReport").update(category=foreign.CATEGORIES[:1]),
    lambda b: first(b, "DiagnosticReport").pop("extension"),
    lambda b: first(b, "DiagnosticReport").pop("identifier"),
    lambda b: first(b, "Patient").pop("birthDate"),
    lambda b: first(b, "ImagingStudy").pop("identifier"),
    lambda b: first(b, "ImagingStudy")["identifier"][0].pop("type"),
    lambda b: b.update(type="collection"),
    lambda b: b.update(total=0),
    lambda b: first(b, "Patient").update(meta={"profile": [f"{foreign.IMAGING}DeviceEuImaging"]}),
]


@pytest.mark.parametrize("plant", PROFILE_FAULTS, ids=range(len(PROFILE_FAULTS)))
def test_a_profile_that_is_claimed_is_held(plant: Plant) -> None:
    bundle = foreign.document()
    plant(bundle)
    assert any(issue.code.startswith("PROFILE-") for issue in check_resource(bundle))
    for resource in (bundle, *(entry["resource"] for entry in bundle["entry"])):
        resource.pop("meta", None)
    assert not [issue for issue in check_resource(bundle) if issue.code.startswith("PROFILE-")]


def test_a_missing_birth_date_with_its_reason_is_not_missing() -> None:
    bundle = foreign.document()
    del first(bundle, "Patient")["birthDate"]
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    first(bundle, "Patient")["_birthDate"] = {"extension": [{"url": url, "valueCode": "unknown"}]}
    assert check_resource(bundle) == []


def test_a_document_of_others_is_not_held_to_our_rules() -> None:
    assert check_resource(foreign.document()) == []
    assert {"FHIR-FULLURL", "FHIR-CONTAINED", "FHIR-REFERENCE"} <= {i.code for i in check(foreign.document())}


REFERENCE_FAULTS: list[tuple[str, Plant]] = [
    ("FHIR-REFERENCE", lambda b: first(b, "Observation")["subject"].update(reference="Patient/other")),
    ("FHIR-REFERENCE", lambda b: first(b, "Observation")["subject"].update(type="Group")),
    ("FHIR-REFERENCE", lambda b: first(b, "Observation")["subject"].update(reference="Patient?identifier=1")),
    ("FHIR-TARGET", lambda b: first(b, "Observation")["subject"].update(reference="Composition/c", type="Group")),
    ("FHIR-TARGET", lambda b: first(b, "Observation").update(performer=[{"reference": "#scanner"}])),
    ("FHIR-FULLURL", lambda b: first(b, "Observation").update(id="another")),
    ("FHIR-FULLURL", lambda b: b["entry"][5].pop("fullUrl")),
    ("FHIR-FULLURL", lambda b: b["entry"][5].update(fullUrl="Observation/o")),
    ("bdl-8", lambda b: b["entry"][5].update(fullUrl=f"{foreign.BASE}Observation/o/_history/1")),
    ("FHIR-DOCUMENT", lambda b: b["entry"].append({"fullUrl": f"{foreign.BASE}Device/a", "resource": DEVICE})),
    ("dom-3", lambda b: first(b, "Observation").pop("device")),
    ("dom-4", lambda b: first(b, "Observation")["contained"][0].update(meta={"versionId": "1"})),
    ("dom-5", lambda b: first(b, "Observation")["contained"][0].update(meta={"security": [{"code": "R"}]})),
]


@pytest.mark.parametrize(
    ("rule", "plant"), REFERENCE_FAULTS, ids=[f"{n}-{f[0]}" for n, f in enumerate(REFERENCE_FAULTS)]
)
def test_references_and_addresses_of_any_document(rule: str, plant: Plant) -> None:
    bundle = foreign.document()
    plant(bundle)
    assert rule in {issue.code for issue in check_resource(bundle)}


@pytest.mark.parametrize(
    "value", [None, [], "x", 3, {}, {"resourceType": "Resource"}, {"resourceType": "Bundle", "entry": 1}]
)
def test_what_is_no_resource_is_said_to_be_none(value: Any) -> None:
    assert check_resource(value)


def test_what_comes_from_the_input_is_a_warning() -> None:
    bundle = load(BUNDLES[0])
    first(bundle, "Patient")["identifier"] = [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "1"}]
    assert [(i.code, i.severity) for i in check(bundle)] == [("FHIR-INS", "warning")]


@pytest.mark.parametrize(
    ("number", "good"),
    [("279035121518989", True), ("279035121518988", False), ("2790351215189", False), ("27903512151898X", False)],
)
def test_the_key_of_a_social_security_number(number: str, good: bool) -> None:
    patient = {"resourceType": "Patient", "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": number}]}
    assert (check_resource(patient) == []) is good
