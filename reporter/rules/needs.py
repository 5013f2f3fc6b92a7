"""What an exam must hold for a rule to have anything to say of it, read from the rule's own expressions.

A rule that asks for a sign, an attribute, a measurement or a comparison is not even tried on an exam without. What
words need is said where they are written (`facts.only_with` and its like); what they are asked for by name is read from
their arguments. A demand that is not understood is no demand.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from reporter.catalog.entries import Catalog
from reporter.rules.expressions import constants, parsed
from reporter.rules.facts import ALL_GIVEN, NAMING, NEEDS, NONE_WITHOUT, TRUE_WITHOUT
from reporter.rules.program import Program
from reporter.rules.scopes import SCOPES

Demand = frozenset[str]
"""Names of `Facts.holds`: the exam must hold one of them."""
Demands = tuple[Demand, ...]
SLOTS = 3
_SAME = ("count", "ids")
_LISTS = ("findings", "comparisons", "dxa")
_WIDTHS = {"/findings": 100, "present": 90, "/diagnoses": 40, "/": 10}
# given means that the exam holds this; the value itself is what the exam holds
_GIVEN = {"f.evolution": "/evolution", "f.uptake": "/uptake", "study.laterality": "/laterality"}
_VALUES = ("f.finding", "f.status", "f.site.laterality", "change(f)")


def demands(program: Program, terms: Iterable[ast.expr], keys: Demand | None, catalog: Catalog) -> Demands:
    """The narrowest demands of the scope, of `each` and of the terms of the condition; each must be met."""
    scope = SCOPES[program.scope]
    own = {*scope.names, "it"}
    found = [demand for demand in (scope.needs, keys) if demand is not None]
    if program.each:
        found += _Needs({}, own, catalog).of(parsed(program.each))
    reader = _Needs(program.lets, own, catalog)
    for term in terms:
        found += reader.of(term)
    return tuple(sorted(set(found), key=_order)[:SLOTS])


def _order(demand: Demand) -> tuple[int, list[str]]:
    return _width(demand), sorted(demand)


def _width(demand: Demand) -> int:
    """How many exams can meet a demand, roughly: most have findings, few have one given sign."""
    return sum(_WIDTHS.get(held, _WIDTHS["/"] if held.startswith("/") else 1) for held in demand)


class _Needs:
    """The demands of an exam for which an expression is true (or given: not none)."""

    def __init__(self, lets: Mapping[str, str], own: set[str], catalog: Catalog) -> None:
        self.lets, self.own, self.catalog = lets, own, catalog

    def of(self, node: ast.expr) -> list[Demand]:
        """For a true value."""
        if isinstance(node, ast.BoolOp):
            return self._of_several(node)
        if isinstance(node, ast.Name):
            return self._of_name(node.id)
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._of_denied(node.operand)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._of_comparison(node, node.ops[0], node.comparators[0])
        return [frozenset()] if constants(node) == [] else []

    def _of_several(self, node: ast.BoolOp) -> list[Demand]:
        """All of each part; or, when one part is enough, one of the narrowest demands of all."""
        found = [self.of(value) for value in node.values]
        if isinstance(node.op, ast.And):
            return [demand for part in found for demand in part]
        return [frozenset[str]().union(*[min(part, key=_order) for part in found])] if all(found) else []

    def _let(self, name: str) -> tuple[_Needs, ast.expr]:
        """The expression of a name, and the reader that knows the names before it."""
        earlier = dict(list(self.lets.items())[: list(self.lets).index(name)])
        return _Needs(earlier, self.own, self.catalog), parsed(self.lets[name])

    def _of_name(self, name: str) -> list[Demand]:
        if name in self.lets:
            reader, value = self._let(name)
            return reader.of(value)
        return [frozenset((f"/{name}",))] if name not in self.own and name in _LISTS else []

    def _of_given(self, node: ast.expr) -> list[Demand]:
        """For a value that is not none: only words that answer none, not an empty list, tell."""
        if isinstance(node, ast.Name) and node.id in self.lets:
            reader, value = self._let(node.id)
            return reader._of_given(value)
        if isinstance(node, ast.Call) and self._word(node) in NONE_WITHOUT:
            return self._of_call(node)
        held = _GIVEN.get(self._text(node))
        return [frozenset((held,))] if held else []

    def _of_denied(self, node: ast.expr) -> list[Demand]:
        word = self._word(node)
        return self._said(word) if word in TRUE_WITHOUT else []

    def _of_call(self, node: ast.Call) -> list[Demand]:
        word = self._word(node)
        if word in _SAME and len(node.args) == 1:
            return self.of(node.args[0])
        if word == "trait" and len(node.args) == 2:
            return [self._signs(trait) for trait in _texts(constants(node.args[1]))]
        found = [] if word in TRUE_WITHOUT else self._said(word)
        if word in ALL_GIVEN:
            found += [demand for argument in node.args for demand in self._of_given(argument)]
        given = [constants(argument) for argument in node.args]
        if [None] not in given:
            named = [given[at] for at in NAMING.get(word, ()) if at < len(given)]
            found += [texts for names in named if (texts := _texts(names))]
        return found

    def _said(self, word: str) -> list[Demand]:
        """What is said where the word is written."""
        return [held | (self._signs(trait) if trait else frozenset()) for held, trait in NEEDS.get(word, ())]

    def _signs(self, trait: str) -> Demand:
        """Signs of the catalogue with a property."""
        return frozenset(sign for sign, entry in self.catalog.findings.items() if getattr(entry, trait, True))

    def _word(self, node: ast.expr) -> str:
        """The word that is called, when no name of the rule hides it."""
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        return "" if name in self.own or name in self.lets else name

    def _text(self, node: ast.expr) -> str:
        """An expression as it is written, when its names are what they seem: `f` is a finding, `study` the exam's."""
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        hidden = names & ({*self.lets, *self.own} - {"f"} | ({"f"} & self.lets.keys()))
        return "" if hidden or ("f" in names and "f" not in self.own) else ast.unparse(node)

    def _of_comparison(self, node: ast.Compare, op: ast.cmpop, other: ast.expr) -> list[Demand]:
        """`… is not none`; `… == 'text'`; `'text' in …`; `count(…) >= 1` and more."""
        values = constants(other)
        if isinstance(op, ast.IsNot) and values == [None]:
            return self._of_given(node.left)
        if isinstance(op, ast.Eq | ast.In) and (texts := _texts(values)):
            whole = isinstance(op, ast.Eq) or isinstance(other, ast.List | ast.Tuple)  # not a part of a text
            return [texts] if whole and self._text(node.left) in _VALUES else self._of_given(node.left)
        if isinstance(op, ast.In) and isinstance(node.left, ast.Constant):
            named = self._text(other) == "conclusion.recommendations"
            return [_texts([node.left.value])] if named else self.of(other)
        number = values[0] if values and isinstance(values[0], int) else None
        if self._word(node.left) != "count" or number is None or isinstance(other, ast.List | ast.Tuple):
            return []
        more = (isinstance(op, ast.GtE) and number >= 1) or (isinstance(op, ast.Gt) and number >= 0)
        return self.of(node.left) if more or (isinstance(op, ast.Eq) and number >= 1) else []


def _texts(values: list[object] | None) -> Demand:
    """Some constants, when all of them are texts."""
    found = frozenset(value for value in values or () if isinstance(value, str))
    return found if values and len(found) == len(set(values)) else frozenset()
