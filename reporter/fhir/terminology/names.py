"""The French name of a local code: `code_names` of the lexicon, else the labels of the bundles and of the signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.fhir import labels

# system → table of the lexicon that already has the words
_TABLES = {"tracer": "tracers", "plane": "planes", "context-value": "risk_factors"}


def french(catalog: Catalog, system: str, code: str, attribute: str | None = None) -> str | None:
    """The French name of a code; None when neither the labels nor the catalogue have one."""
    name = _text(catalog.lexicon.get("code_names", {}).get(system), code) or _label(catalog, system, code, attribute)
    return name or _text(catalog.lexicon.get(_TABLES.get(system, "")), code)


def _label(catalog: Catalog, system: str, code: str, attribute: str | None) -> str | None:
    if system in ("attribute", "measure"):
        return labels.component(code)
    if system == "technique":
        sequence = code.removeprefix("sequence.")
        words = _text(catalog.lexicon.get("sequences"), sequence)
        return f"séquence {words or sequence}" if sequence != code else labels.technique(code)
    if system == "attribute-value":
        return _own(catalog, attribute or "", code) or labels.word(attribute or "", code)
    if system == "context" and code.startswith("lab."):
        return _text(catalog.lexicon.get("labs"), code.removeprefix("lab."))
    return labels.word(system, code)


def _own(catalog: Catalog, attribute: str, code: str) -> str | None:
    """The words a sign has for a value of its attribute."""
    found = (finding.values_fr.get(attribute, {}).get(code) for finding in catalog.findings.values())
    return next((words for words in found if words), None)


def _text(table: Any, code: str) -> str | None:
    found = table.get(code) if isinstance(table, Mapping) else None
    return found if isinstance(found, str) else None
