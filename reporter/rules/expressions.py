"""Rule expressions: Jinja's sandbox, one expression at a time, every name checked when the rules are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

Evaluate = Callable[[Mapping[str, Any]], Any]

_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined)
_ENVIRONMENT.globals.clear()


class ExpressionError(Exception):
    """An expression that cannot be evaluated on this exam."""


@lru_cache(maxsize=4096)
def compiled(text: str) -> Evaluate:
    """The expression as a function of its names; compiled when first needed."""
    try:
        expression = _ENVIRONMENT.compile_expression(text, undefined_to_none=False)
    except TemplateError as error:
        raise ExpressionError(f"{text}: {error}") from error

    def evaluate(names: Mapping[str, Any]) -> Any:
        try:
            return expression(**names)
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ExpressionError(f"{text}: {error}") from error

    return evaluate


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[str | None, frozenset[str], bool]:
    """(syntax error, names read, holds a binary float)."""
    try:
        tree = _ENVIRONMENT.parse("{{ (" + text + ") }}")
    except TemplateError as error:
        return str(error), frozenset(), False
    floats = any(isinstance(node.value, float) for node in tree.find_all(nodes.Const))
    return None, frozenset(meta.find_undeclared_variables(tree)), floats


def problems(text: str, names: Iterable[str]) -> list[str]:
    """What is wrong with an expression, in French: syntax, unknown names, binary floats."""
    error, used, floats = _parsed(text)
    if error is not None:
        return [f"expression illisible ({error})"]
    found = [f"nom inconnu « {name} »" for name in sorted(used - set(names))]
    if floats:
        found.append("nombre décimal binaire : écrire dec('0.03')")
    return found
