"""Input spellings: alias → id, from the names of the entries and from the section `aliases`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from reporter.catalog.text import alias_key

if TYPE_CHECKING:
    from reporter.catalog.loader import Tree

_NAMED = {"finding": "findings", "site": "sites", "diagnosis": "diagnoses", "region": "regions"}


def aliases(tree: Tree) -> Mapping[str, Mapping[str, str]]:
    """Per kind, `alias_key(spelling)` → id. An alias that two entries claim is left out: the lint reports it."""
    found: dict[str, dict[str, str]] = {}
    for kind in (*_NAMED, *tree.section("aliases")):
        claims = claimed(tree, kind)
        found[kind] = {key: next(iter(ids)) for key, ids in claims.items() if len(ids) == 1}
    return MappingProxyType({kind: MappingProxyType(table) for kind, table in found.items()})


def claimed(tree: Tree, kind: str) -> dict[str, set[str]]:
    """Every id by alias: what claims it; a spelling of the section `aliases` wins."""
    result: dict[str, set[str]] = {}
    for spelling, target in _derived(tree, kind):
        result.setdefault(alias_key(spelling), set()).add(target)
    explicit = tree.section("aliases").get(kind)
    if explicit is not None:
        result.update({alias_key(str(k)): {str(v)} for k, v in explicit.value.items()})
    return result


def _derived(tree: Tree, kind: str) -> Iterator[tuple[str, str]]:
    for key, entry in tree.section(_NAMED.get(kind, "")).items():
        noun = entry.value
        for spelling in (noun.noun, noun.plural, noun.traditional, *noun.synonyms):
            if spelling:
                yield spelling, key
