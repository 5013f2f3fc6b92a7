"""Résultats: order, grouping, paragraphs (STYLE §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from reporter import french
from reporter.model.report import Statement
from reporter.narrative import derived, dxa, negatives, signs
from reporter.narrative.relations import Relations
from reporter.narrative.rows import Row, group
from reporter.narrative.scope import Scope, Writer, upper_level

_KNOWN_LESION = ("complete_regression", "partial_regression", "unchanged", "increased")


def write(writer: Writer, scope: Scope) -> None:
    """The whole section."""
    found = [s for s in scope.of_kind("finding") if s.status != "not_assessed"]
    dxa.results(writer, scope)
    by_level = _levels_with_several(found)
    shown = group([s for s in found if _is_shown(s, scope)], merge_levels=not by_level)
    rows = sorted(shown, key=_order(scope, bool(by_level)))
    relations = Relations(rows, scope)
    relations.absorb()
    for row in rows:
        if id(row) not in relations.absorbed:
            _row(writer, scope, row, relations, _paragraph(row, by_level))
    last = 1 + len(by_level) if by_level else 0
    _facts(writer, scope, last)
    for row in group([s for s in found if _is_normality(s, scope)]):
        writer.say(signs.present(signs.build(row, scope)), row.ids, paragraph=last)
        _comments(writer, row, last)
    denied = [s for s in found if s.status == "absent" and s.evolution is None]
    for text, ids in negatives.sentences(group(denied), scope):
        writer.say(text, ids, paragraph=last)
    for row in group(denied):
        _comments(writer, row, last)
    if not writer.sentences:
        writer.say(scope.word("nothing", "findings"), [s.id for s in scope.of_kind("finding")])


def _is_normality(statement: Statement, scope: Scope) -> bool:
    return scope.catalog.findings[statement.concept].polarity == "normality" and statement.status == "present"


def _is_shown(statement: Statement, scope: Scope) -> bool:
    """Present, indeterminate, or gone since the prior exam."""
    if _is_normality(statement, scope):
        return False
    return statement.status != "absent" or statement.evolution is not None


def _levels_with_several(found: Iterable[Statement]) -> tuple[str, ...]:
    """Levels, when at least two of them carry several present signs: then each has its paragraph."""
    levels = [upper_level(s.site.level) for s in found if s.status == "present" and s.site and s.site.level]
    several = [level for level in dict.fromkeys(levels) if levels.count(level) > 1]
    return tuple(dict.fromkeys(levels)) if len(several) > 1 else ()


def _order(scope: Scope, by_level: bool) -> Callable[[Row], tuple[int, ...]]:
    """Known lesions before new ones, then by level (or rank), then right before left; doubtful signs last."""

    def key(row: Row) -> tuple[int, ...]:
        site = row.sites[0] if row.sites else None
        rank, level = scope.catalog.findings[row.head.concept].rank, scope.level_rank(site)
        known = 0 if row.change in _KNOWN_LESION else 1
        doubtful = int(row.head.status == "indeterminate")
        side = int(site is not None and site.laterality == "left")
        if by_level:
            return level or len(scope.catalog.levels) + 2, known, doubtful, rank, side
        return known, doubtful, rank, level, side

    return key


def _paragraph(row: Row, by_level: Sequence[str]) -> int:
    level = row.sites[0].level if row.sites else None
    if not by_level:
        return 0
    return by_level.index(upper_level(level)) if level and upper_level(level) in by_level else 1 + len(by_level)


def _row(writer: Writer, scope: Scope, row: Row, relations: Relations, paragraph: int) -> None:
    words, said = relations.clauses(row)
    sign = signs.build(row, scope, extra=words)
    facts = signs.facts_inside(row, scope)
    if row.head.status == "indeterminate":
        text = signs.indeterminate(sign, scope)
    else:
        text = signs.evolution(sign, row, scope) if row.change else signs.present(sign)
    rules = [f.origin.rule for f in facts if f.origin.rule]
    writer.say(text, [*row.ids, *said, *(f.id for f in facts)], rules=rules, paragraph=paragraph)
    _comments(writer, row, paragraph)


def _comments(writer: Writer, row: Row, paragraph: int) -> None:
    """Comments of the radiologist, word for word, once each."""
    for comment, statements in groupby(row.statements, key=lambda s: s.comment):
        if comment:
            writer.verbatim(comment, [s.id for s in statements], paragraph=paragraph)


def _facts(writer: Writer, scope: Scope, paragraph: int) -> None:
    """Derived facts of the imaging signs that no sentence says yet; densitometry and context have their own places."""
    said = {i for s in writer.sentences for i in s.statements}
    elsewhere = (*scope.words("facts_elsewhere"), *scope.words("facts_of_dxa"))
    for fact in scope.of_kind("derived"):
        if fact.id in said or fact.origin.kind != "derived" or fact.concept in elsewhere:
            continue
        rule = scope.catalog.rules[fact.origin.rule or ""]
        if rule.kind == "derive" and (rule.derives in (fact.concept, None)):
            writer.say(derived.sentence(fact, scope), [fact.id], rules=[rule.id], paragraph=paragraph)
            _twins(writer, scope, fact)


def _twins(writer: Writer, scope: Scope, fact: Statement) -> None:
    """Other facts of the same rule and evidence are said by the same sentence."""
    twins = [
        s.id for s in scope.of_kind("derived")
        if s.origin.rule == fact.origin.rule and s.evidence == fact.evidence and s.id != fact.id
    ]  # fmt: skip
    if twins and writer.sentences:
        writer.also(-1, twins)


def not_assessed(scope: Scope) -> list[tuple[str, tuple[str, ...]]]:
    """Signs that could not be assessed, for Technique: (sentence, statement ids)."""
    rows = group([s for s in scope.of_kind("finding") if s.status == "not_assessed"])
    return [(_unassessed(row, scope), row.ids) for row in rows]


def _unassessed(row: Row, scope: Scope) -> str:
    sign = signs.build(row, scope)
    reason = row.head.comment or french.enumeration(scope.exam.study.limitations)
    text = scope.word("not_assessed").format(np=sign.located.text + sign.tail())
    if sign.noun.plural:
        text = text.replace(scope.word("assessable"), french.plural_phrase(scope.word("assessable")))
    return f"{text} ({reason})" if reason else text
