"""Diagnoses as French phrases: sites grouped, age, special wordings, densitometric values (STYLE §7, §14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reporter import french
from reporter.french import NounPhrase
from reporter.model.exam import Site
from reporter.model.report import Statement
from reporter.narrative import derived, signs
from reporter.narrative.rows import Row
from reporter.narrative.scope import Scope

_ASSERTED = ("retained", "probable", "possible")


@dataclass(slots=True)
class Impression:
    """One diagnosis with one certainty, over all its sites. `facts`: derived statements its sentence says too."""

    concept: str
    certainty: str
    age: str | None
    statements: list[Statement]
    sites: list[Site] = field(default_factory=list)
    facts: list[Statement] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Everything its sentence says."""
        return [*(s.id for s in self.statements), *(f.id for f in self.facts)]

    @property
    def rules(self) -> list[str]:
        """Rules behind the facts it says."""
        return [f.origin.rule for f in self.facts if f.origin.rule]

    @property
    def asserted(self) -> bool:
        """Retained, probable or possible."""
        return self.certainty in _ASSERTED


def impressions(scope: Scope) -> list[Impression]:
    """Diagnoses in the given order, those of one name, certainty and age (given or found by a rule) together."""
    found: dict[tuple[str, str | None, str | None], Impression] = {}
    for statement in scope.of_kind("diagnosis"):
        if statement.id.startswith("differential/"):
            continue
        age = statement.attribute("age")
        aged, fact = (str(age), None) if age else _age_by_rule(statement, scope)
        certainty = statement.status or "retained"
        one = found.get((statement.concept, certainty, aged))
        if one is None:
            one = found[statement.concept, certainty, aged] = Impression(statement.concept, certainty, aged, [])
        one.statements.append(statement)
        one.facts += [fact] if fact else []
    for one in found.values():
        one.sites = french.merge_sides([s.site for s in one.statements if s.site is not None])
    return list(found.values())


def _age_by_rule(statement: Statement, scope: Scope) -> tuple[str | None, Statement | None]:
    """The age the rules give to the fracture of this level."""
    if statement.concept not in scope.words["aged_diagnoses"] or statement.site is None or not statement.site.level:
        return None, None
    ages = scope.table["age_rules"]
    for fact in scope.derived:
        level = fact.site.level if fact.site else None
        rule = fact.origin.rule or ""
        if rule in ages and level == statement.site.level:
            return str(ages[rule]), fact
    return None, None


def phrase(impression: Impression, scope: Scope) -> NounPhrase:
    """The diagnosis with its age, its sites and what completes it, without article."""
    entry = scope.catalog.diagnoses[impression.concept]
    if entry.dxa:
        return _densitometric(impression, scope)
    age = impression.age
    if entry.templates and impression.sites:
        template = entry.templates.get(age or "default", "") if impression.certainty == "retained" else ""
        template = template or entry.templates.get("default", "")
        if template:
            return _templated(impression, template, scope)
    many = len(impression.sites) > 1 or "bilateral" in [s.laterality for s in impression.sites]
    noun = french.np(entry.lexeme, plural=many and impression.concept in scope.words["plural_diagnoses"])
    adjective = scope.word["age", age] if age else ""
    tail = scope.word["age_tail", age] if age else ""
    located = noun.plus(french.agree(adjective, noun) if adjective else "", _sites(impression, noun.text, scope))
    return located.with_text(f"{located.text}, {tail}") if tail else located


def _sites(impression: Impression, noun: str, scope: Scope) -> str:
    """« de l'aileron sacré gauche »; nothing when the noun already says it (« fracture en H du sacrum »)."""
    if not impression.sites:
        return ""
    phrases = french.sites_np(impression.sites, scope.catalog, scope.settings)
    listed = french.enumeration([french.de(p) for p in phrases])
    return "" if listed and noun.endswith(listed) else listed


def _templated(impression: Impression, template: str, scope: Scope) -> NounPhrase:
    """A catalogue template: « Fracture récente {de_site} », plural when there are several sites."""
    entry = scope.catalog.diagnoses[impression.concept]
    feminine = NounPhrase("", entry.lexeme.gender)
    age = scope.word["age", impression.age or ""]
    values = {
        "de_site": _sites(impression, "", scope),
        "age": french.agree(age, feminine) if age else "",
        "contents": _cleft_contents(impression, scope),
        "cemented_level": _cemented_level(impression, scope),
    }
    many = len(impression.sites) > 1
    if many:
        head, mark, rest = template.partition("{de_site}")
        template = french.plural_phrase(head.strip()) + " " + mark + rest
    text = french.single_spaced(template.format_map(values)).rstrip(" .").replace(" ,", ",")
    tail = scope.table["templated_tail"].get(impression.concept, "")
    return NounPhrase(text[:1].lower() + text[1:] + (f", {tail}" if tail else ""), entry.lexeme.gender, many)


