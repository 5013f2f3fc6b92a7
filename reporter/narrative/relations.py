"""Relations between signs, and which related sign is said inside another's sentence (STYLE §6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reporter import french
from reporter.french import NounPhrase
from reporter.model.exam import Relation
from reporter.model.report import Statement
from reporter.narrative import signs
from reporter.narrative.rows import Row, bare
from reporter.narrative.scope import Scope

_EXTENDS = "continuous_with"
_NOWHERE: tuple[int, None] = (-1, None)


@dataclass(slots=True)
class Relations:
    """Rows by the user's finding id, in print order; `absorbed` rows are said inside another's sentence."""

    rows: Sequence[Row]
    scope: Scope
    absorbed: dict[int, Row] = field(default_factory=dict)
    _places: dict[str, tuple[int, Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Where the row of each finding is, when any sign is related to another."""
        if [row for row in self.rows if row.head.relations]:
            for position, row in enumerate(self.rows):
                for statement in row.statements:
                    self._places.setdefault(statement.source_id, (position, row))

    def clauses(self, row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(clauses, ids of the statements they say besides the row's own)."""
        words: list[str] = []
        said: list[str] = []
        for relation in row.head.relations:
            _, target = self._places.get(relation.target, _NOWHERE)
            if target is None or target is row:
                continue
            words.append(self._clause(relation, row, target))
            if id(target) in self.absorbed and self.absorbed[id(target)] is row:
                said += target.ids
        return tuple(words), tuple(said)

    def absorb(self) -> None:
        """Choose the rows said inside an earlier row that relates to them."""
        for position, row in enumerate(self.rows):
            if not row.head.relations or id(row) in self.absorbed:
                continue
            for relation in row.head.relations:
                place, target = self._places.get(relation.target, _NOWHERE)
                if target is not None and place > position and self._fits(relation, row, target):
                    self.absorbed.setdefault(id(target), row)

    def _fits(self, relation: Relation, row: Row, target: Row) -> bool:
        """A target that can be said whole in a clause of an earlier row."""
        head = target.head
        plain = head.status == "present" and not (head.comment or head.evolution or head.relations or target.severities)
        if not plain or self.scope.facts_inside(target.ids) or len(target.sites) != 1:
            return False
        if relation.type == _EXTENDS and head.concept == row.head.concept:
            return _words(head) <= _words(row.head) and not head.measures
        return not head.measures and head.count is None

    def _clause(self, relation: Relation, row: Row, target: Row) -> str:
        if relation.type == _EXTENDS and target.head.concept == row.head.concept and target.sites != row.sites:
            noun = signs.build(row, self.scope).noun
            words = self.scope.word["relations", _EXTENDS, "words"] + french.ending(noun)
            sites = french.sites_np(target.sites, self.scope.catalog, self.scope.settings)
            return f"{words} {french.enumeration(french.a(p) for p in sites)}"
        kind = f"{_EXTENDS}_sign" if relation.type == _EXTENDS else relation.type
        inside = self.absorbed.get(id(target)) is row
        phrase = self._inner(row, target) if inside else self._named(row, target)
        words = self.scope.word["relations", kind, "words"]
        return f"{words} {_linked(self.scope.word['relations', kind, 'preposition'], phrase, inside)}".strip()

    def _inner(self, row: Row, target: Row) -> NounPhrase:
        """The related sign with all it says: « trait de fracture en hyposignal T2 »."""
        sign = signs.build(target, self.scope)
        return (sign.group if target.sites == row.sites else sign.located).plus(*sign.outer)

    def _named(self, row: Row, target: Row) -> NounPhrase:
        """The related sign by its name, with its site when it is elsewhere."""
        sign = signs.build(Row((bare(target.head, (), None),), target.sites), self.scope, facts=False)
        return sign.group if target.sites == row.sites else sign.located


def _linked(preposition: str, phrase: NounPhrase, new: bool) -> str:
    """« d'un trait », « du trait », « avec un trait », « avec le trait »."""
    if preposition == "de":
        return french.de_indefinite(phrase) if new else french.de(phrase)
    return f"{preposition} {french.indefinite(phrase) if new else french.definite(phrase)}"


def _words(statement: Statement) -> frozenset[tuple[str, str]]:
    return frozenset((a.name, str(a.value)) for a in statement.attributes)
