"""STYLE §4: elision, contraction, enumeration, agreement."""

import pytest

from reporter import french
from reporter.french import NounPhrase


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        (NounPhrase("talus"), "du talus"),
        (NounPhrase("hanche", "f", h_aspire=True), "de la hanche"),
        (NounPhrase("hanche gauche", "f"), "de la hanche gauche"),
        (NounPhrase("aileron sacré"), "de l'aileron sacré"),
        (NounPhrase("ischion"), "de l'ischion"),
        (NounPhrase("œdème médullaire"), "de l'œdème médullaire"),
        (NounPhrase("hyperfixation", "f"), "de l'hyperfixation"),
        (NounPhrase("11ᵉ côte", "f"), "de la 11ᵉ côte"),
        (NounPhrase("1er métatarsien"), "du 1er métatarsien"),
        (NounPhrase("deux hanches", "f", True), "des deux hanches"),
        (NounPhrase("L1", bare=True), "de L1"),
        (NounPhrase("IRM", "f"), "de l'IRM"),
    ],
)
def test_de(phrase: NounPhrase, expected: str) -> None:
    assert french.de(phrase) == expected


def test_other_prepositions() -> None:
    hip = NounPhrase("hanche", "f")
    assert french.a(hip) == "à la hanche"
    assert french.a(NounPhrase("talus")) == "au talus"
    assert french.a(NounPhrase("acétabulum")) == "à l'acétabulum"
    assert french.a(NounPhrase("deux hanches", "f", True)) == "aux deux hanches"
    assert french.dans(NounPhrase("acétabulum")) == "dans l'acétabulum"
    assert french.definite(hip) == "la hanche"


def test_indefinite_plural_after_de_has_no_article() -> None:
    many = NounPhrase("microfractures trabéculaires", "f", True)
    assert french.de_indefinite(many) == "de microfractures trabéculaires"
    assert french.de_indefinite(NounPhrase("œdèmes", "m", True)) == "d'œdèmes"
    assert french.de_indefinite(NounPhrase("fracture", "f")) == "d'une fracture"
    assert french.indefinite(many) == "des microfractures trabéculaires"


def test_negation_before_mute_and_aspirate_h() -> None:
    assert french.de_bare("hyperfixation") == "d'hyperfixation"
    assert french.de_bare("hernie") == "de hernie"


@pytest.mark.parametrize(
    ("items", "expected"), [((), ""), (("a",), "a"), (("a", "b"), "a et b"), (("a", "b", "c"), "a, b et c")]
)
def test_enumeration(items: tuple[str, ...], expected: str) -> None:
    assert french.enumeration(items) == expected


def test_negation_grouping() -> None:
    assert french.none_of(["de A"]) == "pas de A"
    assert french.none_of(["de A", "de B"]) == "pas de A ni de B"
    assert french.none_of(["de A", "de B", "de C"]) == "pas de A, de B ni de C"


@pytest.mark.parametrize(
    ("adjective", "gender", "plural", "expected"),
    [
        ("douteux", "f", False, "douteuse"),
        ("douteux", "f", True, "douteuses"),
        ("douteux", "m", True, "douteux"),
        ("vertical", "m", True, "verticaux"),
        ("vertical", "f", True, "verticales"),
        ("modéré", "f", False, "modérée"),
        ("ancien", "f", False, "ancienne"),
        ("évocateur", "f", False, "évocatrice"),
        ("complet", "f", False, "complète"),
        ("linéaire", "f", True, "linéaires"),
        ("sous-chondral", "f", True, "sous-chondrales"),
        ("affirmé", "m", True, "affirmés"),
        ("médial", "m", True, "médiaux"),
    ],
)
def test_adjectives_agree(adjective: str, gender: str, plural: bool, expected: str) -> None:
    assert french.agree(adjective, NounPhrase("", gender, plural)) == expected


def test_sides_agree_with_the_site() -> None:
    assert french.side("right", "f") == "droite"
    assert french.side("left", "f") == "gauche"
    assert french.side("right", "mp") == "droits"
    assert french.side("bilateral", "m", True) == "droits et gauches"


@pytest.mark.parametrize(
    ("n", "gender", "expected"), [(1, "m", "1er"), (1, "f", "1re"), (3, "m", "3ᵉ"), (11, "f", "11ᵉ")]
)
def test_ordinals(n: int, gender: str, expected: str) -> None:
    assert french.ordinal(n, gender) == expected


def test_plural_stops_at_the_complement() -> None:
    assert french.plural_phrase("toit du cotyle") == "toits du cotyle"
    assert french.plural_phrase("condyle fémoral interne") == "condyles fémoraux internes"
    assert french.plural_phrase("genou droit") == "genoux droits"
