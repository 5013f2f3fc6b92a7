"""The sentences of a section: collected as they are said, printed together at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from reporter import french
from reporter.model.report import Sentence
from reporter.settings import Settings

_MAKE = tuple.__new__
_UNSTOPPED = "title"
_STOPS = frozenset(".?!")
_ENDS = frozenset((*_STOPS, ",", ";", ""))
Said = tuple[Collection[str], Collection[str], int, bool]


class Writer:
    """Collects the sentences of one section; knows, once asked, which one says what first.

    `said`: for each of its `texts` the statements it says, the rules behind it, its paragraph, and whether it is the
    radiologist's own words.
    """

    __slots__ = ("_known", "_rules", "_statements", "said", "section", "texts")

    def __init__(self, section: str) -> None:
        self.section = section
        self.texts: list[str] = []
        self.said: list[Said] = []
        self._statements: dict[str, int] = {}
        self._rules: dict[str, int] = {}
        self._known = 0

    def say(self, text: str, statements: Collection[str], rules: Collection[str] = (), paragraph: int = 0) -> None:
        """Add one sentence, to be printed with a capital and a full stop. An empty text says nothing."""
        if text and not text.isspace():
            self.texts.append(text)
            self.said.append((statements, rules, paragraph, False))

    def verbatim(self, text: str, statements: Collection[str], *, paragraph: int = 0) -> None:
        """Add a text of the radiologist as it was written."""
        self.texts.append(text)
        self.said.append((statements, (), paragraph, True))

    def also(self, index: int, statements: Collection[str], rules: Collection[str] = ()) -> None:
        """Record that an earlier sentence also says other statements."""
        number = index % len(self.said)
        known, fired, paragraph, free = self.said[number]
        self.said[number] = (*known, *statements), (*fired, *rules), paragraph, free
        if number < self._known:
            _note(self._statements, statements, number)
            _note(self._rules, rules, number)

    def says(self, statement: str) -> bool:
        """A sentence already says this statement."""
        return statement in (self._statements if self._known == len(self.said) else self.first())

    def first(self) -> Mapping[str, int]:
        """Statement → the first sentence that says it."""
        for number in range(self._known, len(self.said)):
            statements, rules, _, _ = self.said[number]
            for name in statements:
                self._statements.setdefault(name, number)
            for rule in rules:
                self._rules.setdefault(rule, number)
        self._known = len(self.said)
        return self._statements

    def saying(self, statements: Iterable[str]) -> int | None:
        """The first sentence that says one of the statements."""
        first = self.first()
        return min((first[name] for name in statements if name in first), default=None)

    def of_rule(self, rule: str | None) -> int | None:
        """The first sentence that a rule stands behind."""
        if rule is None:
            return None
        self.first()
        return self._rules.get(rule)

    def shown(self, number: int, settings: Settings) -> str:
        """One sentence as it will be printed."""
        spaced = french.single_spaced(self.texts[number])
        return french.typeset(_lines([spaced], self.section)[0], settings, True)

    def sentences(self, shown: Sequence[str]) -> tuple[Sentence, ...]:
        """The sentences, numbered; `shown`: their texts as printed.

        A sentence is made as `Sentence` itself does it: its own `__new__` costs as much again.
        """
        section, made = self.section, []
        for number, (statements, rules, paragraph, free) in enumerate(self.said):
            said = tuple(statements if len(statements) == 1 else dict.fromkeys(statements))
            fired = tuple(dict.fromkeys(rules)) if rules else ()
            text = self.texts[number] if free else shown[number]
            values = f"s-{section}-{number + 1}", section, text, said, fired, free, paragraph, False
            made.append(_MAKE(Sentence, values))
        return tuple(made)


def _note(first: dict[str, int], names: Collection[str], number: int) -> None:
    """The sentence says these; keep the first of those that say each."""
    for name in names:
        if first.get(name, number) >= number:
            first[name] = number


def printed(writers: Sequence[Writer], settings: Settings) -> Iterator[tuple[Sentence, ...]]:
    """The sentences of each section, numbered, their texts as they are printed: capital, full stop, typography.

    No rule of typography looks over the end of a line. So the whole report is typeset at once, a sentence a line,
    which costs less than sentence by sentence; with odd blanks in a text, each is done by itself.
    """
    lines: list[str] = []
    for writer in writers:
        lines += _lines(writer.texts, writer.section)
    whole = "\n".join(lines)
    if whole.count("\n") == len(lines) - 1 and french.is_single_spaced(whole):
        lines = french.typeset(whole, settings, True).split("\n")
    else:
        lines = [writer.shown(number, settings) for writer in writers for number in range(len(writer.texts))]
    start = 0
    for writer in writers:
        end = start + len(writer.texts)
        yield writer.sentences(lines[start:end])
        start = end


def _lines(texts: Iterable[str], section: str) -> list[str]:
    """Texts with a capital and a full stop; a title has no stop."""
    if section == _UNSTOPPED:
        return [text[:1].upper() + text[1:] for text in map(str.strip, texts)]
    return [_ended(text) if text[-1:] in _ENDS else f"{text[0].upper()}{text[1:]}." for text in map(str.strip, texts)]


def _ended(text: str) -> str:
    """A text that has an end of its own: its full stop, or a comma that gives way to one."""
    body = text if text[-1:] in _STOPS else text.rstrip(" ,;") + "."
    return body[:1].upper() + body[1:]
