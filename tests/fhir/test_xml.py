"""FHIR XML: facts of hand-written pairs, the same content both ways, and nothing hostile gets in."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from reporter.errors import InvalidExam, RenderError
from reporter.fhir.xml import from_xml, to_xml
from tests.fhir import foreign

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = [
    p for p in sorted((ROOT / "fhir_examples").glob("*/*.json")) if p.name in ("bundle.json", "transaction.json")
]
NS = {"f": "http://hl7.org/fhir", "h": "http://www.w3.org/1999/xhtml"}
DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p id="a">L’œdème &lt; 3 <b>mm</b> <i>x</i></p></div>'
BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"

PAIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "primitives, their extensions, repeats, attributes": (
        f"""<Patient xmlns="http://hl7.org/fhir">
              <id value="example"/>
              <text><status value="generated"/>{DIV}</text>
              <active value="true"/>
              <name id="n1">
                <use value="official"/>
                <given value="Anne"/>
                <given id="g2"/>
                <given value="Zoé"><extension url="urn:x"><valueInteger value="3"/></extension></given>
              </name>
              <birthDate value="1974-12-25">
                <extension url="{BIRTH_TIME}"><valueDateTime value="1974-12-25T14:35:45-05:00"/></extension>
              </birthDate>
              <multipleBirthInteger value="2"/>
            </Patient>""",
        {
            "resourceType": "Patient",
            "id": "example",
            "text": {"status": "generated", "div": DIV},
            "active": True,
            "name": [
                {
                    "id": "n1",
                    "use": "official",
                    "given": ["Anne", None, "Zoé"],
                    "_given": [None, {"id": "g2"}, {"extension": [{"url": "urn:x", "valueInteger": 3}]}],
                }
            ],
            "birthDate": "1974-12-25",
            "_birthDate": {"extension": [{"url": BIRTH_TIME, "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
            "multipleBirthInteger": 2,
        },
    ),
    "decimals": (
        """<Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="a&#10;b"/></code>
             <valueQuantity><value value="0.030"/></valueQuantity></Observation>""",
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "a\nb"},
            "valueQuantity": {"value": Decimal("0.030")},
        },
    ),
    "resources inside resources": (
        """<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource><Basic>
             <contained><Device><id value="d"/></Device></contained><contained><Group/></contained>
             <code><text value="x"/></code></Basic></resource></entry></Bundle>""",
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {
                    "resource": {
                        "resourceType": "Basic",
                        "contained": [{"resourceType": "Device", "id": "d"}, {"resourceType": "Group"}],
                        "code": {"text": "x"},
                    }
                }
            ],
        },
    ),
}


def canonical(xml: bytes) -> bytes:
    """The XML without the blanks between elements."""
    root = etree.fromstring(xml, etree.XMLParser(remove_blank_text=True))
    return etree.tostring(root, method="c14n")


def exact(value: Any) -> Any:
    """The value with the digits of its numbers, so that 0.030 is not 0.03 and 1 is not True."""
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    return [exact(item) for item in value] if isinstance(value, list) else (type(value).__name__, str(value))


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_says_the_same_both_ways(name: str) -> None:
    xml, resource = PAIRS[name]
    assert exact(from_xml(xml.encode())) == exact(resource)
    assert canonical(to_xml(resource)) == canonical(xml.encode())


@pytest.mark.parametrize("path", BUNDLES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_our_bundles_come_back_as_they_were(path: Path) -> None:
    bundle = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    assert exact(from_xml(to_xml(bundle))) == exact(bundle)


def test_elements_come_in_the_order_of_the_definitions() -> None:
    resource = {"subject": {"display": "x"}, "code": {"text": "y"}, "status": "final", "resourceType": "Observation"}
    root = etree.fromstring(to_xml({**resource, "valueBoolean": False, "id": "o"}))
    assert [etree.QName(child).localname for child in root] == ["id", "status", "code", "subject", "valueBoolean"]
    assert root.xpath("string(f:valueBoolean/@value)", namespaces=NS) == "false"


def test_the_narrative_is_xhtml_and_is_not_reformatted() -> None:
    root = etree.fromstring(to_xml(foreign.document()))
    assert root.xpath("count(//f:text/h:div/h:p)", namespaces=NS) == 5
    assert root.xpath("string(//h:div)", namespaces=NS) == "words"
    prefixed = '<h:div xmlns:h="http://www.w3.org/1999/xhtml">a<h:br/>b</h:div>'
    xml = f'<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/>{prefixed}</text></Patient>'
    assert from_xml(xml.encode())["text"]["div"] == '<div xmlns="http://www.w3.org/1999/xhtml">a<br/>b</div>'


def test_a_byte_order_mark_comments_and_instructions_say_nothing() -> None:
    patient = '<Patient xmlns="http://hl7.org/fhir"><!-- a --><id value="p"/></Patient>'
    xml = f'\ufeff<?xml version="1.0"?><!-- x --><?y z?>{patient}'
    assert from_xml(xml.encode()) == {"resourceType": "Patient", "id": "p"}


LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
NOT_FHIR = [
    b"",
    b"\xff\xfe<\x00",
    b"<Patient",
    b"{}",
    b"<Patient/>",
    b'<Nothing xmlns="http://hl7.org/fhir"/>',
    b'<Patient xmlns="http://hl7.org/fhir">text</Patient>',
    b'<Patient xmlns="http://hl7.org/fhir"><gender value="a"/><gender value="b"/></Patient>',
    b'<Patient xmlns="http://hl7.org/fhir"><ins value="a"/></Patient>',
    b'<Patient xmlns="http://hl7.org/fhir"><active value="yes"/></Patient>',
    b'<Patient xmlns="http://hl7.org/fhir"><active values="true"/></Patient>',
    b'<Patient xmlns="http://hl7.org/fhir"><multipleBirthInteger value="' + b"9" * 5000 + b'"/></Patient>',
    b'<Patient xmlns="http://hl7.org/fhir"><contained><Group/><Group/></contained></Patient>',
    b'<Patient xmlns="http://hl7.org/fhir"><x:active xmlns:x="urn:x" value="true"/></Patient>',
    f'{LAUGHS}<Patient xmlns="http://hl7.org/fhir"><id value="&b;"/></Patient>'.encode(),
    f'{FILE}<Patient xmlns="http://hl7.org/fhir"><text><div>&a;</div></text></Patient>'.encode(),
    b'<Patient xmlns="http://hl7.org/fhir"><name><given value="&e;"/></name></Patient>',
    b'<Patient xmlns="http://hl7.org/fhir">' + b'<extension url="x">' * 3000 + b"</extension>" * 3000 + b"</Patient>",
    b'<Patient xmlns="http://hl7.org/fhir">' + b'<extension url="x">' * 240 + b"</extension>" * 240 + b"<x/></Patient>",
]


@pytest.mark.parametrize("xml", NOT_FHIR, ids=range(len(NOT_FHIR)))
def test_what_is_not_fhir_xml_is_refused_in_words(xml: bytes) -> None:
    with pytest.raises(InvalidExam) as refused:
        from_xml(xml)
    assert {issue.code for issue in refused.value.issues} == {"RPT-XML"}
    assert all(issue.message.endswith((".", ")")) or ":" in issue.message for issue in refused.value.issues)


def test_every_problem_is_told_at_once_with_its_line() -> None:
    xml = b'<Patient xmlns="http://hl7.org/fhir">\n<ins value="1"/>\n<active value="oui"/></Patient>'
    with pytest.raises(InvalidExam) as refused:
        from_xml(xml)
    assert [(i.path, i.message.partition(" :")[0]) for i in refused.value.issues] == [
        ("Patient.ins", "Ligne 2"),
        ("Patient.active", "Ligne 3"),
    ]


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"resourceType": "Nothing"},
        {"resourceType": "Patient", "ins": "1"},
        {"resourceType": "Patient", "active": 1.5},
        {"resourceType": "Patient", "name": [{"text": "a\x00b"}]},
        {"resourceType": "Patient", "text": {"status": "generated", "div": "<div>"}},
        {"resourceType": "Patient", "text": {"status": "generated", "div": f"{FILE}<div>&a;</div>"}},
        {"resourceType": "Patient", "contained": ["x"]},
        {"resourceType": "Patient", "name": ["x", 3]},
        {"resourceType": "Patient", "name": {"given": "x"}, "_birthDate": 3},
    ],
    ids=str,
)
def test_what_is_no_resource_is_not_written(resource: Any) -> None:
    with pytest.raises(RenderError):
        to_xml(resource)
