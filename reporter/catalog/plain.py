"""The catalogue as plain builtins and back: what a file of the cache can hold without naming code of ours.

`marshal` writes strings, numbers, tuples and frozensets itself. Anything else becomes a triple (kind, parts, places):
a number that says what to make, what it is made of, and where among these parts other triples are. So reading back is
one pass that touches nothing but what has to be made, and can make nothing but the types listed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from reporter.catalog import entries

Node = tuple[int, tuple[Any, ...], tuple[int, ...]]
_LEAVES = frozenset({str, int, bool, float, type(None)})
_CLASSES = (
    entries.Lexeme,
    entries.MeasureDef,
    entries.FindingDef,
    entries.SiteDef,
    entries.RegionDef,
    entries.RoiDef,
    entries.DiagnosisDef,
    entries.RecommendationDef,
    entries.RuleDef,
    entries.Coding,
    entries.ChecklistItem,
    entries.ExamDef,
    entries.Catalog,
)


def _tuple(*parts: Any) -> tuple[Any, ...]:
    return parts


def _list(*parts: Any) -> list[Any]:
    return list(parts)


def _dict(keys: tuple[Any, ...], *values: Any) -> dict[Any, Any]:
    return dict(zip(keys, values, strict=True))


def _frozen(keys: tuple[Any, ...], *values: Any) -> Mapping[Any, Any]:
    return MappingProxyType(dict(zip(keys, values, strict=True)))


_CONTAINERS: tuple[tuple[type, Callable[..., Any]], ...] = (
    (tuple, _tuple),
    (list, _list),
    (dict, _dict),
    (MappingProxyType, _frozen),
    (Decimal, Decimal),
)
_MAKE: tuple[Callable[..., Any], ...] = (*(make for _, make in _CONTAINERS), *_CLASSES)
_KINDS = {kind: number for number, kind in enumerate((*(kind for kind, _ in _CONTAINERS), *_CLASSES))}
_FIELDS = {kind: tuple(f.name for f in kind.__dataclass_fields__.values() if f.init) for kind in _CLASSES}


def plain(value: Any) -> Any:
    """The value itself when it is plain, else its triple. Raises TypeError for a type no catalogue holds."""
    if _is_leaf(value):
        return value
    kind = type(value)
    if kind not in _KINDS:
        raise TypeError(kind.__name__)
    parts = tuple(_parts(value))
    made = tuple(part if _is_leaf(part) else plain(part) for part in parts)
    return _KINDS[kind], made, tuple(index for index, part in enumerate(parts) if not _is_leaf(part))


def _is_leaf(value: Any) -> bool:
    """Is it written as it is? Tuples and sets too, when all they hold is."""
    return type(value) in _LEAVES or (type(value) in (tuple, frozenset) and all(map(_is_leaf, value)))


def _parts(value: Any) -> Iterable[Any]:
    kind = type(value)
    if kind in (dict, MappingProxyType):
        return tuple(value), *value.values()
    if kind is Decimal:
        return (str(value),)
    return [getattr(value, name) for name in _FIELDS[kind]] if kind in _FIELDS else value


def revive(node: Node) -> Any:
    """What `plain` took apart."""
    kind, parts, places = node
    if places:
        filled = list(parts)
        for place in places:
            filled[place] = revive(filled[place])
        return _MAKE[kind](*filled)
    return _MAKE[kind](*parts)
