"""Structured radiology findings become a French report and a FHIR R4 bundle that say exactly the same thing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reporter.version import __version__

if TYPE_CHECKING:
    from reporter.catalog import load_catalog
    from reporter.engine import Report, build_report, check
    from reporter.errors import CatalogError, InvalidExam, Issue, ReporterError
    from reporter.fhir.read import read_bundle
    from reporter.intake import parse
    from reporter.settings import Settings

_HOMES = {
    "CatalogError": "reporter.errors",
    "InvalidExam": "reporter.errors",
    "Issue": "reporter.errors",
    "Report": "reporter.engine",
    "ReporterError": "reporter.errors",
    "Settings": "reporter.settings",
    "build_report": "reporter.engine",
    "check": "reporter.engine",
    "load_catalog": "reporter.catalog",
    "parse": "reporter.intake",
    "read_bundle": "reporter.fhir.read",
}

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
    "read_bundle",
]


def __getattr__(name: str) -> Any:
    """The public names load on first use, so that a command that needs no report starts fast (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
