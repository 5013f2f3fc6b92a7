"""What every section writer shares: the report, the words, and the making of sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import Site
from reporter.model.report import ReportData, Sentence, Statement
from reporter.narrative.lexicon import lexicon
from reporter.narrative.signwords import signs_of
from reporter.settings import Settings

_MAKE = tuple.__new__


class Scope:
    """Read-only view of one report and of the catalogue's words; statements are sorted by kind once.

    `word`, `table`, `words`: French of the lexicon by path (see `Lexicon`); `signs`: the words of each sign.
    """

    def __init__(self, report: ReportData, catalog: Catalog, settings: Settings) -> None:
        self.report, self.exam, self.catalog, self.settings = report, report.exam, catalog, settings
        self.lexicon = words = lexicon(catalog)
        self.word, self.table, self.words = words.word, words.table, words.words
        self._kinds: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in report.statements:
            self._kinds[statement.kind].append(statement)
        self.findings: Sequence[Statement] = self._kinds["finding"]
        self.derived: Sequence[Statement] = self._kinds["derived"]
        self.signs = signs_of(catalog)
        self.ranks = _level_ranks(catalog)
        self._inside: dict[str, list[int]] | None = None
        self._twins: dict[tuple[str | None, tuple[str, ...]], list[Statement]] | None = None

    def of_kind(self, kind: str) -> Sequence[Statement]:
        """Statements of a kind, in report order."""
        return self._kinds.get(kind, ())

    def facts_inside(self, ids: Sequence[str]) -> Sequence[Statement]:
        """Derived facts of these statements that their own sentence says (height loss, Genant grade …)."""
        if self._inside is None:
            self._inside = self._facts_by_evidence()
        if not self._inside:
            return ()
        found = sorted({n for name in ids for n in self._inside.get(name, ())})
        return [self.derived[n] for n in found]

    def _facts_by_evidence(self) -> dict[str, list[int]]:
        """Statement id → positions of the derived facts that a sentence about it says."""
        inside, found = self.table("inside"), dict[str, list[int]]()
        for position, fact in enumerate(self.derived):
            if fact.concept in inside:
                for name in fact.evidence:
                    found.setdefault(name, []).append(position)
        return found

    def twins(self, fact: Statement) -> Sequence[Statement]:
        """The fact and the others that its rule derived from the same evidence: one sentence says them all."""
        if self._twins is None:
            self._twins = {}
            for one in self.derived:
                self._twins.setdefault((one.origin.rule, one.evidence), []).append(one)
        return self._twins.get((fact.origin.rule, fact.evidence), ())

    def de_site(self, site: Site, *, adjectives: bool = True) -> str:
        """« de l'aileron sacré gauche »."""
        return french.de_site(site, self.catalog, self.settings, adjectives=adjectives)

    def level_rank(self, site: Site | None) -> int:
        """Cranio-caudal rank of a site's (upper) level; 0 for a site without level."""
        if site is None or site.level is None:
            return 0
        level = site.level
        return self.ranks.get(level if len(level) < 4 else upper_level(level), len(self.ranks) + 1)


@per_catalog
def _level_ranks(catalog: Catalog) -> dict[str, int]:
    return {level: rank for rank, level in enumerate(catalog.levels, 1)}


def upper_level(level: str) -> str:
    """The upper vertebra of a disc: L4L5 → L4."""
    return level if len(level) < 4 else level[: 3 if level[2].isdigit() else 2]


def _printed(text: str, settings: Settings, stop: bool = True) -> str:
    """Capital, full stop, print typography."""
    body = french.single_spaced(text)
    if not body:
        return ""
    end = ""
    if stop and body[-1] not in ".?!":
        body, end = body.rstrip(" ,;"), "."
    return french.typeset(f"{body[:1].upper()}{body[1:]}{end}", settings, True)


