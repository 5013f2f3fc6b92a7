"""Rule expressions: a small part of Python's own expressions, checked whole before they are compiled, never more.

Names, constants, calls, attributes, items, lists, `and or not`, comparisons, `x if c else y`, `+ - *`. `none`, `true`
and `false` are written in lower case, as in YAML. Private attributes and string formatting are refused: nothing an
expression can write reaches beyond the names it is given.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

Evaluate = Callable[[dict[str, Any], Mapping[str, Any]], Any]

CONSTANTS: dict[str, bool | None] = {"none": None, "true": True, "false": False}
_NODES = (
    *(ast.Expression, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple, ast.Call, ast.keyword),
    *(ast.Attribute, ast.Subscript, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.IfExp),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Compare, ast.Is, ast.IsNot, ast.In, ast.NotIn),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
_UNSAFE = ("format", "format_map")


class ExpressionError(Exception):
    """An expression that cannot be evaluated on this exam."""


@lru_cache(maxsize=4096)
def compiled(text: str) -> Evaluate:
    """The expression as a function of the names every rule sees and of those of one binding.

    Raises ExpressionError for an expression that `problems` refuses.
    """
    tree = _parsed(text)
    if isinstance(tree, str) or any(_refusals(tree)):
        raise ExpressionError(f"{text}: {tree if isinstance(tree, str) else next(_refusals(tree))}")
    code = compile(tree, "<rule>", "eval")

    def evaluate(shared: dict[str, Any], own: Mapping[str, Any]) -> Any:
        try:
            return eval(code, shared, own)  # noqa: S307 - only the nodes listed above get here, and no builtin
        except (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError) as error:
            raise ExpressionError(f"{text}: {error}") from error

    return evaluate


def scope(names: Mapping[str, Any]) -> dict[str, Any]:
    """The names of every rule as the globals of an expression: Python's builtins are out of reach."""
    return {**names, "__builtins__": {}}


class _Constants(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.copy_location(ast.Constant(CONSTANTS[node.id]), node) if node.id in CONSTANTS else node


def _parsed(text: str) -> ast.Expression | str:
    """The tree, or what is wrong with its syntax."""
    try:
        tree: ast.Expression = _Constants().visit(ast.parse(text.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError) as error:
        return str(error)
    return ast.fix_missing_locations(tree)


def _refusals(tree: ast.Expression) -> Iterator[str]:
    """What an expression may not hold, in French."""
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            yield f"{type(node).__name__} n'est pas permis"
        elif isinstance(node, ast.Attribute) and (node.attr.startswith("_") or node.attr in _UNSAFE):
            yield f"attribut interdit « {node.attr} »"
        elif isinstance(node, ast.Constant) and not isinstance(node.value, (str, int, type(None))):
            yield "nombre décimal binaire : écrire dec('0.03')"


@lru_cache(maxsize=4096)
def _examined(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """(what is wrong whatever the names, names read)."""
    tree = _parsed(text)
    if isinstance(tree, str):
        return (f"expression illisible ({tree})",), frozenset()
    return tuple(_refusals(tree)), frozenset(n.id for n in ast.walk(tree) if isinstance(n, ast.Name))


def problems(text: str, names: Iterable[str]) -> list[str]:
    """What is wrong with an expression, in French: syntax, what is not permitted, unknown names, binary floats."""
    wrong, used = _examined(text)
    return [*wrong, *(f"nom inconnu « {name} »" for name in sorted(used - set(names)))]
