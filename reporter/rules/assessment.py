"""Runs the rules over one exam: issues, derived facts, proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.errors import ERROR, WARNING, Issue
from reporter.french import numbers
from reporter.model.exam import Exam, ProtocolOverride
from reporter.model.report import Assessment, Attribute, Derived
from reporter.rules.expressions import ExpressionError, compiled, scope
from reporter.rules.facts import Facts
from reporter.rules.program import FactSpec, Program, programs
from reporter.rules.scopes import SCOPES
from reporter.settings import Settings


def assess(exam: Exam, catalog: Catalog, settings: Settings, *, today: dt.date | None = None) -> Assessment:
    """Everything the rules say about an exam. Raises CatalogError for badly written rules, nothing for an exam."""
    run = _Run(Facts(exam, catalog, settings, today))
    for program in programs(catalog):
        if program.rule.enabled or program.rule.id in settings.optional_grades:
            run.apply(program)
    return run.result()


@dataclass(slots=True)
class _Run:
    """What has been found so far."""

    facts: Facts
    names: dict[str, Any] = field(init=False)
    issues: list[Issue] = field(default_factory=list)
    fired: dict[str, None] = field(default_factory=dict)
    derived: list[Derived] = field(default_factory=list)
    proposed: dict[tuple[str, str], None] = field(default_factory=dict)
    overridden: dict[str, None] = field(default_factory=dict)
    suppressed: dict[str, None] = field(default_factory=dict)
    bound: dict[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = scope(self.facts.names())

    def apply(self, program: Program) -> None:
        """One rule over its whole scope; a rule that cannot be evaluated refuses the exam rather than keep silent."""
        try:
            for bindings in self._hits(program):
                self._effect(program, bindings)
        except ExpressionError as error:
            text = f"Règle {program.rule.id} inapplicable : {error}"
            self.issues.append(Issue("RPT-RULE", ERROR, "", text, program.rule.source))

    def _hits(self, program: Program) -> Iterator[Mapping[str, Any]]:
        """Bindings for which the rule's condition holds."""
        for bound in self._bindings(program.scope):
            for item in self._value(program.each, bound) if program.each else (None,):
                here = {**bound, "it": item}
                for name, text in program.lets.items():
                    here[name] = self._value(text, here)
                if self._value(program.when, here):
                    yield here

    def _bindings(self, scope_name: str) -> tuple[Mapping[str, Any], ...]:
        """What a scope binds; the same for every rule of one exam."""
        if scope_name not in self.bound:
            self.bound[scope_name] = tuple({"it": None, **b} for b in SCOPES[scope_name].bind(self.facts))
        return self.bound[scope_name]

    def _effect(self, program: Program, names: Mapping[str, Any]) -> None:
        rule = program.rule
        if rule.kind in ("error", "error_ov", "warning"):
            self._say(program, names)
        elif rule.kind == "recommend" and rule.recommends is not None:
            self.proposed[rule.recommends, rule.id] = None
            self.fired[rule.id] = None
        elif rule.kind == "conclude" and rule.id in self.facts.exam.conclusion.suppress:
            self.suppressed[rule.id] = None
        else:
            self.derived += [d for d in self._derive(program, names) if d not in self.derived]
            self.fired[rule.id] = None

    def _say(self, program: Program, names: Mapping[str, Any]) -> None:
        """An issue; a lifted error becomes a warning whose message is the sentence for Technique."""
        rule, override = program.rule, self._override(program)
        severity = ERROR if rule.kind in ("error", "error_ov") else WARNING
        if program.severity is not None:
            severity = str(self._value(program.severity, names))
        text, values = rule.message, {k: _french(self._value(v, names)) for k, v in program.params.items()}
        if override is not None:
            severity, text, values["motif"] = WARNING, rule.message_override or rule.message, override.reason.strip()
            self.overridden[rule.id] = None
        path = str(self._value(program.path, names)) if program.path else str(names["path"])
        issue = Issue(rule.id, severity, path, text.format_map(values), rule.source)
        if issue not in self.issues:
            self.issues.append(issue)
        if severity == WARNING:
            self.fired[rule.id] = None

    def _override(self, program: Program) -> ProtocolOverride | None:
        override = self.facts.exam.study.protocol_override
        lifts = program.rule.kind == "error_ov" and override is not None
        return override if lifts and override and override.rule == program.rule.id and override.reason.strip() else None

    def _derive(self, program: Program, names: Mapping[str, Any]) -> Iterator[Derived]:
        """Facts of the rule; only the first of a conclude rule carries its sentence."""
        for index, spec in enumerate(program.facts):
            if spec.when is None or self._value(spec.when, names):
                yield self._fact(spec, program, names, concluded=program.rule.kind == "conclude" and index == 0)

    def _fact(self, spec: FactSpec, program: Program, names: Mapping[str, Any], *, concluded: bool) -> Derived:
        values = {name: self._value(text, names) for name, text in spec.params.items()}
        return Derived(
            name=spec.name,
            rule=program.rule.id,
            value=self._value(spec.value, names),
            unit=self._value(spec.unit, names) if spec.unit else None,
            site=self._value(spec.site, names) if spec.site else None,
            evidence=tuple(dict.fromkeys(self._value(spec.evidence, names))) if spec.evidence else (),
            params=tuple(Attribute(name, value) for name, value in values.items() if value is not None),
            concluded=concluded,
        )

    def _value(self, text: str, names: Mapping[str, Any]) -> Any:
        return compiled(text)(self.names, names)

    def result(self) -> Assessment:
        """The whole, frozen."""
        return Assessment(
            issues=tuple(self.issues),
            fired=tuple(self.fired),
            derived=tuple(self.derived),
            proposed=tuple(self.proposed),
            overridden=tuple(self.overridden),
            suppressed=tuple(self.suppressed),
        )


def _french(value: Any) -> str:
    return numbers.number(value) if isinstance(value, Decimal) else str(value)
