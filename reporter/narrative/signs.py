"""One row of signs → one French sentence (STYLE §6, §8, §12)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reporter import french
from reporter.catalog.entries import FindingDef
from reporter.french import NounPhrase
from reporter.model.report import Statement
from reporter.narrative import clauses, derived
from reporter.narrative.places import place
from reporter.narrative.rows import Row
from reporter.narrative.scope import Scope
from reporter.narrative.sign import Sign
from reporter.narrative.signwords import SignWords, form


def build(row: Row, scope: Scope, *, extra: tuple[str, ...] = (), signal: bool = True, facts: bool = True) -> Sign:
    """Everything a row says except its evolution and its relations, which `extra` brings as clauses.

    Without `facts`, what the rules derive from the row is left out: it comes after the words and the site.
    """
    statement = row.head
    words = scope.signs[statement.concept]
    sign = Sign(_noun(statement, words, scope), place(row, words, scope))
    attributes, measures = statement.attributes, statement.measures
    if attributes:
        if measures:
            attributes, measures = clauses.rim(sign, statement, scope)
        clauses.attributes(sign, attributes, statement.site, words, scope)
        if sign.value_noun:
            sign.noun = _renamed(sign.value_noun, words, scope)
    _qualify(sign, row, words, scope)
    if measures:
        clauses.measures(sign, measures, row.change not in (None, clauses.NEW), scope)
    if sign.phases:
        sign.outer += clauses.phases(sign.phases, scope)
    if signal and sign.signals:
        sign.outer.append(clauses.signal(sign.signals, sign.noun, scope))
    sign.outer += extra
    if words.entry.conditional.get(scope.modality):
        sign.outer += _condition(words.entry, sign.noun, scope)
    if facts:
        _inside(sign, row, scope)
    return sign


def _qualify(sign: Sign, row: Row, words: SignWords, scope: Scope) -> None:
    """Zones, count, severity, and the words of the place that are not after the noun."""
    noun, where, count = sign.noun, sign.site, row.head.count
    if where.zones:
        sign.adjectives[:0] = where.adjectives(noun)
    if count is not None:
        sign.adjectives += _count(row.head, noun, scope)
    if sign.severity is not None and not row.severities:
        sign.adjectives.append(words.severities[sign.severity][form(noun)])
    sign.inner += where.inner
    sign.outer += where.outer
    if row.severities:
        sign.outer += _more_severe(row, words, noun, scope)


def _renamed(noun: str, words: SignWords, scope: Scope) -> NounPhrase:
    return NounPhrase(noun, scope.word["noun_genders", noun.split(" ")[0]] or words.entry.lexeme.gender)


def evolution(sign: Sign, row: Row, scope: Scope) -> str:
    """« apparition d'un œdème … », « régression partielle de l'œdème … »."""
    change = row.change or ""
    entry = scope.catalog.findings[row.head.concept]
    noun = entry.evolution_fr.get(change) or scope.catalog.evolutions[change].noun
    linked = french.de_indefinite(sign.located) if change == clauses.NEW else french.de(sign.located)
    return f"{noun} {linked}{sign.tail()}"


def indeterminate(sign: Sign, scope: Scope) -> str:
    """« trait de fracture … douteux, ne pouvant être affirmé sur cet examen »."""
    doubtful = french.agree(scope.word["uncertain_adjective"], sign.noun)
    affirmed = french.agree(scope.word["uncertain_participle"], sign.noun)
    frame = scope.word["uncertain"].format(adjective=f"{doubtful}{sign.tail()}", participle=affirmed)
    return f"{sign.words()} {frame}"


def _noun(statement: Statement, words: SignWords, scope: Scope) -> NounPhrase:
    """Head noun: plural with a count, the modality's own phrase, or the noun an attribute asks for."""
    if statement.status == "absent" and statement.evolution is None:
        return words.negative
    count = statement.count
    many = count is not None and count != 1
    for attribute, one, several in words.named_by:
        if statement.attribute(attribute) is not None:
            return several if many else one
    own = words.by_modality.get(scope.modality)
    if own and not many and statement.evolution is None:
        return own
    phrase = words.many if many else words.one
    if isinstance(count, int) and count > 1:
        numerals = scope.words["counts"]
        return phrase.with_text(f"{numerals[count] if count < len(numerals) else count} {phrase.text}")
    return phrase


