"""From resources to the input: each part is read by its module, then whatever is left is reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reporter.catalog.entries import Catalog
from reporter.errors import ERROR, Issue
from reporter.fhir import constants as c
from reporter.fhir.read import conclusion, findings, history, people, place, request, study
from reporter.fhir.read.choose import choose, left
from reporter.fhir.read.codes import Codes, codings
from reporter.fhir.read.comparisons import Comparisons, is_earlier_density, is_prior
from reporter.fhir.read.densitometry import Densitometry, measure_of, refuse_near
from reporter.fhir.read.documents import Documents
from reporter.fhir.read.messages import message
from reporter.fhir.read.scope import Json, Scope, filled, statement
from reporter.fhir.read.source import Source
from reporter.fhir.read.view import View
from reporter.model.dates import PartialDate

_USED = frozenset(
    {
        "Composition", "DiagnosticReport", "Patient", "ServiceRequest", "ImagingStudy", "Procedure", "Observation",
        "BodyStructure", "Device", "Practitioner", "PractitionerRole", "Organization", "Provenance",
    }
)  # fmt: skip
_PROCEDURE = (
    "identifier", "basedOn", "status", "category", "code", "subject", "performedDateTime", "performer", "bodySite",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The input that was read, and one issue for each thing that was not."""

    data: Json
    issues: tuple[Issue, ...]

    @property
    def usable(self) -> bool:
        """Was anything read at all?"""
        return not any(issue.severity == ERROR for issue in self.issues)


def read(bundle: object, catalog: Catalog) -> Reading:
    """Read a Bundle (document, transaction, collection) or a single resource, given as parsed JSON. Never raises."""
    if not isinstance(bundle, Mapping) or not isinstance(bundle.get("resourceType"), str):
        return Reading({}, (_error("FHIR-READ-BUNDLE"),))
    scope = Scope(Source(bundle), Codes(catalog), catalog)
    data = _Reader(scope).read()
    issues = list(scope.issues)
    if not data:
        return Reading({}, (_error("FHIR-READ-EMPTY"), *issues))
    return Reading({"schema_version": catalog.vocabulary["schema_version"][-1], **data}, tuple(issues))


def _error(code: str) -> Issue:
    return Issue(code, ERROR, "", message(code))


