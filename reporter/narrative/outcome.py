"""The signs that the conclusion names: nothing found, main signs, those never left out, evolution (STYLE §7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from reporter import french
from reporter.model.report import Statement
from reporter.narrative import diagnoses, negatives, signs
from reporter.narrative.diagnoses import Impression
from reporter.narrative.rows import Row, bare, group
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer

_MOST_SIGNS = 6


def rows(scope: Scope) -> list[Row]:
    """Present, doubtful or vanished signs by rank, as the conclusion may name them."""
    entries = scope.catalog.findings
    found = [s for s in scope.findings if s.status == "present" or s.evolution is not None]
    rows = group([_bare(s) for s in found if entries[s.concept].polarity == "finding"])
    return sorted(rows, key=lambda r: (entries[r.head.concept].rank, scope.level_rank(r.head.site)))


def names_more(scope: Scope) -> bool:
    """The conclusion names signs beside its diagnoses: those that changed, and those it never leaves out."""
    always = scope.words["never_left_out"]
    return bool([s for s in scope.findings if s.evolution is not None or s.concept in always])


def _bare(statement: Statement) -> Statement:
    """A sign as the conclusion names it: no signal, measure, relation or comment."""
    kept = statement.attributes
    if kept:
        kept = tuple([a for a in kept if not a.name.startswith("signal.")])
    changes = len(kept) < len(statement.attributes) or statement.measures or statement.relations or statement.comment
    return bare(statement, kept, statement.count) if changes else statement


def is_normal(scope: Scope, asserted: Iterable[Impression]) -> bool:
    """The radiologist concludes that the exam is normal."""
    return scope.word["normal", "diagnosis"] in [i.concept for i in asserted]


def normal(writer: Writer, scope: Scope, asserted: Sequence[Impression]) -> None:
    """Fractures denied, then « Pas d'anomalie décelable du rachis lombaire »."""
    signs_named = scope.words["normal", "fracture_signs"]
    denied = [s for s in scope.findings if s.status == "absent" and s.evolution is None]
    rows = [r for r in group(denied) if r.head.concept in signs_named]
    for text, ids in islice(negatives.sentences(rows, scope), 1):
        writer.say(text, ids)
    if any(s.status == "indeterminate" for s in scope.findings):
        return
    ids = tuple(i for one in asserted if one.concept == scope.word["normal", "diagnosis"] for i in one.ids)
    study = scope.exam.study
    region = french.de(french.region_np(study.region, study.laterality, scope.catalog))
    writer.say(scope.word["normal", "sentence"].format(de_region=region), ids)


def leading_signs(writer: Writer, scope: Scope, rows: Sequence[Row]) -> None:
    """Before a diagnosis without site: the present signs of the first rank say where."""
    best = min((scope.catalog.findings[r.head.concept].rank for r in rows), default=0)
    for row in rows[:_MOST_SIGNS]:
        if scope.catalog.findings[row.head.concept].rank == best:
            writer.say(diagnoses.concise(row, scope), row.ids)


def every_sign(writer: Writer, scope: Scope, rows: Sequence[Row]) -> None:
    """Without a diagnosis: present signs, then doubtful ones; without any, what is normal and what was denied."""
    naming = _facts_naming_signs(scope)
    for row in [r for r in rows if not (r.change or _said_by_a_rule(r, naming))][:_MOST_SIGNS]:
        writer.say(diagnoses.concise(row, scope), row.ids)
    findings = scope.findings
    doubtful = group([s for s in findings if s.status == "indeterminate"])
    for row in doubtful:
        writer.say(signs.indeterminate(signs.build(row, scope, signal=False), scope), row.ids)
    if rows or doubtful or scope.exam.dxa is not None:
        return
    for row in group([s for s in findings if s.status == "present"]):
        writer.say(diagnoses.concise(row, scope), row.ids)
    for text, ids in islice(negatives.sentences(group([s for s in findings if s.status == "absent"]), scope), 2):
        writer.say(text, ids)


def _facts_naming_signs(scope: Scope) -> list[tuple[Statement, Sequence[str]]]:
    """What rules conclude in a sentence that names signs, and these signs."""
    named = scope.table["names_the_sign"]
    facts = [fact for fact in scope.derived if fact.origin.kind == "proposed"]
    return [(fact, named[rule]) for fact in facts if (rule := fact.origin.rule or "") in named]


def _said_by_a_rule(row: Row, naming: Sequence[tuple[Statement, Sequence[str]]]) -> bool:
    """What a rule concludes names the sign itself: « Fente intravertébrale gazeuse de L1, témoignant … »."""
    evidence = {i for fact, named in naming if row.head.concept in named for i in fact.evidence}
    return evidence.issuperset(row.ids)


def nothing(writer: Writer, scope: Scope) -> None:
    """A conclusion is never empty: what could not be concluded is said."""
    dxa = [s.id for s in scope.of_kind("dxa")]
    unassessed = [s.id for s in scope.findings]
    writer.say(scope.word["nothing", "dxa" if dxa else "conclusion"], dxa or unassessed or ["technique"])


def left_out(writer: Writer, scope: Scope, rows: Sequence[Row], asserted: Sequence[Impression]) -> None:
    """Present signs that the conclusion must name, unless a diagnosis or an earlier sentence says them."""
    named_always = scope.words["never_left_out"]
    rows = [row for row in rows if not row.change and row.head.concept in named_always]
    if not rows:
        return
    said = set(writer.first())
    by_diagnosis = scope.words["said_by_diagnosis"]
    evidence = {e for one in asserted for s in one.statements for e in s.evidence}
    places = diagnoses.Covered(asserted, scope)
    for row in rows:
        if not said.isdisjoint(row.ids):
            continue
        named = all(s.site in places or s.id in evidence for s in row.statements)
        if not (named and row.head.concept in by_diagnosis):
            writer.say(diagnoses.concise(row, scope), row.ids)


def evolution(writer: Writer, scope: Scope, rows: Sequence[Row]) -> None:
    """« Régression partielle de …, mais apparition de … »."""
    improving = scope.words["improving"]
    changed = [r for r in rows if r.change]
    if not changed:
        return
    better = [r for r in changed if r.change in improving]
    worse = [r for r in changed if r.change not in improving]
    tails = [f for f in scope.derived if f.origin.rule in scope.table["evolution_tail"]]
    tail = scope.word["evolution_tail", tails[0].origin.rule or ""] if tails and not worse else ""
    gone = all(r.change == scope.word["gone"] for r in better)
    link = scope.word["evolution_link", "other" if gone else "opposite"] if better and worse else ""
    text = _changes(better, scope) + link + _changes(worse, scope)
    ids = [i for r in changed for i in r.ids]
    if tail:
        writer.say(f"{text}, {tail}", [*ids, *(f.id for f in tails)], rules=[f.origin.rule or "" for f in tails])
    else:
        writer.say(text, ids)


def _changes(rows: Iterable[Row], scope: Scope) -> str:
    shown = []
    for row in rows:
        sign = signs.build(row, scope, signal=False, facts=False)
        sign.outer, sign.aside = [], []
        shown.append(signs.evolution(sign, row, scope))
    return french.enumeration(shown)
