"""Conclusion: diagnoses, evolution, what the rules conclude, exclusions, differential, recommendations (STYLE §7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reporter import french
from reporter.french import NounPhrase
from reporter.model.report import Statement
from reporter.narrative import derived, diagnoses, outcome
from reporter.narrative.diagnoses import Impression
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer

_NONE: Mapping[str, Any] = {}


def write(writer: Writer, scope: Scope) -> None:
    """The whole section."""
    found = diagnoses.impressions(scope)
    asserted = [i for i in found if i.asserted]
    facts = scope.derived
    located = _any_located(asserted, scope)
    rows = outcome.rows(scope) if not located or outcome.names_more(scope) else []
    normal = outcome.is_normal(scope, asserted)
    if normal:
        outcome.normal(writer, scope, asserted)
    if facts:
        _classes(writer, scope, found)
    led = _lead_ins(scope, asserted) if facts else {}
    if not asserted:
        outcome.every_sign(writer, scope, rows)
    elif not (located or normal or any(r.change for r in rows)):
        outcome.leading_signs(writer, scope, rows)
    _diagnoses(writer, scope, asserted, led)
    if rows:
        outcome.left_out(writer, scope, rows, asserted)
        outcome.evolution(writer, scope, rows)
    if facts:
        _concluded(writer, scope, found)
    if len(asserted) < len(found):
        _excluded(writer, scope, [i for i in found if i.certainty == "excluded"])
        _discussed(writer, scope, [i for i in found if i.certainty == "discussed"])
    _differential(writer, scope)
    _caveats(writer, scope)
    for statement in scope.of_kind("recommendation"):
        rules = [statement.origin.rule] if statement.origin.rule else []
        writer.say(scope.catalog.recommendations[statement.concept].sentence, [statement.id], rules)
    if not writer.texts:
        outcome.nothing(writer, scope)


def _any_located(asserted: Iterable[Impression], scope: Scope) -> bool:
    """One of them names a place, by its sites or in its very noun (« fracture en H du sacrum »)."""
    named = scope.words["self_located"]
    return bool([one for one in asserted if one.sites or one.concept in named])


def _lead_ins(scope: Scope, asserted: Iterable[Impression]) -> dict[int, Statement]:
    """Diagnoses introduced by a conclusion of the rules (« Caractère migrateur des anomalies : … »)."""
    led: dict[int, Statement] = {}
    introducing = scope.table["lead_in"]
    for fact in scope.derived:
        words = introducing.get(fact.origin.rule or "", _NONE)
        for one in asserted if words else ():
            places = words.get("sites")
            if one.concept in words.get("diagnoses", ()) and (not places or all(s.code in places for s in one.sites)):
                led.setdefault(id(one), fact)
                break
    return led


def _diagnoses(writer: Writer, scope: Scope, asserted: Sequence[Impression], led: dict[int, Statement]) -> None:
    normal, cleft = scope.word["normal", "diagnosis"], scope.word["pseudarthrosis", "diagnosis"]
    clefts = [one for one in asserted if one.concept == cleft]
    done: set[int] = set()
    for one in asserted:
        if one.concept == normal or id(one) in done:
            continue
        done.add(id(one))
        if id(one) in led:
            _led(writer, scope, one, led[id(one)])
        elif one.certainty == "possible":
            done |= _alternatives(writer, scope, one, [o for o in asserted if id(o) not in done and id(o) not in led])
        else:
            tail = next((o for o in clefts if id(o) not in done and _completes(o, one, scope)), None)
            done |= {id(tail)} if tail else set()
            _asserted(writer, scope, one, tail)


def _completes(cleft: Impression, fracture: Impression, scope: Scope) -> bool:
    """A retained pseudarthrosis at the level of a fracture with the same certainty is said in its sentence."""
    fractures = scope.words["pseudarthrosis", "fractures"]
    same = cleft.certainty == fracture.certainty == "retained"
    return same and fracture.concept in fractures and cleft.sites == fracture.sites


def _asserted(writer: Writer, scope: Scope, one: Impression, cleft: Impression | None) -> None:
    phrase = diagnoses.phrase(one, scope)
    ids, rules = list(one.ids), list(one.rules)
    if cleft is not None:
        tail = diagnoses.cleft_tail(cleft.sites, scope)
        phrase = phrase.with_text(f"{phrase.text}, {tail}") if "," in phrase.text else phrase.plus(tail)
        ids += cleft.ids
    writer.say(_frame(scope, one.certainty, phrase), ids, rules=rules)


def _frame(scope: Scope, certainty: str, phrase: NounPhrase) -> str:
    return scope.word["certainty", certainty].format(
        np=phrase.text, a_np=french.indefinite(phrase), de_np=french.de_indefinite(phrase)
    )


def _alternatives(writer: Writer, scope: Scope, one: Impression, others: Iterable[Impression]) -> set[int]:
    """« Aspect compatible avec une contusion osseuse ou une fracture par impaction du condyle … »."""
    together = [one, *(o for o in others if o.certainty == one.certainty and o.sites == one.sites)]
    phrases = [diagnoses.phrase(o, scope) for o in together]
    if one.sites:
        shared = french.enumeration(french.de(p) for p in french.sites_np(one.sites, scope.catalog, scope.settings))
        phrases[:-1] = [p.with_text(p.text.removesuffix(shared).strip()) for p in phrases[:-1]]
    listed = french.enumeration([french.indefinite(p) for p in phrases], scope.word["alternative"])
    ids = [i for o in together for i in o.ids]
    writer.say(scope.word["certainty", one.certainty].format(np="", a_np=listed, de_np=""), ids)
    return {id(o) for o in together}


def _led(writer: Writer, scope: Scope, one: Impression, fact: Statement) -> None:
    words = scope.table["lead_in", fact.origin.rule or ""]
    subject = NounPhrase(str(words["subject"]), str(words["gender"]))
    phrase = diagnoses.phrase(one, scope)
    text = scope.word["lead_in_frames", one.certainty].format(
        subject=subject.text, np=phrase.text, a_np=french.indefinite(phrase), de_np=french.de_indefinite(phrase),
        suggestive=french.agree(scope.word["suggestive"], subject),
    )  # fmt: skip
    writer.say(text, [*one.ids, fact.id], rules=[*one.rules, fact.origin.rule or ""])


def _classes(writer: Writer, scope: Scope, found: Sequence[Impression]) -> None:
    """The densitometric class the rules derive, when no diagnosis states one."""
    classes = [fact for fact in scope.derived if fact.concept in ("who_class", "z_class")]
    if classes and any(i.concept in scope.table["dxa_classes"] for i in found):
        return
    for fact in classes:
        concept = str(scope.table["dxa_class_of"][str(fact.value)])
        one = Impression(concept, "retained", None, [fact], [fact.site] if fact.site else [])
        writer.say(diagnoses.phrase(one, scope).text, one.ids, rules=[fact.origin.rule or ""])


def _concluded(writer: Writer, scope: Scope, found: Sequence[Impression]) -> None:
    """Sentences of the rules not yet said; the other facts of a rule go with its sentence."""
    for fact in scope.derived:
        if fact.origin.kind != "proposed" or writer.says(fact.id):
            continue
        index = _sentence_saying(writer, scope, fact, found)
        if index is None:
            derived.say(writer, fact, scope)
            index = len(writer.texts) - 1
        else:
            writer.also(index, [fact.id], [fact.origin.rule or ""])
    _companions(writer, scope)


def _sentence_saying(writer: Writer, scope: Scope, fact: Statement, found: Sequence[Impression]) -> int | None:
    """The sentence of a diagnosis that already says what a rule concludes."""
    rule = fact.origin.rule or ""
    codes = scope.table["said_by"].get(rule, ())
    aged = scope.words["aged_diagnoses"] if rule in scope.table["age_rules"] else ()
    for one in found if codes or aged else ():
        if one.certainty == "excluded" or (one.concept not in codes and one.concept not in aged):
            continue
        if fact.site is None or not one.sites or fact.site in diagnoses.Covered([one], scope):
            return writer.saying(one.ids)
    return None


def _companions(writer: Writer, scope: Scope) -> None:
    """Facts that come with a rule's sentence (counts, levels) and are said by it."""
    for fact in scope.derived:
        index = None if writer.says(fact.id) else writer.of_rule(fact.origin.rule)
        if index is not None:
            writer.also(index, [fact.id])


