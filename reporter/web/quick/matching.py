"""The likeliest readings of the tokens: a beam search over the items that each place may begin."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.web.quick.context import Context
from reporter.web.quick.index import Index, Item
from reporter.web.quick.tokens import Token

_BEAM = 24
_PER_PLACE = 14
_LISTED = 0.06
_UNREAD = -1.5
_ITEM = -0.08
_ONCE = frozenset(("site", "side", "status", "evolution", "part", "count"))
_MAX_SIGNS = 3
_FIRST_WORD = 0.6


@dataclass(frozen=True, slots=True)
class Path:
    """Items read so far, in order, and how well they read; `unread` words were skipped."""

    score: float = 0.0
    items: tuple[Item, ...] = ()
    unread: tuple[str, ...] = ()

    def plus(self, item: Item, bonus: float) -> Path:
        """One more item."""
        gain = (item.quality + bonus) * item.length + _ITEM
        return Path(self.score + gain, (*self.items, item), self.unread)

    def without(self, word: str) -> Path:
        """The next word is not understood."""
        return Path(self.score + _UNREAD, self.items, (*self.unread, word))


def readings(tokens: list[Token], index: Index, context: Context) -> list[Path]:
    """Best first; only those that leave the fewest words unread."""
    places: list[list[Path]] = [[] for _ in range(len(tokens) + 1)]
    places[0] = [Path()]
    for start, token in enumerate(tokens):
        beam = sorted(places[start], key=lambda path: -path.score)[:_BEAM]
        items = _useful(tokens, start, index, context)
        for path in beam:
            places[start + 1].append(path.without(token.text))
            for item in items:
                if _fits(path, item):
                    places[start + item.length].append(path.plus(item, _bonus(item, context)))
    final = sorted(places[-1], key=lambda path: -path.score)[:_BEAM]
    fewest = min((len(path.unread) for path in final), default=0)
    return [path for path in final if len(path.unread) == fewest]


def _useful(tokens: list[Token], start: int, index: Index, context: Context) -> list[Item]:
    """The best items that this exam allows."""
    allowed = [item for item in index.items(tokens, start) if _allowed(item, context)]
    allowed.sort(key=lambda item: -(item.quality + _bonus(item, context)) * item.length)
    return allowed[:_PER_PLACE]


def _allowed(item: Item, context: Context) -> bool:
    if item.kind == "finding":
        return item.value in context.signs
    if item.kind == "site":
        return item.value in context.sites
    if item.kind in ("signal", "sequence"):
        return context.exam.modality == "MR"
    if item.kind == "phase":
        return context.exam.modality in ("NM", "PT")
    return True


def _bonus(item: Item, context: Context) -> float:
    if item.kind == "finding" and item.value in context.listed:
        return _LISTED
    return _LISTED if item.kind == "site" and item.value in context.listed_sites else 0.0


def _fits(path: Path, item: Item) -> bool:
    kinds = [known.kind for known in path.items]
    if item.kind in _ONCE:
        return item.kind not in kinds
    if item.kind == "sequence":
        return "finding" in kinds or (bool(kinds) and kinds[-1] in ("signal", "sequence"))
    if item.kind == "finding":
        signs = [known.value for known in path.items if known.kind == "finding"]
        return not signs or (len(signs) < _MAX_SIGNS and item.value not in signs and item.quality > _FIRST_WORD)
    return True
