"""STYLE §9: numbers, units, dates, typography."""

from decimal import Decimal

import pytest

from reporter import french
from reporter.model.dates import PartialDate
from reporter.settings import Settings


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("0.69", 3, "0,690"),
        ("-2.1", 1, "−2,1"),
        ("-1.85", 1, "−1,9"),
        ("1.85", 1, "1,9"),
        ("-0.04", 1, "0,0"),
        ("35.0", None, "35"),
        ("2.50", None, "2,5"),
        ("1624", None, "1\u202f624"),
        ("1000000", None, "1\u202f000\u202f000"),
        ("100", None, "100"),
        ("1E+3", None, "1\u202f000"),
        ("12E-7", None, "0,0000012"),
        ("-0.0", None, "0"),
        ("-1234.50", None, "−1\u202f234,5"),
        ("2.00005", 4, "2,0001"),
        ("-2.10", 2, "−2,10"),
        ("-0.0", 1, "0,0"),
        ("1234.5", 1, "1\u202f234,5"),
        ("1.5E-7", 5, "0,00000"),
        ("35", 0, "35"),
    ],
)
def test_numbers(value: str, places: int | None, expected: str) -> None:
    assert french.number(Decimal(value), places) == expected


def test_signed_gain() -> None:
    assert french.quantity(Decimal("0.042"), "g/cm2", 3, signed=True) == "+0,042\u202fg/cm²"
    assert french.quantity(Decimal("0"), "g/cm2", 3, signed=True) == "0,000\u202fg/cm²"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("30", "%", "30\u202f%"),
        ("25", "deg", "25°"),
        ("2", "mm", "2\u202fmm"),
        ("12.4", "g/mL", "12,4"),
        ("39", "wk", "39\u202fSA"),
    ],
)
def test_quantities(value: str, unit: str, expected: str) -> None:
    assert french.quantity(Decimal(value), unit) == expected


@pytest.mark.parametrize(
    ("date", "shown", "of"),
    [
        ("2018-03-09", "9 mars 2018", "du 9 mars 2018"),
        ("2011-09-01", "1er septembre 2011", "du 1er septembre 2011"),
        ("2013-10", "octobre 2013", "d'octobre 2013"),
        ("2013-08", "août 2013", "d'août 2013"),
        ("2018-03", "mars 2018", "de mars 2018"),
    ],
)
def test_dates(date: str, shown: str, of: str) -> None:
    assert french.date_fr(PartialDate.parse(date)) == shown
    assert french.of_date(PartialDate.parse(date)) == of


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-29", "2018-13-01", "2018-00-10", "0000-01-01", "2018-W10-5", "2018-1W-05", "20180309", "2018-03-9",
        "2018-03-09\n", "2018/03/09", "+018-03-09", "2018-03--9", "2018-13", "",
    ],
)  # fmt: skip
def test_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.parse(text)


def test_digits_of_another_script() -> None:
    assert PartialDate.parse("٢٠١٨-٠٣-٠٩") == PartialDate(2018, 3, 9)


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("l'oedème", "l\u2019œdème"),
        ("Oedème : oui ; non ?", "Œdème\u00a0: oui\u202f; non\u202f?"),
        ("« cité »", "«\u00a0cité\u00a0»"),
        ("30 % et 30%", "30\u202f% et 30\u202f%"),
        ("9e côte, 3 mm, 4 cm2", "9ᵉ côte, 3\u202fmm, 4\u202fcm²"),
        ("T-score -2,1 en L4-L5", "T-score −2,1 en L4-L5"),
        ("à 39 SA depuis 3 mois", "à 39\u202fSA depuis 3\u202fmois"),
        ("coeur, coexistence, coefficient", "cœur, coexistence, coefficient"),
        ("Facteurs : âge ; poids", "Facteurs\u00a0: âge\u202f; poids"),
        ("à 10:30, rapport 1:2  : oui", "à 10:30, rapport 1:2\u00a0: oui"),
        ("Avis :", "Avis\u00a0:"),
        (": a\u202f:\nb::c", "\u00a0: a\u00a0:\nb::c"),
        ("Pas d'œdème à ٣ mm", "Pas d\u2019œdème à ٣\u202fmm"),
        ("Œdème  de  L4-L5", "Œdème de L4-L5"),
        ("au 2e mois", "au 2ᵉ mois"),
        ("au 2ᵉ mois, 3 mm", "au 2ᵉ mois, 3\u202fmm"),
        ("la 2ème et la 3e-4e côte", "la 2ᵉ et la 3e-4ᵉ côte"),
        ("Oedème de 2 ans, 12 mm2 et 9e côte", "Œdème de 2\u202fans, 12\u202fmm² et 9ᵉ côte"),
    ],
)
def test_typography(plain: str, expected: str) -> None:
    assert french.typeset(plain) == expected
    assert french.typeset(expected) == expected


def test_lines_are_typeset_each_for_itself() -> None:
    lines = [
        "à 5",
        "mm : 9",
        "e côte",
        ": suite",
        "-2 ?",
        "! fin de co",
        "eur «",
        "» 10 ans :",
        "",
        "au 2ᵉ mois",
        "12 cm",
        "2",
    ]
    expected = [
        "à 5", "mm\u00a0: 9", "e côte", "\u00a0: suite", "−2\u202f?", "\u202f! fin de co", "eur «\u00a0",
        "\u00a0» 10\u202fans\u00a0:", "", "au 2ᵉ mois", "12\u202fcm", "2",
    ]  # fmt: skip
    assert french.typeset("\n".join(lines)).split("\n") == expected
    assert [french.typeset(line) for line in lines] == expected


def test_settings_change_typography() -> None:
    assert french.typeset("Dose : 2 mGy", Settings(nnbsp_colon=True)) == "Dose\u202f: 2\u202fmGy"
    assert (
        french.typeset("l'œdème de la 9ᵉ côte : −2,1 cm²", Settings(ascii=True)) == "l'oedème de la 9e côte : -2,1 cm2"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("douleur  du pied", "Douleur du pied."),
        ("T-score 2.5 le 12.03.2020", "T-score 2,5 le 12.03.2020."),
        ("IRM 1.5T", "IRM 1,5T."),
        ("Fracture ?", "Fracture ?"),
    ],
)
def test_clean(given: str, expected: str) -> None:
    assert french.clean(given) == expected
