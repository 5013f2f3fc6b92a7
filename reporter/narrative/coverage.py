"""What the catalogue lets a report hold and no French phrase says: each is a catalogue error."""

from __future__ import annotations

from collections.abc import Iterator

from reporter.catalog.entries import Catalog, FindingDef

_TYPES = {"boolean": ("true", "false"), "integer": ("1",)}
_TABLES = {
    "sequence": "sequences", "plane": "planes", "view.XR": "views", "view.NM": "nm_views", "tracer": "tracers",
    "relation": "relations", "certainty": "certainty", "part": "parts", "signal": "signal", "modality": "titles",
}  # fmt: skip


def coverage(catalog: Catalog) -> list[str]:
    """« finding.attribute.value » without a phrase; empty when everything can be said."""
    return [*_attributes(catalog), *_severities(catalog), *_vocabulary(catalog)]


def _attributes(catalog: Catalog) -> Iterator[str]:
    for entry in catalog.findings.values():
        for attribute in entry.attributes:
            for value in _values(catalog, entry, attribute):
                if not _said(catalog, entry, attribute, value):
                    yield f"{entry.id}.{attribute}.{value}"


def _values(catalog: Catalog, entry: FindingDef, attribute: str) -> tuple[str, ...]:
    """Values an attribute may take: its own words, the vocabulary, or those of its type."""
    for kind, values in _TYPES.items():
        if attribute in catalog.vocabulary.get(f"attribute_type.{kind}", ()):
            return values
    own = tuple(entry.values_fr.get(attribute, {}))
    return own or catalog.vocabulary.get(f"attribute.{attribute}", ())


def _said(catalog: Catalog, entry: FindingDef, attribute: str, value: str) -> bool:
    known = catalog.lexicon.get("attributes", {}).get(attribute, {})
    return value in entry.values_fr.get(attribute, {}) or value in known or "*" in known


def _severities(catalog: Catalog) -> Iterator[str]:
    for entry in catalog.findings.values():
        for severity in entry.severities:
            if severity not in entry.severity_fr and severity not in catalog.severities:
                yield f"{entry.id}.severity.{severity}"


def _vocabulary(catalog: Catalog) -> Iterator[str]:
    for name, table in _TABLES.items():
        for value in catalog.vocabulary.get(name, ()):
            if value not in catalog.lexicon.get(table, {}):
                yield f"{name}.{value}"
