"""Data that is made fast is as frozen, as equal and as complete as before."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from reporter.model.exam import Finding, Site
from reporter.model.quick import maker, quick
from reporter.model.report import Origin, Statement


@quick
@dataclasses.dataclass(frozen=True, slots=True)
class Shelf:
    name: str
    books: dict[str, int] = dataclasses.field(default_factory=dict)
    height: int | None = None


def test_nothing_of_it_changes_once_it_is_made() -> None:
    shelf = Shelf("A")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(shelf, "name", "B")  # noqa: B010 - what a type checker refuses
    with pytest.raises(dataclasses.FrozenInstanceError):
        del shelf.height
    assert shelf.name == "A"


def test_it_is_of_its_own_class_from_the_first() -> None:
    shelf = Shelf("A", height=3)
    assert type(shelf) is Shelf
    assert dataclasses.asdict(shelf) == {"name": "A", "books": {}, "height": 3}
    assert not hasattr(shelf, "__dict__")


def test_what_a_maker_makes_is_what_the_class_makes() -> None:
    make = maker(Shelf)
    for given in ({}, {"height": 3}, {"books": {"x": 1}}):
        assert make("A", **given) == Shelf("A", **given)  # type: ignore[arg-type]
    shelf = make("A")
    shelf.books["y"] = 1
    assert (type(shelf), make("A").books) == (Shelf, {})
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(shelf, "name", "B")  # noqa: B010 - what a type checker refuses
    with pytest.raises(TypeError):
        make()  # type: ignore[call-arg]


def test_a_field_may_bear_any_name() -> None:
    @quick
    @dataclasses.dataclass(frozen=True, slots=True)
    class Odd:
        open: int
        turn: int = 2
        missing: tuple[int, ...] = dataclasses.field(default_factory=tuple)
        frozen: str = "yes"

    assert (Odd(1).open, Odd(1).turn, Odd(1).missing, Odd(1).frozen) == (1, 2, (), "yes")


def test_each_object_has_a_default_of_its_own() -> None:
    first, second = Shelf("A"), Shelf("B", height=3)
    first.books["x"] = 1
    assert (second.name, second.books, second.height) == ("B", {}, 3)


@pytest.mark.parametrize("given", [{}, {"code": "sacrum", "colour": "red"}])
def test_wrong_names_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Site.__init__\(\)"):
        Site(**given)


@pytest.mark.parametrize(
    "made",
    [
        Site("vertebral_body", level="L1", zones=("anterior",)),
        Finding("F1", "fracture_line", "absent", Site("sacrum"), "/findings/0"),
        Statement("F1", "finding", "fracture_line", Origin("entered", "/findings/0"), count=2),
    ],
)
def test_copies_are_equal_and_a_change_makes_another(made: Any) -> None:
    assert copy.deepcopy(Site("sacrum", "left")) == Site("sacrum", "left")
    assert dataclasses.replace(made) == made
    assert hash(dataclasses.replace(Site("sacrum"), laterality="left")) == hash(Site("sacrum", "left"))
    assert "Site(code='sacrum', laterality=None" in repr(Site("sacrum"))


def test_a_place_of_one_side_is_the_same_place() -> None:
    site = Site("metatarsal", "bilateral", level="L1", number=2, part="base", zones=("plantar",))
    assert all(getattr(site, field.name) for field in dataclasses.fields(Site))
    assert site.on("left") == dataclasses.replace(site, laterality="left")


def test_it_travels_to_another_process() -> None:
    site = Site("vertebral_body", level="L1")
    assert pickle.loads(pickle.dumps(site)) == site  # noqa: S301 - made here