class _Reader:
    """One reading."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.cast = choose(scope)
        self.patient: Json = {}
        self.order: Json = {}
        self.exam: Json = {}
        self.dxa = Densitometry(scope)
        self.documents = Documents(scope)
        self.impressions = conclusion.Impressions(scope)
        self.recommendations: list[str] = []
        self.comparisons = Comparisons(scope, self.cast.priors)
        self.signs: list[View] = []
        self.opinions: list[View] = []
        self.findings: list[Json] = []

    def read(self) -> Json:
        """Everything, in the order of the input."""
        self._people()
        self._exam()
        self._observations()
        self._papers()
        comparisons = self.comparisons.data()
        self._rest()
        concluded = filled(
            **self.impressions.data(),
            recommendations=list(dict.fromkeys(self.recommendations)),
            free_text="\n".join(self.documents.free_text.conclusion),
            suppress=self.documents.suppress,
        )
        return filled(
            patient=self.patient,
            order=self.order,
            exam=self._whole_exam(),
            comparisons=comparisons,
            findings=self.findings,
            dxa=self.dxa.data(),
            conclusion=concluded,
            free_text=self.documents.free_text.data(),
        )

    # --- frame

    def _people(self) -> None:
        cast = self.cast
        if cast.patient is not None:
            self.patient = people.patient(self.scope, cast.patient)
        if cast.request is not None:
            self.order, accession = request.order(self.scope, cast.request)
            self.exam |= filled(accession_number=accession)
        for target in self.scope.source.targets(cast.report, "resultsInterpreter")[:1]:
            name, identifiers, _ = people.practitioner(self.scope, target)
            self.exam |= filled(performer=name, performer_identifiers=identifiers)
        for target in self.scope.source.targets(cast.report, "performer")[:1]:
            if target.kind == "Organization":
                self.exam |= people.organization(self.scope, target)

    def _exam(self) -> None:
        cast, scope = self.cast, self.scope
        told: list[Json] = []
        if cast.study is not None:
            told += [self._act(item) for item in cast.study.children("procedureCode")]
            self.exam |= study.current(scope, cast.study)
        if cast.report is not None:
            told += [self._act(code) for code in [cast.report.child("code")] if code is not None]
            told.append(filled(date=scope.day(cast.report, "effectiveDateTime")))
            told.append(filled(accession_number=request.accession(cast.report)))
        for found in told:
            for name, said in found.items():
                if self.exam.setdefault(name, said) != said:
                    path = (cast.report or cast.study or View({}, "")).path
                    scope.tell("FHIR-READ-CONFLICT", path, name=name, shown=f"{self.exam[name]} / {said}")

    def _act(self, concept: View) -> Json:
        """What a procedure code says; one that says nothing here is reported."""
        found = study.procedure_of(self.scope, concept)
        if not found:
            self.scope.unknown(concept, "code", concept.path)
        return found

    def _whole_exam(self) -> Json:
        """`technique` is required as soon as there is an exam."""
        exam = filled(**self.exam)
        return {**exam, "technique": exam.get("technique", {})} if exam else {}

    # --- observations

    def _observations(self) -> None:
        """Signs and measures first: impressions rest on them, and earlier densities belong to their regions."""
        views = left(self.scope, "Observation")
        earlier = [view for view in views if is_prior(self.scope, view)]
        for view in views:
            if view not in earlier:
                self._route(view)
        for view in sorted(earlier, key=is_earlier_density):
            self.comparisons.add(view, self.dxa)
        self.findings = findings.read(self.scope, self.signs)
        for view in self.opinions:
            self.impressions.add(view)

    def _route(self, view: View) -> None:
        """Our own code says what an Observation is; else the standard codes, when they say one thing."""
        systems = {system for system, _ in self.scope.codes.ours(view.child("code"))}
        if "derived" in systems:
            self._derived(view)
        elif (c.LOINC, c.DOSE) in codings(view.child("code")):
            self.exam |= filled(dose=study.dose(self.scope, view))
        elif history.name_of(self.scope, view) is not None:
            history.read(self.scope, view, self.patient, self.order)
        elif "technique" in systems:
            self._acquisition(view)
        elif self._dated_elsewhere(view):
            self.scope.done.add(view.path)
            self.scope.tell("FHIR-READ-DATE", f"{view.path}/effectiveDateTime", kind=view.kind)
        else:
            self._result(view, systems)

    def _derived(self, view: View) -> None:
        """What rules computed is computed again from the input."""
        self.scope.done.add(view.path)
        self.scope.done.update(structure.path for structure in place.structures(self.scope, view.child("bodySite")))

    def _result(self, view: View, systems: set[str]) -> None:
        if "recommendation" in systems or self.scope.codes.standard(view.child("code"), "recommendation"):
            code = conclusion.recommendation(self.scope, view)
            self.recommendations += [code] if code else []
        elif measure_of(self.scope, view) is not None:
            self.dxa.add(view)
        elif self._is_opinion(view, systems):
            self.opinions.append(view)
        elif self._is_text(view):
            self.scope.close(view, *findings.FRAME)
        elif not refuse_near(self.scope, view):
            self.signs.append(view)

    def _is_opinion(self, view: View, systems: set[str]) -> bool:
        """A diagnosis has a certainty; a sign has a status."""
        certain = self.scope.codes.one(view.child("valueCodeableConcept"), "certainty", "certainty")
        known = self.impressions.code(view.child("code"))
        return "diagnosis" in systems or (known is not None and certain is not None)

    def _is_text(self, view: View) -> bool:
        """An Observation coded as a section, whose value is text, is the free text of that section."""
        section = conclusion.section_of(view.child("code"))
        return view.has("valueString") and self.documents.free_text.write(section, view.text("valueString"))

    def _dated_elsewhere(self, view: View) -> bool:
        """Of another day than the exam."""
        given, exam = view.data.get("effectiveDateTime"), self.exam.get("date")
        if not isinstance(given, str) or exam is None:
            return False
        try:
            return not PartialDate.parse(given[:10]).same(PartialDate.parse(exam))
        except ValueError:
            return True

    def _acquisition(self, view: View) -> None:
        def precision(region: str, item: View) -> None:
            self.dxa.precision(region, self.scope.quantity(item.child("valueQuantity"), "g/cm2"), item)

        reader = study.Acquisition(self.scope, precision)
        reader.add(view)
        self.exam |= reader.exam | filled(technique=reader.technique)

    # --- what holds the report together, and what is left

    def _papers(self) -> None:
        cast = self.cast
        self._procedure()
        if cast.composition is not None:
            self.documents.composition(cast.composition)
        if cast.report is not None:
            self.documents.report(cast.report, self.impressions, cast.composition is not None)

    def _procedure(self) -> None:
        """The Procedure repeats the acquisition, when there is one; the scanner is the Device it used."""
        view = self.cast.procedure
        if view is None:
            return
        for device in self.scope.source.targets(view, "usedReference")[:1]:
            names = people.scanner(self.scope, device) if device.kind == "Device" else {}
            self.exam |= filled(device=names.get("device"))
            if "model" in names:
                self.exam.setdefault("technique", {})["device"] = names["model"]
        if "technique" not in self.exam:
            self._used(view)
        own = (statement(view) or "") == "procedure"
        self.scope.close(view, *_PROCEDURE, *(("note", "usedCode") if own else ()))

    def _used(self, view: View) -> None:
        for item in view.children("usedCode"):
            tracer = self.scope.codes.one(item, "tracer", "tracer")
            if tracer is not None and "technique" not in self.exam:
                self.exam["technique"] = {"tracer": tracer}
                item.take()

    def _rest(self) -> None:
        """One issue for each resource and entry that was not read."""
        for path in self.scope.source.empty:
            self.scope.tell("FHIR-READ-ENTRY", path)
        for view in self.scope.source.views:
            if view.path not in self.scope.done:
                self.scope.refuse(view, "role" if view.kind in _USED else "type")
