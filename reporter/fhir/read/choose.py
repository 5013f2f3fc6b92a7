"""Which resources describe this report: one report, one patient, one exam; several is never settled by a guess."""

from __future__ import annotations

from dataclasses import dataclass, field

from reporter.fhir.read.conclusion import section_of
from reporter.fhir.read.documents import ours
from reporter.fhir.read.scope import Scope, statement
from reporter.fhir.read.view import View

_WRONG_STATUS = ("entered-in-error", "cancelled", "not-done", "revoked")


@dataclass(slots=True)
class Cast:
    """The resources with a role of their own."""

    report: View | None = None
    composition: View | None = None
    patient: View | None = None
    study: View | None = None
    priors: list[View] = field(default_factory=list)
    request: View | None = None
    procedure: View | None = None
    subject: str | None = None


def choose(scope: Scope) -> Cast:
    """Set aside what must not be read, then give each role its resource."""
    _set_aside(scope)
    cast = Cast(report=_one(scope, "DiagnosticReport"), composition=_one(scope, "Composition"))
    head = cast.report or cast.composition
    cast.patient = _pointed(scope, head, "subject", "Patient") or _one(scope, "Patient")
    cast.subject = _subject(scope, cast)
    _other_subjects(scope, cast)
    _studies(scope, cast)
    cast.request = _request(scope, cast)
    cast.procedure = _one(scope, "Procedure")
    _framework(scope, cast)
    return cast


def _set_aside(scope: Scope) -> None:
    for view in scope.source.views:
        status = view.data.get("status")
        if view.has("modifierExtension"):
            scope.done.add(view.path)
            scope.tell("FHIR-READ-MODIFIER", f"{view.path}/modifierExtension", kind=view.kind)
        elif isinstance(status, str) and status in _WRONG_STATUS:
            scope.done.add(view.path)
            scope.tell("FHIR-READ-STATUS", f"{view.path}/status", kind=view.kind, shown=status)


def left(scope: Scope, kind: str) -> list[View]:
    """Resources of a type that were neither read nor set aside."""
    return [view for view in scope.source.of(kind) if view.path not in scope.done]


def _one(scope: Scope, kind: str) -> View | None:
    """The only resource of a type; when there are several, none."""
    found = left(scope, kind)
    if len(found) > 1:
        for view in found:
            scope.done.add(view.path)
            scope.tell("FHIR-READ-SEVERAL", view.path, kind=kind)
    return found[0] if len(found) == 1 else None


def _pointed(scope: Scope, view: View | None, name: str, kind: str) -> View | None:
    target = scope.source.target(view.child(name)) if view is not None else None
    return target if target is not None and target.kind == kind and target.path not in scope.done else None


def _first(scope: Scope, view: View | None, name: str, kind: str) -> View | None:
    """The only target of a list of References."""
    targets = [t for t in scope.source.targets(view, name) if t.kind == kind and t.path not in scope.done]
    return targets[0] if len(targets) == 1 else None


def _subject(scope: Scope, cast: Cast) -> str | None:
    """Whose report it is: its patient, or the reference that all resources share."""
    if cast.patient is not None:
        return cast.patient.path
    head = cast.report or cast.composition
    if head is not None:
        return _whose(scope, head)
    everyone = {who for view in scope.source.views if (who := _whose(scope, view))}
    return everyone.pop() if len(everyone) == 1 else None


def _whose(scope: Scope, view: View) -> str | None:
    reference = view.child("subject") or view.child("patient")
    if reference is None:
        return None
    target = scope.source.target(reference)
    text = reference.data.get("reference")
    return target.path if target is not None else (text if isinstance(text, str) else None)


def _other_subjects(scope: Scope, cast: Cast) -> None:
    """What is about somebody else, or about nobody can say whom, is not read."""
    for view in scope.source.views:
        who = _whose(scope, view)
        if view.path not in scope.done and who is not None and who != cast.subject:
            scope.done.add(view.path)
            scope.tell("FHIR-READ-SUBJECT", view.path, kind=view.kind)
    for view in scope.source.of("Patient"):
        if view is not cast.patient and view.path not in scope.done:
            scope.done.add(view.path)
            scope.tell("FHIR-READ-SUBJECT", view.path, kind=view.kind)


def _studies(scope: Scope, cast: Cast) -> None:
    """The exam is that of the report; earlier ones are named so by us, or listed as comparisons."""
    compared = _compared(scope, cast.composition)
    studies = left(scope, "ImagingStudy")
    cast.priors = [v for v in studies if (statement(v) or "").startswith("comparison/") or v.path in compared]
    cast.study = _first(scope, cast.report, "imagingStudy", "ImagingStudy")
    if cast.study is None:
        rest = [view for view in studies if view not in cast.priors]
        cast.study = rest[0] if len(rest) == 1 else None
    cast.priors = [view for view in cast.priors if view is not cast.study]


def _request(scope: Scope, cast: Cast) -> View | None:
    """The request the report or the exam is based on; alone in its bundle, a request is the request."""
    for view in (cast.report, cast.study):
        if (found := _first(scope, view, "basedOn", "ServiceRequest")) is not None:
            return found
    return _one(scope, "ServiceRequest") if cast.report is None and cast.composition is None else None


def _compared(scope: Scope, composition: View | None) -> set[str]:
    sections = composition.children("section") if composition is not None else ()
    comparison = [section for section in sections if section_of(section.child("code")) == "comparison"]
    found = {target.path for section in comparison for target in scope.source.targets(section, "entry")}
    inside = [inner for section in comparison for inner in section.children("section")]
    return found | {target.path for section in inside for target in scope.source.targets(section, "entry")}


def _framework(scope: Scope, cast: Cast) -> None:
    """Our own software, the record of its work and who signed say nothing that was entered."""
    if not ours(cast.report) and not ours(cast.composition):
        return
    for view in left(scope, "Provenance"):
        scope.done.add(view.path)
        for agent in view.children("agent"):
            who = scope.source.target(agent.child("who"))
            if who is not None and who.kind == "Device":
                scope.done.add(who.path)
    for attester in cast.composition.children("attester") if cast.composition is not None else ():
        _signer(scope, scope.source.target(attester.child("party")))


def _signer(scope: Scope, role: View | None) -> None:
    """Who signed belongs to the life of the report, not to what was entered."""
    if role is None:
        return
    scope.done.add(role.path)
    person = scope.source.target(role.child("practitioner"))
    if person is not None:
        scope.done.add(person.path)
