"""The catalogue: French words, signs, sites, diagnoses, rules, exams and codes, as data."""

from __future__ import annotations

from pathlib import Path

from reporter.catalog.build import build
from reporter.catalog.entries import Catalog
from reporter.catalog.loader import read_tree
from reporter.catalog.text import alias_key
from reporter.errors import CatalogError
from reporter.resources import data_roots

__all__ = ["Catalog", "alias_key", "load_catalog"]


def load_catalog(*overlays: Path, snomed_licence: bool = False) -> Catalog:
    """Our own data, then the overlays (the first one wins). `snomed_licence` adds the codes under SNOMED CT licence.

    Raises CatalogError with every problem found.
    """
    tree = read_tree(data_roots(*overlays), licensed=snomed_licence)
    catalog = build(tree)
    if tree.issues:
        raise CatalogError(tree.issues)
    return catalog
