"""What a rule iterates over. Each scope yields what the rule's expressions may name, `path` among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from reporter.model.exam import make_site
from reporter.rules.facts import Facts
from reporter.rules.vocabulary.selection import ASSERTED, having
from reporter.rules.vocabulary.spine import BODY, fractured_levels

Item = tuple[Any, ...]
ROOT = ""
_UNCHECKED_TEXTS = ("indication",)


@dataclass(frozen=True, slots=True)
class Scope:
    """A way to iterate: what each item binds, in the order of `names`.

    `key`: the attribute of the first name that says what the item is (the sign of a finding …). `needs`: without one
    of these there is no item (see `Facts.holds`); None where that is not said.
    """

    names: tuple[str, ...]
    items: Callable[[Facts], list[Item]]
    needs: frozenset[str] | None = None
    key: str = ""


def _exam(_facts: Facts) -> list[Item]:
    return [(ROOT,)]


def _findings(facts: Facts) -> list[Item]:
    return [(f, f.path) for f in facts.findings]


def _signals(facts: Facts) -> list[Item]:
    return [
        (f, sequence, value, f"{f.path}/signal/{sequence}")
        for f in facts.findings
        if f.signal
        for sequence, value in f.signal.items()
    ]


def _diagnoses(facts: Facts) -> list[Item]:
    return [(d, d.path) for d in facts.conclusion.diagnoses]


def _comparisons(facts: Facts) -> list[Item]:
    return [(p, p.path) for p in facts.comparisons]


def _measurements(facts: Facts) -> list[Item]:
    return [(m, m.path) for m in facts.dxa.measurements] if facts.dxa else []


def _procedures(facts: Facts) -> list[Item]:
    return [(proc, proc.path) for proc in facts.patient.procedures]


def _labs(facts: Facts) -> list[Item]:
    return [(lab, lab.path) for lab in facts.patient.labs]


def _texts(facts: Facts) -> list[Item]:
    """Free text of the radiologist; the indication is the requester's and is not judged."""
    found: list[Item] = []
    if facts.conclusion.free_text:
        found.append((facts.conclusion.free_text, "/conclusion/free_text"))
    for section, text in facts.exam.free_text.items():
        if section not in _UNCHECKED_TEXTS:
            found.append((text, f"/free_text/{section}"))
    return found + [(f.comment, f"{f.path}/comment") for f in facts.findings if f.comment]


def _levels(facts: Facts) -> list[Item]:
    """Vertebral levels with a fracture seen today; `found` are the findings that show it."""
    shown = [(level, having(facts, BODY, level=level)) for level in fractured_levels(facts)]
    return [(level, found, found[0].path) for level, found in shown]


def _places(facts: Facts) -> list[Item]:
    """Every place asserted: of findings, of diagnoses that stand, of densitometric measurements (`roi`).

    `full`: every coordinate is mandatory; a diagnosis may leave some to its findings.
    """
    found: list[Item] = [(f.site, False, True, f"{f.path}/site") for f in facts.findings]
    for d in facts.conclusion.diagnoses:
        if d.site is not None and d.certainty in ASSERTED and not _named_roi(facts, d.code):
            found.append((d.site, False, False, d.path))
    if facts.dxa:
        found += [(make_site(m.site, m.laterality), True, True, m.path) for m in facts.dxa.measurements]
    return found


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
        "diagnosis": Scope(("d", "path"), _diagnoses, _with("/diagnoses"), "code"),
        "comparison": Scope(("p", "path"), _comparisons, _with("/comparisons")),
        "measurement": Scope(("m", "path"), _measurements, _with("/dxa"), "site"),
        "procedure": Scope(("proc", "path"), _procedures, _with("/procedures"), "type"),
        "lab": Scope(("lab", "path"), _labs, _with("/labs"), "code"),
        "text": Scope(("text", "path"), _texts, _with("/text")),
        "site_level": Scope(("level", "found", "path"), _levels, _with(*BODY)),
        "place": Scope(("site", "roi", "full", "path"), _places, _with("/findings", "/diagnoses", "/dxa")),
    }
)
