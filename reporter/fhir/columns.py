"""The whole bundle at once, column by column: is it fine in structure, and what does it hold of each type?

The explaining walk (`structure`) goes object by object and can say where a fault is. Most bundles have none, and to
know that needs no path: all objects of a type are taken together, and the values of each of their elements go to the
list of their slot (`layouts`, `desk`) in one step. Formats and bindings are then checked once for each list, over all
values of the bundle. Whatever is not sure raises `DoubtError`: then the explaining walk decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import chain, repeat
from operator import contains
from typing import Any

from reporter.fhir import desk, shapes, structure
from reporter.fhir.datatypes import Json
from reporter.fhir.desk import LOOKED_AT, Desk, Pile
from reporter.fhir.layouts import KIND, REFERENCE, DoubtError, Slot
from reporter.fhir.primitives import all_plain

Sieve = Callable[[list[Any]], list[Any]]
# Objects, with the slot they were found in.
Found = list[tuple[Slot, list[Json]]]
Leading = Callable[[Found], Found]
_LIST = {list}
# Bundles within a bundle are parts of their own, with rules of their own.
_APART = ("Bundle", "Parameters")


class Columns:
    """Objects, given by type, and all they hold, sorted: `nodes` by type, the narratives, the references to look at.

    `sieves` tell, of the objects or values of a type, which are not known to be fine in every respect; `leading` tells
    so of references. Only those are taken apart.
    """

    def __init__(self, given: Mapping[str, list[Json]], sieves: Mapping[str, Sieve], leading: Leading) -> None:
        self._sieves, self._leading = sieves, leading
        self.nodes: dict[str, list[Json]] = defaultdict(list)
        self.references: Found = []
        self.narratives: list[str] = []
        mine = desk.take()
        try:
            for type_name, nodes in given.items():
                mine.pile(type_name).one.extend(nodes)
            while any(mine.waiting):
                self._sort(mine)
            self._judge(mine)
        finally:
            desk.give_back(mine)

    def _sort(self, mine: Desk) -> None:
        """What waits, type by type; what an object holds may be of a type that had its turn."""
        self._in_turn(mine.holders, mine)
        self._special(mine)
        self._in_turn(mine.held, mine)

    def _in_turn(self, piles: list[Pile], mine: Desk) -> None:
        for pile in piles:
            one, many = pile.one, pile.many
            while one or many:
                nodes = one.copy()
                one.clear()
                if many:
                    nodes += _items(many)
                    many.clear()
                self._take_apart(pile, nodes, mine)

    def _take_apart(self, pile: Pile, nodes: list[Json], mine: Desk) -> None:
        type_name = pile.type
        if type_name in self._sieves:
            nodes = self._sieves[type_name](nodes)
        if pile.looked_at:
            self.nodes[type_name] += nodes
        if type_name == shapes.RESOURCE:
            self._resources(nodes, mine)
        else:
            pile.lists.put(nodes)

    def _resources(self, nodes: list[Json], mine: Desk) -> None:
        kinds = mine.kinds
        for node in nodes:
            kind = node[KIND]
            if kind in LOOKED_AT:
                self.nodes[kind].append(node)
            elif kind in _APART:
                raise DoubtError(kind)
            (kinds[kind] if kind in kinds else mine.kind(kind)).put_one(node)

    def _special(self, mine: Desk) -> None:
        """References, and concepts with a required binding."""
        references: Found = []
        for slot, values in mine.special:
            if values:
                nodes = _items(values) if slot.many else values.copy()
                values.clear()
                if slot.type == REFERENCE:
                    references.append((slot, nodes))
                elif all(structure.bound(node, slot.codes or frozenset()) for node in nodes):
                    mine.pile(slot.type).one.extend(nodes)
                else:
                    raise DoubtError(slot.type)
        if references:
            astray = self._leading(references)
            self.references += astray
            mine.pile(REFERENCE).one.extend([node for _, nodes in astray for node in nodes])

    def _judge(self, mine: Desk) -> None:
        """Formats and bindings."""
        for values, place in mine.repeated:
            if values:
                place += _items(values)
        for codes, values in mine.coded:
            if values and not codes.issuperset(values):
                raise DoubtError
        if all(map(contains, mine.instants, repeat("T"))):  # times that are not only a day are instants
            mine.moments += mine.instants
            mine.instants.clear()
        for type_name, values in mine.plain.items():
            if type_name == "xhtml":
                self.narratives = values.copy()
            elif values:
                sieve = self._sieves.get(type_name)
                if not all_plain(type_name, values if sieve is None else sieve(values)):
                    raise DoubtError(type_name)


def _items(lists: list[Any]) -> list[Any]:
    """The items of elements that repeat: each a list, none empty."""
    if len(lists) == 1 and type(lists[0]) is list and lists[0]:
        return lists[0]
    if set(map(type, lists)) != _LIST or not all(lists):
        raise DoubtError
    return list(chain.from_iterable(lists))
