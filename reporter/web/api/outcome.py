"""OperationOutcome: every problem at once, French in `details.text`, English in `diagnostics`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reporter.catalog.entries import RuleDef
from reporter.errors import ERROR, Issue, ReporterError
from reporter.fhir import constants as c
from reporter.web.api.english import english_of, kind_of
from reporter.web.api.messages import REFUSALS

Json = dict[str, Any]
SYSTEM = f"{c.LOCAL}issue"
MAX_ISSUES = 1000
_STEP = re.compile(r"/([^/]*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SHOWN = 200


class ApiError(ReporterError):
    """A refusal of the service itself, by its code in `messages.REFUSALS`."""

    def __init__(
        self, code: str, *, path: str = "", headers: Mapping[str, str] | None = None, **values: object
    ) -> None:
        self.code, self.path, self.headers = code, path, dict(headers or {})
        self.values = {name: printable(str(value)) for name, value in values.items()}
        self.refusal = REFUSALS[code]
        super().__init__(self.refusal.french.format(**self.values))

    def outcome(self) -> Json:
        """The refusal as OperationOutcome."""
        english = f"{self.code}: {self.refusal.english.format(**self.values)}"
        return _outcome([_issue("error", self.refusal.kind, self.code, str(self), english, self.path)])


class Refused(ReporterError):  # noqa: N818 - a refusal, not a failure
    """Issues of the engine, as the answer to a request."""

    def __init__(self, status: int, issues: Iterable[Issue]) -> None:
        self.status, self.issues = status, tuple(issues)
        super().__init__("\n".join(issue.message for issue in self.issues))


def of_issues(issues: Iterable[Issue], rules: Mapping[str, RuleDef]) -> Json:
    """Every issue; past the first thousand, only how many more. `rules` are those of the catalogue."""
    given = list(issues)
    made = [_of_issue(issue, rules) for issue in given[:MAX_ISSUES]]
    if len(given) > MAX_ISSUES:
        more = len(given) - MAX_ISSUES
        text, english = f"… et {more} autres problèmes.", f"{more} more issues are not listed."
        made.append(_issue(ERROR, "too-costly", "API-MORE", text, english, ""))
    return _outcome(made or [_fine()])


def _of_issue(issue: Issue, rules: Mapping[str, RuleDef]) -> Json:
    group = rules[issue.code].group if issue.code in rules else ""
    return _issue(
        issue.severity, kind_of(issue, group), issue.code, issue.message, english_of(issue, group), issue.path
    )


def information(code: str, french: str, english: str) -> Json:
    """One thing to know."""
    return _outcome([_issue("information", "informational", code, french, english, "")])


def printable(text: str) -> str:
    """What a client sent, safe to say back: short, no control character, no lone surrogate."""
    return _CONTROL.sub("?", text[:_SHOWN])


def expression(path: str) -> str:
    """A JSON pointer as FHIRPath: `/entry/3/resource` → `Bundle.entry[3].resource`; other paths as they are."""
    if not path.startswith("/"):
        return path
    root = "Bundle" if path.startswith("/entry/") else ""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in _STEP.findall(path)]
    return (root + "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in steps)).lstrip(".")


def _issue(severity: str, kind: str, code: str, french: str, english: str, path: str) -> Json:
    made: Json = {
        "severity": severity,
        "code": kind,
        "details": {"coding": [{"system": SYSTEM, "code": code}], "text": _clean(french)},
        "diagnostics": _clean(english),
    }
    if path.strip("/"):
        made["location"], made["expression"] = [_clean(path)], [_clean(expression(path))]
    return made


def _clean(text: str) -> str:
    """A FHIR string: no control but line feed, no lone surrogate, not blank."""
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "?", text).strip() or "?"


def _fine() -> Json:
    return _issue("information", "informational", "API-OK", "Aucun problème.", "All is well.", "")


def _outcome(issues: list[Json]) -> Json:
    return {"resourceType": "OperationOutcome", "language": "fr", "issue": issues}
