"""Exceptions and issues.

ReporterError
├─ CatalogError(issues)     load or lint time, file:line
├─ InvalidExam(issues)      input; all problems at once
├─ FhirCheckError(issues)   a bundle of ours that breaks a FHIR invariant
├─ RenderError              a report that cannot be written
├─ MissingExtraError        an optional dependency that is not installed
└─ ConfigError              settings
Only `ReporterError` leaves a public function (DESIGN §8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem: `code` is a rule id of RULES.md or RPT-…; `path` a JSON pointer (or file:line: key)."""

    code: str
    severity: str
    path: str
    message: str
    source: str = ""

    def as_dict(self) -> dict[str, str]:
        """The shape fixed by DESIGN §7 (issues.json)."""
        return {"code": self.code, "severity": self.severity, "path": self.path, "message": self.message}


class ReporterError(Exception):
    """Root of every exception that leaves a public function."""


class IssuesError(ReporterError):
    """An error made of issues, all at once."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__("\n".join(f"{i.code} {i.path}: {i.message}" for i in self.issues))


class CatalogError(IssuesError):
    """The catalogue cannot be loaded; each issue's path is `file:line: key`."""


class InvalidExam(IssuesError):  # noqa: N818 - the name is fixed by the public interface
    """The input is refused; no report and no bundle is written."""


class FhirCheckError(IssuesError):
    """A bundle we made breaks an invariant: a defect of ours, never sent out."""


class RenderError(ReporterError):
    """A report that cannot be written."""


class MissingExtraError(ReporterError):
    """An optional dependency is not installed."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"pip install 'fhir-reporter[{extra}]'")


class ConfigError(ReporterError):
    """A setting that cannot be used."""