@per_catalog
def _own_print(_catalog: Catalog, text: str, ascii_only: bool, nnbsp_colon: bool) -> str:
    """A sentence of the catalogue as it is printed."""
    return _printed(text, Settings(ascii=ascii_only, nnbsp_colon=nnbsp_colon))


class Writer:
    """Collects the sentences of one section, numbering them; knows, once asked, which one says what first."""

    __slots__ = ("_known", "_rules", "_said", "section", "sentences", "settings")

    def __init__(self, section: str, settings: Settings) -> None:
        self.section, self.settings = section, settings
        self.sentences: list[Sentence] = []
        self._said: dict[str, int] = {}
        self._rules: dict[str, int] = {}
        self._known = 0

    def say(
        self,
        text: str,
        statements: Collection[str],
        *,
        rules: Collection[str] = (),
        paragraph: int = 0,
        stop: bool = True,
    ) -> None:
        """Add one sentence: capital, full stop, print typography. An empty text says nothing."""
        shown = _printed(text, self.settings, stop)
        if shown:
            self._add(shown, statements, rules, paragraph)

    def say_own(
        self,
        scope: Scope,
        text: str,
        statements: Collection[str],
        rules: Collection[str] = (),
        paragraph: int = 0,
    ) -> None:
        """Add a sentence of the catalogue, word for word; `text` has nothing of the exam, for its print is kept."""
        shown = _own_print(scope.catalog, text, self.settings.ascii, self.settings.nnbsp_colon)
        if shown:
            self._add(shown, statements, rules, paragraph)

    def verbatim(self, text: str, statements: Collection[str], *, paragraph: int = 0) -> None:
        """Add a text of the radiologist as it was written."""
        self._add(text, statements, (), paragraph, free=True)

    def also(self, index: int, statements: Iterable[str], rules: Iterable[str] = ()) -> None:
        """Record that an earlier sentence also says other statements."""
        number = index % len(self.sentences)
        known = self.sentences[number]
        said = tuple(dict.fromkeys((*known.statements, *statements)))
        fired = tuple(dict.fromkeys((*known.rules, *rules)))
        self.sentences[number] = _MAKE(Sentence, (*known[:3], said, fired, *known[5:]))
        if number < self._known:
            self._said.update((name, number) for name in said if self._said.get(name, number) >= number)
            self._rules.update((rule, number) for rule in fired if self._rules.get(rule, number) >= number)

    def says(self, statement: str) -> bool:
        """A sentence already says this statement."""
        return statement in (self._said if self._known == len(self.sentences) else self._first())

    def said(self) -> set[str]:
        """Every statement said so far; it does not grow with the sentences that follow."""
        return set(self._first())

    def saying(self, statements: Iterable[str]) -> int | None:
        """The first sentence that says one of the statements."""
        first = self._first()
        return min((first[name] for name in statements if name in first), default=None)

    def of_rule(self, rule: str | None) -> int | None:
        """The first sentence that a rule stands behind."""
        if rule is None:
            return None
        self._first()
        return self._rules.get(rule)

    def _add(
        self,
        text: str,
        statements: Collection[str],
        rules: Collection[str] = (),
        paragraph: int = 0,
        free: bool = False,
    ) -> None:
        """One more sentence, made as `Sentence` itself does it: its own `__new__` costs as much again."""
        said = tuple(statements if len(statements) == 1 else dict.fromkeys(statements))
        fired = tuple(dict.fromkeys(rules)) if rules else ()
        section, sentences = self.section, self.sentences
        values = f"s-{section}-{len(sentences) + 1}", section, text, said, fired, free, paragraph, False
        sentences.append(_MAKE(Sentence, values))

    def _first(self) -> dict[str, int]:
        """Statement → the first sentence that says it."""
        first = self._known
        if first < len(self.sentences):
            for number, sentence in enumerate(self.sentences[first:], first):
                for name in sentence.statements:
                    self._said.setdefault(name, number)
                for rule in sentence.rules:
                    self._rules.setdefault(rule, number)
            self._known = len(self.sentences)
        return self._said