def _excluded(writer: Writer, scope: Scope, excluded: Sequence[Impression]) -> None:
    if excluded:
        phrases = (french.de_indefinite(diagnoses.phrase(i, scope)) for i in excluded)
        listed = french.enumeration(phrases, scope.word["nor"])
        writer.say(scope.word["certainty", "excluded"].format(de_np=listed), [x for i in excluded for x in i.ids])


def _discussed(writer: Writer, scope: Scope, discussed: Sequence[Impression]) -> None:
    """« Un syndrome … est à discuter »."""
    if discussed:
        phrases = [diagnoses.phrase(i, scope) for i in discussed]
        plural = len(phrases) > 1 or phrases[0].plural
        listed = french.enumeration(french.indefinite(p) for p in phrases)
        verb = scope.word["discuss", "several" if plural else "one"]
        ids = [x for i in discussed for x in i.ids]
        writer.say(scope.word["certainty", "discussed"].format(a_np=listed, verb=verb), ids)


def _differential(writer: Writer, scope: Scope) -> None:
    """The ordered differential, unless a sentence names it already."""
    items = [s for s in scope.of_kind("diagnosis") if s.id.startswith("differential/")]
    if not items:
        return
    names = [scope.catalog.diagnoses[s.concept].lexeme.noun for s in items]
    listed = french.enumeration(names)
    said = range(len(writer.texts))
    index = next((n for n in said if listed in _plain(writer.shown(n, scope.settings))), None)
    if index is not None:
        writer.also(index, [s.id for s in items])
    else:
        writer.say(scope.word["differential"].format(list=listed), [s.id for s in items])


def _plain(text: str) -> str:
    return text.replace("\u2019", "'")


def _caveats(writer: Writer, scope: Scope) -> None:
    """Warnings that must go with a densitometric class."""
    issues = scope.report.assessment.issues
    if not issues:
        return
    caveats = scope.words["caveats"]
    raised = [issue for issue in issues if issue.code in caveats]
    first = next((s.id for s in scope.report.statements if s.kind in ("diagnosis", "dxa")), None) if raised else None
    for code in caveats if raised else ():
        for message in dict.fromkeys(issue.message for issue in raised if issue.code == code):
            writer.say(message, [] if first is None else [first], rules=[code])
