"""The rules of a catalogue ready to run: which of them concern an exam, each compiled when an exam first needs it.

Where catalogues are kept between processes, so are their rules, checked and compiled (`catalog.kept`): a process that
makes one report spends a tenth of its time on that otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from types import CodeType, FunctionType

from reporter.catalog.entries import Catalog
from reporter.catalog.kept import kept, sources
from reporter.catalog.tables import per_catalog
from reporter.rules.code import GLOBALS, compiled
from reporter.rules.conditions import condition
from reporter.rules.program import Program, programs, refuse_bad

Wanted = tuple[frozenset[str] | None, frozenset[str] | None, frozenset[str] | None]
Code = tuple[CodeType, dict[int, str]]
Ready = tuple[Wanted, Code]
"""A rule compiled: its modalities, keys and needs (see `Condition`); the code of its function, expressions by line."""
_SOURCES = sources(__file__)
_MAKING = threading.Lock()


class Rule:
    """A program and what it takes for granted: the modality, what the exam holds, items of some kinds (`keys`).

    `wanted` names those items: rules that want the same share them.
    """

    __slots__ = (
        *("_code", "_texts", "entry", "function", "id", "keys", "kind", "modalities", "needs"),
        *("program", "wanted"),
    )

    def __init__(self, program: Program, ready: Ready | None) -> None:
        self.program, self.entry, self.id, self.kind = program, program.rule, program.rule.id, program.rule.kind
        self._code: Callable[[], Code]
        if ready is None:
            found = condition(program)
            self.modalities, self.keys, self.needs = found.modalities, found.keys, found.needs
            self._code = partial(compiled, program, found)
        else:
            (self.modalities, self.keys, self.needs), code = ready
            self._code = lambda: code
        self.wanted = program.scope if self.keys is None else f"{program.scope}: {' '.join(sorted(self.keys))}"
        self.function: FunctionType | None = None
        self._texts: dict[int, str] = {}

    def make(self) -> FunctionType:
        """The function, compiled once; an exam that has nothing for the rule never asks for it."""
        with _MAKING:
            if self.function is None:
                code, self._texts = self._code()
                self.function = FunctionType(code, GLOBALS)
            return self.function

    def failed(self, error: BaseException) -> str | None:
        """The expression of the rule that raised; None when it was none of them."""
        line, trace = 0, error.__traceback__
        while trace is not None:
            if self.function is not None and trace.tb_frame.f_code is self.function.__code__:
                line = trace.tb_lineno
            trace = trace.tb_next
        return self._texts.get(line)


class _Index:
    """The rules of one modality by what an exam must hold: those that ask for something else are not even looked at."""

    def __init__(self, rules: list[Rule]) -> None:
        self._rules = rules
        self._always = sum(1 << n for n, rule in enumerate(rules) if rule.needs is None)
        self._held: dict[str, int] = {}
        for n, rule in enumerate(rules):
            for held in rule.needs or ():
                self._held[held] = self._held.get(held, 0) | 1 << n

    def rules(self, holds: Iterable[str]) -> list[Rule]:
        """In order of evaluation; the first rule is the lowest bit."""
        chosen, held = self._always, self._held
        for name in holds:
            if name in held:
                chosen |= held[name]
        return [rule for rule, bit in zip(self._rules, f"{chosen:b}"[::-1], strict=False) if bit == "1"]


class Rulebook:
    """Every rule in order of evaluation, and those that concern an exam."""

    def __init__(self, catalog: Catalog) -> None:
        ready = kept("rules", catalog, _SOURCES, partial(_ready, catalog))
        if ready is None:
            refuse_bad(catalog)
        self._rules = [Rule(program, ready[program.rule.id] if ready else None) for program in programs(catalog)]
        self._usual = {code: _Index(self._of(code, frozenset())) for code in catalog.vocabulary.get("modality", ())}

    def _of(self, modality: str, optional: frozenset[str]) -> list[Rule]:
        rules = [rule for rule in self._rules if rule.entry.enabled or rule.id in optional]
        return [rule for rule in rules if rule.modalities is None or modality in rule.modalities]

    def rules(self, modality: str, optional: frozenset[str], holds: Iterable[str]) -> list[Rule]:
        """What to run for an exam that `holds` this; `optional` are rules switched on."""
        usual = self._usual.get(modality)
        if optional or usual is None:
            usual = _Index(self._of(modality, optional))
        return usual.rules(holds)


def _ready(catalog: Catalog) -> dict[str, Ready]:
    """All rules compiled, for other processes."""
    refuse_bad(catalog)
    found = {p.rule.id: (p, condition(p)) for p in programs(catalog)}
    return {name: ((c.modalities, c.keys, c.needs), compiled(program, c)) for name, (program, c) in found.items()}


@per_catalog
def rulebook(catalog: Catalog) -> Rulebook:
    """The rules of a catalogue. Raises CatalogError for badly written ones."""
    return Rulebook(catalog)
