"""FHIR XML (R4 §2.6.1), both ways: the same resource as its JSON, in the element order of the official definitions."""

from __future__ import annotations

from reporter.fhir.xml_read import from_xml
from reporter.fhir.xml_write import to_xml

__all__ = ["from_xml", "to_xml"]
