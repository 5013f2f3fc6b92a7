"""Lines set once for each catalogue: in the typography of the site, exact beside any word, and nothing of an input."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from reporter.fhir.concepts import concepts
from reporter.fhir.told import Shown, Told
from reporter.model import exam as m
from reporter.settings import Settings
from tests.fhir import samples
from tests.fhir.test_texts import lines

NNBSP = "\u202f"
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(), f"T-score (rachis lombaire){NBSP}: −2,6"),
        (Settings(nnbsp_colon=True), f"T-score (rachis lombaire){NNBSP}: −2,6"),
        (Settings(ascii=True), "T-score (rachis lombaire) : -2,6"),
    ],
)
def test_a_line_has_the_typography_of_the_site(settings: Settings, said: str) -> None:
    bundle = samples.document(samples.dxa_exam(), settings=settings)
    observed = [lines(r)[0] for r in samples.resources(bundle, "Observation")]
    assert said in observed


def test_numbers_and_units_are_set_as_in_a_sentence() -> None:
    exam = samples.mr_exam()
    measures = (m.Measure("extent", Decimal("12.50"), "mm"), m.Measure("ratio", Decimal("30"), "%"))
    finding = replace(exam.findings[0], measures=measures, count=3)
    said = lines(samples.observation(samples.document(replace(exam, findings=(finding,))), "F1"))
    assert {f"étendue 12,50{NNBSP}mm", f"rapport 30{NNBSP}%", "nombre 3"} <= set(said)


@pytest.mark.parametrize("text", ["mois", "min", "fini ?", "trois :", "« un", "un »", "-5", "; et"])
def test_words_that_lean_on_their_neighbours_are_set_with_them(text: str) -> None:
    told = Told(samples.catalog(), Settings())
    told.learn({"text": text})
    assert text in told.lines
    assert text not in told.words


def test_a_number_before_a_unit_written_as_a_word_gets_its_narrow_space() -> None:
    told = Told(samples.catalog(), Settings())
    number, unit = {"text": "signal T1"}, {"text": "mois"}
    told.learn([number, unit])
    part = {"code": number, "valueCodeableConcept": unit}
    assert told.component(part) is None
    assert Shown(told).component(part) == f"signal T1{NNBSP}mois"


def test_a_line_may_begin_with_a_unit_and_a_word_of_the_user_is_as_it_was_written() -> None:
    told = Told(samples.catalog(), Settings())
    days, yes = {"text": "jours depuis l'accouchement"}, {"text": "oui"}
    told.learn([days, yes])
    observed = {"code": days, "valueCodeableConcept": yes}
    assert told.observation(observed) == f"jours depuis l’accouchement{NBSP}: oui"
    assert told.component({"code": yes, "valueString": "junction"}) == "oui junction"
    assert Shown(told).component({"code": yes, "valueString": "a < b"}) == "oui a &lt; b"
    assert Shown(told).component({"code": yes, "valueString": "coeur"}) == "oui cœur"


def test_a_word_of_the_user_after_a_number_may_be_its_unit() -> None:
    told = Told(samples.catalog(), Settings())
    numbered = {"text": "signal T1"}
    told.learn(numbered)
    assert Shown(told).component({"code": numbered, "valueString": "mm"}) == f"signal T1{NNBSP}mm"


def test_what_is_known_by_its_identity_is_held_so_that_nothing_else_gets_it() -> None:
    told = Told(samples.catalog(), Settings())
    name = {"text": "niveau"}
    told.learn(name)
    for level in ("L1", "L2", "L3"):  # two threads may make the same part, and one of them loses its place
        told.learn({"code": name, "valueCodeableConcept": {"text": level}})
    others = [{"code": name, "valueString": str(number)} for number in range(100)]
    assert [Shown(told).component(other) for other in others] == [f"niveau {number}" for number in range(100)]


def test_nothing_that_a_report_says_is_kept() -> None:
    catalog, settings = samples.catalog(), Settings()
    told = concepts(catalog, settings).told
    samples.document(samples.mr_exam(), settings=settings)
    before = len(told.lines), len(told.words), len(told.parts)
    for number in range(3):
        own = f"Inconnu{number}"
        exam = samples.mr_exam(
            patient=m.Patient("female", name=own, age_years=61, risk_factors=(own,), labs=(_lab(own),)),
            order=m.Order(own, question=own, requester_name=own),
        )
        study = replace(exam.study, limitations=(own,), device=own, performer=own, organization=own)
        finding = replace(exam.findings[0], comment=own, morphology={"extent": own})
        bundle = samples.document(replace(exam, study=study, findings=(finding,)), settings=settings)
        assert f"étendue {own}" in lines(samples.observation(bundle, "F1"))
        assert not any(own in line for line in (*told.lines, *told.parts.values()))
    assert (len(told.lines), len(told.words), len(told.parts)) == before


def _lab(name: str) -> m.Lab:
    return m.Lab(name, Decimal("2.5"), "g/L", "/patient/labs/0")


@pytest.mark.parametrize("settings", [Settings(), Settings(ascii=True), Settings(nnbsp_colon=True)])
@pytest.mark.parametrize(
    "text",
    [
        "Lunar 3.2",
        "2 mm",
        "mois",
        "12e jour",
        "cm2 a b",
        "de 3 cm2 : oui ?",
        "x ; y ! z",
        "« un » et <deux> & trois",
        "coeur",
        "sans  suite (1)",
        "a - 5 mm, -3",
        "D12-L1",
        "2\u00a0500 mL",
        "d'un\nseul",
        "?",
        "-4",
        "fin :",
        "n°1.",
    ],
)
def test_a_text_of_the_user_is_set_as_in_its_whole_line(settings: Settings, text: str) -> None:
    told = Told(samples.catalog(), settings)
    name = {"text": "logiciel"}
    told.learn(name)
    part = {"code": name, "valueString": text}
    whole = told.set(f"logiciel {text}")
    assert Shown(told).component(part) == whole
    assert told.component(part) in (None, whole)
    line, said = Shown(told).narrative({"resourceType": "Observation", "code": name, "valueString": text})
    assert line == told.set(f"logiciel{NBSP}: {text}")
    assert f"<p>{line}</p>" in said["div"]
