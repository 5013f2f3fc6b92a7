"""What an exam must have for a rule to concern it, read from the rule's own expressions.

`modality == 'MR' and f.finding in ['cement', 'implant'] and …`: the terms that come first and compare one property of
the exam or of the item with constants can be tried once for all, before `each` and `let` are evaluated. And a rule that
asks for a sign, a measurement or a comparison has nothing to say of an exam without.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from reporter.catalog.entries import Catalog
from reporter.rules.expressions import Positions, Span, constants, parsed, plain
from reporter.rules.needs import Demands, demands
from reporter.rules.program import Program
from reporter.rules.scopes import SCOPES

_SETTLED = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition taken apart; all of it must hold.

    `modalities`, `keys` (of `Scope.key`): where one of these is demanded, else None. `first`, `then`: the other terms,
    as spans of the text; those of `first` need neither `each` nor `let`. `needs`: of each of these, the exam must hold
    one (see `Facts.holds`).
    """

    modalities: frozenset[str] | None
    keys: frozenset[str] | None
    first: tuple[Span, ...]
    then: tuple[Span, ...]
    needs: Demands


def condition(program: Program, catalog: Catalog) -> Condition:
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
    return Condition(found.get("modality"), keys, tuple(first), then, demands(program, terms, keys, catalog))


def _terms(tree: ast.expr) -> list[ast.expr]:
    return tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]


def _is_settled(term: ast.expr, known: set[str]) -> bool:
    """One property of the exam or of the item, compared once with constants."""
    if not isinstance(term, ast.Compare) or len(term.ops) != 1 or not isinstance(term.ops[0], _SETTLED):
        return False
    subject = term.left.value if isinstance(term.left, ast.Attribute) else term.left
    return isinstance(subject, ast.Name) and subject.id in known and constants(term.comparators[0]) is not None


def _membership(term: ast.expr) -> tuple[str, frozenset[str] | None]:
    """(what must be one of some texts, the texts); nothing for another comparison."""
    if not isinstance(term, ast.Compare):
        return "", None
    several = isinstance(term.comparators[0], ast.List | ast.Tuple)
    found = constants(term.comparators[0]) or []
    texts = frozenset(value for value in found if isinstance(value, str))
    if not isinstance(term.ops[0], ast.In if several else ast.Eq) or len(texts) != len(set(found)):
        return "", None
    return ast.unparse(term.left), texts
