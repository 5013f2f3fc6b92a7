"""Statuses, versions, signature, corrections and addenda, as facts of the bundles."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from reporter import fhir
from reporter.errors import RenderError
from reporter.fhir import constants as c
from reporter.fhir.check import check
from reporter.model import canonical
from reporter.model import exam as m
from reporter.model.lifecycle import Addendum, Lifecycle, RelatesTo, Signature
from tests.fhir import samples

RPPS = m.Identifier("01234567897", "RPPS")
NOON = dt.datetime(2024, 3, 9, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
SIGNED = Lifecycle("final", signature=Signature(NOON, "Dr Signe", (RPPS,)))
COMPLETED = Lifecycle(
    "appended",
    2,
    Signature(NOON, "Dr Signe", (RPPS,)),
    (RelatesTo("appends", "ACC-1", 1),),
    (Addendum("Relu <avec> le clinicien & confirmé.", NOON, "Dr Signe"),),
)


def build(kind: str, lifecycle: Lifecycle, exam: m.Exam | None = None) -> dict[str, Any]:
    report = samples.data(exam or samples.mr_exam())
    make = getattr(fhir, f"{kind}_bundle")
    bundle: dict[str, Any] = make(
        report, samples.narrative(report), samples.catalog(), ids=samples.ids, lifecycle=lifecycle
    )
    return bundle


def composition(bundle: dict[str, Any]) -> dict[str, Any]:
    return samples.only(bundle, "Composition")


@pytest.mark.parametrize("kind", ["document", "transaction", "collection"])
@pytest.mark.parametrize("lifecycle", [SIGNED, COMPLETED], ids=["signed", "completed"])
def test_every_stage_passes_our_check(kind: str, lifecycle: Lifecycle) -> None:
    assert check(build(kind, lifecycle)) == []


@pytest.mark.parametrize(
    ("status", "document", "result"),
    [
        ("preliminary", "preliminary", "preliminary"),
        ("final", "final", "final"),
        ("amended", "amended", "amended"),
        ("corrected", "amended", "corrected"),
        ("appended", "amended", "final"),
        ("cancelled", "entered-in-error", "cancelled"),
        ("entered-in-error", "entered-in-error", "entered-in-error"),
    ],
)
def test_one_status_gives_those_of_report_document_and_results(status: str, document: str, result: str) -> None:
    bundle = build("document", Lifecycle(status))
    assert samples.only(bundle, "DiagnosticReport")["status"] == status
    assert composition(bundle)["status"] == document
    assert samples.observation(bundle, "F1")["status"] == result
    assert check(bundle) == []


def test_a_draft_is_attested_by_nobody() -> None:
    bundle = build("document", Lifecycle())
    assert "attester" not in composition(bundle)
    assert samples.only(bundle, "DiagnosticReport")["issued"] == "2024-03-09T08:30:00+01:00"


def test_a_signature_is_a_legal_attestation_with_time_and_person() -> None:
    bundle = build("document", SIGNED)
    (attester,) = composition(bundle)["attester"]
    assert (attester["mode"], attester["time"]) == ("legal", "2024-03-09T12:00:00+01:00")
    resources = {e["fullUrl"]: e["resource"] for e in bundle["entry"]}
    role = resources[attester["party"]["reference"]]
    person = resources[role["practitioner"]["reference"]]
    assert person["name"] == [{"text": "Dr Signe"}]
    assert person["identifier"][1]["value"] == "01234567897"
    assert samples.only(bundle, "DiagnosticReport")["issued"] == "2024-03-09T12:00:00+01:00"
    agents = [a["type"]["coding"][0]["code"] for a in samples.only(bundle, "Provenance")["agent"]]
    assert agents == ["assembler", "attester"]


def test_who_signs_and_who_read_the_exam_are_one_person_when_the_number_is_the_same() -> None:
    exam = samples.mr_exam()
    exam = replace(exam, study=replace(exam.study, performer="Dr S.", performer_identifiers=(RPPS,)))
    for kind in ("document", "transaction"):
        bundle = build(kind, SIGNED, exam)
        assert len(samples.resources(bundle, "Practitioner")) == 1
        assert check(bundle) == []
    other = replace(SIGNED, signature=Signature(NOON, "Dr Autre"))
    assert len(samples.resources(build("document", other, exam), "Practitioner")) == 2


def test_version_and_identifiers() -> None:
    first, second = (build("document", Lifecycle("final", number)) for number in (1, 2))
    version = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Composition.version"
    for bundle, said in ((first, "1"), (second, "2")):
        (found,) = [e["valueString"] for e in composition(bundle)["extension"] if e["url"] == version]
        assert found == said
    assert composition(first)["identifier"] == composition(second)["identifier"]
    assert composition(first)["id"] == composition(second)["id"]
    assert [b["identifier"]["value"] for b in (first, second)] == ["ACC-1/v1", "ACC-1/v2"]
    assert first["id"] != second["id"]
    provenances = [samples.only(b, "Provenance") for b in (first, second)]
    assert [p["target"][0]["identifier"]["value"] for p in provenances] == ["ACC-1/v1", "ACC-1/v2"]
    assert provenances[0]["id"] != provenances[1]["id"]


@pytest.mark.parametrize(("code", "operation"), [("replaces", "UPDATE"), ("appends", "APPEND")])
def test_a_later_version_names_the_one_it_follows(code: str, operation: str) -> None:
    bundle = build("document", Lifecycle("amended", 3, relates_to=(RelatesTo(code, "ACC-1", 2),)))
    (relation,) = composition(bundle)["relatesTo"]
    assert relation["code"] == code
    target = relation["targetIdentifier"]
    assert (target["system"], target["value"]) == (f"{c.IDENTIFIER}document", "ACC-1/v2")
    assert samples.only(bundle, "Provenance")["activity"]["coding"][0]["code"] == operation


def test_an_addendum_is_a_section_a_note_and_a_part_of_the_page() -> None:
    bundle = build("document", COMPLETED)
    section = composition(bundle)["section"][-1]
    assert section["code"]["coding"][0] == {"system": "http://loinc.org", "code": "55107-7"}
    note = section["extension"][0]["valueAnnotation"]
    assert (note["text"], note["authorString"]) == ("Relu <avec> le clinicien & confirmé.", "Dr Signe")
    assert note["time"] == "2024-03-09T12:00:00+01:00"
    said = "".join(etree.fromstring(section["text"]["div"]).itertext())
    assert said == "Dr Signe, 9 mars 2024\u00a0: Relu <avec> le clinicien & confirmé."
    report = samples.only(bundle, "DiagnosticReport")
    notes = [e["valueAnnotation"] for e in report["extension"] if e["url"] == c.REPORT_NOTE]
    kinds = [n["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] for n in notes]
    assert kinds == ["59776-5", "55107-7"]
    page = base64.b64decode(report["presentedForm"][0]["data"]).decode()
    assert "<h2>Addendum</h2>" in page
    assert "Relu &lt;avec&gt; le clinicien &amp; confirmé." in page


def test_an_unsigned_note_of_unknown_author_is_only_its_text() -> None:
    bundle = build("document", Lifecycle("appended", 2, addenda=(Addendum("Sans auteur."),)))
    section = composition(bundle)["section"][-1]
    assert "".join(etree.fromstring(section["text"]["div"]).itertext()) == "Sans auteur."
    assert set(section["extension"][0]["valueAnnotation"]) == {"extension", "text"}


def test_a_second_sending_of_a_version_asks_for_the_same_things() -> None:
    first, again, later = (
        [e["request"] for e in build("transaction", stage)["entry"]] for stage in (SIGNED, SIGNED, COMPLETED)
    )
    assert first == again
    assert [r for r in first if r["url"].startswith(("Composition", "DiagnosticReport"))] == [
        r for r in later if r["url"].startswith(("Composition", "DiagnosticReport"))
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"status": "done"},
        {"version": 0},
        {"relates_to": (RelatesTo("follows", "ACC-1"),)},
        {"signature": Signature(dt.datetime(2024, 3, 9), "Dr Signe")},
    ],
)
def test_an_impossible_stage_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(RenderError):
        Lifecycle(**given)


def test_the_digest_of_an_exam_depends_on_what_it_says_only() -> None:
    exam = samples.mr_exam()
    finding = exam.findings[0]
    turned = replace(finding, signal={"T2FS": "hyper", "T1": "hypo"}, path="/findings/7")
    same = replace(exam, findings=(turned, *exam.findings[1:]))
    other = replace(exam, findings=(replace(finding, signal={"T1": "hyper", "T2FS": "hyper"}), *exam.findings[1:]))
    assert canonical.digest(same) == canonical.digest(exam)
    assert canonical.digest(other) != canonical.digest(exam)
    assert len(canonical.digest(exam)) == 32
