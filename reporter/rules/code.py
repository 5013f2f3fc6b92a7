"""A rule as one Python function, made of its checked expressions: nothing is interpreted while an exam is assessed.

    def rule(facts, items, say, rule, quiet):
        for own_f, own_path, in items:             # what the scope binds
            if (own_f.status == 'present'):        # terms that need neither each nor let
                for own_it in (facts.changed_measures(own_f)):
                    let_0 = (…)
                    if (…):                        # the rest of the condition
                        say(rule, …)               # the effect; its expressions are arguments

Every name tells by its first part where it comes from, so none hides another. Each expression is on lines of its own:
when one fails, the traceback tells which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any, NoReturn

from reporter.rules import vocabulary  # noqa: F401 - importing it registers the words
from reporter.rules.conditions import Condition
from reporter.rules.expressions import CONSTANTS, Span, expression
from reporter.rules.facts import PLAIN_WORDS, VARIABLES, WORDS
from reporter.rules.program import SAID, FactSpec, Program
from reporter.rules.scopes import SCOPES


def unknown(name: str) -> NoReturn:
    """A `let` used before it is evaluated."""
    raise NameError(f"name {name!r} is not defined")


def remembered(known: dict[str, Any], key: str, found: Any) -> Any:
    """The answer of a word, kept for the next rule that asks."""
    known[key] = found
    return found


GLOBALS: dict[str, Any] = {
    "__builtins__": {},
    "unknown": unknown,
    "remembered": remembered,
    **{f"word_{name}": word for name, word in PLAIN_WORDS.items()},
}
"""What the functions of rules see beside their arguments: no builtin of Python. Words are methods of the facts."""


def compiled(program: Program, condition: Condition) -> tuple[CodeType, dict[int, str]]:
    """The code of the function, and the expressions by line."""
    writer = _Writer(program)
    writer.function(condition)
    module = compile("".join(writer.parts), f"<rule {program.rule.id}>", "exec")
    return next(c for c in module.co_consts if isinstance(c, CodeType)), writer.texts


class _Writer:
    """Writes the function in the order of evaluation, so that each expression sees the names before it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.own = {name: f"own_{name}" for name in SCOPES[program.scope].names}
        self.parts: list[str] = []
        self.texts: dict[int, str] = {}
        self.line = 1
        self.depth = 0

    def function(self, condition: Condition) -> None:
        """The whole of it."""
        program = self.program
        self._block("def rule(facts, items, say, rule, quiet):")
        self._block(f"for {', '.join(self.own.values())}, in items:")
        self._when(condition.first)
        if program.each:
            self._start("for own_it in ")
            self._text(program.each)
            self._write(":")
            self.depth += 1
            self.own["it"] = "own_it"
        for number, (name, text) in enumerate(program.lets.items()):
            self._start(f"let_{number} = ")
            self._text(text)
            self.own[name] = f"let_{number}"
        self._when(condition.then)
        self._effect()

    def _when(self, spans: tuple[Span, ...]) -> None:
        if spans:
            self._if(self.program.when, *spans)

    def _effect(self) -> None:
        """`say` with what the kind of the rule needs to be said."""
        program = self.program
        if program.rule.kind in SAID:
            self._start("say(rule, ")
            self._optional(program.severity)
            self._table(program.params)
            self._text(program.path) if program.path else self._write(self.own["path"])
            self._write(")")
        elif program.rule.kind == "recommend":
            self._start("say(rule)")
        else:
            self._facts()

    def _facts(self) -> None:
        if self.program.rule.kind == "conclude":
            self._start("if quiet: say(rule, None); continue")
        self._start("made = []")
        for index, spec in enumerate(self.program.facts):
            depth = self.depth
            if spec.when:
                self._if(spec.when)
            self._fact(index, spec)
            self.depth = depth
        self._start("say(rule, made)")

    def _fact(self, index: int, spec: FactSpec) -> None:
        self._start(f"made += [({index}, ")
        self._table(spec.params)
        for text in (spec.value, spec.unit, spec.site, spec.evidence):
            self._optional(text)
        self._write(")]")

    def _optional(self, text: str | None) -> None:
        self._write("None") if text is None else self._text(text)
        self._write(", ")

    def _table(self, texts: Mapping[str, str]) -> None:
        self._write("{")
        for name, text in texts.items():
            self._write(f"{name!r}: ")
            self._text(text)
            self._write(", ")
        self._write("}, ")

    # --- lines

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self.line += text.count("\n")

    def _start(self, text: str) -> None:
        """A new line of the block."""
        self._write(f"\n{' ' * self.depth}{text}")

    def _block(self, text: str) -> None:
        self._start(text)
        self.depth += 1

    def _if(self, text: str, *spans: Span) -> None:
        self._start("if ")
        for number, span in enumerate(spans or (None,)):
            self._write(" and " if number else "")
            self._text(text, span)
        self._write(":")
        self.depth += 1

    def _text(self, text: str, span: Span | None = None) -> None:
        """An expression, or a part of it, with its names resolved."""
        found = expression(text)
        start, end = span or (0, len(found.source))
        parts, at = [], start
        for (first, last), new in sorted(self._changes(text)):
            if first >= start and last <= end:
                parts += [found.source[at:first].decode(), new]
                at = last
        self._write("(\n")
        first_line = self.line
        self._write(f"{''.join(parts)}{found.source[at:end].decode()}\n")
        self.texts |= dict.fromkeys(range(first_line, self.line), text)
        self._write(")")

    def _changes(self, text: str) -> Iterator[tuple[Span, str]]:
        """What replaces the names; a word asked with constants alone is asked once for an exam."""
        found = expression(text)
        for span, name in found.names:
            yield span, self._resolved(name)
        for (first, last), name in found.calls:
            if name in WORDS and name not in self.own:
                key = repr(found.source[first:last].decode())
                yield (
                    (first, first),
                    f"(facts.known[{key}] if {key} in facts.known else remembered(facts.known, {key}, ",
                )
                yield (last, last), "))"

    def _resolved(self, name: str) -> str:
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in self.own:
            return self.own[name]
        if name == "it":
            return "None"
        if name in WORDS or name in VARIABLES:
            return f"facts.{name}"
        return f"word_{name}" if name in PLAIN_WORDS else f"unknown({name!r})"
