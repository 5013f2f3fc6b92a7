"""From findings to the finished report, in one step: our JSON input, or a Bundle of Observations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import Response, request

from reporter import engine, intake
from reporter.engine import Report
from reporter.errors import ERROR, WARNING, InvalidExam, Issue
from reporter.fhir import constants as c
from reporter.web.api import incoming as bundles
from reporter.web.api import media, prefer
from reporter.web.api.earlier import ENTRY, read_in
from reporter.web.api.incoming import Incoming
from reporter.web.api.outcome import ApiError, Refused, of_issues
from reporter.web.auth.permissions import Permission, authorise
from reporter.web.desk import desk
from reporter.web.turn import in_turn

Json = dict[str, Any]
KINDS = ("document", "transaction", "collection")
WARNINGS = "Reporter-Warnings"
# who and what was there: what is not read of them does not change what was found
_ADMINISTRATIVE = (
    "Device", "Practitioner", "PractitionerRole", "Organization", "Provenance", "Location", "Encounter", "Coverage",
    "RelatedPerson", "Endpoint", "OperationOutcome", "Binary",
)  # fmt: skip
# resources of the exam in which an element that was not read may change what is said
_CLINICAL = ("Observation", "DiagnosticReport", "BodyStructure")
_FINDING = re.compile(r"/findings/(\d+)(?:/.*)?\Z")
_STATEMENT = f"{c.IDENTIFIER}statement"


@in_turn
def from_input(data: Json, kind: str) -> Response:
    """The report of an input. Raises Refused 422 with every issue."""
    authorise(Permission.WRITE_REPORT)
    report, issues = build(data)
    return _answered(report, kind, issues)


@in_turn
def from_findings(incoming: Incoming, kind: str) -> Response:
    """The report of a Bundle. Raises Refused 422 with every issue; nothing clinical is left out without a word."""
    authorise(Permission.WRITE_REPORT)
    data, unread = read_in(incoming)
    vital = [issue for issue in unread if not data or _is_vital(issue, incoming)]
    if vital and not (data and prefer.lenient()):
        raise Refused(422, _as_errors(unread, vital))
    try:
        report, issues = build(data)
    except Refused as refused:
        raise Refused(422, [*unread, *(_placed(issue, data, incoming) for issue in refused.issues)]) from None
    return _answered(report, kind, [*unread, *issues])


@in_turn
def build(data: Any) -> tuple[Report, list[Issue]]:
    """The report of an input and what is to be known about it. Raises Refused 422 with every issue.

    A good input is read and judged once; only a refused one a second time, for its problems of shape and of the rules.
    """
    here = desk()
    settings, clock = here.config.settings, here.config.clock
    exam, issues = intake.parse_partial(data, here.catalog)
    if exam is None or issues:
        raise Refused(422, engine.check(data, here.catalog, settings=settings, clock=clock))
    try:
        report = engine.build_report(exam, here.catalog, settings=settings, clock=clock)
    except InvalidExam as error:
        raise Refused(422, engine.without_repeats(error.issues)) from error
    return report, engine.without_repeats(report.data.assessment.issues)


def wanted_kind(given: str | None) -> str:
    """The bundle asked for by `_kind`. Raises ApiError 400."""
    if given is not None and given not in KINDS:
        raise ApiError("API-VALUE", name="_kind", value=given, path="http.kind")
    return given or KINDS[0]


def operation() -> Response:
    """`DiagnosticReport/$generate`: our input as JSON, or Parameters that hold it or a Bundle of findings."""
    from reporter.web.api import body

    resource = body.resource()
    kind = wanted_kind(request.args.get("_kind"))
    if resource.get("resourceType") == "Parameters":
        resource, kind = _parameters(resource, kind)
    if resource.get("resourceType") == "Bundle":
        return from_findings(bundles.bundle_of(resource), kind)
    return from_input(resource, kind)


def _parameters(resource: Json, kind: str) -> tuple[Json, str]:
    """`input` (valueString: JSON text; resource: Bundle) and `kind` (valueCode)."""
    from reporter.fhir.check import check_resource
    from reporter.web.api import body

    issues = check_resource(resource)
    if any(issue.severity == ERROR for issue in issues):
        raise Refused(400, issues)
    given = {item.get("name"): item for item in resource.get("parameter", [])}
    item = given.get("input", {})
    if "resource" in item:
        data = item["resource"]
    else:
        try:
            data = intake.load_json(str(item.get("valueString", "")))
        except InvalidExam as error:
            raise Refused(400, error.issues) from error
    return body.checked(data), wanted_kind(given.get("kind", {}).get("valueCode", kind))


# --- reading a Bundle


def _is_vital(issue: Issue, incoming: Incoming) -> bool:
    """Could what was not read change what the report says?"""
    found = ENTRY.match(issue.path)
    if not found:
        return True
    kind = incoming.resources.get(int(found[1]), {}).get("resourceType")
    if issue.code == "FHIR-READ-ELEMENT":
        return kind in _CLINICAL
    return kind not in _ADMINISTRATIVE


def _as_errors(issues: Iterable[Issue], vital: Iterable[Issue]) -> list[Issue]:
    """What refuses the Bundle is an error, the rest a warning."""
    refusing = {id(issue) for issue in vital}
    return [Issue(i.code, ERROR if id(i) in refusing else WARNING, i.path, i.message, i.source) for i in issues]


def _placed(issue: Issue, data: Json, incoming: Incoming) -> Issue:
    """A problem of a finding is one of the Observation it was read from."""
    found, findings = _FINDING.match(issue.path), data.get("findings", [])
    if not found or int(found[1]) >= len(findings):
        return issue
    name = str(findings[int(found[1])].get("id"))
    for place, resource in incoming.resources.items():
        given = resource.get("identifier", [])
        names = [str(i.get("value")) for i in given if isinstance(i, dict) and i.get("system") == _STATEMENT]
        if any(one.split("/")[-1].split(".")[0] == name for one in names):
            return Issue(issue.code, issue.severity, f"/entry/{place}/resource", issue.message, issue.source)
    return issue


# --- the answer


def _answered(report: Report, kind: str, issues: list[Issue]) -> Response:
    told = [issue for issue in issues if issue.severity != ERROR]
    headers = {WARNINGS: str(len(told))}
    returned = prefer.returned()
    if returned == "OperationOutcome":
        return media.answer(of_issues(told, desk().catalog.rules), headers=headers)
    if returned == "minimal":
        return Response(status=204, headers=headers)
    return media.answer(report.bundle(kind), headers=headers)
