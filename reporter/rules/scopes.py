"""What a rule iterates over. Each scope yields bindings for the rule's expressions, `path` among them."""

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

Bindings = Mapping[str, Any]
ROOT = ""
_UNCHECKED_TEXTS = ("indication",)


@dataclass(frozen=True, slots=True)
class Scope:
    """A way to iterate, and the names it binds."""

    names: tuple[str, ...]
    bind: Callable[[Facts], Iterator[Bindings]]


def _exam(_facts: Facts) -> Iterator[Bindings]:
    yield {"path": ROOT}


def _findings(facts: Facts) -> Iterator[Bindings]:
    for f in facts.findings:
        yield {"f": f, "path": f.path}


def _signals(facts: Facts) -> Iterator[Bindings]:
    for f in facts.findings:
        for sequence, value in f.signal.items():
            yield {"f": f, "seq": sequence, "value": value, "path": f"{f.path}/signal/{sequence}"}


def _diagnoses(facts: Facts) -> Iterator[Bindings]:
    for d in facts.exam.conclusion.diagnoses:
        yield {"d": d, "path": d.path}


def _comparisons(facts: Facts) -> Iterator[Bindings]:
    for p in facts.exam.comparisons:
        yield {"p": p, "path": p.path}


def _measurements(facts: Facts) -> Iterator[Bindings]:
    for m in facts.exam.dxa.measurements if facts.exam.dxa else ():
        yield {"m": m, "path": m.path}


def _procedures(facts: Facts) -> Iterator[Bindings]:
    for proc in facts.exam.patient.procedures:
        yield {"proc": proc, "path": proc.path}


def _labs(facts: Facts) -> Iterator[Bindings]:
    for lab in facts.exam.patient.labs:
        yield {"lab": lab, "path": lab.path}


def _texts(facts: Facts) -> Iterator[Bindings]:
    """Free text of the radiologist; the indication is the requester's and is not judged."""
    if facts.exam.conclusion.free_text:
        yield {"text": facts.exam.conclusion.free_text, "path": "/conclusion/free_text"}
    for section, text in facts.exam.free_text.items():
        if section not in _UNCHECKED_TEXTS:
            yield {"text": text, "path": f"/free_text/{section}"}
    for f in facts.findings:
        if f.comment:
            yield {"text": f.comment, "path": f"{f.path}/comment"}


def _levels(facts: Facts) -> Iterator[Bindings]:
    """Vertebral levels with a fracture seen today; `found` are the findings that show it."""
    for level in fractured_levels(facts):
        found = tuple(f for f in having(facts, BODY) if at_level(f.site, level))
        yield {"level": level, "found": found, "path": found[0].path}


def _places(facts: Facts) -> Iterator[Bindings]:
    """Every place asserted: of findings, of diagnoses that stand, of densitometric measurements (`roi`).

    `full`: every coordinate is mandatory; a diagnosis may leave some to its findings.
    """
    for f in facts.findings:
        yield {"site": f.site, "roi": False, "full": True, "path": f"{f.path}/site"}
    for d in facts.exam.conclusion.diagnoses:
        if d.site is not None and d.certainty in ASSERTED and not _named_roi(facts, d.code):
            yield {"site": d.site, "roi": False, "full": False, "path": d.path}
    for m in facts.exam.dxa.measurements if facts.exam.dxa else ():
        yield {"site": Site(m.site, m.laterality), "roi": True, "full": True, "path": m.path}


def _named_roi(facts: Facts, code: str) -> bool:
    entry = facts.catalog.diagnoses.get(code)
    return entry is not None and entry.dxa


SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        "exam": Scope(("path",), _exam),
        "finding": Scope(("f", "path"), _findings),
        "signal": Scope(("f", "seq", "value", "path"), _signals),
        "diagnosis": Scope(("d", "path"), _diagnoses),
        "comparison": Scope(("p", "path"), _comparisons),
        "measurement": Scope(("m", "path"), _measurements),
        "procedure": Scope(("proc", "path"), _procedures),
        "lab": Scope(("lab", "path"), _labs),
        "text": Scope(("text", "path"), _texts),
        "site_level": Scope(("level", "found", "path"), _levels),
        "place": Scope(("site", "roi", "full", "path"), _places),
    }
)
