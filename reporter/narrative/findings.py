"""Résultats: order, grouping, paragraphs (STYLE §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from reporter import french
from reporter.model.report import Statement
from reporter.narrative import derived, dxa, negatives, signs
from reporter.narrative.relations import Relations
from reporter.narrative.rows import Row, group
from reporter.narrative.scope import Scope, upper_level
from reporter.narrative.writer import Writer

_COMMENT = attrgetter("comment")
_KNOWN_LESION = ("complete_regression", "partial_regression", "unchanged", "increased")


def write(writer: Writer, scope: Scope) -> None:
    """The whole section."""
    found, normal, denied = _sorted(scope)
    dxa.results(writer, scope)
    by_level = _levels_with_several(scope.findings)
    if found:
        _shown(writer, scope, found, by_level)
    last = 1 + len(by_level) if by_level else 0
    if scope.derived:
        _facts(writer, scope, last)
    for row in group(normal):
        writer.say(signs.build(row, scope).text(), row.ids, paragraph=last)
        _comments(writer, row, last)
    if denied:
        _denied(writer, scope, denied, last)
    if not writer.texts:
        writer.say(scope.word["nothing", "findings"], [s.id for s in scope.findings])


def _shown(writer: Writer, scope: Scope, found: Sequence[Statement], by_level: Sequence[str]) -> None:
    rows = group(found, merge_levels=not by_level)
    if len(rows) > 1:
        rows.sort(key=_order(scope, bool(by_level)))
    relations = Relations(rows, scope) if [r for r in rows if r.head.relations] else None
    if relations is not None:
        relations.absorb()
        rows = [row for row in rows if id(row) not in relations.absorbed]
    for row in rows:
        _row(writer, scope, row, relations, _paragraph(row, by_level))


def _denied(writer: Writer, scope: Scope, denied: Sequence[Statement], paragraph: int) -> None:
    rows = group(denied)
    for text, ids in negatives.sentences(rows, scope):
        writer.say(text, ids, paragraph=paragraph)
    for row in rows:
        if row.head.comment or len(row.ids) > 1:
            _comments(writer, row, paragraph)


def _sorted(scope: Scope) -> tuple[list[Statement], list[Statement], list[Statement]]:
    """Signs that are shown (present, doubtful, or gone since the prior exam); what is normal; what is denied."""
    shown, normal, denied = list[Statement](), list[Statement](), list[Statement]()
    for statement in scope.findings:
        if statement.status == "absent" and statement.evolution is None:
            denied.append(statement)
        elif statement.status == "present" and scope.catalog.findings[statement.concept].polarity == "normality":
            normal.append(statement)
        elif statement.status != "not_assessed":
            shown.append(statement)
    return shown, normal, denied


def _levels_with_several(found: Iterable[Statement]) -> tuple[str, ...]:
    """Levels, when at least two of them carry several present signs: then each has its paragraph."""
    counts: dict[str, int] = {}
    for statement in found:
        if statement.status == "present" and statement.site and statement.site.level:
            level = upper_level(statement.site.level)
            counts[level] = counts.get(level, 0) + 1
    several = [level for level, count in counts.items() if count > 1]
    return tuple(counts) if len(several) > 1 else ()


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
    if not by_level:
        return 0
    level = row.sites[0].level if row.sites else None
    return by_level.index(upper_level(level)) if level and upper_level(level) in by_level else 1 + len(by_level)


def _row(writer: Writer, scope: Scope, row: Row, relations: Relations | None, paragraph: int) -> None:
    head, ids = row.head, row.ids
    words, said = relations.clauses(row) if relations is not None and head.relations else ((), ())
    sign = signs.build(row, scope, extra=words)
    if head.status == "indeterminate":
        text = signs.indeterminate(sign, scope)
    else:
        text = signs.evolution(sign, row, scope) if row.change else sign.text()
    facts = sign.facts
    rules = [f.origin.rule for f in facts if f.origin.rule] if facts else ()
    writer.say(text, (*ids, *said, *[f.id for f in facts]) if facts or said else ids, rules, paragraph)
    if head.comment or len(ids) > 1:
        _comments(writer, row, paragraph)


def _comments(writer: Writer, row: Row, paragraph: int) -> None:
    """Comments of the radiologist, word for word, once each."""
    for comment, statements in groupby(row.statements, key=_COMMENT):
        if comment:
            writer.verbatim(comment, [s.id for s in statements], paragraph=paragraph)


def _facts(writer: Writer, scope: Scope, paragraph: int) -> None:
    """Derived facts of the imaging signs that no sentence says yet; densitometry and context have their own places."""
    elsewhere = (*scope.words["facts_elsewhere"], *scope.words["facts_of_dxa"])
    facts = [f for f in scope.derived if f.origin.kind == "derived" and f.concept not in elsewhere]
    said = set(writer.first()) if facts else set()
    for fact in facts:
        if fact.id in said:
            continue
        rule = scope.catalog.rules[fact.origin.rule or ""]
        if rule.kind == "derive" and (rule.derives in (fact.concept, None)):
            derived.say(writer, fact, scope, paragraph)
            twins = [twin.id for twin in scope.twins(fact) if twin is not fact]
            if twins and writer.texts:
                writer.also(-1, twins)


def not_assessed(scope: Scope) -> list[tuple[str, tuple[str, ...]]]:
    """Signs that could not be assessed, for Technique: (sentence, statement ids)."""
    found = [s for s in scope.findings if s.status == "not_assessed"]
    return [(_unassessed(row, scope), row.ids) for row in group(found)] if found else []


def _unassessed(row: Row, scope: Scope) -> str:
    sign = signs.build(row, scope)
    reason = row.head.comment or french.enumeration(scope.exam.study.limitations)
    text = scope.word["not_assessed"].format(np=sign.words() + sign.tail())
    if sign.noun.plural:
        text = text.replace(scope.word["assessable"], french.plural_phrase(scope.word["assessable"]))
    return f"{text} ({reason})" if reason else text
