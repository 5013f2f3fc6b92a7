"""A rule as one Python function, made of its checked expressions: nothing is interpreted while an exam is assessed.

    def rule(facts, known, items, say, rule, quiet):
        for own_f, own_path, in items:             # what the scope binds
            if (own_f.status == 'present'):        # terms that need neither each nor let
                for own_it in (facts.changed_measures(own_f)):
                    asked_0 = unasked              # what the rule asks more than once
                    let_0 = (…)                    # when a term needs it
                    if (…):                        # the rest of the condition
                        say(rule, …)               # the effect; its expressions are arguments

Every name tells by its first part where it comes from, so none hides another. Each expression is on lines of its own:
when one fails, the traceback tells which. A `let` is evaluated before the first term that needs it, or else before the
effect; a word is pure, so that what is asked again is answered from memory: `constants` for what the text of a rule
alone says (`dec('0.7')`), `known` for all rules of an exam, a variable within a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from types import CodeType
from typing import Any, NoReturn

from reporter.rules import vocabulary  # noqa: F401 - importing it registers the words
from reporter.rules.conditions import Condition
from reporter.rules.expressions import CONSTANTS, Expression, Span, changed, expression, within
from reporter.rules.facts import ONCE, PLAIN_WORDS, VARIABLES, WORDS
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
    "unasked": object(),
    "constants": {},
    **{f"word_{name}": word for name, word in PLAIN_WORDS.items()},
}
"""What the functions of rules see beside their arguments: no builtin of Python. Words are methods of the facts."""


def compiled(program: Program, condition: Condition, shared: Container[str]) -> tuple[CodeType, dict[int, str]]:
    """The code of the function, and the expressions by line; `shared` is asked by other rules too (`shared_calls`)."""
    draft = _Writer(program, shared, {})
    draft.function(condition)
    again = [text for text, times in draft.asked.items() if times > 1]
    writer = _Writer(program, shared, {text: f"asked_{n}" for n, text in enumerate(again)})
    writer.function(condition)
    module = compile("".join(writer.parts), f"<rule {program.rule.id}>", "exec")
    return next(c for c in module.co_consts if isinstance(c, CodeType)), writer.texts


def shared_calls(programs: Iterable[Program]) -> frozenset[str]:
    """What more than one rule asks with constants alone."""
    times = Counter(call for program in programs for call in _fixed_calls(program))
    return frozenset(call for call, count in times.items() if count > 1)


def _fixed_calls(program: Program) -> set[str]:
    found = [expression(text) for _, text in program.expressions()]
    return {one.source[first:last].decode() for one in found for first, last in one.fixed}


class _Writer:
    """Writes the function in the order of evaluation, so that each expression sees the names before it."""

    def __init__(self, program: Program, shared: Container[str], again: Mapping[str, str]) -> None:
        self.program, self.shared, self.again = program, shared, again
        self.own = {name: f"own_{name}" for name in SCOPES[program.scope].names}
        self.lets = {name: f"let_{n}" for n, name in enumerate(program.lets)}
        self.pending = list(program.lets)
        self.asked: Counter[str] = Counter()
        self.repeats = program.each is not None
        self.parts: list[str] = []
        self.texts: dict[int, str] = {}
        self.line = 1
        self.depth = 0

    def function(self, condition: Condition) -> None:
        """The whole of it."""
        program = self.program
        self._block("def rule(facts, known, items, say, rule, quiet):")
        self._block(f"for {', '.join(self.own.values())}, in items:")
        if condition.first:
            self._if(program.when, *condition.first)
        if program.each:
            self._start("for own_it in ")
            self._text(program.each, settled=True)
            self._write(":")
            self.depth += 1
            self.own["it"] = "own_it"
        if self.again:
            self._start(" = ".join([*self.again.values(), "unasked"]))
        self._then(condition.then)
        self._effect()

    def _then(self, terms: tuple[Span, ...]) -> None:
        """The terms that are left, as many at once as need no further `let`; at last the lets of effects alone."""
        scope, together = dict(self.own), list[Span]()
        for term in terms:
            wanted = self._wanted(self.program.when, term, len(self.lets))
            if wanted:
                self._when(scope, together)
                self._evaluate(scope, wanted)
                together = []
            together.append(term)
        self._when(scope, together)
        self._evaluate(scope, self.pending)
        self.own = scope | self.lets

    def _when(self, scope: Mapping[str, str], terms: list[Span]) -> None:
        self.own = {**scope, **self.lets}
        if terms:
            self._if(self.program.when, *terms)

    def _wanted(self, text: str, span: Span | None, before: int) -> list[str]:
        """The lets an expression needs that are not evaluated yet, in order; it sees those `before` a place."""
        visible, found = list(self.lets)[:before], set[str]()
        for at, name in expression(text).names:
            if name in visible and (span is None or within(at, span)):
                place = visible.index(name)
                found |= {name, *self._wanted(self.program.lets[name], None, place)}
        return [name for name in self.pending if name in found]

    def _evaluate(self, scope: Mapping[str, str], names: list[str]) -> None:
        for name in names:
            place = list(self.lets).index(name)
            self.own = {**scope, **dict(list(self.lets.items())[:place])}
            self._start(f"{self.lets[name]} = ")
            self._text(self.program.lets[name])
        self.pending = [name for name in self.pending if name not in names]

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
        """Each fact as `assessment.Made`: only the first of a conclude rule carries its sentence."""
        concluded = self.program.rule.kind == "conclude"
        if concluded:
            self._start("if quiet: say(rule, None); continue")
        self._start("made = []")
        for index, spec in enumerate(self.program.facts):
            depth = self.depth
            if spec.when:
                self._if(spec.when)
            self._fact(spec, concluded and index == 0)
            self.depth = depth
        self._start("say(rule, made)")

    def _fact(self, spec: FactSpec, concluded: bool) -> None:
        self._start(f"made.append(({spec.name!r}, ")
        for text in (spec.value, spec.unit, spec.site, spec.evidence):
            self._optional(text)
        self._write("(")
        for name, text in spec.params.items():
            self._write(f"({name!r}, ")
            self._text(text)
            self._write("), ")
        self._write(f"), {concluded}))")

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

    def _text(self, text: str, span: Span | None = None, *, settled: bool = False) -> None:
        """An expression, or a part of it, with its names resolved; of a `settled` one nothing is asked again."""
        found = expression(text)
        start, end = span or (0, len(found.source))
        names = [(at, self._resolved(name)) for at, name in found.names]
        calls = [(at, name) for at, name in found.calls if within(at, (start, end))]
        asked = {at: new for at, name in calls if (new := self._asked(found, at, name, names, settled))}
        changes = [*asked.items(), *[(at, new) for at, new in names if not any(within(at, call) for call in asked)]]
        self._write("(\n")
        first_line = self.line
        self._write(f"{changed(found.source, start, end, changes)}\n")
        self.texts |= dict.fromkeys(range(first_line, self.line), text)
        self._write(")")

    def _asked(self, found: Expression, at: Span, name: str, names: list[tuple[Span, str]], settled: bool) -> str:
        """How a call is answered when it may be asked again; nothing when it is simply made."""
        if name in self.own or name not in (*WORDS, *PLAIN_WORDS):
            return ""
        call, text = changed(found.source, *at, names), found.source[at[0] : at[1]].decode()
        if at in found.fixed:
            if name in ONCE:
                return ""
            if (
                name in PLAIN_WORDS
                or text in self.shared
                or self.program.scope != "exam"
                or (self.repeats and not settled)
            ):
                memory = "known" if name in WORDS else "constants"
                return f"({memory}[{text!r}] if {text!r} in {memory} else remembered({memory}, {text!r}, {call}))"
        if settled:
            return ""
        self.asked[call] += 1
        variable = self.again.get(call)
        return f"({variable} if {variable} is not unasked else ({variable} := {call}))" if variable else ""

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
