"""Every rule fires where it must and keeps silent at the boundary (tests/rules/cases)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.rules import assess
from reporter.settings import Settings
from tests.rules import build

FOLDER = Path(__file__).parent / "cases"
GRADES = frozenset(("O-ARCO", "O-DENIS", "O-FFP"))
TODAY = dt.date(2030, 1, 1)


class TextDates(yaml.SafeLoader):
    """Dates stay text, as in JSON."""


TextDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), TextDates)  # noqa: S506 - a safe loader


BASES = load("bases.yaml")
ENTRIES = [entry for name in ("a_to_d.yaml", "e_to_g.yaml", "h_to_l.yaml") for entry in load(name)]


def cases() -> Iterator[Any]:
    for entry in ENTRIES:
        own = "fires" if entry.get("base_fires") else "silent"
        for outcome in ("fires", "silent"):
            changes = [*entry.get(outcome, []), *([{}] if own == outcome else [])]
            for n, change in enumerate(changes):
                yield pytest.param(
                    entry, change, outcome == "fires", id=f"{entry['rule']}-{entry['base']}-{outcome}{n}"
                )


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(("entry", "change", "expected"), list(cases()))
def test_rule(catalog: Catalog, entry: dict[str, Any], change: dict[str, Any], expected: bool) -> None:
    settings = Settings(optional_grades=GRADES if entry.get("grades") else frozenset())
    exam = build.exam(build.merged(BASES[entry["base"]], change))
    result = assess(exam, catalog, settings, today=TODAY)
    heard = {issue.code for issue in result.issues} | set(result.fired)
    assert "RPT-RULE" not in heard, [i.message for i in result.issues if i.code == "RPT-RULE"]
    assert (entry["rule"] in heard) is expected, sorted(heard)


def test_every_rule_evaluated_here_is_tried(catalog: Catalog) -> None:
    evaluated = {rule.id for rule in catalog.rules.values() if rule.raw.get("where") != "intake"}
    tried = {entry["rule"] for entry in ENTRIES if entry.get("fires") or entry.get("base_fires")}
    assert not evaluated - tried


@pytest.mark.parametrize("name", sorted(BASES))
def test_the_bases_are_accepted(catalog: Catalog, name: str) -> None:
    result = assess(build.exam(BASES[name]), catalog, Settings(), today=TODAY)
    assert not result.errors
