"""Print typography (STYLE §9) and its plain form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reporter.french.numbers import NNBSP
from reporter.settings import Settings

NBSP = "\u00a0"
_UNIT = r"(?:%|mm|cm²?|mL|mGy|MBq|mg|µg|kg|g/cm²|ng/mL|nmol/L|U/L|UI/L|SA|cc|mois|ans?|jours?|min)(?![A-Za-zé])"
# A digit of another script: none of them is in Latin-1, nor in the block of punctuation, superscripts and symbols.
# (Said by what it is not: ranges up to the last character of all take 4 ms to compile.)
_FOREIGN_DIGIT = re.compile("[^\0-\u065f\u2000-\u2bff]")
_OE_FIRST = re.compile(r"\b([Oo])e(?=d[éeè]m|soph|strog|il\b|uvr|uf)")
_OE_INSIDE = re.compile(r"(?<![A-Za-zÀ-ÿ])(f|ch|c|s|n|man)oe(?=tus|tal|ur|ud|uvr)")
_SQUARE = re.compile(r"(?<=[cm]m)2\b")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:e|è|ème|eme)\b(?!-)")
_HYPHEN_DIGIT = re.compile(r"-\d")
_MINUS_SIGN = re.compile(r"(?<![\w.,/])-(?=\d)")
_BEFORE_UNIT = re.compile(rf"(?<=\d)[ {NBSP}]?(?={_UNIT})")
# What the two rules of a digit and its letters need, found in one pass.
# (A pattern that starts with plain ranges is found much faster.)
_DIGIT = r"[^\0-/:-\u065f\u2000-\u2bff]"
_LETTERED = re.compile(rf"{_DIGIT}(?:[eè]|[ {NBSP}]?(?P<unit>{_UNIT}))")
_HIGH = re.compile(rf"[ {NBSP}{NNBSP}]*([;?!])(?=\s|$)")
_BEFORE = f" {NBSP}{NNBSP}"
_OPENING = re.compile(rf"«[{_BEFORE}]*")
_CLOSING = re.compile(rf"[{_BEFORE}]*»")
_SPACES = re.compile(r" {2,}")
_PLAIN = str.maketrans(
    {
        "\u2019": "'", NBSP: " ", NNBSP: " ", "œ": "oe", "Œ": "Oe", "ᵉ": "e", "²": "2", "³": "3", "\u2212": "-",
        "·": ".", "«": '"', "»": '"', "…": "...", "–": "-", "—": "-",
    }
)  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_POINT = re.compile(r"\d\.\d")
_DECIMAL_POINT = re.compile(r"(?<![\w.,/-])([-\u2212+]?\d+)\.(\d+)(?!\d|[./-]\d)")


def typeset(text: str, settings: Settings | None = None, spaced: bool = False) -> str:
    """The printed form of a sentence; applying it twice changes nothing. `spaced`: it is single-spaced already.

    Most sentences need few of the rules or none: each rule is asked only where a character it needs is there, which
    is found some twenty times faster than by trying the rule (one character six times faster than two). Ten searches of
    one digit cost a quarter of one regular expression: they are spelt out.
    """
    if "oe" in text or ("O" in text and "Oe" in text):
        text = _OE_INSIDE.sub("\\1œ", _OE_FIRST.sub("\\1\u0153", text))
    if (
        "1" in text or "2" in text or "3" in text or "4" in text or "5" in text or "6" in text
        or "7" in text or "8" in text or "9" in text or "0" in text or _has_foreign_digit(text)
    ):  # fmt: skip
        text = _numbers(text)
    text = text.replace("'", "\u2019")
    if ";" in text or "?" in text or "!" in text:
        text = _HIGH.sub(f"{NNBSP}\\1", text)
    if ":" in text:
        text = _colons(text)
    if "«" in text or "»" in text:
        text = _CLOSING.sub(f"{NBSP}»", _OPENING.sub(f"«{NBSP}", text))
    if not spaced and "  " in text:
        text = _SPACES.sub(" ", text)
    if "œ" in text:
        text = text.replace("O\u0153", "Œ").replace("o\u0153", "œ")
    if settings is None or not (settings.nnbsp_colon or settings.ascii):
        return text
    return _as_set(text, settings)


def _has_foreign_digit(text: str) -> bool:
    """A digit of another script, looked for only in a text that has more than Latin-1 and our one letter beyond it."""
    if text.isascii():
        return False
    text = text.replace("œ", "o").replace("Œ", "O")
    return len(text.encode("latin-1", "ignore")) < len(text) and _FOREIGN_DIGIT.search(text) is not None


def _numbers(text: str) -> str:
    """Rules of texts with a digit: cm², 9ᵉ, minus sign, narrow space before a unit."""
    if "2" in text and "m2" in text:
        text = _SQUARE.sub("²", text)
    if "-" in text and _HYPHEN_DIGIT.search(text):
        text = _MINUS_SIGN.sub("\u2212", text)
    lettered = [*_LETTERED.finditer(text)]
    return _units(text, lettered) if lettered else text


def _units(text: str, lettered: Sequence[re.Match[str]]) -> str:
    """Ordinals, and a narrow space between each number and its unit.

    What was found is just where that space goes, unless it is an ordinal, or a letter taken for a digit of its script.
    """
    if any(found.start("unit") < 0 or not found[0][0].isdecimal() for found in lettered):
        return _BEFORE_UNIT.sub(NNBSP, _ORDINAL.sub("\\1ᵉ", text))
    pieces, end = [], 0
    for found in lettered:
        pieces.append(text[end : found.start() + 1])
        end = found.start("unit")
    return NNBSP.join([*pieces, text[end:]])


def _colons(text: str) -> str:
    """A no-break space before each colon that a space or the end of the text follows."""
    parts = text.split(":")
    last = len(parts) - 1
    for index in range(last):
        after = parts[index + 1]
        if after[0].isspace() if after else index + 1 == last:
            parts[index] = parts[index].rstrip(_BEFORE) + NBSP
    return ":".join(parts)


def _as_set(text: str, settings: Settings) -> str:
    """The choices of a site."""
    if settings.nnbsp_colon:
        text = text.replace(f"{NBSP}:", f"{NNBSP}:")
    return plain(text) if settings.ascii else text


def plain(text: str) -> str:
    """The form for outputs without typography (HL7 v2): straight apostrophe, hyphen, « oe », « 9e », « cm2 »."""
    return text.translate(_PLAIN)


def single_spaced(text: str) -> str:
    """One space between words; no-break spaces stay (`str.split` would lose those inside « 4 100 mGy »)."""
    if "\n" in text or not is_single_spaced(text):
        text = _BLANKS.sub(" ", text)
    return text.strip()


def is_single_spaced(text: str) -> bool:
    """Within its lines a text has no blank but single spaces, and no-break ones."""
    return not ("  " in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text)


def clean(text: str) -> str:
    """A user's text as a sentence: one space between words, decimal comma, a capital and a full stop."""
    words = single_spaced(text)
    if "." in words and _POINT.search(words):
        words = _DECIMAL_POINT.sub(r"\1,\2", words)
    words = words[:1].upper() + words[1:]
    return words if words.endswith((".", "?", "!", "…")) else words.rstrip(",;: ") + "."
