"""The three bundles: frame, sections, identities, repeatability."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from reporter import fhir
from reporter.fhir import constants as c
from reporter.fhir.check import check
from reporter.model import exam as m
from reporter.model.dates import PartialDate
from tests.fhir import samples

XHTML = "{http://www.w3.org/1999/xhtml}"
EXAMS = {"mr": samples.mr_exam, "dxa": samples.dxa_exam}


def build(kind: str, exam: m.Exam) -> dict[str, Any]:
    report = samples.data(exam)
    make = getattr(fhir, f"{kind}_bundle")
    bundle: dict[str, Any] = make(report, samples.narrative(report), samples.catalog(), ids=samples.ids)
    return bundle


def named(**changes: Any) -> m.Exam:
    """An exam whose people are known."""
    exam = samples.mr_exam(**changes)
    patient = replace(
        exam.patient,
        family_name="PAT-TROIS",
        given_names=("DOMINIQUE",),
        birth_date=PartialDate.parse("1979-03-28"),
        identifiers=(m.Identifier("279035121518989", "INS-NIR-TEST"),),
    )
    study = replace(
        exam.study,
        performer="Dr Test",
        performer_identifiers=(m.Identifier("01234567897", "RPPS"),),
        organization="Centre d’essai",
        accession_number="A 1|2",
        study_uid="1.2.840.1",
        dose=m.Dose(dap_mgy_cm2=None),
    )
    return replace(exam, patient=patient, study=study)


@pytest.mark.parametrize("kind", ["document", "transaction", "collection"])
@pytest.mark.parametrize("exam", [*EXAMS.values(), named], ids=[*EXAMS, "named"])
def test_every_bundle_passes_our_check(kind: str, exam: Any) -> None:
    assert check(build(kind, exam())) == []


def test_a_document_starts_with_its_composition_and_shares_its_identifier() -> None:
    bundle = build("document", samples.mr_exam())
    composition, report = bundle["entry"][0]["resource"], samples.only(bundle, "DiagnosticReport")
    assert composition["resourceType"] == "Composition"
    assert composition["identifier"] == report["identifier"][0] == {"system": f"{c.IDENTIFIER}report", "value": "ACC-1"}
    assert bundle["identifier"] == {"system": f"{c.IDENTIFIER}document", "value": "ACC-1/v1"}
    assert bundle["timestamp"] == composition["date"] == "2024-03-09T08:30:00+01:00"
    categories = {x["coding"][0]["code"] for x in report["category"]}
    assert categories == {"18748-4", "85430-7", "Medical-Imaging", "NMR"}


def test_sections_are_coded_and_rendered() -> None:
    composition = build("document", samples.mr_exam())["entry"][0]["resource"]
    codes = [s["code"]["coding"][0]["code"] for s in composition["section"]]
    assert codes == ["18726-0", "55115-0", "11329-0", "55111-9", "18834-2", "59776-5", "19005-8", "18783-1"]
    assert [s["title"] for s in composition["section"]][2] == "Antécédents"
    for section in composition["section"]:
        assert len({"entry", "section", "emptyReason"} & set(section)) == 1
        assert etree.fromstring(section["text"]["div"]).tag == f"{XHTML}div"


def test_each_observation_points_to_the_element_that_says_it() -> None:
    bundle = samples.document(samples.dxa_exam(), samples.change())
    composition = bundle["entry"][0]
    said = {}
    for section in composition["resource"]["section"]:
        for element in etree.fromstring(section["text"]["div"]).iter():
            said[f"{composition['fullUrl']}#{element.get('id')}"] = "".join(element.itertext())
    for resource in samples.resources(bundle, "Observation"):
        (link,) = [e["valueUrl"] for e in resource["extension"] if e["url"] == c.NARRATIVE_LINK]
        assert said[link].strip()
    change = samples.observation(bundle, "derived/0")["extension"][0]["valueUrl"]
    assert said[change] == "variation de densité (col fémoral gauche)\u00a0: −0,030\u202fg/cm²"


def test_free_text_is_verbatim_and_marked_as_uncoded() -> None:
    bundle = build("document", samples.mr_exam())
    section = next(s for s in bundle["entry"][0]["resource"]["section"] if s["title"] == "Résultats")
    note = section["extension"][0]["valueAnnotation"]
    assert note["text"] == "Kyste poplité : 3 < 4 mm."
    assert note["extension"][0] == {"url": c.UNCODED, "valueBoolean": True}
    assert section["text"]["status"] == "additional"
    (span,) = etree.fromstring(section["text"]["div"]).iterfind(f".//{XHTML}span[@class='free-text']")
    assert span.text == "Kyste poplité : 3 < 4 mm."
    extensions = samples.only(bundle, "DiagnosticReport")["extension"]
    assert c.REPORT_NOTE in {e["url"] for e in extensions}


def test_only_retained_diagnoses_are_conclusion_codes() -> None:
    report = samples.only(build("document", samples.mr_exam()), "DiagnosticReport")
    assert [samples.local(x, "diagnosis") for x in report["conclusionCode"]] == ["stress_fracture"]


def test_the_presented_form_is_the_page_it_says() -> None:
    form = samples.only(build("document", samples.mr_exam()), "DiagnosticReport")["presentedForm"][0]
    page = base64.b64decode(form["data"])
    assert form["size"] == len(page)
    assert base64.b64decode(form["hash"]) == hashlib.sha1(page).digest()  # noqa: S324 - FHIR asks for SHA-1
    assert "« F1 » est &lt; dit &amp; redit." in page.decode()


def test_nobody_is_invented() -> None:
    bundle = build("document", samples.mr_exam())
    patient = samples.only(bundle, "Patient")
    assert "birthDate" not in patient
    assert patient["_birthDate"]["extension"][0]["valueCode"] == "unknown"
    assert patient["name"] == [{"extension": [{"url": c.ABSENT, "valueCode": "unknown"}]}]
    assert samples.resources(bundle, "Practitioner") == samples.resources(bundle, "Organization") == []
    author = bundle["entry"][0]["resource"]["author"][0]["reference"]
    (device,) = samples.resources(bundle, "Device")
    assert author == f"urn:uuid:{device['id']}"


def test_known_people_are_named_and_identified() -> None:
    bundle = build("document", named())
    patient = samples.only(bundle, "Patient")
    ins = patient["identifier"][1]
    assert (ins["system"], ins["value"]) == ("urn:oid:1.2.250.1.213.1.4.10", "279035121518989")
    assert patient["birthDate"] == "1979-03-28"
    assert samples.only(bundle, "Practitioner")["identifier"][1]["system"] == "https://rpps.esante.gouv.fr"
    study = next(s for s in samples.resources(bundle, "ImagingStudy") if "description" in s)
    assert study["identifier"][0]["value"] == "urn:oid:1.2.840.1"
    assert samples.only(bundle, "ServiceRequest")["identifier"][-1]["value"] == "A 1|2"


def test_a_partial_birth_date_keeps_its_precision() -> None:
    assert samples.only(build("document", samples.dxa_exam()), "Patient")["birthDate"] == "1950-05"


def test_the_same_report_is_byte_identical() -> None:
    first = fhir.to_json(build("document", samples.mr_exam()))
    assert fhir.to_json(build("document", samples.mr_exam())) == first


def test_sending_a_transaction_twice_changes_nothing() -> None:
    for exam in (samples.mr_exam(), named()):
        requests = [e["request"] for e in build("transaction", exam)["entry"]]
        for request in requests:
            conditional = request["method"] == "PUT" or "ifNoneExist" in request
            assert conditional
        keys = [(r["url"], r.get("ifNoneExist")) for r in requests]
        assert len(set(keys)) == len(keys)


def test_a_patient_with_an_identity_is_created_once_for_all_reports() -> None:
    first, second = (
        fhir.transaction_bundle(data, samples.narrative(data), samples.catalog(), ids=samples.ids)
        for data in (samples.data(named()), samples.data(named(), identifier="ACC-2"))
    )
    patients = [next(e for e in b["entry"] if e["request"]["url"] == "Patient") for b in (first, second)]
    assert patients[0] == patients[1]
    assert patients[0]["request"]["ifNoneExist"] == "identifier=urn:oid:1.2.250.1.213.1.4.10%7C279035121518989"
    assert "id" not in patients[0]["resource"]


def test_two_reports_share_no_resource_of_their_own() -> None:
    exam = samples.mr_exam()
    urls = []
    for identifier in ("ACC-1", "ACC-2"):
        report = samples.data(exam, identifier=identifier)
        bundle = fhir.document_bundle(report, samples.narrative(report), samples.catalog(), ids=samples.ids)
        urls.append({e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] != "Device"})
    assert not urls[0] & urls[1]


def test_a_minimal_collection_refers_to_nothing_outside() -> None:
    bundle = build("collection", named())
    assert [e["resource"]["resourceType"] for e in bundle["entry"]] == ["DiagnosticReport", "Patient", "ImagingStudy"]


@pytest.mark.parametrize(
    ("contrast", "sequences", "loinc"),
    [
        (m.Contrast(False), ("T1", "T2FS"), "MR Knee - left WO contrast"),
        (m.Contrast(True), ("T1", "T1GDFS"), "MR Knee - left WO and W contrast IV"),
        (m.Contrast(True), ("T1GDFS",), "MR Knee - left W contrast IV"),
        (m.Contrast(True), ("T1", "T2FS"), None),
        (m.Contrast(True), ("T2FS", "T1GDFS"), None),
        (None, ("T1",), None),
    ],
)
def test_the_procedure_code_is_given_only_when_unambiguous(
    contrast: m.Contrast | None, sequences: tuple[str, ...], loinc: str | None
) -> None:
    exam = samples.mr_exam()
    technique = m.Technique(sequences=tuple(m.Sequence(s) for s in sequences))
    bundle = build("document", replace(exam, study=replace(exam.study, contrast=contrast, technique=technique)))
    codings = samples.only(bundle, "DiagnosticReport")["code"]["coding"]
    assert codings[0]["code"] == "MR.knee"
    assert [x["display"] for x in codings[1:]] == ([loinc] if loinc else [])


def test_strings_have_plain_spaces_and_narrative_keeps_typography() -> None:
    finding = m.Finding(
        "F1", "joint_effusion", "present", m.Site("knee_joint", "left"), "/f", comment="Net\u202f!\x07 "
    )
    bundle = build("document", samples.mr_exam(findings=(finding,)))
    assert samples.observation(bundle, "F1")["note"] == [{"text": "Net !"}]
    history = bundle["entry"][0]["resource"]["section"][2]["text"]["div"]
    assert "\u00a0: 61\u202fans" in history
    assert check(bundle) == []


@pytest.mark.parametrize("name", ["patient", "order", "technique", "study", "composition", "derived-0", "a_b"])
def test_a_finding_may_have_any_name(name: str) -> None:
    finding = m.Finding(name, "joint_effusion", "absent", m.Site("knee_joint", "left"), "/f")
    prior = m.PriorExam("a b", "MR", PartialDate.parse("2020-01"), "knee", "/c", "left")
    exam = samples.mr_exam(findings=(finding,), comparisons=(prior, replace(prior, id="a-b")))
    for kind in ("document", "transaction"):
        assert check(build(kind, exam)) == []


def test_a_sign_named_prior_is_listed_among_the_results_of_this_exam() -> None:
    finding = m.Finding("prior", "joint_effusion", "absent", m.Site("knee_joint", "left"), "/f")
    bundle = build("document", samples.mr_exam(findings=(finding,)))
    (url,) = [e["fullUrl"] for e in bundle["entry"] if e["resource"] == samples.observation(bundle, "prior")]
    sections = bundle["entry"][0]["resource"]["section"]
    listed = [s["title"] for s in sections if {"reference": url} in s.get("entry", ())]
    assert listed == ["Résultats"]


def test_status_is_that_of_the_report() -> None:
    bundle = samples.document(samples.mr_exam(), status="final")
    assert bundle["entry"][0]["resource"]["status"] == "final"
    assert samples.only(bundle, "DiagnosticReport")["status"] == "final"
    assert samples.observation(bundle, "F1")["status"] == "final"


def test_tracer_activity_and_dose_are_coded() -> None:
    technique = m.Technique(
        tracer="99mTc-HDP", activity_mbq=samples.Decimal("600"), phases=("flow", "blood_pool", "delayed")
    )
    dose = m.Dose(dlp_mgy_cm=samples.Decimal("48.0"))
    exam = samples.mr_exam(study=m.Study("NM", samples.DAY, "whole_body", technique, m.Contrast(False), dose=dose))
    bundle = samples.parsed(build("document", exam))
    procedure = samples.only(bundle, "Procedure")
    assert "53951001" in {x["code"] for x in procedure["usedCode"][0]["coding"]}
    activity = samples.component(samples.observation(bundle, "technique"), "activity_mbq", "technique")[0]
    assert activity["valueQuantity"]["code"] == "MBq"
    given = samples.observation(bundle, "dose")
    assert given["code"]["coding"][0]["code"] == "73569-6"
    assert json.dumps(str(given["component"][0]["valueQuantity"]["value"])) == '"48.0"'
    assert given["component"][0]["valueQuantity"]["code"] == "mGy.cm"
