"""Bundles share what the catalogue says: one that is changed changes no other, and no report leaves a trace there."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from reporter import engine
from reporter.fhir.concepts import concepts
from reporter.fhir.datatypes import own
from reporter.fhir.known import Known
from reporter.model import exam as m
from reporter.settings import Settings
from tests.fhir import samples

Json = dict[str, Any]
OEDEMA = {"system": "https://w3id.org/fhir-reporter/CodeSystem/finding", "code": "bone_marrow_oedema"}


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers(item)


def spoil(bundle: Json) -> None:
    """Empty every object and every list of a bundle."""
    for each in list(containers(bundle)):
        each.clear()


def report() -> engine.Report:
    data = samples.data(samples.mr_exam())
    return engine.Report(data, samples.narrative(data), samples.catalog(), Settings(), samples.ids)


@pytest.mark.parametrize("kind", ["document", "transaction", "collection"])
def test_a_bundle_is_the_callers_own(kind: str) -> None:
    spoil(report().to_fhir(kind))
    oedema = samples.observation(report().to_fhir(), "F1")
    assert oedema["code"]["coding"][0] == OEDEMA
    assert oedema["code"]["text"] == "œdème médullaire"
    assert oedema["valueCodeableConcept"]["coding"][0]["code"] == "52101004"
    assert oedema["bodySite"]["coding"][0]["code"] == "medial_femoral_condyle"
    assert oedema["subject"]["reference"].startswith("urn:uuid:")


def test_no_two_places_of_a_bundle_are_one_object() -> None:
    found = [id(each) for each in containers(own(report().bundle()))]
    assert len(found) == len(set(found))


def kept() -> dict[str, int]:
    """How many concepts of each kind are kept."""
    known = concepts(samples.catalog(), Settings())
    return {name: len(table) for name, table in vars(known).items() if isinstance(table, Known)}


def test_free_words_leave_no_trace() -> None:
    samples.document(samples.mr_exam())
    before = kept()
    for n in range(50):
        finding = m.Finding(
            f"F{n}",
            f"sign{n}",
            "present",
            m.Site("medial_femoral_condyle", "left"),
            "/findings/0",
            morphology={"extent": f"étendue {n}", "margins": f"word{n}", f"attribute{n}": "focal"},
            measures=(m.Measure(f"measure{n}", Decimal(n), "mm"),),
        )
        patient = m.Patient(
            "female", age_years=61, risk_factors=(f"facteur{n}",), labs=(m.Lab(f"lab{n}", Decimal(1), "g", "/"),)
        )
        order = m.Order("x", site=f"lieu{n}", suspicion=f"suspicion{n}")
        samples.document(samples.mr_exam(findings=(finding,), patient=patient, order=order))
    assert kept() == before


def test_each_catalogue_words_and_licence_has_concepts_of_its_own() -> None:
    catalog = samples.catalog()
    usual, traditional = concepts(catalog, Settings()), concepts(catalog, Settings(levels="traditional"))
    assert usual is concepts(catalog, Settings(strict_fr_dose=True))
    assert usual.said["", "level", "T12"]["valueCodeableConcept"]["text"] == "T12"
    assert traditional.said["", "level", "T12"]["valueCodeableConcept"]["text"] == "D12"


def test_ids_are_uuids_of_the_key() -> None:
    """RFC 9562 §5.5, as the standard library computes it."""
    for key in ("", "ACC-1/patient", "œdème/finding/F1.left", "x" * 500):
        assert engine.stable_names(key) == str(uuid.uuid5(engine.NAMESPACE, key))
    assert uuid.UUID(engine.stable_names("ACC-1/patient")).version == 5


def tables() -> int:
    """How much is kept of a catalogue in all."""
    return sum(len(table) for table in samples.catalog().tables.values())


def test_neither_counts_of_views_nor_reasons_of_the_user_leave_a_trace() -> None:
    exam = samples.dxa_exam()
    assert exam.dxa is not None
    measured, kept_first = exam.dxa.measurements[0], None
    for n in range(1, 30):
        left_out = m.ExcludedVertebra("L2", "/x", f"motif {n}")
        dxa = dataclasses.replace(
            exam.dxa, measurements=(dataclasses.replace(measured, vertebrae_excluded=(left_out,)),)
        )
        technique = m.Technique(views=("AP",) * n)
        study = dataclasses.replace(exam.study, modality="XR", region="hip", technique=technique)
        bundle = samples.document(dataclasses.replace(exam, dxa=dxa, study=study))
        parts = [part for one in samples.resources(bundle, "Observation") for part in one.get("component", ())]
        assert f"motif {n}" in [part.get("valueString") for part in parts]
        kept_first = kept_first or (tables(), kept())
    assert (tables(), kept()) == kept_first
