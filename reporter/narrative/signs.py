"""One row of signs → one French sentence (STYLE §6, §8, §12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reporter import french
from reporter.catalog.entries import FindingDef
from reporter.french import NounPhrase
from reporter.model.report import Statement
from reporter.narrative import clauses, derived
from reporter.narrative.clauses import Clauses
from reporter.narrative.places import Place, place
from reporter.narrative.rows import Row
from reporter.narrative.scope import Scope
from reporter.narrative.signwords import SignWords, form

_NONE = Clauses()
_COMPLEMENTS = (" des ", " du ", " de la ", " de l'")


@dataclass(slots=True)
class Sign:
    """The pieces of a sentence about a row, in print order."""

    noun: NounPhrase
    adjectives: list[str]
    inner: list[str]
    site: Place
    aside: list[str]
    outer: list[str]
    facts: Sequence[Statement] = ()

    @property
    def group(self) -> NounPhrase:
        """Noun, adjectives and inner complements; adjectives come before a definite complement of the noun."""
        return self.noun.with_text(self._words()) if self.adjectives or self.inner else self.noun

    @property
    def located(self) -> NounPhrase:
        """The group with its site."""
        return self.noun.with_text(self.words())

    def words(self) -> str:
        """The words of the group with its site."""
        group, site = self._words(), self.site.text
        return f"{group} {site}" if group and site else group or site

    def _words(self) -> str:
        words = self.noun.text
        if not self.adjectives and not self.inner:
            return words
        cuts = [n for c in _COMPLEMENTS if (n := words.find(c)) > 0] if " d" in words else ()
        cut = min(cuts, default=len(words))
        split = (words[:cut], *self.adjectives, words[cut:].strip(), *self.inner)
        return " ".join([w for w in split if w])

    def tail(self) -> str:
        """Brackets, then the clauses between commas."""
        brackets = f" ({'; '.join(self.aside)})" if self.aside else ""
        return f"{brackets}, {', '.join(self.outer)}" if self.outer else brackets


def build(row: Row, scope: Scope, *, extra: tuple[str, ...] = (), signal: bool = True, facts: bool = True) -> Sign:
    """Everything a row says except its evolution and its relations, which `extra` brings as clauses.

    Without `facts`, what the rules derive from the row is left out: it comes after the words and the site.
    """
    statement = row.head
    words = scope.signs[statement.concept]
    noun = _noun(statement, words, scope)
    rim, attributes, measures = "", statement.attributes, statement.measures
    if measures:
        rim, attributes, measures = clauses.rim(statement, scope)
    where = place(row, words, scope)
    said = clauses.attributes(attributes, statement.site, words, noun, scope, where.said)
    if said.noun:
        noun = NounPhrase(said.noun, scope.word("noun_genders", said.noun.split(" ")[0]) or words.entry.lexeme.gender)
    known = row.change is not None and row.change != clauses.NEW
    measured = clauses.measures(measures, known, noun, scope) if measures else _NONE
    adjectives = [*where.adjectives(noun), *said.adjectives] if where.zones else said.adjectives
    if statement.count is not None:
        adjectives += _count(statement, noun, scope)
    if said.severity is not None and not row.severities:
        adjectives.append(words.severities[said.severity][form(noun)])
    outer = [rim, *said.outer] if rim else said.outer
    outer += where.outer
    if row.severities:
        outer += _more_severe(row, words, noun, scope)
    outer += measured.outer
    outer += _acquired(said, noun, scope, signal)
    outer += extra
    if words.entry.conditional:
        outer += _condition(words.entry, noun, scope)
    inner = [*said.inner, *where.inner, *(() if said.noun else measured.inner)]
    sign = Sign(noun, adjectives, inner, where, measured.aside + said.aside, outer)
    if said.noun:
        # the angle of a noun value (« angle de cyphose … de 25° ») comes after the site
        sign.site = replace(where, text=" ".join([where.text, *measured.inner]).strip())
    return _inside(sign, row, scope) if facts else sign


def _acquired(said: Clauses, noun: NounPhrase, scope: Scope, signal: bool) -> list[str]:
    """Phases of the uptake, then signal."""
    phases = clauses.phases(said.phases, scope) if said.phases else ""
    words = [phases] if phases else []
    if signal and said.signals:
        words.append(clauses.signal(said.signals, noun, scope))
    return words


def present(sign: Sign) -> str:
    """« œdème médullaire marqué de …, en hyposignal T1 »."""
    return sign.words() + sign.tail()


def evolution(sign: Sign, row: Row, scope: Scope) -> str:
    """« apparition d'un œdème … », « régression partielle de l'œdème … »."""
    change = row.change or ""
    entry = scope.catalog.findings[row.head.concept]
    noun = entry.evolution_fr.get(change) or scope.catalog.evolutions[change].noun
    linked = french.de_indefinite(sign.located) if change == clauses.NEW else french.de(sign.located)
    return f"{noun} {linked}{sign.tail()}"


def indeterminate(sign: Sign, scope: Scope) -> str:
    """« trait de fracture … douteux, ne pouvant être affirmé sur cet examen »."""
    doubtful = french.agree(scope.word("uncertain_adjective"), sign.noun)
    affirmed = french.agree(scope.word("uncertain_participle"), sign.noun)
    frame = scope.word("uncertain").format(adjective=f"{doubtful}{sign.tail()}", participle=affirmed)
    return f"{sign.words()} {frame}"


def _noun(statement: Statement, words: SignWords, scope: Scope) -> NounPhrase:
    """Head noun: plural with a count, the modality's own phrase, or the noun an attribute asks for."""
    count = statement.count
    many = count is not None and count != 1
    if statement.status == "absent" and statement.evolution is None:
        return words.negative
    for attribute, one, several in words.named_by:
        if statement.attribute(attribute) is not None:
            return several if many else one
    own = words.by_modality.get(scope.exam.study.modality)
    if own and not many and statement.evolution is None:
        return own
    phrase = words.many if many else words.one
    if isinstance(count, int) and count > 1:
        numerals = scope.words("counts")
        return phrase.with_text(f"{numerals[count] if count < len(numerals) else count} {phrase.text}")
    return phrase


