"""One row of signs → one French sentence (STYLE §6, §8, §12)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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

_COMPLEMENTS = (" des ", " du ", " de la ", " de l'")


@dataclass(slots=True)
class Sign:
    """The pieces of a sentence about a row, in print order."""

    noun: NounPhrase
    adjectives: list[str]
    inner: list[str]
    site: Place
    aside: list[str]
    outer: list[str] = field(default_factory=list)

    @property
    def group(self) -> NounPhrase:
        """Noun, adjectives and inner complements; adjectives come before a definite complement of the noun."""
        words = self.noun.text
        cut = min((n for c in _COMPLEMENTS if (n := words.find(c)) > 0), default=len(words))
        split = (words[:cut], *self.adjectives, words[cut:].strip(), *self.inner)
        return self.noun.with_text(" ".join(w for w in split if w))

    @property
    def located(self) -> NounPhrase:
        """The group with its site."""
        return self.group.plus(self.site.text)

    def tail(self) -> str:
        """Brackets, then the clauses between commas."""
        brackets = f" ({'; '.join(self.aside)})" if self.aside else ""
        return brackets + "".join(f", {clause}" for clause in self.outer)


def build(row: Row, scope: Scope, *, extra: tuple[str, ...] = (), signal: bool = True) -> Sign:
    """Everything a row says except its evolution and its relations, which `extra` brings as clauses."""
    statement = row.head
    entry = scope.catalog.findings[statement.concept]
    noun = _noun(statement, entry, scope)
    rim, plain = clauses.rim(statement, scope)
    where = place(row, entry, scope)
    said = clauses.attributes(plain, entry, noun, scope, where.said)
    if said.noun:
        noun = NounPhrase(said.noun, scope.word("noun_genders", said.noun.split(" ")[0]) or entry.lexeme.gender)
    measured = clauses.measures(plain, noun, scope)
    adjectives = [*where.adjectives(noun), *said.adjectives, *_count(statement, noun, scope)]
    adjectives += _severity(row, entry, noun, scope)
    inner = [*said.inner, *where.inner, *measured.inner] if not said.noun else [*said.inner, *where.inner]
    shown = clauses.signal(statement, noun, scope) if signal else ""
    outer = [
        rim, *said.outer, *where.outer, *_more_severe(row, entry, noun, scope), *measured.outer,
        clauses.phases(statement, scope), shown, *extra, _condition(entry, noun, scope),
    ]  # fmt: skip
    sign = Sign(noun, adjectives, inner, where, [*measured.aside, *said.aside], [c for c in outer if c])
    return _inside(sign, row, scope, measured if said.noun else None)


def present(sign: Sign) -> str:
    """« œdème médullaire marqué de …, en hyposignal T1 »."""
    return sign.located.text + sign.tail()


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
    return f"{sign.located.text} {frame}"


def _noun(statement: Statement, entry: FindingDef, scope: Scope) -> NounPhrase:
    """Head noun: plural with a count, the modality's own phrase, or the noun an attribute asks for."""
    count = statement.count
    many = count is not None and count != 1
    if statement.status == "absent" and statement.evolution is None:
        return french.np(entry.lexeme).with_text(entry.negative)
    for attribute, noun in scope.table("noun_with", statement.concept).items():
        if statement.attribute(attribute) is not None:
            return NounPhrase(french.plural_phrase(noun) if many else noun, entry.lexeme.gender, many)
    own = entry.modality_phrase.get(scope.exam.study.modality)
    if own and not many and statement.evolution is None:
        return NounPhrase(own, entry.lexeme.gender)
    phrase = french.np(entry.lexeme, plural=many)
    words = scope.words("counts")
    if isinstance(count, int) and count > 1:
        return phrase.with_text(f"{words[count] if count < len(words) else count} {phrase.text}")
    return phrase


def _count(statement: Statement, noun: NounPhrase, scope: Scope) -> list[str]:
    if statement.count == 1:
        return [scope.word("count_one")]
    return [french.agree(scope.word("count_multiple"), noun)] if isinstance(statement.count, str) else []


def severity_word(value: str, entry: FindingDef, noun: NounPhrase, scope: Scope) -> str:
    """« marqué », « abondant », « discrète » agreed with the noun."""
    own = entry.severity_fr.get(value)
    word = own or scope.catalog.severities[value]["f" if noun.gender == "f" else "m"]
    return french.plural_phrase(word) if noun.plural else word


def _severity(row: Row, entry: FindingDef, noun: NounPhrase, scope: Scope) -> list[str]:
    value = row.head.attribute("severity")
    return [] if value is None or row.severities else [severity_word(str(value), entry, noun, scope)]


def _more_severe(row: Row, entry: FindingDef, noun: NounPhrase, scope: Scope) -> list[str]:
    """« plus marquée à droite », « modérée à gauche et plus marquée à droite »."""
    if not row.severities:
        return []
    (worse_side, worse), (other_side, other) = row.severities
    marked = scope.word("more_marked")
    more = f"{marked.rpartition(' ')[0]} {french.agree(marked.rpartition(' ')[2], noun)}"
    if other is not None and worse is not None and worse != "marked":
        more = severity_word(worse, entry, noun, scope)
    parts = [(severity_word(other, entry, noun, scope), other_side)] if other else []
    return [french.enumeration(f"{word} {scope.word('sides', side)}" for word, side in [*parts, (more, worse_side)])]


def _condition(entry: FindingDef, noun: NounPhrase, scope: Scope) -> str:
    """« visible en tomodensitométrie » for a CT sign seen on a SPECT-CT."""
    condition = entry.conditional.get(scope.exam.study.modality)
    words = scope.table("conditions").get(condition or "", "")
    head, _, rest = str(words).partition(" ")
    return f"{head}{'s' if noun.plural else ''} {rest}" if words else ""


def facts_inside(row: Row, scope: Scope) -> list[Statement]:
    """Derived facts that the row's own sentence says (height loss, Genant grade, change against the prior)."""
    inside, ids = scope.table("inside"), set(row.ids)
    return [s for s in scope.of_kind("derived") if s.concept in inside and ids.intersection(s.evidence)]


def _inside(sign: Sign, row: Row, scope: Scope, measured: Clauses | None) -> Sign:
    """Add the derived facts; the angle of a noun value (« angle de cyphose … de 25° ») comes after the site."""
    if measured is not None:
        sign.site = replace(sign.site, text=" ".join([sign.site.text, *measured.inner]).strip())
    said = {m.name for m in row.head.measures} | {a.name for a in row.head.attributes}
    said |= {fact for measure, fact in scope.table("says_fact").items() if measure in said}
    after: list[str] = []
    for fact in facts_inside(row, scope):
        if fact.concept not in said:
            where, words = fact_phrase(fact, scope)
            {"outer": sign.outer, "aside": sign.aside, "after_loss": after}[where].append(words)
    return _order_loss(sign, after, scope)


def _order_loss(sign: Sign, after: list[str], scope: Scope) -> Sign:
    """« avec une perte de hauteur de 46 % (grade 3 de Genant), contre 35 % avant le geste »."""
    loss_word = scope.word("height_loss")
    loss = next((n for n, clause in enumerate(sign.outer) if loss_word in clause), None)
    if loss is None:
        sign.outer[:0] = after
        return sign
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
