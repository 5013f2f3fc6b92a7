"""The models compiled into functions that make the frozen Exam straight from what was given.

Twice, from the same plan: out of values the models have read (`build`), and out of values as they stand in the input
(`usual`), which is all that nearly every exam needs. The second reads and makes in one go, never says why it refuses,
and leaves that to the models.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.intake import leaves, makers, models
from reporter.intake.fields import Reader
from reporter.intake.given import given
from reporter.intake.leaves import Read
from reporter.intake.parts import HOLDERS, KINDS, PLACED
from reporter.intake.problems import UnusualError
from reporter.intake.vocabulary import vocabulary_of
from reporter.model.exam import Exam

Leaf = Callable[[Reader, str], Read]


def build(source: models.ExamInput) -> Exam:
    """The whole exam, out of values that were read."""
    exam: Exam = _checked()(given(source), "")
    return exam


def usual(tree: object, catalog: Catalog) -> Exam | None:
    """The whole exam, out of values as they stand; None when the models must judge it. The tree stays as it is."""
    try:
        exam: Exam = _as_given(catalog)(tree, "")
    except (UnusualError, KeyError, TypeError, ValueError):  # a value, a name, a missing part, a date
        return None
    return exam


@cache
def _checked() -> makers.Placed:
    return _Plan(lambda _reader, _name: lambda value: value, leaves.exact, aliases=False).placed(models.ExamInput)


@per_catalog
def _as_given(catalog: Catalog) -> makers.Placed:
    known = vocabulary_of(catalog)
    return _Plan(lambda reader, name: reader.usual(known, name), leaves.anything, aliases=True).placed(models.ExamInput)


class _Plan:
    """How each class is read; `leaf`: how a single value is, `other`: one without a reader; `aliases`: by users' names.

    A part of an exam is compiled when first met: one exam has few of them.
    """

    def __init__(self, leaf: Leaf, other: Read, *, aliases: bool) -> None:
        self.other = other
        self.aliases = aliases
        self.leaf, self.placed, self.plain = cache(leaf), cache(self._placed), cache(self._plain)

    def _placed(self, source: type[BaseModel]) -> makers.Placed:
        """What makes the objects of a model that know their place, or have parts that do."""
        fields, own = _Fields(self, source), source in PLACED
        if source not in HOLDERS:
            return makers.pointed(KINDS[source], fields)
        parts = {name for name, field in source.model_fields.items() if _is_placed(field)}
        return makers.composed(KINDS[source], fields, parts, own=own)

    def field(self, name: str, field: FieldInfo, key: str) -> Callable[..., Any]:
        """What reads a field, which users call `key`."""
        if not _is_placed(field):
            return self._read(name, field)
        inner = _inner(field.annotation)
        if get_origin(inner) is list:
            return makers.placed_entries(self.placed(_inner(get_args(inner)[0])), key, _least(field))
        return makers.placed_part(self.placed(inner), key)

    def _read(self, name: str, field: FieldInfo) -> Read:
        reader = next((item for item in field.metadata if isinstance(item, Reader)), None)
        return self._value(Annotated[Any, reader] if reader else field.annotation, name, field)

    def _value(self, annotation: Any, name: str, field: FieldInfo) -> Read:
        inner = _inner(annotation)
        origin, args = get_origin(inner), get_args(inner)
        if origin is list:
            return makers.entries(self._value(args[0], name, field), _least(field))
        if origin is dict:
            return makers.view(*[self._value(arg, name, field) for arg in args])
        if origin is Annotated:
            read = self.leaf(args[1], name)
            return makers.said(read) if args[1].blank and field.default is None else read
        if inner is str or inner is Any:
            return self.other
        return self.plain(inner)

    def _plain(self, source: type[BaseModel]) -> Read:
        return makers.plain(KINDS[source], _Fields(self, source))


class _Fields(dict[str, tuple[str, Callable[..., Any]]]):
    """The fields of a model by the names users write; each is made when first asked for, and no other name is kept."""

    def __init__(self, plan: _Plan, source: type[BaseModel]) -> None:
        self.plan = plan
        fields = source.model_fields.items()
        self.known = {field.alias if field.alias and plan.aliases else name: (name, field) for name, field in fields}

    def __missing__(self, key: str) -> tuple[str, Callable[..., Any]]:
        name, field = self.known[key]
        made = self[key] = (name, self.plan.field(name, field, key))
        return made


def _inner(annotation: Any) -> Any:
    """`X | None` → X."""
    if get_origin(annotation) in (Union, UnionType):
        return next(arg for arg in get_args(annotation) if arg is not type(None))
    return annotation


def _is_placed(field: FieldInfo) -> bool:
    """Do the objects of a field know their place, or any of their parts?"""
    inner = _inner(field.annotation)
    kind = _inner(get_args(inner)[0]) if get_origin(inner) is list else inner
    return kind in PLACED or kind in HOLDERS


def _least(field: FieldInfo) -> int:
    """How many entries a list must have."""
    return max((getattr(item, "min_length", 0) for item in field.metadata), default=0)
