"""FHIR R4: the report as document, transaction or minimal collection bundle, and the exact JSON and XML of a bundle."""

from __future__ import annotations

from reporter.fhir.bundle import collection_bundle, document_bundle, transaction_bundle
from reporter.fhir.encode import to_json
from reporter.fhir.transaction import transaction_of
from reporter.fhir.xml import from_xml, to_xml

__all__ = [
    "collection_bundle",
    "document_bundle",
    "from_xml",
    "to_json",
    "to_xml",
    "transaction_bundle",
    "transaction_of",
]
