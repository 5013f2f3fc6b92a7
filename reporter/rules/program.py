"""A rule entry made executable, and everything that can be wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from reporter.catalog.entries import Catalog, RuleDef
from reporter.catalog.tables import per_catalog
from reporter.errors import ERROR, CatalogError, Issue
from reporter.rules import vocabulary  # noqa: F401 - importing it registers the words
from reporter.rules.expressions import problems
from reporter.rules.facts import PLAIN_WORDS, VARIABLES, WORDS
from reporter.rules.scopes import SCOPES

INTAKE = "intake"
SAID = ("error", "error_ov", "warning")
STRUCTURE = ("A", "B", "C", "D")
_REALISED = frozenset(("de_site", "site", "level", "value", "motif"))


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One derived fact: every part but the name is an expression."""

    name: str
    value: str = "true"
    unit: str | None = None
    site: str | None = None
    evidence: str | None = None
    when: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Program:
    """A rule ready to run. `lets` are evaluated in order, each seeing the ones before."""

    rule: RuleDef
    scope: str
    when: str
    each: str | None
    path: str | None
    severity: str | None
    lets: Mapping[str, str]
    params: Mapping[str, str]
    facts: tuple[FactSpec, ...]

    @property
    def names(self) -> frozenset[str]:
        """Names its expressions may use."""
        scope = SCOPES[self.scope].names if self.scope in SCOPES else ()
        return frozenset((*VARIABLES, *WORDS, *PLAIN_WORDS, *scope, *self.lets, "it"))

    def expressions(self) -> Iterator[tuple[str, str]]:
        """(key, text) of every expression."""
        yield "when", self.when
        for key in ("each", "path", "severity"):
            if (text := getattr(self, key)) is not None:
                yield key, text
        for group, table in (("let", self.lets), ("params", self.params)):
            yield from ((f"{group}.{name}", text) for name, text in table.items())
        for fact in self.facts:
            yield from _fact_expressions(fact)


def _fact_expressions(fact: FactSpec) -> Iterator[tuple[str, str]]:
    for key in ("value", "unit", "site", "evidence", "when"):
        if (text := getattr(fact, key)) is not None:
            yield f"{fact.name}.{key}", text
    yield from ((f"{fact.name}.{name}", text) for name, text in fact.params.items())


def program(rule: RuleDef) -> Program | None:
    """The executable rule; None for those that input parsing applies (`where: intake`)."""
    raw = rule.raw
    if raw.get("where") == INTAKE:
        return None
    params = _table(raw.get("params"))
    return Program(
        rule=rule,
        scope=str(raw.get("scope", "exam")),
        when=_text(raw.get("when", False)),
        each=_optional(raw.get("each")),
        path=_optional(raw.get("path")),
        severity=_optional(raw.get("severity")),
        lets=_table(raw.get("let")),
        params=params,
        facts=tuple(_facts(rule, params)),
    )


def _facts(rule: RuleDef, params: Mapping[str, str]) -> Iterator[FactSpec]:
    """The fact the rule is named for, then the others of `facts`."""
    if rule.derives is not None:
        own = {key: _text(rule.raw[key]) for key in ("value", "unit", "site", "evidence") if key in rule.raw}
        yield FactSpec(name=rule.derives, params=params, **own)
    for entry in rule.raw.get("facts") or ():
        texts = {key: _text(entry[key]) for key in ("value", "unit", "site", "evidence", "when") if key in entry}
        yield FactSpec(name=entry["name"], params=_table(entry.get("params")), **texts)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower()


def _optional(value: Any) -> str | None:
    return None if value is None else _text(value)


def _table(value: Any) -> dict[str, str]:
    return {str(k): _text(v) for k, v in (value or {}).items()}


@per_catalog
def programs(catalog: Catalog) -> tuple[Program, ...]:
    """Every executable rule in order of evaluation; whether it is well written is another question (`refuse_bad`)."""
    found = [made for rule in catalog.rules.values() if (made := program(rule)) is not None]
    return tuple(sorted(found, key=_order))


def _order(made: Program) -> tuple[int, str]:
    """A, B, C, D; then what is derived; then E to L."""
    group = made.rule.group
    return (0 if group in STRUCTURE else 1 if made.rule.kind == "derive" else 2), group


def refuse_bad(catalog: Catalog) -> None:
    """Raises CatalogError when a rule is badly written."""
    issues = lint(catalog)
    if issues:
        raise CatalogError(issues)


def lint(catalog: Catalog) -> tuple[Issue, ...]:
    """What is wrong in the rules of a catalogue, as `file:line: key` issues."""
    return tuple(issue for rule in catalog.rules.values() for issue in _lint(rule))


def _lint(rule: RuleDef) -> Iterator[Issue]:
    made = program(rule)
    if made is None:
        return
    if made.scope not in SCOPES:
        yield _issue(rule, "scope", f"portée inconnue « {made.scope} » : {', '.join(SCOPES)}")
    if "when" not in rule.raw:
        yield _issue(rule, "when", "condition manquante")
    names = made.names
    for key, text in made.expressions():
        for problem in problems(text, names):
            yield _issue(rule, key, problem)
    yield from _lint_outcome(made)


def _lint_outcome(made: Program) -> Iterator[Issue]:
    rule = made.rule
    if rule.kind in ("derive", "conclude") and not made.facts:
        yield _issue(rule, "derives", "fait dérivé manquant")
    if rule.kind == "recommend" and rule.recommends is None:
        yield _issue(rule, "recommends", "recommandation manquante")
    if rule.kind == "error_ov" and not rule.message_override:
        yield _issue(rule, "message_override", "phrase de dérogation manquante")
    known = {*made.params, *_REALISED}
    for key in ("message", "message_override", "sentence"):
        for name in sorted(placeholders(getattr(rule, key) or "") - known):
            yield _issue(rule, key, f"« {{{name}}} » n'est pas dans params")


def placeholders(text: str) -> set[str]:
    """Names between braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _issue(rule: RuleDef, key: str, problem: str) -> Issue:
    return Issue("RPT-RULE", ERROR, f"{rule.file}:{rule.line}: rules.{rule.id}.{key}", problem, rule.source)
