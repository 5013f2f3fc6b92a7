"""Each planted defect is found, by the name of its rule."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from reporter.fhir.check import check
from tests.fhir import samples

Bundle = dict[str, Any]


@pytest.fixture(scope="module")
def good() -> Bundle:
    return samples.document(samples.dxa_exam(), samples.change())


def first(bundle: Bundle, kind: str) -> Bundle:
    return samples.resources(bundle, kind)[0]


def bmd(bundle: Bundle) -> Bundle:
    return samples.observation(bundle, "dxa/0/bmd")


def section(bundle: Bundle, index: int = 5) -> Bundle:
    found: Bundle = first(bundle, "Composition")["section"][index]
    return found


def div(text: str) -> Callable[[Bundle], None]:
    return lambda b: section(b)["text"].update(div=f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>')


DEFECTS: list[tuple[str, Callable[[Bundle], Any]]] = [
    ("FHIR-MIN", lambda b: bmd(b).pop("status")),
    ("FHIR-MIN", lambda b: bmd(b).pop("code")),
    ("FHIR-MIN", lambda b: first(b, "ImagingStudy").pop("subject")),
    ("FHIR-MIN", lambda b: first(b, "Composition").pop("author")),
    ("FHIR-BINDING", lambda b: bmd(b).update(status="done")),
    ("FHIR-BINDING", lambda b: first(b, "Patient").update(gender="F")),
    ("FHIR-BINDING", lambda b: section(b)["text"].update(status="ok")),
    ("FHIR-ELEMENT", lambda b: bmd(b).update(laterality="left")),
    ("FHIR-ELEMENT", lambda b: bmd(b).update(valueAttachment={"title": "x"})),
    ("FHIR-MAX", lambda b: bmd(b).update(code=[bmd(b)["code"]])),
    ("FHIR-MAX", lambda b: first(b, "DiagnosticReport").update(category={})),
    ("FHIR-CHOICE", lambda b: bmd(b).update(valueString="x")),
    ("FHIR-VALUE", lambda b: bmd(b).update(id="œdème 1")),
    ("FHIR-VALUE", lambda b: bmd(b).update(effectiveDateTime="08/03/2024")),
    ("FHIR-VALUE", lambda b: first(b, "Patient").update(birthDate="1960-02-31")),
    ("FHIR-VALUE", lambda b: first(b, "Composition").update(date="2024-03-09T08:30:00")),
    ("FHIR-VALUE", lambda b: first(b, "Composition").update(title="")),
    ("FHIR-VALUE", lambda b: bmd(b)["valueQuantity"].update(value="0.72")),
    ("FHIR-VALUE", lambda b: bmd(b)["valueQuantity"].update(value=0.72)),
    ("FHIR-VALUE", lambda b: bmd(b)["valueQuantity"].update(value=Decimal("NaN"))),
    ("FHIR-VALUE", lambda b: bmd(b).update(bodySite=None)),
    ("FHIR-VALUE", lambda b: first(b, "Composition").update(title="a\u00a0b")),
    ("FHIR-VALUE", lambda b: first(b, "DiagnosticReport")["presentedForm"][0].update(data="é")),
    ("FHIR-OBSERVATION", lambda b: [bmd(b).pop(k) for k in ("valueQuantity", "component")]),
    ("ele-1", lambda b: bmd(b).update(component=[])),
    ("ele-1", lambda b: bmd(b).update(method={})),
    ("FHIR-TYPE", lambda b: bmd(b).update(resourceType="Obs")),
    ("FHIR-CODING", lambda b: bmd(b)["code"]["coding"][0].pop("system")),
    ("ext-1", lambda b: bmd(b)["extension"][0].pop("valueUrl")),
    ("qty-3", lambda b: bmd(b)["valueQuantity"].pop("system")),
    ("att-1", lambda b: first(b, "DiagnosticReport")["presentedForm"][0].pop("contentType")),
    ("obs-6", lambda b: bmd(b).update(dataAbsentReason={"text": "x"})),
    ("obs-7", lambda b: bmd(b)["component"][0].update(code=bmd(b)["code"])),
    ("cmp-1", lambda b: [section(b).pop(k) for k in ("text", "entry")]),
    ("cmp-2", lambda b: section(b).update(emptyReason={"text": "x"})),
    ("eu-imaging-composition-1", lambda b: section(b).pop("entry")),
    ("txt-1", div("<script>x</script>")),
    ("txt-1", div('<p onclick="x">x</p>')),
    ("txt-1", div("<p>x")),
    ("txt-1", div('<p id="a">x</p><p id="a">y</p>')),
    ("txt-1", lambda b: section(b)["text"].update(div="<p>x</p>")),
    ("txt-1", lambda b: section(b)["text"].update(div='<!DOCTYPE x [<!ENTITY e "e">]><div>&e;</div>')),
    ("txt-2", div("<p> </p>")),
    ("bdl-1", lambda b: b.update(total=3)),
    ("bdl-3", lambda b: b["entry"][1].update(request={"method": "PUT", "url": "Patient/1"})),
    ("bdl-3", lambda b: b.update(type="transaction")),
    ("bdl-5", lambda b: b["entry"][-1].pop("resource")),
    ("bdl-7", lambda b: b["entry"].append(copy.deepcopy(b["entry"][-1]))),
    ("bdl-9", lambda b: b["identifier"].pop("system")),
    ("bdl-10", lambda b: b.pop("timestamp")),
    ("bdl-11", lambda b: b["entry"].reverse()),
    ("FHIR-FULLURL", lambda b: b["entry"][3].update(fullUrl="urn:uuid:1")),
    ("FHIR-FULLURL", lambda b: bmd(b).update(id="other")),
    ("dom-3", lambda b: bmd(b).update(contained=[copy.deepcopy(first(b, "Patient"))])),
    ("FHIR-REFERENCE", lambda b: bmd(b)["subject"].update(reference="urn:uuid:0")),
    ("FHIR-REFERENCE", lambda b: b["entry"].remove(next(e for e in b["entry"] if e["resource"] is bmd(b)))),
    ("ref-1", lambda b: bmd(b)["subject"].update(reference="#p")),
    ("FHIR-TARGET", lambda b: bmd(b).update(subject=bmd(b)["derivedFrom"][0])),
    ("FHIR-DOCUMENT", lambda b: [p.pop("bodySite") for p in samples.resources(b, "Observation") if "bodySite" in p]),
    ("FHIR-LINK", lambda b: bmd(b)["extension"][0].update(valueUrl="urn:uuid:0#x")),
]


def test_the_good_bundle_is_good(good: Bundle) -> None:
    assert check(good) == []


@pytest.mark.parametrize(("rule", "plant"), DEFECTS, ids=[f"{n}-{d[0]}" for n, d in enumerate(DEFECTS)])
def test_a_planted_defect_is_found(good: Bundle, rule: str, plant: Callable[[Bundle], Any]) -> None:
    bundle = copy.deepcopy(good)
    plant(bundle)
    assert rule in {issue.code for issue in check(bundle)}


def test_an_issue_says_where(good: Bundle) -> None:
    bundle = copy.deepcopy(good)
    first(bundle, "Patient")["gender"] = "F"
    (issue,) = check(bundle)
    assert issue.path.startswith("Bundle.entry[") and issue.path.endswith("resource.gender")
    assert issue.severity == "error"
