"""What is compiled from a catalogue belongs to that catalogue."""

from __future__ import annotations

import dataclasses

import pytest

from reporter.catalog import load_catalog, tables
from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog


def test_an_answer_is_worked_out_once_for_each_catalogue() -> None:
    asked: list[tuple[str, str]] = []

    @per_catalog
    def noun(catalog: Catalog, code: str) -> str:
        asked.append((catalog.version, code))
        return catalog.findings[code].lexeme.noun

    first = load_catalog()
    changed = dataclasses.replace(first, version="other")
    assert noun(first, "fracture_line") == noun(first, "fracture_line") == noun(changed, "fracture_line")
    assert asked == [(first.version, "fracture_line"), ("other", "fracture_line")]


def test_a_full_table_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, asked = load_catalog(), []

    @per_catalog
    def twice(_catalog: Catalog, number: int) -> int:
        asked.append(number)
        return 2 * number

    monkeypatch.setattr(tables, "LIMIT", 2)
    assert [twice(catalog, n) for n in (1, 2, 3, 3)] == [2, 4, 6, 6]
    assert asked == [1, 2, 3, 3]


def test_an_answer_that_failed_is_not_kept() -> None:
    catalog, asked = load_catalog(), []

    @per_catalog
    def fails(_catalog: Catalog, code: str) -> str:
        asked.append(code)
        raise KeyError(code)

    for _ in range(2):
        with pytest.raises(KeyError):
            fails(catalog, "nothing")
    assert asked == ["nothing", "nothing"]


def test_two_who_work_out_the_same_at_once_go_on_with_one_answer() -> None:
    catalog = load_catalog()
    first: list[object] = []

    @per_catalog
    def made(catalog: Catalog) -> object:
        if not first:
            first.append(None)
            first[0] = made(catalog)
        return object()

    assert made(catalog) is first[0]


def test_two_equal_catalogues_stay_equal_after_use() -> None:
    one, other = load_catalog(), load_catalog()
    per_catalog(lambda catalog: catalog.version)(one)
    assert one == other
