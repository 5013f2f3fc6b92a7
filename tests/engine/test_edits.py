"""Sentences rewritten by the radiologist: text, codes and FHIR follow together."""

import json
from pathlib import Path
from typing import Any

import pytest

from reporter import engine, fhir, intake
from reporter.catalog import load_catalog
from reporter.edits import Edit
from reporter.errors import InvalidExam
from reporter.model.report import Sentence

CATALOG = load_catalog()
SAMPLES = sorted((Path(__file__).resolve().parents[2] / "fhir_examples").glob("*/input.json"))
WORDS = "Texte <b>réécrit</b> & signé."
FRAME = ("order", "technique")


def report(path: Path, **options: Any) -> engine.Report:
    return engine.build_report(intake.parse(json.loads(path.read_text(encoding="utf-8")), CATALOG), CATALOG, **options)


def sentences(made: engine.Report) -> list[Sentence]:
    return [s for section in made.narrative.sections for s in section.sentences]


def framed(sentence: Sentence) -> bool:
    return any(i in FRAME or i.startswith("comparison/") for i in sentence.statements)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.parent.name)
def test_any_sentence_can_be_rewritten_and_its_codes_kept(path: Path) -> None:
    original = report(path)
    for sentence in [s for s in sentences(original) if not s.free]:
        edits = {original.keys[sentence.id]: Edit(WORDS, sentence.text, keeps_codes=True)}
        made = report(path, edits=edits)
        assert WORDS in made.text()
        assert made.data.statements == original.data.statements
        assert "&lt;b&gt;réécrit&lt;/b&gt; &amp; signé" in fhir.to_json(made.to_fhir())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.parent.name)
def test_any_sentence_can_be_rewritten_and_its_statements_go(path: Path) -> None:
    original = report(path)
    for sentence in [s for s in sentences(original) if not s.free and not framed(s) and s.statements]:
        made = report(path, edits={original.keys[sentence.id]: Edit(WORDS, sentence.text)})
        left = {s.id for s in made.data.statements}
        assert not left & set(sentence.statements)
        assert {i for s in sentences(made) for i in s.statements} <= left
        assert not {i for s in made.data.statements for i in s.evidence} & set(sentence.statements)
        [rewritten] = [s for s in sentences(made) if s.id == sentence.id]
        assert rewritten.free and rewritten.edited
        said = {(s.kind, s.concept, s.value) for s in made.data.statements if s.id in rewritten.statements}
        assert said == {("note", sentence.section, WORDS)}
        assert "&lt;b&gt;réécrit&lt;/b&gt; &amp; signé" in fhir.to_json(made.to_fhir())


@pytest.mark.parametrize(("text", "base"), [("", None), ("x" * 2001, None), ("a\x00b", None), ("Bon.", "Autre.")])
def test_an_edit_that_cannot_stand_refuses_the_report(text: str, base: str | None) -> None:
    original = report(SAMPLES[0])
    sentence = next(s for s in sentences(original) if s.section == "findings")
    with pytest.raises(InvalidExam) as refused:
        report(SAMPLES[0], edits={original.keys[sentence.id]: Edit(text, base or sentence.text, True)})
    assert {i.code for i in refused.value.issues} == {"RPT-EDIT"}


def test_an_edit_of_a_sentence_that_is_gone_is_given_back() -> None:
    with pytest.raises(InvalidExam) as refused:
        report(SAMPLES[0], edits={"findings-000000000000-1": Edit("Mon texte.", "Avant.")})
    assert "Mon texte." in refused.value.issues[0].message


def test_what_the_request_says_is_not_dropped_by_words() -> None:
    original = report(SAMPLES[0])
    sentence = next(s for s in sentences(original) if s.section == "technique")
    with pytest.raises(InvalidExam):
        report(SAMPLES[0], edits={original.keys[sentence.id]: Edit("Avec injection.", sentence.text)})


def test_rewritten_words_are_judged_like_any_free_text() -> None:
    path = next(p for p in SAMPLES if p.parent.name == "dxa_tbs_vfa")
    original = report(path)
    sentence = next(s for s in sentences(original) if s.section == "conclusion")
    words = "Instaurer un traitement par alendronate."
    typed = json.loads(path.read_text(encoding="utf-8"))
    typed["free_text"] = {"conclusion": words}
    expected = {i.code for i in engine.check(typed, CATALOG)} - {i.code for i in original.data.assessment.issues}
    data = json.loads(path.read_text(encoding="utf-8"))
    edits = {original.keys[sentence.id]: Edit(words, sentence.text)}
    _, issues = engine.preview(data, CATALOG, edits=edits)
    assert expected
    assert expected <= {i.code for i in issues}


def test_keys_do_not_move_when_another_sign_is_entered() -> None:
    data = json.loads(SAMPLES[0].read_text(encoding="utf-8"))
    before, _ = engine.preview(data, CATALOG)
    data["free_text"] = {"indication": "Une ligne de plus."}
    after, _ = engine.preview(data, CATALOG)
    assert before is not None and after is not None
    first = {before.keys[s.id]: s.text for s in sentences(before) if s.section == "findings"}
    assert first == {after.keys[s.id]: s.text for s in sentences(after) if s.section == "findings"}
