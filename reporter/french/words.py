"""Elision, articles, contractions, enumeration: the closed grammar of a French noun phrase.

Everything here is plain text with a straight apostrophe; `typography.typeset` turns it into print.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reporter.catalog.entries import Lexeme

_VOWELS = frozenset("aeiouyh")
_CONSONANTS = frozenset("bcdfgjklmnpqrstvwxzBCDFGJKLMNPQRSTVWXZ0123456789")
# how a named tuple makes itself; its `__new__`, which only names the values, costs as much again
_MAKE = tuple.__new__
_H_ASPIRE = ("hanche", "hauteur", "hernie", "haut", "hors", "halo", "hachure", "hallux", "hiatus", "heurt")


class NounPhrase(NamedTuple):
    """A noun phrase without article. `bare`: never takes one (« L1 »); `gender` m|f."""

    text: str
    gender: str = "m"
    plural: bool = False
    h_aspire: bool = False
    bare: bool = False

    def with_text(self, text: str) -> NounPhrase:
        """The same grammar with other words."""
        return _MAKE(NounPhrase, (text, *self[1:]))

    def plus(self, *parts: str) -> NounPhrase:
        """The phrase followed by complements; empty parts are skipped."""
        text = self.text
        for part in parts:
            if part:
                text = f"{text} {part}" if text else part
        return _MAKE(NounPhrase, (text, *self[1:]))


def np(lexeme: Lexeme, *, plural: bool = False) -> NounPhrase:
    """The noun phrase of a catalogue lexeme; `plural` uses the plural form when there is one."""
    many = lexeme.is_plural or (plural and lexeme.plural is not None)
    text = lexeme.plural if plural and lexeme.plural and not lexeme.is_plural else lexeme.noun
    return NounPhrase(text, lexeme.gender, many, lexeme.h_aspire)


def elides(text: str, h_aspire: bool = False) -> bool:
    """True when « le », « de », « que » lose their vowel before `text` (« 11 », « L1 », « hanche » do not elide)."""
    if text[:1] in _CONSONANTS:
        return False
    plain = unicodedata.normalize("NFD", text).lower().replace("œ", "o")
    if not plain or plain[0] not in _VOWELS:
        return False
    return not (plain[0] == "y" or h_aspire or plain.startswith(_H_ASPIRE))


def definite(phrase: NounPhrase) -> str:
    """« le talus », « l'aileron », « les deux hanches », « L1 »."""
    if phrase.bare:
        return phrase.text
    if phrase.plural:
        return f"les {phrase.text}"
    if elides(phrase.text, phrase.h_aspire):
        return f"l'{phrase.text}"
    return f"{'la' if phrase.gender == 'f' else 'le'} {phrase.text}"


def indefinite(phrase: NounPhrase) -> str:
    """« un œdème », « une fracture », « des traits »."""
    if phrase.bare:
        return phrase.text
    article = "des" if phrase.plural else "une" if phrase.gender == "f" else "un"
    return f"{article} {phrase.text}"


def de(phrase: NounPhrase) -> str:
    """« du talus », « de la hanche », « de l'aileron », « des deux hanches », « de L1 »."""
    if phrase.bare or not phrase.text:
        return de_bare(phrase.text, phrase.h_aspire)
    if phrase.plural:
        return f"des {phrase.text}"
    if phrase.gender == "m" and not elides(phrase.text, phrase.h_aspire):
        return f"du {phrase.text}"
    return f"de {definite(phrase)}"


def de_bare(text: str, h_aspire: bool = False) -> str:
    """« de fracture », « d'œdème » : no article at all."""
    return f"d'{text}" if elides(text, h_aspire) else f"de {text}"


def de_indefinite(phrase: NounPhrase) -> str:
    """« d'un œdème », « d'une fracture », « de microfractures » (never « de des »)."""
    if phrase.plural or phrase.bare:
        return de_bare(phrase.text, phrase.h_aspire)
    return f"d'{indefinite(phrase)}"


def a(phrase: NounPhrase) -> str:
    """« au talus », « à la hanche », « à l'aileron », « aux deux hanches », « à L1 »."""
    if phrase.bare:
        return f"à {phrase.text}"
    if phrase.plural:
        return f"aux {phrase.text}"
    if phrase.gender == "m" and not elides(phrase.text, phrase.h_aspire):
        return f"au {phrase.text}"
    return f"à {definite(phrase)}"


def dans(phrase: NounPhrase) -> str:
    """« dans le corps vertébral », « dans l'acétabulum », « dans L1 »."""
    return f"dans {definite(phrase)}"


def enumeration(items: Iterable[str], last: str = "et") -> str:
    """« a », « a et b », « a, b et c »."""
    parts: Sequence[str] = items if isinstance(items, (list, tuple)) else tuple(items)
    if len(parts) < 2:
        return parts[0] if parts else ""
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def none_of(items: Iterable[str]) -> str:
    """« pas de a », « pas de a ni de b », « pas de a, de b ni de c » from « de a », « de b »."""
    return f"pas {enumeration(items, 'ni')}"


def capital(text: str) -> str:
    """First letter in upper case (« œdème » → « Œdème »)."""
    return text[:1].upper() + text[1:]
