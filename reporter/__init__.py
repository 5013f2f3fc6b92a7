"""Structured radiology findings become a French report and a FHIR R4 bundle that say exactly the same thing."""

from reporter.catalog import load_catalog
from reporter.engine import Report, build_report, check
from reporter.errors import CatalogError, InvalidExam, Issue, ReporterError
from reporter.intake import parse
from reporter.settings import Settings
from reporter.version import __version__

__all__ = [
    "CatalogError",
    "InvalidExam",
    "Issue",
    "Report",
    "ReporterError",
    "Settings",
    "__version__",
    "build_report",
    "check",
    "load_catalog",
    "parse",
]
