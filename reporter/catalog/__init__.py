"""The catalogue: French words, signs, sites, diagnoses, rules, exams and codes, as data."""

from reporter.catalog.entries import Catalog
from reporter.catalog.load import load_catalog, read_catalog
from reporter.catalog.text import alias_key

__all__ = ["Catalog", "alias_key", "load_catalog", "read_catalog"]
