"""The rules of a catalogue ready to run: which of them concern an exam, each compiled when an exam first needs it.

Where catalogues are kept between processes, so are their rules, checked and compiled (`catalog.kept`): a process that
makes one report spends a tenth of its time on that otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from itertools import compress
from types import CodeType, FunctionType

from reporter.catalog.entries import Catalog
from reporter.catalog.kept import kept, sources
from reporter.catalog.tables import per_catalog
from reporter.rules.code import GLOBALS, compiled, shared_calls
from reporter.rules.conditions import condition
from reporter.rules.needs import SLOTS, Demands
from reporter.rules.program import SAID, Program, programs, refuse_bad

Wanted = tuple[frozenset[str] | None, frozenset[str] | None, Demands]
Code = tuple[CodeType, dict[int, str]]
Ready = tuple[Wanted, Code]
"""A rule compiled: its modalities, keys and needs (see `Condition`); the code of its function, expressions by line."""
_SOURCES = sources(__file__)
_MAKING = threading.Lock()
_TRUTH = bytes(byte == ord("1") for byte in range(256))


class Rule:
    """A program and what it takes for granted: the modality, what the exam holds, items of some kinds (`keys`).

    `wanted` names those items: rules that want the same share them. `effect`: what becomes of what it finds, said (0),
    recommended (1) or derived (2).
    """

    __slots__ = (
        *("_code", "_texts", "effect", "entry", "function", "id", "keys", "kind", "modalities", "needs"),
        *("program", "wanted"),
    )

    def __init__(self, program: Program, catalog: Catalog, ready: Ready | None) -> None:
        self.program, self.entry, self.id, self.kind = program, program.rule, program.rule.id, program.rule.kind
        self.effect = 0 if self.kind in SAID else 1 if self.kind == "recommend" else 2
        self._code: Callable[[], Code]
        if ready is None:
            found = condition(program, catalog)
            self.modalities, self.keys, self.needs = found.modalities, found.keys, found.needs
            self._code = lambda: compiled(program, found, _shared(catalog))
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
    """The rules of one modality by what an exam must hold: those that ask for something else are not even looked at.

    A rule has one bit for each of its demands, `SLOTS` times as many bits as there are rules; bits of no demand are
    always set.
    """

    def __init__(self, rules: list[Rule]) -> None:
        self._rules, size = rules, len(rules)
        self._always = (1 << (size * SLOTS)) - 1
        self._held: dict[str | None, int] = {}
        self._shifts = [size * slot for slot in range(1, SLOTS)]
        for n, rule in enumerate(rules):
            for slot, demand in enumerate(rule.needs):
                bit = 1 << (n + size * slot)
                self._always ^= bit
                for name in demand:
                    self._held[name] = self._held.get(name, 0) | bit

    def rules(self, holds: Iterable[str | None]) -> Iterable[Rule]:
        """In order of evaluation; the first rule is the lowest bit."""
        met = self._always
        for bits in filter(None, map(self._held.get, holds)):
            met |= bits
        chosen = met
        for shift in self._shifts:
            chosen &= met >> shift
        return compress(self._rules, f"{chosen:b}"[::-1].encode().translate(_TRUTH))


class Rulebook:
    """Every rule in order of evaluation, and those that concern an exam."""

    def __init__(self, catalog: Catalog) -> None:
        ready = kept("rules", catalog, _SOURCES, partial(_ready, catalog))
        if ready is None:
            refuse_bad(catalog)
        self.all = [Rule(p, catalog, ready[p.rule.id] if ready else None) for p in programs(catalog)]
        self._modalities = frozenset(catalog.vocabulary.get("modality", ()))
        self._off = frozenset(rule.id for rule in self.all if not rule.entry.enabled)
        self._indexes: dict[tuple[str, frozenset[str]], _Index] = {}

    def _of(self, modality: str, optional: frozenset[str]) -> list[Rule]:
        rules = [rule for rule in self.all if rule.entry.enabled or rule.id in optional]
        return [rule for rule in rules if rule.modalities is None or modality in rule.modalities]

    def rules(self, modality: str, optional: frozenset[str], holds: Iterable[str | None]) -> Iterable[Rule]:
        """What to run for an exam that `holds` this; `optional` are rules switched on."""
        wanted = modality, optional & self._off
        index = self._indexes.get(wanted)
        if index is None:
            index = _Index(self._of(*wanted))
            if modality in self._modalities:
                self._indexes[wanted] = index
        return index.rules(holds)


def _ready(catalog: Catalog) -> dict[str, Ready]:
    """All rules compiled, for other processes."""
    refuse_bad(catalog)
    found = {p.rule.id: (p, condition(p, catalog)) for p in programs(catalog)}
    return {
        name: ((c.modalities, c.keys, c.needs), compiled(program, c, _shared(catalog)))
        for name, (program, c) in found.items()
    }


@per_catalog
def _shared(catalog: Catalog) -> frozenset[str]:
    return shared_calls(programs(catalog))


@per_catalog
def rulebook(catalog: Catalog) -> Rulebook:
    """The rules of a catalogue. Raises CatalogError for badly written ones."""
    return Rulebook(catalog)
