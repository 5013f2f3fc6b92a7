"""FHIR R4: the report as document, transaction or minimal collection bundle, and the exact JSON and XML of a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reporter.fhir.bundle import collection_bundle, document_bundle, transaction_bundle
from reporter.fhir.encode import to_json
from reporter.fhir.transaction import transaction_of

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    """XML, with the library it needs, loads on first use: most reports are never written as XML (PEP 562)."""
    if name not in ("from_xml", "to_xml"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from reporter.fhir import xml

    return getattr(xml, name)
