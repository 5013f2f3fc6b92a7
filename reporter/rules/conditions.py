"""What an exam must have for a rule to concern it, read from the rule's own expressions.

`modality == 'MR' and f.finding in ['cement', 'implant'] and …`: the terms that come first and compare one property of
the exam or of the item with constants can be tried once for all, before `each` and `let` are evaluated. And a rule that
asks for a sign, a measurement or a comparison has nothing to say of an exam without.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from reporter.rules.expressions import CONSTANTS, Positions, Span, parsed, plain
from reporter.rules.facts import NEEDS, NONE_WITHOUT
from reporter.rules.program import Program
from reporter.rules.scopes import SCOPES

_SETTLED = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
_SAME = ("count", "ids")
_NAMED = {"none": None, "true": True, "false": False}
_SIGNS = ("having", "having_with")
_WIDTHS = {"/findings": 100, "/diagnoses": 40, "/": 10}
_GIVEN = {"evolution": frozenset(("/evolution",)), "uptake": frozenset(("/uptake",))}
_LISTS = ("findings", "comparisons", "dxa")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition taken apart; all of it must hold.

    `modalities`, `keys` (of `Scope.key`): where one of these is demanded, else None. `first`, `then`: the other terms,
    as spans of the text; those of `first` need neither `each` nor `let`. `needs`: see `Facts.holds`; the exam must
    hold one of them, or there is no condition of this sort.
    """

    modalities: frozenset[str] | None
    keys: frozenset[str] | None
    first: tuple[Span, ...]
    then: tuple[Span, ...]
    needs: frozenset[str] | None


def condition(program: Program) -> Condition:
    """The condition of a rule."""
    scope, text = SCOPES[program.scope], program.when
    terms, at = _terms(parsed(text)), Positions(plain(text))
    known = {"modality", *scope.names} - {"it", *program.lets}
    settled = next((n for n, term in enumerate(terms) if not _is_settled(term, known)), len(terms))
    key = f"{scope.names[0]}.{scope.key}"
    found: dict[str, frozenset[str]] = {}
    first = []
    for term in terms[:settled]:
        subject, values = _membership(term)
        if values is not None and subject in ("modality", key) and subject not in found:
            found[subject] = values
        else:
            first.append(at.span(term))
    then = tuple(at.span(term) for term in terms[settled:])
    keys = found.get(key)
    return Condition(found.get("modality"), keys, tuple(first), then, _needs(program, terms, keys))


def _terms(tree: ast.expr) -> list[ast.expr]:
    return tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]


def _is_settled(term: ast.expr, known: set[str]) -> bool:
    """One property of the exam or of the item, compared once with constants."""
    if not isinstance(term, ast.Compare) or len(term.ops) != 1 or not isinstance(term.ops[0], _SETTLED):
        return False
    subject = term.left.value if isinstance(term.left, ast.Attribute) else term.left
    return isinstance(subject, ast.Name) and subject.id in known and _constants(term.comparators[0]) is not None


def _constants(node: ast.expr) -> list[object] | None:
    """The value of a constant, or those of a list of constants."""
    nodes = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    found: list[object] = []
    for n in nodes:
        if isinstance(n, ast.Constant):
            found.append(n.value)
        elif isinstance(n, ast.Name) and n.id in CONSTANTS:
            found.append(_NAMED[n.id])
        else:
            return None
    return found


def _membership(term: ast.expr) -> tuple[str, frozenset[str] | None]:
    """(what must be one of some texts, the texts); nothing for another comparison."""
    if not isinstance(term, ast.Compare):
        return "", None
    several = isinstance(term.comparators[0], ast.List | ast.Tuple)
    found = _constants(term.comparators[0]) or []
    texts = frozenset(value for value in found if isinstance(value, str))
    if not isinstance(term.ops[0], ast.In if several else ast.Eq) or len(texts) != len(set(found)):
        return "", None
    return ast.unparse(term.left), texts


# --- what the exam must hold


