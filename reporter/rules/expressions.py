"""Rule expressions: a small part of Python's own expressions, checked whole before they are compiled, never more.

Names, constants, calls, attributes, items, lists, `and or not`, comparisons, `x if c else y`, `+ - *`. `none`, `true`
and `false` are written in lower case, as in YAML. Private attributes and string formatting are refused: nothing an
expression can write reaches beyond the names it is given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

CONSTANTS = {"none": "None", "true": "True", "false": "False"}
_VALUES = {"none": None, "true": True, "false": False}
_NODES = frozenset(
    (
        *(ast.Expression, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple, ast.Call, ast.keyword),
        *(ast.Attribute, ast.Subscript, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.IfExp),
        *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Compare, ast.Is, ast.IsNot, ast.In, ast.NotIn),
        *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
    )
)
_UNSAFE = ("format", "format_map")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Expression:
    """A text of a rule, taken apart once. Spans count the bytes of `source`, which is the text in UTF-8.

    `names`: where each name stands. `calls`: where a name is called with no further call among its arguments; `fixed`,
    with constants alone. `wrong`: what it holds that is not permitted, in French.
    """

    source: bytes
    names: tuple[tuple[Span, str], ...] = ()
    calls: tuple[tuple[Span, str], ...] = ()
    fixed: frozenset[Span] = frozenset()
    wrong: tuple[str, ...] = ()


class Positions:
    """Where the nodes of a parsed text stand in its source."""

    def __init__(self, text: str) -> None:
        lines = text.encode().split(b"\n")
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def span(self, node: ast.expr) -> Span:
        """First byte, and the one after the last."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[end_line - 1] + end


def plain(text: str) -> str:
    """The text as it is parsed: no space around, one kind of line end."""
    return text.strip().replace("\r\n", "\n").replace("\r", "\n")


def parsed(text: str) -> ast.expr:
    """The tree of an expression that has no problem."""
    return ast.parse(plain(text), mode="eval").body


def constants(node: ast.expr) -> list[object] | None:
    """The value of a constant, or those of a list of constants; None for anything else."""
    nodes = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    found: list[object] = []
    for n in nodes:
        if isinstance(n, ast.Constant):
            found.append(n.value)
        elif isinstance(n, ast.Name) and n.id in CONSTANTS:
            found.append(_VALUES[n.id])
        else:
            return None
    return found


@lru_cache(maxsize=4096)
def expression(text: str) -> Expression:
    """The expression of a text; it may be one that `problems` refuses."""
    text = plain(text)
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError) as error:
        return Expression(text.encode("utf-8", "replace"), wrong=(f"expression illisible ({error})",))
    nodes, at = list(ast.walk(tree)), Positions(text)
    names = tuple((at.span(n), n.id) for n in nodes if isinstance(n, ast.Name))
    asked = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and not _given(n, ast.Call)]
    calls = tuple((at.span(n), n.func.id) for n in asked if isinstance(n.func, ast.Name))
    fixed = frozenset(at.span(n) for n in asked if not _given(n, ast.Name))
    return Expression(text.encode(), names, calls, fixed, tuple(_refusals(nodes)))


def _given(call: ast.Call, kind: type[ast.expr]) -> bool:
    """Something of this kind is among the arguments."""
    return any(isinstance(n, kind) for argument in (*call.args, *call.keywords) for n in ast.walk(argument))


def _refusals(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What an expression may not hold, in French."""
    for node in nodes:
        kind = type(node)
        if kind not in _NODES:
            yield f"{kind.__name__} n'est pas permis"
        elif isinstance(node, ast.Attribute) and (node.attr.startswith("_") or node.attr in _UNSAFE):
            yield f"attribut interdit « {node.attr} »"
        elif isinstance(node, ast.Constant) and not isinstance(node.value, (str, int, type(None))):
            yield "nombre décimal binaire : écrire dec('0.03')"


def problems(text: str, names: Iterable[str]) -> list[str]:
    """What is wrong with an expression, in French: syntax, what is not permitted, unknown names, binary floats."""
    found = expression(text)
    used = {name for _, name in found.names}.difference(names, CONSTANTS)
    return [*found.wrong, *(f"nom inconnu « {name} »" for name in sorted(used))]


def within(inner: Span, outer: Span) -> bool:
    """One place lies in the other, or is the other."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def changed(source: bytes, start: int, end: int, changes: Iterable[tuple[Span, str]]) -> str:
    """A part of a source with some places written anew."""
    parts, at = list[str](), start
    for (first, last), new in sorted(changes):
        if within((first, last), (start, end)):
            parts += [source[at:first].decode(), new]
            at = last
    return "".join(parts) + source[at:end].decode()
