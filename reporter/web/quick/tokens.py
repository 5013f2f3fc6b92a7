"""Typed text → tokens: words, levels, numbers with units. No catalogue word is known here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reporter.catalog.text import alias_key
from reporter.intake.values import level_code, to_decimal

_LEVEL = r"(?:th|[cdtls])\d{1,2}"
_SKIPPED = re.compile(r"[dlnsjcqu]'")
MAX_TOKENS = 12


@dataclass(frozen=True, slots=True)
class Token:
    """kind word|level|number. `level` L1 or L4L5 (a pair may be a disc or a range); `unit` as typed, folded."""

    kind: str
    text: str
    level: str | None = None
    number: Decimal | None = None
    unit: str | None = None
    ordinal: bool = False


class Tokenizer:
    """Splits what is typed; `units` are the folded spellings that may follow a number."""

    def __init__(self, units: Iterable[str]) -> None:
        spelled = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True)) or r"(?!)"
        self._pattern = re.compile(
            rf"(?P<level>{_LEVEL}(?:\s?[-/]\s?(?:{_LEVEL}|\d{{1,2}})|{_LEVEL})?)(?![a-z0-9])"
            rf"|(?P<rank>\d{{1,2}})(?:er|re|eme|ieme|e)(?![a-z])"
            rf"|(?P<number>\d+(?:[.,]\d+)?)(?:\s*(?P<unit>{spelled})(?![a-z]))?"
            r"|(?P<word>[a-z][a-z0-9]*|[?+=])"
        )

    def tokens(self, text: str) -> list[Token]:
        """At most MAX_TOKENS tokens of a text; elided articles are dropped."""
        folded = _SKIPPED.sub(" ", alias_key(text)[:400])
        return [_token(match) for match in self._pattern.finditer(folded)][:MAX_TOKENS]

    def words(self, text: str) -> tuple[str, ...]:
        """The token texts of a catalogue phrase."""
        return tuple(token.text for token in self.tokens(text))


def _token(match: re.Match[str]) -> Token:
    if match["level"]:
        text = re.sub(r"\s", "", match["level"])
        return Token("level", text, level=level_code(text))
    if match["rank"]:
        return Token("number", match["rank"], number=Decimal(match["rank"]), ordinal=True)
    if match["number"]:
        return Token("number", match["number"], number=to_decimal(match["number"]), unit=match["unit"])
    return Token("word", match["word"])
