"""`meta.profile`: claimed when everything the profile asks is there for that very input, and only then.

Expectations are written against the snapshots of HL7 Europe imaging 1.0.0-ballot, HL7 Europe base 2.0.0 and FR Core.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from reporter import fhir
from reporter.fhir import constants as c
from reporter.model import exam as m
from reporter.model.dates import PartialDate
from reporter.model.lifecycle import DRAFT, Lifecycle, Signature
from tests.fhir import samples

EU = "http://hl7.eu/fhir/imaging/StructureDefinition/"
BASE = "http://hl7.eu/fhir/base/StructureDefinition/"
FR = "https://hl7.fr/ig/fhir/core/StructureDefinition/"
RPPS = m.Identifier("01234567897", "RPPS")
NOON = dt.datetime(2024, 3, 9, 12, tzinfo=dt.UTC)


def identified(**study: Any) -> m.Exam:
    """Everything a European imaging report asks of the input: accession number, study UID, patient, people."""
    exam = samples.mr_exam()
    known: dict[str, Any] = {
        "accession_number": "ACC-1",
        "study_uid": "1.2.840.1",
        "performer": "Dr Test",
        "performer_identifiers": (RPPS,),
        "organization": "Centre d’essai",
        "organization_identifiers": (m.Identifier("1920008059", "FINESS"),),
        "device": "Scanner A",
        "dose": m.Dose(dlp_mgy_cm=samples.Decimal("48.0"), ctdivol_mgy=samples.Decimal("3.10")),
    }
    patient = replace(
        exam.patient, family_name="PAT-TROIS", given_names=("DOMINIQUE",), birth_date=PartialDate.parse("1979-03-28")
    )
    return replace(exam, patient=patient, study=replace(exam.study, **{**known, **study}))


def build(kind: str, exam: m.Exam, lifecycle: Lifecycle = DRAFT) -> dict[str, Any]:
    report = samples.data(exam)
    make = getattr(fhir, f"{kind}_bundle")
    bundle: dict[str, Any] = make(
        report, samples.narrative(report), samples.catalog(), ids=samples.ids, lifecycle=lifecycle
    )
    return bundle


def claims(resource: dict[str, Any]) -> list[str]:
    found: list[str] = resource.get("meta", {}).get("profile", [])
    return found


def claimed(bundle: dict[str, Any]) -> set[str]:
    return {url for entry in bundle["entry"] for url in claims(entry["resource"])} | set(claims(bundle))


def test_a_document_with_every_identity_claims_the_european_report() -> None:
    bundle = build("document", identified())
    assert claims(bundle) == [f"{EU}BundleReportEuImaging"]
    assert claims(bundle["entry"][0]["resource"]) == [f"{EU}CompositionEuImaging"]
    assert claims(samples.only(bundle, "DiagnosticReport")) == [f"{EU}DiagnosticReportEuImaging"]
    assert claims(samples.only(bundle, "Patient")) == [f"{BASE}patient-eu-core"]
    assert claims(samples.only(bundle, "Procedure")) == [f"{EU}ProcedureEuImaging"]
    assert claims(samples.observation(bundle, "dose")) == [f"{EU}ObservationRadiationDoseEuImaging"]
    assert claims(samples.observation(bundle, "F1")) == [f"{EU}ObservationFindingEuImaging"]


@pytest.mark.parametrize(
    ("study", "lost"),
    [
        ({"study_uid": None}, "ImagingStudyEuImaging"),
        ({"study_uid": "no uid"}, "ImagingStudyEuImaging"),
        ({"accession_number": None}, "DiagnosticReportEuImaging"),
    ],
)
def test_without_an_identity_nothing_that_rests_on_it_is_claimed(study: dict[str, Any], lost: str) -> None:
    found = claimed(build("document", identified(**study)))
    absent = {lost, "CompositionEuImaging", "DiagnosticReportEuImaging", "BundleReportEuImaging"}
    assert not found & {f"{EU}{name}" for name in absent}
    assert f"{EU}ProcedureEuImaging" in found


def test_a_patient_without_a_birth_date_is_no_european_patient() -> None:
    exam = identified()
    bundle = build("document", replace(exam, patient=replace(exam.patient, birth_date=None)))
    assert claims(samples.only(bundle, "Patient")) == []
    assert claims(bundle) == []


def test_a_name_may_be_absent_when_it_is_said_so() -> None:
    exam = identified()
    patient = replace(exam.patient, family_name=None, given_names=())
    bundle = build("document", replace(exam, patient=patient))
    assert samples.only(bundle, "Patient")["name"][0]["extension"][0]["url"] == c.ABSENT
    assert claims(samples.only(bundle, "Patient")) == [f"{BASE}patient-eu-core"]


def test_an_organization_known_by_number_only_is_no_european_organization() -> None:
    bundle = build("document", identified(organization=None))
    organization = samples.only(bundle, "Organization")
    assert organization["_name"]["extension"][0]["valueCode"] == "unknown"
    assert claims(organization) == [f"{FR}fr-core-organization"]
    assert not set(claims(samples.only(bundle, "PractitionerRole")))
    assert claims(bundle) == []


def test_fr_core_is_claimed_when_every_identifier_has_its_naming_system() -> None:
    bundle = build("document", identified())
    assert f"{FR}fr-core-practitioner" in claims(samples.only(bundle, "Practitioner"))
    assert f"{FR}fr-core-organization" in claims(samples.only(bundle, "Organization"))
    unnamed = build("document", identified(performer_identifiers=(m.Identifier("42", "interne"),)))
    assert claims(samples.only(unnamed, "Practitioner")) == [f"{BASE}practitioner-eu-core"]


def test_a_national_number_under_another_type_is_not_claimed_as_fr_core() -> None:
    odd = m.Identifier("801234567897", "ADELI", "urn:oid:1.2.250.1.71.4.2.1")
    bundle = build("document", identified(performer_identifiers=(odd,)))
    assert claims(samples.only(bundle, "Practitioner")) == [f"{BASE}practitioner-eu-core"]


def test_no_version_of_fr_core_patient_is_claimed() -> None:
    assert not any("fr-core-patient" in url for url in claimed(build("document", identified())))


def test_the_prior_study_without_uid_claims_nothing() -> None:
    studies = samples.resources(build("document", identified()), "ImagingStudy")
    assert sorted(map(claims, studies)) == [[], [f"{EU}ImagingStudyEuImaging"]]


def test_the_current_study_is_known_by_its_uid_alone() -> None:
    study = next(s for s in samples.resources(build("document", identified()), "ImagingStudy") if "description" in s)
    (uid,) = study["identifier"]
    assert (uid["system"], uid["value"]) == ("urn:dicom:uid", "urn:oid:1.2.840.1")
    entries = build("transaction", identified())["entry"]
    urls = [e["request"]["url"] for e in entries if e["resource"]["resourceType"] == "ImagingStudy"]
    assert "ImagingStudy?identifier=urn:dicom:uid%7Curn%3Aoid%3A1.2.840.1" in urls


def test_links_to_the_request_carry_the_accession_number() -> None:
    bundle = build("document", identified())
    study = next(s for s in samples.resources(bundle, "ImagingStudy") if "description" in s)
    for resource in (samples.only(bundle, "DiagnosticReport"), study):
        number = resource["basedOn"][0]["identifier"]
        assert number["type"]["coding"][0]["code"] == "ACSN"
        assert (number["system"], number["value"]) == (f"{c.IDENTIFIER}accession", "ACC-1")


def test_the_dose_says_its_amounts_in_words_and_in_components() -> None:
    dose = samples.observation(build("document", identified()), "dose")
    assert dose["valueString"] == "IDSV 3,10 mGy, PDL 48,0 mGy·cm"
    assert len(dose["component"]) == 2


def test_the_scanner_is_imaging_equipment_and_our_software_is_not() -> None:
    scanner, software = (
        next(d for d in samples.resources(build("document", identified()), "Device") if d["deviceName"][0]["name"] == n)
        for n in ("Scanner A", "fhir-reporter")
    )
    (category,) = scanner["extension"]
    assert category["url"] == "http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.category"
    assert category["valueCodeableConcept"]["coding"][0]["code"] == "314789007"
    assert claims(scanner) == [f"{EU}DeviceEuImaging"]
    assert claims(software) == []


def test_the_region_is_european_only_where_one_of_its_ten_codes_is_ours() -> None:
    def regions(bundle: dict[str, Any]) -> list[str]:
        study = next(s for s in samples.resources(bundle, "ImagingStudy") if "description" in s)
        return [
            e["valueCodeableConcept"]["coding"][0]["code"]
            for e in study["extension"]
            if e["url"] == "http://hl7.eu/fhir/imaging/StructureDefinition/AnatomicalRegionExtension"
        ]

    assert regions(build("document", identified())) == []
    assert regions(build("document", identified(modality="NM", region="whole_body", laterality=None))) == ["38266002"]


def test_sections_whose_slices_refuse_entries_list_them_one_level_below() -> None:
    composition = build("document", identified())["entry"][0]["resource"]
    below = {s["code"]["coding"][0]["code"] for s in composition["section"] if "section" in s}
    assert below == {"55111-9", "19005-8", "18783-1"}
    for section in composition["section"]:
        for inner in section.get("section", []):
            assert inner["entry"]
            assert samples.local(inner["code"], "section") == "coded-data"


def test_a_minimal_collection_claims_the_minimal_report() -> None:
    bundle = build("collection", identified())
    assert claims(bundle) == [f"{EU}BundleReportMinimalMetadataEuImaging"]
    report = samples.only(bundle, "DiagnosticReport")
    assert claims(report) == [f"{EU}DiagnosticReportEuImagingMinimalMetadata"]
    assert "reference" not in report["basedOn"][0]
    assert report["basedOn"][0]["identifier"]["value"] == "ACC-1"


def test_a_transaction_makes_the_same_claims_for_its_resources() -> None:
    signed = Lifecycle("final", signature=Signature(NOON, "Dr Test", (RPPS,)))
    document, transaction = (build(kind, identified(), signed) for kind in ("document", "transaction"))
    assert claims(transaction) == []
    assert claimed(transaction) == claimed(document) - {f"{EU}BundleReportEuImaging"}


@pytest.mark.parametrize("kind", ["document", "transaction"])
@pytest.mark.parametrize("exam", [samples.mr_exam, samples.dxa_exam, identified])
def test_what_a_kind_of_resource_always_claims_is_claimed_by_each_of_them(kind: str, exam: Any) -> None:
    """An Observation is a European finding by its category alone; a procedure is always a European one."""
    bundle = build(kind, exam())
    for resource in samples.resources(bundle, "Observation"):
        category = resource["category"][0]["coding"][0]["code"]
        dose = resource["code"]["coding"][0]["code"] == c.DOSE
        wanted = {"imaging": [f"{EU}ObservationFindingEuImaging"]}.get(category, [])
        assert claims(resource) == (wanted if not dose else [f"{EU}ObservationRadiationDoseEuImaging"])
    assert claims(samples.only(bundle, "Procedure")) == [f"{EU}ProcedureEuImaging"]
    for entry in bundle["entry"]:
        assert entry["resource"].get("meta", {"profile": ["none"]})["profile"]
