"""Print typography (STYLE §9) and its plain form."""

from __future__ import annotations

import re

from reporter.french.numbers import NNBSP
from reporter.settings import Settings

NBSP = "\u00a0"
_UNIT = r"(?:%|mm|cm²?|mL|mGy|MBq|mg|µg|kg|g/cm²|ng/mL|nmol/L|U/L|UI/L|SA|cc|mois|ans?|jours?|min)(?![A-Za-zé])"
# (text without which the pattern cannot match, pattern, replacement)
_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("e", re.compile(r"\b([Oo])e(?=d[éeè]m|soph|strog|il\b|uvr|uf)"), "\\1\u0153"),
    ("oe", re.compile(r"(?<![A-Za-zÀ-ÿ])(f|ch|c|s|n|man)oe(?=tus|tal|ur|ud|uvr)"), "\\1œ"),
    ("m2", re.compile(r"(?<=[cm]m)2\b"), "²"),
    ("", re.compile(r"\b(\d{1,2})(?:e|è|ème|eme)\b(?!-)"), "\\1ᵉ"),
    ("-", re.compile(r"(?<![\w.,/])-(?=\d)"), "\u2212"),
    ("", re.compile(rf"(?<=\d)[ {NBSP}]?(?={_UNIT})"), NNBSP),
    ("", re.compile(rf"[ {NBSP}{NNBSP}]*([;?!])(?=\s|$)"), f"{NNBSP}\\1"),
    (":", re.compile(rf"[ {NBSP}{NNBSP}]*:(?=\s|$)"), f"{NBSP}:"),
    ("«", re.compile(rf"«[ {NBSP}{NNBSP}]*"), f"«{NBSP}"),
    ("»", re.compile(rf"[ {NBSP}{NNBSP}]*»"), f"{NBSP}»"),
    ("  ", re.compile(r" {2,}"), " "),
)
_LIGATURE = {"O\u0153": "Œ", "o\u0153": "œ"}
_PLAIN = str.maketrans(
    {
        "\u2019": "'", NBSP: " ", NNBSP: " ", "œ": "oe", "Œ": "Oe", "ᵉ": "e", "²": "2", "³": "3", "\u2212": "-",
        "·": ".", "«": '"', "»": '"', "…": "...", "–": "-", "—": "-",
    }
)  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_DECIMAL_POINT = re.compile(r"(?<![\w.,/-])([-\u2212+]?\d+)\.(\d+)(?!\d|[./-]\d)")


def typeset(text: str, settings: Settings | None = None) -> str:
    """The printed form of a sentence; applying it twice changes nothing."""
    text = text.replace("'", "\u2019")
    for needed, pattern, replacement in _RULES:
        if needed in text:
            text = pattern.sub(replacement, text)
    for pair, ligature in _LIGATURE.items():
        text = text.replace(pair, ligature)
    if settings is None:
        return text
    if settings.nnbsp_colon:
        text = text.replace(f"{NBSP}:", f"{NNBSP}:")
    return plain(text) if settings.ascii else text


def plain(text: str) -> str:
    """The form for outputs without typography (HL7 v2): straight apostrophe, hyphen, « oe », « 9e », « cm2 »."""
    return text.translate(_PLAIN)


def single_spaced(text: str) -> str:
    """One space between words; no-break spaces stay (`str.split` would lose those inside « 4 100 mGy »)."""
    return _BLANKS.sub(" ", text).strip()


def clean(text: str) -> str:
    """A user's text as a sentence: one space between words, decimal comma, a capital and a full stop."""
    words = _DECIMAL_POINT.sub(r"\1,\2", single_spaced(text))
    words = words[:1].upper() + words[1:]
    return words if words.endswith((".", "?", "!", "…")) else words.rstrip(",;: ") + "."
