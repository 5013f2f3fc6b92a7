"""References of stored resources: what a document names `urn:uuid:…` is served as `Type/id`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
UUID = "urn:uuid:"


def named(resources: Iterable[Any]) -> set[str]:
    """The ids that `urn:uuid:` references name."""
    return {text.removeprefix(UUID) for value in resources for text in _texts(value) if text.startswith(UUID)}


def _texts(value: Any) -> Iterator[str]:
    for node in nodes(value):
        if isinstance(node.get("reference"), str):
            yield node["reference"]


def nodes(value: Any) -> Iterator[Json]:
    """Every object in a value, itself too."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The value with its references written anew; `names`: reference → reference."""
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: renamed(item, names) for key, item in value.items()}
    if isinstance(made.get("reference"), str):
        made["reference"] = names.get(made["reference"], made["reference"])
    return made
