"""Negations: grouped by site, a few per sentence, the noun said once (STYLE §6.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reporter import french
from reporter.narrative import signs
from reporter.narrative.rows import Row
from reporter.narrative.scope import Scope
from reporter.narrative.signs import Sign

_MOST = 2


def sentences(rows: Sequence[Row], scope: Scope) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(sentence, statement ids), in rank order."""
    ordered = sorted(rows, key=lambda r: _order(r, scope))
    signed = [(row, signs.build(row, scope, signal=False)) for row in ordered]
    for chunk in _chunks(signed, scope):
        ids = tuple(i for row, _ in chunk for i in row.ids)
        yield _sentence([s for _, s in chunk], [r for r, _ in chunk], scope), ids


def _order(row: Row, scope: Scope) -> tuple[bool, int, int]:
    """Fractures answer first, then rank, then level."""
    other = row.head.concept not in scope.words("normal", "fracture_signs")
    return other, scope.catalog.findings[row.head.concept].rank, scope.level_rank(row.sites[0] if row.sites else None)


def _chunks(signed: Sequence[tuple[Row, Sign]], scope: Scope) -> Iterator[list[tuple[Row, Sign]]]:
    """Signs of one place together, then at most two of them per sentence; « anomalie » stands alone."""
    groups: dict[object, list[tuple[Row, Sign]]] = {}
    for row, sign in signed:
        alone = scope.table("detectable").get(row.head.concept)
        key: object = row.head.concept if alone else (row.sites if sign.site.text else ())
        if not alone and (sign.outer or sign.aside):
            key = id(sign)
        same = next((k for k, g in groups.items() if not alone and g[0][0].head.concept == row.head.concept), None)
        groups.setdefault(key if same is None else same, []).append((row, sign))
    for members in groups.values():
        yield from (members[n : n + _MOST] for n in range(0, len(members), _MOST))


def _sentence(members: Sequence[Sign], rows: Sequence[Row], scope: Scope) -> str:
    """« pas de perte de sphéricité ni d'œdème médullaire des têtes fémorales »."""
    shared = len({m.site.text for m in members}) == 1
    items = []
    for index, sign in enumerate(members):
        site = "" if shared and index < len(members) - 1 else sign.site.text
        again = index > 0 and sign.noun.text == members[index - 1].noun.text
        seen = "" if again else str(scope.table("detectable").get(rows[index].head.concept, ""))
        detail = " ".join(w for w in (*sign.adjectives, *sign.inner, seen, site) if w)
        items.append(detail + sign.tail() if again and detail else _denied(sign, detail))
    return french.none_of(items)


def _denied(sign: Sign, detail: str) -> str:
    return french.de_bare(f"{sign.noun.text} {detail}".strip(), sign.noun.h_aspire) + sign.tail()
