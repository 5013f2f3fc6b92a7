"""What a rule iterates over. Each scope yields what the rule's expressions may name, `path` among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from reporter.model.exam import Site
from reporter.rules.facts import Facts
from reporter.rules.vocabulary.places import at_level
from reporter.rules.vocabulary.selection import ASSERTED, having
from reporter.rules.vocabulary.spine import BODY, fractured_levels

Item = tuple[Any, ...]
ROOT = ""
_UNCHECKED_TEXTS = ("indication",)


@dataclass(frozen=True, slots=True)
class Scope:
    """A way to iterate: what each item binds, in the order of `names`.

    `key`: the attribute of the first name that says what the item is (the sign of a finding …); with `prefix`, it is
    what `Facts.holds` has of it. `needs`: without one of these there is no item; None where that is not said.
    """

    names: tuple[str, ...]
    items: Callable[[Facts], Iterator[Item]]
    needs: frozenset[str] | None = None
    key: str = ""
    prefix: str = ""


def _exam(_facts: Facts) -> Iterator[Item]:
    yield (ROOT,)


def _findings(facts: Facts) -> Iterator[Item]:
    for f in facts.findings:
        yield f, f.path


def _signals(facts: Facts) -> Iterator[Item]:
    for f in facts.findings:
        for sequence, value in f.signal.items():
            yield f, sequence, value, f"{f.path}/signal/{sequence}"


def _diagnoses(facts: Facts) -> Iterator[Item]:
    for d in facts.conclusion.diagnoses:
        yield d, d.path


def _comparisons(facts: Facts) -> Iterator[Item]:
    for p in facts.comparisons:
        yield p, p.path


def _measurements(facts: Facts) -> Iterator[Item]:
    for m in facts.dxa.measurements if facts.dxa else ():
        yield m, m.path


def _procedures(facts: Facts) -> Iterator[Item]:
    for proc in facts.patient.procedures:
        yield proc, proc.path


def _labs(facts: Facts) -> Iterator[Item]:
    for lab in facts.patient.labs:
        yield lab, lab.path


def _texts(facts: Facts) -> Iterator[Item]:
    """Free text of the radiologist; the indication is the requester's and is not judged."""
    if facts.conclusion.free_text:
        yield facts.conclusion.free_text, "/conclusion/free_text"
    for section, text in facts.exam.free_text.items():
        if section not in _UNCHECKED_TEXTS:
            yield text, f"/free_text/{section}"
    for f in facts.findings:
        if f.comment:
            yield f.comment, f"{f.path}/comment"


def _levels(facts: Facts) -> Iterator[Item]:
    """Vertebral levels with a fracture seen today; `found` are the findings that show it."""
    for level in fractured_levels(facts):
        found = tuple(f for f in having(facts, BODY) if at_level(f.site, level))
        yield level, found, found[0].path


def _places(facts: Facts) -> Iterator[Item]:
    """Every place asserted: of findings, of diagnoses that stand, of densitometric measurements (`roi`).

    `full`: every coordinate is mandatory; a diagnosis may leave some to its findings.
    """
    for f in facts.findings:
        yield f.site, False, True, f"{f.path}/site"
    for d in facts.conclusion.diagnoses:
        if d.site is not None and d.certainty in ASSERTED and not _named_roi(facts, d.code):
            yield d.site, False, False, d.path
    for m in facts.dxa.measurements if facts.dxa else ():
        yield Site(m.site, m.laterality), True, True, m.path


def _named_roi(facts: Facts, code: str) -> bool:
    entry = facts.catalog.diagnoses.get(code)
    return entry is not None and entry.dxa


def _with(*held: str) -> frozenset[str]:
    return frozenset(held)


SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        "exam": Scope(("path",), _exam),
        "finding": Scope(("f", "path"), _findings, _with("/findings"), "finding"),
        "signal": Scope(("f", "seq", "value", "path"), _signals, _with("/signal"), "finding"),
        "diagnosis": Scope(("d", "path"), _diagnoses, _with("/diagnoses"), "code", "diagnosis:"),
        "comparison": Scope(("p", "path"), _comparisons, _with("/comparisons")),
        "measurement": Scope(("m", "path"), _measurements, _with("/dxa"), "site", "measurement:"),
        "procedure": Scope(("proc", "path"), _procedures, _with("/procedures"), "type", "procedure:"),
        "lab": Scope(("lab", "path"), _labs, _with("/labs"), "code", "lab:"),
        "text": Scope(("text", "path"), _texts),
        "site_level": Scope(("level", "found", "path"), _levels, _with(*BODY)),
        "place": Scope(("site", "roi", "full", "path"), _places, _with("/findings", "/diagnoses", "/dxa")),
    }
)