def _count(statement: Statement, noun: NounPhrase, scope: Scope) -> list[str]:
    if statement.count == 1:
        return [scope.word["count_one"]]
    return [french.agree(scope.word["count_multiple"], noun)] if isinstance(statement.count, str) else []


def _more_severe(row: Row, words: SignWords, noun: NounPhrase, scope: Scope) -> list[str]:
    """« plus marquée à droite », « modérée à gauche et plus marquée à droite »."""
    (worse_side, worse), (other_side, other) = row.severities
    marked = scope.word["more_marked"]
    more = f"{marked.rpartition(' ')[0]} {french.agree(marked.rpartition(' ')[2], noun)}"
    if other is not None and worse is not None and worse != "marked":
        more = words.severities[worse][form(noun)]
    parts = [(words.severities[other][form(noun)], other_side)] if other else []
    return [french.enumeration(f"{word} {scope.word['sides', side]}" for word, side in [*parts, (more, worse_side)])]


def _condition(entry: FindingDef, noun: NounPhrase, scope: Scope) -> list[str]:
    """« visible en tomodensitométrie » for a CT sign seen on a SPECT-CT."""
    words = scope.table["conditions"].get(entry.conditional[scope.modality], "")
    head, _, rest = str(words).partition(" ")
    return [f"{head}{'s' if noun.plural else ''} {rest}"] if words else []


def _inside(sign: Sign, row: Row, scope: Scope) -> None:
    """Add the derived facts."""
    after: list[str] = []
    facts = scope.facts_inside(row.ids) if scope.derived else ()
    if facts:
        sign.facts = facts
        said = {m.name for m in row.head.measures} | {a.name for a in row.head.attributes}
        said |= {fact for name, fact in scope.table["says_fact"].items() if name in said}
        for fact in facts:
            if fact.concept not in said:
                where, words = fact_phrase(fact, scope)
                (sign.outer if where == "outer" else sign.aside if where == "aside" else after).append(words)
    loss_word = scope.word["height_loss"]
    for loss, clause in enumerate(sign.outer):
        if loss_word in clause:
            _order_loss(sign, loss, after, scope)
            return
    sign.outer[:0] = after


def _order_loss(sign: Sign, loss: int, after: Sequence[str], scope: Scope) -> None:
    """« avec une perte de hauteur de 46 % (grade 3 de Genant), contre 35 % avant le geste »."""
    grade, heights = scope.word["grade"], scope.word["measure_list", "one"]
    clause = sign.outer.pop(loss)
    grades = [a for a in sign.aside if grade in a]
    if grades:
        sign.aside = [a for a in sign.aside if a not in grades]
        clause += f" ({'; '.join(grades)})"
    at = next((n for n, c in enumerate(sign.outer) if c.startswith(heights)), loss)
    sign.outer[at:at] = [clause, *after]


def fact_phrase(fact: Statement, scope: Scope) -> tuple[str, str]:
    """(place, words) of a derived fact inside its sign's sentence."""
    where, template = next(iter(scope.table["inside", fact.concept].items()))
    values = {"v": derived.shown(fact.value, None), "q": derived.shown(fact.value, fact.unit)}
    for attribute in fact.attributes:
        words = derived.word(fact, attribute.name, attribute.value, scope)
        unit = fact.unit if isinstance(attribute.value, Decimal) else None
        values[attribute.name] = words or derived.shown(attribute.value, unit)
    return where, template.format_map(values)
