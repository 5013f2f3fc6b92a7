import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from reporter.model.report import Narrative, Section, Sentence
from reporter.web.diff import words
from reporter.web.export import plain, rich

HOSTILE = "<script>alert('x')</script> & \"q\""


def sentence(text: str, paragraph: int = 0) -> Sentence:
    return Sentence("s", "findings", text, (), paragraph=paragraph)


NARRATIVE = Narrative(
    (
        Section("title", "Titre", (sentence("IRM du bassin"),)),
        Section(
            "findings", "Résultats", (sentence("Œdème de 30\u202f%."), sentence("Angle de 25°."), sentence(HOSTILE, 1))
        ),
    )
)


def texts(markup: str, keep: str) -> str:
    """What a reader of one side sees: the text without the other side's elements."""
    other = "ins" if keep == "del" else "del"
    kept = re.sub(rf"<{other}>.*?</{other}>", "", markup)
    return html.fromstring(f"<div>{kept.replace('<br>', chr(10))}</div>").text_content()


def test_only_the_changed_words_are_marked() -> None:
    assert words("Œdème de l’aileron gauche.", "Œdème de l’aileron droit.") == (
        "Œdème de l’aileron <del>gauche</del><ins>droit</ins>."
    )
    assert words("Même texte", "Même texte") == "Même texte"


def test_lines_stay_lines() -> None:
    assert words("a\nb", "a\nc") == "a<br><del>b</del><ins>c</ins>"
    assert words("a", "a\nb") == "a<br><ins>b</ins>"


def test_markup_in_the_text_is_text() -> None:
    assert "<script" not in words(HOSTILE, "x") + words("x", HOSTILE) + words(HOSTILE, HOSTILE)


@given(st.text("ab <>&\nœ", max_size=30), st.text("ab <>&\nœ", max_size=30))
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    markup = words(before, after)
    assert set(re.findall(r"<[^>]*>", markup)) <= {"<ins>", "</ins>", "<del>", "</del>", "<br>"}
    if "\n" not in before + after:
        assert texts(markup, "del") == before
        assert texts(markup, "ins") == after


def test_plain_text_of_the_report_and_of_a_section() -> None:
    assert plain(NARRATIVE) == (f"IRM du bassin\n\nRÉSULTATS\nŒdème de 30\u202f%. Angle de 25°.\n{HOSTILE}\n")
    assert plain(NARRATIVE, "findings") == f"Œdème de 30\u202f%. Angle de 25°.\n{HOSTILE}"
    with pytest.raises(KeyError):
        plain(NARRATIVE, "nothing")


def test_rich_text_keeps_lines_and_escapes() -> None:
    tree = html.fromstring(rich(NARRATIVE))
    assert [e.tag for e in tree] == ["h1", "h2", "p", "p"]
    assert [e.text for e in tree] == ["IRM du bassin", "Résultats", "Œdème de 30\u202f%. Angle de 25°.", HOSTILE]
    assert tree.get("lang") == "fr"
    one = html.fromstring(rich(NARRATIVE, "findings"))
    assert [e.tag for e in one] == ["p", "p"]