def _count(statement: Statement, noun: NounPhrase, scope: Scope) -> list[str]:
    if statement.count == 1:
        return [scope.word("count_one")]
    return [french.agree(scope.word("count_multiple"), noun)] if isinstance(statement.count, str) else []


def _more_severe(row: Row, words: SignWords, noun: NounPhrase, scope: Scope) -> list[str]:
    """« plus marquée à droite », « modérée à gauche et plus marquée à droite »."""
    (worse_side, worse), (other_side, other) = row.severities
    marked = scope.word("more_marked")
    more = f"{marked.rpartition(' ')[0]} {french.agree(marked.rpartition(' ')[2], noun)}"
    if other is not None and worse is not None and worse != "marked":
        more = words.severities[worse][form(noun)]
    parts = [(words.severities[other][form(noun)], other_side)] if other else []
    return [french.enumeration(f"{word} {scope.word('sides', side)}" for word, side in [*parts, (more, worse_side)])]


def _condition(entry: FindingDef, noun: NounPhrase, scope: Scope) -> list[str]:
    """« visible en tomodensitométrie » for a CT sign seen on a SPECT-CT."""
    condition = entry.conditional.get(scope.exam.study.modality)
    words = scope.table("conditions").get(condition or "", "")
    head, _, rest = str(words).partition(" ")
    return [f"{head}{'s' if noun.plural else ''} {rest}"] if words else []


def _inside(sign: Sign, row: Row, scope: Scope) -> Sign:
    """Add the derived facts."""
    sign.facts = facts = scope.facts_inside(row.ids) if scope.derived else ()
    after: list[str] = []
    if facts:
        said = {m.name for m in row.head.measures} | {a.name for a in row.head.attributes}
        said |= {fact for measure, fact in scope.table("says_fact").items() if measure in said}
        for fact in facts:
            if fact.concept not in said:
                where, words = fact_phrase(fact, scope)
                {"outer": sign.outer, "aside": sign.aside, "after_loss": after}[where].append(words)
    return _order_loss(sign, after, scope) if sign.outer or after else sign


def _order_loss(sign: Sign, after: list[str], scope: Scope) -> Sign:
    """« avec une perte de hauteur de 46 % (grade 3 de Genant), contre 35 % avant le geste »."""
    loss_word = scope.word("height_loss")
    losses = [n for n, clause in enumerate(sign.outer) if loss_word in clause]
    if not losses:
        sign.outer[:0] = after
        return sign
    loss = losses[0]
    heights = scope.word("measure_list", "one")
    clause = sign.outer.pop(loss)
    grades = [a for a in sign.aside if scope.word("grade") in a]
    if grades:
        sign.aside = [a for a in sign.aside if a not in grades]
        clause += f" ({'; '.join(grades)})"
    at = next((n for n, c in enumerate(sign.outer) if c.startswith(heights)), loss)
    sign.outer[at:at] = [clause, *after]
    return sign


def fact_phrase(fact: Statement, scope: Scope) -> tuple[str, str]:
    """(place, words) of a derived fact inside its sign's sentence."""
    where, template = next(iter(scope.table("inside", fact.concept).items()))
    values = {"v": derived.shown(fact.value, None), "q": derived.shown(fact.value, fact.unit)}
    for attribute in fact.attributes:
        words = derived.word(fact, attribute.name, attribute.value, scope)
        unit = fact.unit if isinstance(attribute.value, Decimal) else None
        values[attribute.name] = words or derived.shown(attribute.value, unit)
    return where, template.format_map(values)
