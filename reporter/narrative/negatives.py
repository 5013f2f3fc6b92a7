"""Negations: grouped by site, a few per sentence, the noun said once (STYLE §6.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from reporter import french
from reporter.narrative import signs
from reporter.narrative.rows import Row
from reporter.narrative.scope import Scope
from reporter.narrative.sign import Sign

_MOST = 2
Denied = tuple[Row, Sign]


def sentences(rows: Sequence[Row], scope: Scope) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(sentence, statement ids), in rank order."""
    ordered = rows if len(rows) < 2 else sorted(rows, key=_order(scope))
    alone = scope.table["detectable"]
    signed = [(row, signs.build(row, scope, signal=False)) for row in ordered]
    for chunk in _chunks(signed, alone):
        yield _sentence(chunk, alone), tuple([i for row, _ in chunk for i in row.ids])


def _order(scope: Scope) -> Callable[[Row], tuple[bool, int, int]]:
    """Fractures answer first, then rank, then level."""
    first, entries = scope.words["normal", "fracture_signs"], scope.catalog.findings

    def key(row: Row) -> tuple[bool, int, int]:
        concept = row.head.concept
        return concept not in first, entries[concept].rank, scope.level_rank(row.sites[0] if row.sites else None)

    return key


def _chunks(signed: Sequence[Denied], alone: Mapping[str, str]) -> Iterator[Sequence[Denied]]:
    """Signs of one place together, then at most two of them per sentence; « anomalie » stands alone."""
    if len(signed) == 1:
        yield signed
        return
    groups: dict[object, list[Denied]] = {}
    first_of: dict[str, object] = {}
    for row, sign in signed:
        concept = row.head.concept
        key: object = row.sites if sign.site.text else ()
        if concept in alone:
            key = concept
        elif concept in first_of:
            key = first_of[concept]
        elif sign.outer or sign.aside:
            key = id(sign)
        if key not in groups:
            groups[key] = []
            first_of.setdefault(concept, key)
        groups[key].append((row, sign))
    for members in groups.values():
        yield from (members[n : n + _MOST] for n in range(0, len(members), _MOST))


def _sentence(members: Sequence[Denied], seen: Mapping[str, str]) -> str:
    """« pas de perte de sphéricité ni d'œdème médullaire des têtes fémorales »."""
    last = len(members) - 1
    shared = len({sign.site.text for _, sign in members}) == 1
    items, before = list[str](), ""
    for index, (row, sign) in enumerate(members):
        again = index > 0 and sign.noun.text == before
        before = sign.noun.text
        words = [*sign.adjectives, *sign.inner]
        if not again and row.head.concept in seen:
            words.append(seen[row.head.concept])
        if sign.site.text and not (shared and index < last):
            words.append(sign.site.text)
        detail = " ".join([word for word in words if word])
        items.append(detail + sign.tail() if again and detail else _denied(sign, detail))
    return french.none_of(items)


def _denied(sign: Sign, detail: str) -> str:
    text = f"{sign.noun.text} {detail}" if detail else sign.noun.text
    return french.de_bare(text, sign.noun.h_aspire) + sign.tail()
