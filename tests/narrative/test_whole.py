"""What holds for the whole narrative: coverage, links to statements, rendering, settings, overlays."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from reporter.model.report import Narrative, Section, Sentence
from reporter.narrative import coverage
from reporter.narrative.clauses import attribute_phrase
from reporter.narrative.scope import Scope
from reporter.settings import Settings
from tests.narrative.inputs import CATALOG, OEDEMA, exam, report, section, sign

ALA = {"site": "sacral_ala", "laterality": "left"}
DATA = exam(
    sign("a", "bone_marrow_oedema", "sacral_ala", laterality="bilateral", signal=OEDEMA, comment='<b>"A" & B</b>'),
    sign("b", "fracture_line", "sacral_ala", laterality="left", morphology={"orientation": "vertical"}),
    sign("c", "vertebral_fracture", "vertebra", level="T12",
         measures=[{"name": "height_loss", "value": 30, "unit": "%"}]),
    sign("d", "intravertebral_cleft", "spinal_segment", "absent"),
    sign("e", "posterior_wall_retropulsion", "vertebra", "not_assessed", level="T12"),
    region="full_spine",
    patient={"labs": [{"code": "25OHD", "value": 10, "unit": "ng/mL"}], "risk_factors": ["tobacco"]},
    conclusion={"diagnoses": [{"code": "stress_fracture", "certainty": "retained", **ALA}],
                "differential": ["osteitis"], "recommendations": ["R-MRI"], "free_text": "Vu."},
)  # fmt: skip


def sentences(narrative: Narrative) -> list[Sentence]:
    return [s for part in narrative.sections for s in part.sentences]


def test_everything_in_the_catalogue_can_be_said() -> None:
    assert coverage(CATALOG) == []


def test_sections_come_in_order_and_none_is_empty() -> None:
    made = report(DATA).narrative.sections
    assert [s.id for s in made] == ["title", "indication", "technique", "comparison", "findings", "conclusion"]
    assert all(s.heading and s.text().strip() for s in made)


def test_every_statement_is_in_a_sentence_and_every_sentence_has_statements() -> None:
    made = report(DATA)
    said = {i for s in sentences(made.narrative) for i in s.statements}
    assert said == {s.id for s in made.data.statements}
    assert all(s.statements for s in sentences(made.narrative))


def test_sentence_ids_are_unique_and_numbered_by_section() -> None:
    found = [s.id for s in sentences(report(DATA).narrative)]
    assert len(found) == len(set(found))
    assert "s-findings-1" in found


def test_rules_of_derived_facts_are_kept_with_their_sentence() -> None:
    fracture = next(s for s in sentences(report(DATA).narrative) if "perte de hauteur" in s.text)
    assert "VB-GENANT" in fracture.rules
    assert "grade 2 de Genant" in fracture.text


def test_printed_text_has_no_typing_habits() -> None:
    made = report(DATA)
    ours = " ".join(s.text for s in sentences(made.narrative) if not s.free)
    assert not re.search(r"['\u00a0\u202f ]{2}|'|\d\.\d|\s[.,]| [;:?!]", ours)


def test_text_and_page_hold_the_same_sentences() -> None:
    made = report(DATA)
    text, page = made.text(), made.html()
    for sentence in sentences(made.narrative):
        assert sentence.text in text
        assert f'<span id="{sentence.id}"' in page
    assert page.count("<h2>") == 5


def test_page_is_escaped_and_stands_alone() -> None:
    page = report(DATA).html()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert not re.search(r"(?:src|href|url)\s*[=(]|<script|@import", page)


def test_paragraphs_are_lines() -> None:
    def one(text: str, paragraph: int) -> Sentence:
        return Sentence(text, "findings", text, (), paragraph=paragraph)

    made = Section("findings", "Résultats", (one("A.", 0), one("B.", 0), one("C.", 1)))
    assert made.text() == "A. B.\nC."


def test_settings_reach_the_text() -> None:
    assert "D12" in section(DATA, "findings", Settings(levels="traditional"))
    plain = report(DATA, Settings(ascii=True)).narrative.section("findings").text()
    assert "Oedème" in plain
    assert not set(plain) & set("\u2019\u202f\u00a0œ−ᵉ")


@pytest.mark.parametrize(
    ("value", "expected"), [("new_value", ("agreed", "rayonnant")), ("other", ("outer", "avec halo"))]
)
def test_a_sign_brings_its_own_words(value: str, expected: tuple[str, str]) -> None:
    words = {"halo": {"new_value": "rayonnant", "other": "avec halo"}}
    entry = replace(CATALOG.findings["bone_marrow_oedema"], values_fr=words)
    scope = Scope(report(DATA).data, CATALOG, Settings())
    assert attribute_phrase("halo", value, entry, scope) == expected
    assert attribute_phrase("halo", Decimal(3), entry, scope) is None
