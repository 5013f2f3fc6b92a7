"""FHIR R4: the report as document, transaction or minimal collection bundle, and the exact JSON of a bundle."""

from __future__ import annotations

from reporter.fhir.bundle import collection_bundle, document_bundle, transaction_bundle
from reporter.fhir.encode import to_json

__all__ = ["collection_bundle", "document_bundle", "to_json", "transaction_bundle"]
