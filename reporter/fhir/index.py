"""What the statements of a report call each other by: looked up, so that the work stays linear in their number."""

from __future__ import annotations

from reporter.model.exam import Exam, PriorExam
from reporter.model.report import Statement

_SIGNS = ("finding", "prior_finding")
_EVIDENCE = ("finding", "dxa")


class Index:
    """Statements with their keys, and earlier exams, by the names that others use for them: each table when asked."""

    def __init__(self, exam: Exam, keyed: list[tuple[str, Statement]]) -> None:
        self._exam, self._keyed = exam, keyed
        self._priors: dict[str, PriorExam] = {}
        self._signs: dict[tuple[str, str, str], list[tuple[str, Statement]]] = {}
        self._evidence: dict[str, list[str]] = {}

    def prior(self, name: str) -> PriorExam:
        """The earlier exam of an id, the first one."""
        if not self._priors:
            self._priors = {prior.id: prior for prior in reversed(self._exam.comparisons)}
        return self._priors[name]

    def related(self, statement: Statement, target: str) -> list[tuple[str, Statement]]:
        """The signs of the same exam that the user calls `target`."""
        if not self._signs:
            for key, sign in self._keyed:
                if sign.kind in _SIGNS:
                    self._signs.setdefault(_of_exam(sign, sign.source_id), []).append((key, sign))
        return self._signs.get(_of_exam(statement, target), [])

    def evidence(self) -> dict[str, list[str]]:
        """The keys of the signs and results of this exam that have an id, or that the user calls so."""
        found = self._evidence
        if not found:
            for key, statement in self._keyed:
                if statement.kind in _EVIDENCE:
                    found.setdefault(statement.id, []).append(key)
                    if statement.source_id != statement.id:
                        found.setdefault(statement.source_id, []).append(key)
        return found


def _of_exam(statement: Statement, name: str) -> tuple[str, str, str]:
    """A name is that of one kind of statement of one exam."""
    return statement.kind, statement.id.rpartition("/")[0], name
