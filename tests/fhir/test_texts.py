"""Each resource can be read by a person: its narrative says its codes and values in French (dom-6)."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from tests.fhir import samples
from tests.fhir.test_profiles import identified

XHTML = "{http://www.w3.org/1999/xhtml}"


def lines(resource: dict[str, Any]) -> list[str]:
    root = etree.fromstring(resource["text"]["div"])
    return ["".join(item.itertext()) for item in root.iter(f"{XHTML}p", f"{XHTML}li")]


@pytest.mark.parametrize("exam", [identified, samples.mr_exam, samples.dxa_exam])
def test_every_resource_has_a_narrative_of_reasonable_size(exam: Any) -> None:
    for entry in samples.document(exam())["entry"]:
        resource = entry["resource"]
        assert resource["text"]["status"] == "generated"
        assert all(line.strip() for line in lines(resource)), resource["resourceType"]
        assert len(resource["text"]["div"]) < 2000


def test_the_narrative_of_a_sign_says_its_code_value_and_components() -> None:
    sign = samples.observation(samples.document(samples.mr_exam()), "F1")
    said = lines(sign)
    assert said[0].startswith("œdème médullaire (")
    assert "présent (Aspect <inhabituel> & net.)" in said[0]
    assert {"signal T1 hyposignal", "étendue 12,50\u202fmm", "évolution majoration"} <= set(said[1:])
    absent = samples.observation(samples.document(samples.mr_exam()), "F2.left")
    assert lines(absent)[0] == "trait de fracture (plateau tibial médial gauche)\u00a0: absent"


def test_people_numbers_and_dates_are_said_in_french() -> None:
    bundle = samples.document(identified())
    patient = lines(samples.only(bundle, "Patient"))
    assert patient == ["DOMINIQUE PAT-TROIS", "Date de naissance\u00a0: 28 mars 1979", "Sexe\u00a0: féminin"]
    study = next(s for s in samples.resources(bundle, "ImagingStudy") if "description" in s)
    assert "Identifiant DICOM de l’étude\u00a0: urn:oid:1.2.840.1" in lines(study)
    assert "Numéro d’accès\u00a0: ACC-1" in lines(samples.only(bundle, "ServiceRequest"))
    assert lines(samples.only(bundle, "Practitioner"))[:2] == ["Dr Test", "RPPS\u00a0: 01234567897"]


def test_an_unknown_patient_is_said_to_be_unknown() -> None:
    assert lines(samples.only(samples.document(samples.mr_exam()), "Patient"))[0] == "Identité non renseignée"


def test_the_report_says_its_version_and_its_status() -> None:
    for kind in ("Composition", "DiagnosticReport", "Provenance"):
        said = lines(samples.only(samples.document(samples.mr_exam(), status="corrected"), kind))
        assert said[1] == "Version 1, compte rendu corrigé"
