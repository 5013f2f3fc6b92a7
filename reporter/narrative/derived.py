"""French of what the rules derive or propose: the rule's own sentence with its values filled in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reporter import french
from reporter.model.exam import Site
from reporter.model.report import Statement, Value
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer

_SCORES = frozenset(("t", "z"))
_CODES = "differential"


def shown(value: Value | None, unit: str | None) -> str:
    """A value as printed: « 46 % », « −1,9 », « −0,045 g/cm² »."""
    if value is None or isinstance(value, (bool, str)):
        return str(value)
    if unit == "SD":
        return french.number(value, 1)
    if unit == "g/cm2":
        return french.quantity(value, unit, 3, signed=True)
    return french.quantity(value, unit or "1")


def word(statement: Statement, name: str, value: Value | None, scope: Scope) -> str | None:
    """The rule's French word for a coded value, or None."""
    words: Mapping[str, Any] = scope.catalog.rules[statement.origin.rule or ""].raw.get("words", {})
    key = str(value).lower() if isinstance(value, bool) else str(value)
    found = words.get(name, {}).get(key)
    return None if found is None else str(found)


def say(writer: Writer, statement: Statement, scope: Scope, paragraph: int = 0) -> None:
    """The rule's sentence about one statement; nothing when the rule has none."""
    rule = statement.origin.rule or ""
    template = scope.catalog.rules[rule].sentence or ""
    if "{" in template or "}" in template:
        writer.say(_sentence(template, statement, scope), [statement.id], rules=[rule], paragraph=paragraph)
    else:
        writer.say(template, [statement.id], [rule], paragraph)


def _sentence(template: str, statement: Statement, scope: Scope) -> str:
    values = _Values(statement, scope)
    filled = template.format_map(values)
    # a word of the rule may itself name a value
    return filled.format_map(values) if "{" in filled or "}" in filled else filled


class _Values(dict[str, str]):
    """The words of a fact's values, made when its sentence asks; a value that the rule did not give prints nothing."""

    def __init__(self, statement: Statement, scope: Scope) -> None:
        super().__init__()
        self._statement, self._scope = statement, scope

    def __missing__(self, key: str) -> str:
        statement, scope = self._statement, self._scope
        found = ""
        if key == "value":
            found = _filled(statement, key, statement.value, scope)
        elif statement.site is not None and key == "de_site":
            found = of(statement.site, scope)
        elif statement.site is not None and key == "level":
            found = french.level_fr(statement.site.level or "", scope.settings)
        else:
            for attribute in statement.attributes:
                if attribute.name == key:
                    found = _filled(statement, key, attribute.value, scope)
        self[key] = found
        return found


def _filled(statement: Statement, name: str, value: Value | None, scope: Scope) -> str:
    words = word(statement, name, value, scope)
    if words is not None:
        return words
    if name == _CODES:
        return french.enumeration(scope.catalog.diagnoses[c].lexeme.noun for c in str(value).split())
    if isinstance(value, Decimal) and (name in _SCORES or statement.unit == "SD"):
        return french.number(value, 1)
    if isinstance(value, str) and value in scope.catalog.levels:
        return french.level_fr(value, scope.settings)
    return shown(value, None)


def of(site: Site, scope: Scope) -> str:
    """« de L1 », « du rachis lombaire », « de la hanche gauche » for a site, a DXA region or an exam region."""
    if site.code in scope.catalog.sites:
        return scope.de_site(site)
    if site.code in scope.catalog.rois:
        return french.de(french.roi_np(site.code, site.laterality, scope.catalog))
    if site.code in scope.catalog.regions:
        return french.de(french.region_np(site.code, site.laterality, scope.catalog))
    return ""


def at(site: Site, scope: Scope) -> str:
    """« à la hanche totale gauche », « au rachis lombaire »."""
    if site.code in scope.catalog.rois:
        return french.a(french.roi_np(site.code, site.laterality, scope.catalog))
    return french.a_site(site, scope.catalog, scope.settings) if site.code in scope.catalog.sites else ""