def _needs(program: Program, terms: list[ast.expr], keys: frozenset[str] | None) -> frozenset[str] | None:
    """The narrowest demand of the scope, of `each` and of the terms of the condition."""
    scope = SCOPES[program.scope]
    reader = _Needs(program.lets, {*scope.names, "it"})
    demands = [scope.needs if keys is None else frozenset(f"{scope.prefix}{key}" for key in keys)]
    if program.each:
        demands.append(_Needs({}, {*scope.names, "it"}).of(parsed(program.each)))
    demands += [reader.of(term) for term in terms]
    found = [demand for demand in demands if demand is not None]
    return min(found, key=_width, default=None)


def _width(demand: frozenset[str]) -> int:
    """How many exams can meet a demand, roughly: most have findings, few have one given sign."""
    return sum(_WIDTHS.get(held, _WIDTHS["/"] if held.startswith("/") else 1) for held in demand)


class _Needs:
    """What an exam holds one of whenever the value of an expression is true (or given: not none); None: unknown."""

    def __init__(self, lets: Mapping[str, str], own: set[str]) -> None:
        self.lets, self.own = lets, own

    def of(self, node: ast.expr) -> frozenset[str] | None:
        """For a true value."""
        if isinstance(node, ast.BoolOp):
            return self._of_several(node)
        if isinstance(node, ast.Name):
            return self._of_name(node.id)
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._of_comparison(node, node.ops[0], node.comparators[0])
        return None

    def _of_several(self, node: ast.BoolOp) -> frozenset[str] | None:
        found = [self.of(value) for value in node.values]
        known = [demand for demand in found if demand is not None]
        if isinstance(node.op, ast.And):
            return min(known, key=_width, default=None)
        return frozenset[str]().union(*known) if len(known) == len(found) else None

    def _let(self, name: str) -> tuple[_Needs, ast.expr]:
        """The expression of a name, and the reader that knows the names before it."""
        earlier = dict(list(self.lets.items())[: list(self.lets).index(name)])
        return _Needs(earlier, self.own), parsed(self.lets[name])

    def _of_name(self, name: str) -> frozenset[str] | None:
        if name in self.lets:
            reader, value = self._let(name)
            return reader.of(value)
        return frozenset((f"/{name}",)) if name not in self.own and name in _LISTS else None

    def _of_given(self, node: ast.expr) -> frozenset[str] | None:
        """For a value that is not none: only words that answer none, not an empty list, tell."""
        if isinstance(node, ast.Name) and node.id in self.lets:
            reader, value = self._let(node.id)
            return reader._of_given(value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NONE_WITHOUT:
            return self._of_call(node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "f":
            return _GIVEN.get(node.attr) if "f" in self.own and "f" not in self.lets else None
        return None

    def _of_call(self, node: ast.Call) -> frozenset[str] | None:
        word = node.func.id if isinstance(node.func, ast.Name) else None
        if word is None or word in self.own or word in self.lets:
            return None
        if word in _SIGNS and node.args:
            names = _constants(node.args[0]) or []
            return frozenset(n for n in names if isinstance(n, str)) if names else None
        if word in _SAME and len(node.args) == 1:
            return self.of(node.args[0])
        return NEEDS.get(word)

    def _of_comparison(self, node: ast.Compare, op: ast.cmpop, other: ast.expr) -> frozenset[str] | None:
        """`… is not none`; `… == 'text'`; `'text' in …`; `count(…) >= 1` and more."""
        values = _constants(other)
        if isinstance(op, ast.IsNot) and values == [None]:
            return self._of_given(node.left)
        if isinstance(op, ast.Eq | ast.In) and values and all(isinstance(value, str) for value in values):
            return self._of_given(node.left)
        if isinstance(op, ast.In) and isinstance(node.left, ast.Constant):
            return self.of(other)
        number = values[0] if values and isinstance(values[0], int) else None
        counted = (
            isinstance(node.left, ast.Call) and isinstance(node.left.func, ast.Name) and node.left.func.id == "count"
        )
        if not counted or number is None or isinstance(other, ast.List | ast.Tuple):
            return None
        more = (isinstance(op, ast.GtE) and number >= 1) or (isinstance(op, ast.Gt) and number >= 0)
        return self.of(node.left) if more or (isinstance(op, ast.Eq) and number >= 1) else None