def _cleft_row(sites: Iterable[Site], scope: Scope) -> Row | None:
    """The present cleft at one of these levels, with its contents only."""
    words = scope.table["pseudarthrosis"]
    levels = {s.level for s in sites}
    for statement in scope.findings:
        shown = statement.concept == words["finding"] and statement.status == "present"
        if shown and statement.site is not None and statement.site.level in levels:
            return Row((statement,), (statement.site,))
    return None


def _cleft_contents(impression: Impression, scope: Scope) -> str:
    row = _cleft_row(impression.sites, scope)
    if row is None:
        return ""
    value = row.head.attribute(scope.word["pseudarthrosis", "attribute"])
    entry = scope.catalog.findings[row.head.concept]
    own = entry.values_fr.get(scope.word["pseudarthrosis", "attribute"], {})
    return own.get(str(value), "")


def cleft_tail(sites: Sequence[Site], scope: Scope) -> str:
    """« avec fente intravertébrale gazeuse, témoignant d'une pseudarthrose »."""
    row = _cleft_row(sites, scope)
    entry = scope.catalog.findings[scope.word["pseudarthrosis", "finding"]]
    contents = _cleft_contents(Impression("", "", None, [], list(sites)), scope) if row else ""
    cleft = french.np(entry.lexeme).plus(contents).text
    return scope.word["pseudarthrosis", "tail"].format(cleft=cleft)


def _cemented_level(impression: Impression, scope: Scope) -> str:
    levels = {s.level for s in impression.sites}
    for fact in scope.derived:
        level = fact.attribute("cemented_level")
        if level is not None and fact.site is not None and fact.site.level in levels:
            return french.level_fr(str(level), scope.settings)
    return ""


def _densitometric(impression: Impression, scope: Scope) -> NounPhrase:
    """« ostéoporose densitométrique (T-score le plus bas : −3,1 au rachis lombaire) »."""
    noun = french.np(scope.catalog.diagnoses[impression.concept].lexeme)
    named = {**scope.table["dxa_classes"], **scope.table["dxa_changes"], **scope.table["dxa_focal"]}
    fact = _fact_for(str(named.get(impression.concept, "")), impression, scope)
    sites = french.enumeration(derived.at(s, scope) for s in impression.sites)
    if fact is None:
        return noun.plus(sites)
    impression.facts += [f for f in scope.twins(fact) if f not in impression.facts]
    return noun.plus("" if fact.concept == "lowest_t_score" else sites, f"({fact_words(fact, scope)})")


def fact_words(fact: Statement, scope: Scope) -> str:
    """« T-score le plus bas : −2,2 au col fémoral droit », « Z-score : −2,3 », « −0,045 g/cm² »."""
    value = fact.attribute("z") if fact.concept == "z_class" else fact.value
    shown = derived.shown(value, "SD" if fact.concept in ("z_class", "lowest_t_score") else fact.unit)
    at = derived.at(fact.site, scope) if fact.site else ""
    return scope.word["dxa_value", fact.concept].format(v=shown, at=at).strip()


def _fact_for(name: str, impression: Impression, scope: Scope) -> Statement | None:
    """The derived fact of this name: at the diagnosed region when it names one."""
    facts = [f for f in scope.derived if f.concept == name]
    if name in ("lowest_t_score", "z_class") or not impression.sites:
        return facts[0] if facts else None
    return next((f for f in facts if f.site and any(_covers(s, f.site) for s in impression.sites)), None)


def _covers(wide: Site, narrow: Site) -> bool:
    return wide.code == narrow.code and wide.laterality in (None, "bilateral", narrow.laterality)


class Covered:
    """The places that diagnoses name (a vertebra covers its endplates; a whole bone covers its parts)."""

    def __init__(self, impressions_: Iterable[Impression], scope: Scope) -> None:
        sites = [site for one in impressions_ for site in one.sites]
        includes = scope.table["site_includes"] if sites else {}
        self._levels = {site.level for site in sites if site.level is not None}
        self._parts = {part for site in sites for part in includes.get(site.code, ())}
        self._sites = {(site.code, site.number, site.level, site.laterality) for site in sites}

    def __contains__(self, site: Site | None) -> bool:
        if site is None:
            return False
        place = site.code, site.number, site.level
        named = (*place, "bilateral") in self._sites or (*place, site.laterality) in self._sites
        return named or site.level in self._levels or site.code in self._parts


def concise(row: Row, scope: Scope) -> str:
    """A sign with its adjectives and its site, without signal, measures or relations (for the conclusion)."""
    return signs.build(row, scope, signal=False, facts=False).words()
