"""Finds the phrases that a run of tokens may mean. Built once per catalogue."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.catalog.text import alias_key
from reporter.intake.aliases import FACTORS
from reporter.web.quick.phrases import Phrase, phrases, table
from reporter.web.quick.tokens import Token, Tokenizer

_MIN_PREFIX = 2
_MAX_SPAN = 5
_HEADLESS = 0.6


@dataclass(frozen=True, slots=True)
class Item:
    """A run of `length` tokens read as one thing; `quality` 0–1."""

    kind: str
    value: Any
    length: int
    quality: float


class Index:
    """Phrases by the words they hold."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.units = _units(catalog)
        self.tokenizer = Tokenizer(self.units)
        self.stop = frozenset(str(word) for word in table(catalog)["stop_words"])
        by_word: dict[str, list[tuple[Phrase, int]]] = defaultdict(list)
        for phrase in phrases(catalog, self.tokenizer.words):
            for position, word in enumerate(phrase.words if phrase.partial else phrase.words[:1]):
                by_word[word].append((phrase, position))
        self._by_word = dict(by_word)
        self._words = sorted(by_word)

    def tokens(self, text: str) -> list[Token]:
        """Tokens without stop words; « d » stays, it is a side."""
        return [token for token in self.tokenizer.tokens(text) if token.text not in self.stop]

    def items(self, tokens: list[Token], start: int) -> Iterator[Item]:
        """Everything that may begin at a token."""
        token = tokens[start]
        if token.kind == "level":
            yield Item("level", token.level, 1, 1.0)
        if token.kind == "number":
            yield Item("number", token, 1, 1.0)
        merged = _spaced_level(tokens, start)
        if merged:
            yield merged
        yield from self._phrases(tokens, start)

    def _phrases(self, tokens: list[Token], start: int) -> Iterator[Item]:
        best: dict[tuple[str, str, int], Item] = {}
        for phrase, position in self._beginning(tokens[start]):
            for length, quality in _spans(phrase, position, tokens, start):
                key = (phrase.kind, str(phrase.value), length)
                if key not in best or best[key].quality < quality:
                    best[key] = Item(phrase.kind, phrase.value, length, quality)
        yield from best.values()

    def _beginning(self, token: Token) -> Iterator[tuple[Phrase, int]]:
        for word in self._completions(token.text):
            yield from self._by_word[word]

    def _completions(self, text: str) -> Iterator[str]:
        if text.endswith(("s", "x")) and text not in self._by_word and text[:-1] in self._by_word:
            yield text[:-1]
        place = bisect_left(self._words, text)
        while place < len(self._words) and self._words[place].startswith(text):
            if len(text) >= _MIN_PREFIX or self._words[place] == text:
                yield self._words[place]
            place += 1


def _spans(phrase: Phrase, position: int, tokens: list[Token], start: int) -> Iterator[tuple[int, float]]:
    """(length, quality) of each run of tokens that says words of the phrase in order, from one of its words on."""
    exact = matched = 0
    place = position
    for length in range(1, min(_MAX_SPAN, len(tokens) - start) + 1):
        text = tokens[start + length - 1].text
        found = next((i for i in range(place, len(phrase.words)) if _says(text, phrase.words[i])), None)
        if found is None or (phrase.exact and phrase.words[found] != text):
            return
        exact, matched, place = exact + (phrase.words[found] == text), matched + 1, found + 1
        if phrase.partial or matched == len(phrase.words):
            quality = 0.2 + 0.5 * matched / len(phrase.words) + 0.3 * exact / matched
            yield length, quality if position == 0 else _HEADLESS * quality


def _says(text: str, word: str) -> bool:
    if text == word or (len(text) >= _MIN_PREFIX and word.startswith(text)):
        return True
    return len(word) > 3 and text[-1:] in "sx" and text[:-1] == word


def _spaced_level(tokens: list[Token], start: int) -> Item | None:
    """« l 1 » → L1."""
    pair = tokens[start : start + 2]
    if len(pair) < 2 or pair[0].text not in ("c", "d", "t", "l", "s") or pair[1].kind != "number":
        return None
    number = pair[1].number
    if number is None or pair[1].unit or pair[1].ordinal or not Decimal(1) <= number <= 13:
        return None
    letter = "T" if pair[0].text == "d" else pair[0].text.upper()
    return Item("level", f"{letter}{int(number)}", 2, 0.9)


def _units(catalog: Catalog) -> dict[str, str]:
    """Folded spelling → UCUM unit, of the units that measure a sign."""
    used = {measure.unit for finding in catalog.findings.values() for measure in finding.measures.values()} - {"1"}
    found = {alias_key(unit): unit for unit in used}
    for spelling, unit in catalog.aliases.get("unit", {}).items():
        if unit in used:
            found[spelling] = unit
    found.update({spelling: spelling for spelling, target in FACTORS if target in used and spelling.isalpha()})
    return found


_BUILT: list[Index] = []
_KEPT = 4


def index_of(catalog: Catalog) -> Index:
    """The index of a catalogue; the last few are kept."""
    for index in _recent():
        if index.catalog is catalog:
            return index
    index = Index(catalog)
    _BUILT.append(index)
    del _BUILT[:-_KEPT]
    return index


def _recent() -> Iterable[Index]:
    return tuple(reversed(_BUILT))
