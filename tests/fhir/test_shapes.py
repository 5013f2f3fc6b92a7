"""Facts of the official R4 definitions, read from the tables."""

from __future__ import annotations

from reporter.fhir import shapes
from reporter.fhir.shapes import elements

ALL = shapes.resource_types()


def test_every_resource_type_of_r4_is_there_and_no_other() -> None:
    assert len(ALL) == 146
    assert {"Observation", "Binary", "Parameters", "Bundle", "VisionPrescription"} <= set(ALL)
    assert not {"ImagingSelection", "Resource", "DomainResource", "BackboneElement", "Bot"} & set(ALL)


def test_elements_come_in_official_order_inherited_ones_first() -> None:
    assert list(elements("Bundle")) == [
        *("id", "meta", "implicitRules", "language"),
        *("identifier", "type", "timestamp", "total", "link", "entry", "signature"),
    ]
    assert list(elements("Meta")) == [
        *("id", "extension", "versionId", "lastUpdated", "source", "profile", "security", "tag"),
    ]


def test_an_element_knows_its_type_cardinality_binding_and_targets() -> None:
    status, subject = elements("Observation")["status"], elements("Observation")["subject"]
    assert status.required and not status.many and status.primitive
    assert status.binding and {"preliminary", "final", "amended"} < status.binding
    assert subject.targets == {"Patient", "Group", "Device", "Location"}
    assert elements("Bundle.entry")["link"].type == "Bundle.link"
    assert elements("Observation")["valueQuantity"].choice == "value"
    assert "valueAttachment" not in elements("Observation")
    assert elements("Patient")["id"].type == "id" and elements("HumanName")["id"].type == "string"
    assert {"valueUrl", "valueDosage", "valueBase64Binary"} <= set(elements("Extension"))
    assert elements("Age")["value"].type == "decimal"
