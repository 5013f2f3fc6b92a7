"""What the statements of a report call each other by: looked up, so that the work stays linear in their number."""

from __future__ import annotations

from reporter.model.exam import Exam, PriorExam
from reporter.model.report import Statement

_SIGNS = ("finding", "prior_finding")
_EVIDENCE = ("finding", "dxa")


class Index:
    """Statements with their keys, and earlier exams, by the names that others use for them."""

    def __init__(self, exam: Exam, keyed: list[tuple[str, Statement]]) -> None:
        self.priors: dict[str, PriorExam] = {}
        self._signs: dict[tuple[str, str, str], list[tuple[str, Statement]]] = {}
        self._evidence: dict[str, list[str]] = {}
        for prior in exam.comparisons:
            self.priors.setdefault(prior.id, prior)
        for key, statement in keyed:
            if statement.kind in _SIGNS:
                self._signs.setdefault(_of_exam(statement, statement.source_id), []).append((key, statement))
            if statement.kind in _EVIDENCE:
                self._evidence.setdefault(statement.id, []).append(key)
                if statement.source_id != statement.id:
                    self._evidence.setdefault(statement.source_id, []).append(key)

    def related(self, statement: Statement, target: str) -> list[tuple[str, Statement]]:
        """The signs of the same exam that the user calls `target`."""
        return self._signs.get(_of_exam(statement, target), [])

    def evidence(self, name: str) -> list[str]:
        """The keys of the signs and results of this exam that have this id, or that the user calls so."""
        return self._evidence.get(name, [])


def _of_exam(statement: Statement, name: str) -> tuple[str, str, str]:
    """A name is that of one kind of statement of one exam."""
    return statement.kind, statement.id.rpartition("/")[0], name
