"""What is worked out of a catalogue is kept with it; and how a catalogue is taken apart for that."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any

import pytest

from reporter.catalog import load_catalog, read_catalog
from reporter.catalog.entries import ChecklistItem, Coding, MeasureDef
from reporter.catalog.kept import kept, sources
from reporter.catalog.plain import plain, revive


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPORTER_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Maker:
    """Counts how often it is asked."""

    def __init__(self, answer: object) -> None:
        self.answer, self.asked = answer, 0

    def __call__(self) -> object:
        self.asked += 1
        return self.answer


def test_an_answer_is_worked_out_by_the_first_process_only() -> None:
    first, second = Maker((1, "a", {"b": None})), Maker("never")
    assert kept("test", load_catalog(), "code", first) == (1, "a", {"b": None})
    assert kept("test", load_catalog(), "code", second) == (1, "a", {"b": None})
    assert (first.asked, second.asked) == (1, 0)


def test_code_can_be_kept() -> None:
    code = compile("noun.upper()", "<test>", "eval")
    kept("test", load_catalog(), "code", lambda: {"it": code})
    found = kept("test", load_catalog(), "code", dict)
    assert FunctionType(found["it"], {"noun": "os"})() == "OS"


def test_another_kind_other_code_or_another_catalogue_has_another_answer(tmp_path: Path) -> None:
    site = tmp_path / "site" / "terminology"
    site.mkdir(parents=True)
    (site / "x.yaml").write_text("vocabulary: {lab: [TSH]}", encoding="utf-8")
    kept("test", load_catalog(), "code", lambda: "first")
    assert kept("other", load_catalog(), "code", lambda: "kind") == "kind"
    assert kept("test", load_catalog(), "changed", lambda: "code") == "code"
    assert kept("test", load_catalog(site.parent), "code", lambda: "overlay") == "overlay"
    assert kept("test", load_catalog(snomed_licence=True), "code", lambda: "licence") == "licence"
    assert kept("test", load_catalog(), "code", lambda: "never") == "first"


def test_a_catalogue_changed_in_memory_or_not_loaded_from_files_is_never_mixed_up() -> None:
    kept("test", load_catalog(), "code", lambda: "ours")
    changed = dataclasses.replace(load_catalog(), levels=())
    assert kept("test", changed, "code", lambda: "changed") is None
    assert kept("test", read_catalog(), "code", lambda: "read") is None
    assert kept("test", load_catalog(), "", lambda: "no sources") is None
    assert kept("test", load_catalog(), "code", lambda: "never") == "ours"


def test_without_a_cache_nothing_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = load_catalog()
    monkeypatch.setenv("REPORTER_CACHE_DIR", "")
    assert kept("test", catalog, "code", lambda: "kept") is None
    assert kept("test", load_catalog(), "code", lambda: "kept") is None


def test_what_marshal_does_not_write_is_worked_out_each_time(cache: Path) -> None:
    catalog, maker = load_catalog(), Maker(Path("x"))
    for _ in range(2):
        assert kept("test", catalog, "code", maker) == Path("x")
    assert maker.asked == 2
    assert not list(cache.glob("test-*"))


def test_the_hash_of_sources_depends_on_names_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.py").write_text("y = 1")
    seen = {sources(str(tmp_path / "a.py"))}
    (tmp_path / "inner" / "b.py").write_text("y = 2")
    seen.add(sources(str(tmp_path / "a.py")))
    shutil.move(tmp_path / "inner" / "b.py", tmp_path / "inner" / "c.py")
    seen.add(sources(str(tmp_path / "a.py")))
    assert len(seen) == 3
    assert "" not in seen
    assert sources(str(tmp_path / "nowhere" / "a.py")) == ""
    (tmp_path / "empty").mkdir()
    assert sources(str(tmp_path / "empty" / "a.py")) == ""


MEASURE = MeasureDef("bmd", "g/cm2", Decimal("0.20"), Decimal(3))
VALUES: list[Any] = [
    MEASURE,
    (MEASURE, "text", MEASURE),
    [1, True, None, Decimal("1.50"), "texte"],
    {"a": [MEASURE], "b": ()},
    MappingProxyType({("s", "c"): (Coding("s", "c", None, "equivalent", "yes", "active"),), ("s", "d"): ()}),
    MappingProxyType({"raw": MappingProxyType({"list": ["x", {"y": Decimal(2)}], "none": None})}),
    ChecklistItem("fracture_line", ("sacrum", "(0, (), ())")),
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    back = revive(plain(value))
    assert back == value
    assert repr(back) == repr(value)


def test_what_is_plain_stays_as_it_is() -> None:
    for value in ("x", 1, None, True, ("a", (1, None)), frozenset({"L1", "L2"})):
        assert plain(value) is value


def test_a_triple_of_the_data_is_not_mistaken_for_one_of_ours() -> None:
    value = {"sneaky": (7, ("a", "b"), ()), "list": [(0, (), (0,))]}
    assert revive(plain(value)) == value


@pytest.mark.parametrize("value", [Path("x"), {1, 2}, b"x", [{"deep": object()}]])
def test_a_type_no_catalogue_holds_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        plain(value)


def test_mappings_come_back_frozen() -> None:
    catalog = load_catalog()
    for name in ("findings", "codes", "aliases", "templates"):
        table: Mapping[Any, Any] = getattr(catalog, name)
        assert type(table) is MappingProxyType
    assert type(catalog.findings["fracture_line"].values_fr) is MappingProxyType
