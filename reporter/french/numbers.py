"""Numbers, quantities and dates as French prints them: decimal comma, U+2212, narrow no-break space."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from reporter.model.dates import PartialDate

_PLAIN_DIGITS = "-.0123456789"
_EXACT = 28
_PLACES = {n: Decimal(1).scaleb(-n) for n in range(4)}
NNBSP = "\u202f"
MINUS = "\u2212"
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_UNITS = {
    "deg": "°", "g/cm2": "g/cm²", "g/mL": "", "1": "", "mGy.cm": "mGy·cm", "mGy.cm2": "mGy·cm²", "SD": "",
    "[EVA]": "/10", "cm2": "cm²", "wk": "SA", "a": "ans", "d": "jours",
}  # fmt: skip


def number(value: Decimal | int, places: int | None = None, *, signed: bool = False) -> str:
    """« 0,828 », « −2,1 », « +0,042 », « 1 624 ». Without `places` trailing zeros go (« 2,5 », « 35 »)."""
    text = str(value)
    if not signed and len(text) < 4 and places is None and text.isdigit():
        return text
    if places is not None and text[-places - 1 : -places] != ".":  # a value with as many decimals is its own rounding
        text = str(_rounded(value, places))
    if len(text) > _EXACT or text.strip(_PLAIN_DIGITS):
        text = _expanded(Decimal(value), places)
    negative = text[0] == "-"
    whole, point, decimals = (text[1:] if negative else text).partition(".")
    shown = whole if len(whole) < 4 else _thousands(whole)
    if point:
        decimals = decimals.rstrip("0") if places is None else decimals
        shown = f"{shown},{decimals}" if decimals else shown
    if (negative or signed) and shown.strip("0,"):
        return f"{MINUS if negative else '+'}{shown}"
    return shown


def _rounded(value: Decimal | int, places: int) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(value)
    return exact.quantize(_PLACES.get(places) or Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _expanded(value: Decimal, places: int | None) -> str:
    """The digits of a number written with an exponent, or with more digits than a decimal keeps."""
    if places is not None:
        return f"{_rounded(value, places):f}"
    whole = value == value.to_integral_value()
    return f"{value.quantize(Decimal(1)) if whole else value.normalize():f}"


def _thousands(digits: str) -> str:
    """Groups of three from the right."""
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    groups += [digits[i : i + 3] for i in range(head, len(digits), 3)]
    return NNBSP.join(groups)


def quantity(value: Decimal | int, unit: str, places: int | None = None, *, signed: bool = False) -> str:
    """« 30 % », « 2 mm », « 25° », « 0,828 g/cm² » from a UCUM unit."""
    shown = _UNITS.get(unit, unit)
    text = number(value, places, signed=signed)
    if not shown:
        return text
    return text + shown if shown[0] in "°/" else f"{text}{NNBSP}{shown}"


def date_fr(date: PartialDate) -> str:
    """« 9 mars 2018 », « 1er septembre 2011 », « octobre 2013 »."""
    month = f"{_MONTHS[date.month - 1]} {date.year}"
    if date.day is None:
        return month
    return f"{'1er' if date.day == 1 else date.day} {month}"


def of_date(date: PartialDate) -> str:
    """« du 9 mars 2018 », « d'octobre 2013 », « de mars 2018 »."""
    text = date_fr(date)
    if date.day is not None:
        return f"du {text}"
    return f"d'{text}" if text[0] in "ao" else f"de {text}"
