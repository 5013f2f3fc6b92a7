"""Runs the rules over one exam: issues, derived facts, proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.errors import ERROR, WARNING, Issue
from reporter.french import numbers
from reporter.model.exam import Exam, ProtocolOverride
from reporter.model.report import Assessment, Derived, make_attribute, make_derived
from reporter.rules.facts import Facts
from reporter.rules.rulebook import Rule, rulebook
from reporter.rules.scopes import SCOPES, Item
from reporter.settings import Settings

Made = tuple[str, Any, Any, Any, Iterable[str] | None, tuple[tuple[str, Any], ...], bool]
"""A fact as its rule makes it: name, value, unit, site, evidence, params, concluded."""
Known = dict[tuple[str, tuple[str, ...]], list[Derived]]
"""Facts of one rule, by what two equal ones share."""
_FAILURES = (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)


def assess(exam: Exam, catalog: Catalog, settings: Settings, *, today: dt.date | None = None) -> Assessment:
    """Everything the rules say about an exam. Raises CatalogError for badly written rules, nothing for an exam."""
    facts = Facts(exam, catalog, settings, today)
    return judge(facts, rulebook(catalog).rules(facts.modality, settings.optional_grades, facts.holds))


def judge(facts: Facts, rules: Iterable[Rule]) -> Assessment:
    """What some rules say."""
    run = _Run(facts)
    run.apply(rules)
    return run.result()


class _Run:
    """What has been found so far."""

    __slots__ = ("derived", "facts", "fired", "issues", "items", "known", "overridden", "proposed", "suppressed")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.issues: dict[Issue, None] = {}
        self.fired: dict[str, None] = {}
        self.derived: list[Derived] = []
        self.known: Known | None = None
        self.proposed: dict[tuple[str, str], None] = {}
        self.overridden: dict[str, None] = {}
        self.suppressed: dict[str, None] = {}
        self.items: dict[str, Sequence[Item]] = {}

    def apply(self, rules: Iterable[Rule]) -> None:
        """Each rule over its whole scope; one that cannot be evaluated refuses an exam it concerns, never silently."""
        facts, asked, known = self.facts, self.facts.known, self.items
        effects, suppress = (self._say, self._recommend, self._derive), facts.conclusion.suppress
        for rule in rules:
            items = known.get(rule.wanted)
            if items is None:
                items = known[rule.wanted] = self._items(rule)
            if items:
                try:
                    (rule.function or rule.make())(facts, asked, items, effects[rule.effect], rule, rule.id in suppress)
                except _FAILURES as error:
                    self._inapplicable(rule, error)

    def _items(self, rule: Rule) -> Sequence[Item]:
        """What the rule is tried for, found when the first rule wants it: the same for every rule of one exam."""
        name = rule.program.scope
        scope, found = SCOPES[name], self.items.get(name)
        if found is None:
            found = self.items[name] = scope.items(self.facts)
        if rule.keys is None:
            return found
        kind = attrgetter(scope.key)
        return [item for item in found if kind(item[0]) in rule.keys]

    def _inapplicable(self, rule: Rule, error: Exception) -> None:
        text = rule.failed(error)
        if text is None:
            raise error
        said = f"Règle {rule.id} inapplicable : {text}: {error}"
        self.issues[Issue("RPT-RULE", ERROR, "", said, rule.entry.source)] = None

    def _recommend(self, rule: Rule) -> None:
        if rule.entry.recommends is not None:
            self.proposed[rule.entry.recommends, rule.id] = None
            self.fired[rule.id] = None

    def _say(self, rule: Rule, severity: object, params: Mapping[str, Any], path: object) -> None:
        """An issue; a lifted error becomes a warning whose message is the sentence for Technique."""
        entry, override = rule.entry, self._override(rule)
        level = (WARNING if entry.kind == "warning" else ERROR) if severity is None else str(severity)
        text, values = entry.message, {name: _french(value) for name, value in params.items()}
        if override is not None:
            level, text, values["motif"] = WARNING, entry.message_override or text, override.reason.strip()
            self.overridden[rule.id] = None
        self.issues[Issue(rule.id, level, str(path), text.format_map(values), entry.source)] = None
        if level == WARNING:
            self.fired[rule.id] = None

    def _override(self, rule: Rule) -> ProtocolOverride | None:
        override = self.facts.study.protocol_override
        if rule.entry.kind != "error_ov" or override is None or override.rule != rule.id:
            return None
        return override if override.reason.strip() else None

    def _derive(self, rule: Rule, found: list[Made] | None) -> None:
        """Facts of the rule, or None for a conclusion that was refused."""
        if found is None:
            self.suppressed[rule.id] = None
            return
        facts = [_fact(rule.id, made) for made in found]
        if rule.id in self.fired:
            facts = self._new(rule, facts)
        else:
            self.fired[rule.id], self.known = None, None
        self.derived += facts

    def _new(self, rule: Rule, facts: list[Derived]) -> list[Derived]:
        """Those that the rule has not derived yet, of an earlier item."""
        if self.known is None:
            self.known = {}
            self._remember([fact for fact in self.derived if fact.rule == rule.id], self.known)
        new = [fact for fact in facts if fact not in self.known.get((fact.name, fact.evidence), ())]
        self._remember(new, self.known)
        return new

    def _remember(self, facts: list[Derived], known: Known) -> None:
        for fact in facts:
            known.setdefault((fact.name, fact.evidence), []).append(fact)

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


def _fact(rule: str, made: Made) -> Derived:
    name, value, unit, site, evidence, params, concluded = made
    known = () if evidence is None else tuple(dict.fromkeys(evidence))
    given = tuple([make_attribute(*param) for param in params if param[1] is not None]) if params else ()
    return make_derived(name, rule, value, unit, site, known, given, concluded)


def _french(value: Any) -> str:
    return numbers.number(value) if isinstance(value, Decimal) else str(value)
