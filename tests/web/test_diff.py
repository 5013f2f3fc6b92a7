import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from reporter.web.diff import words

HOSTILE = "<script>alert('x')</script> & \"q\""


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
