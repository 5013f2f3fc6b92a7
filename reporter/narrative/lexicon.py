"""The French words of the catalogue (terminology/lexicon), found by their path; each path is walked once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog

_NONE: Mapping[str, Any] = MappingProxyType({})


class Lexicon:
    """Words, tables and lists by path. Only paths that exist are remembered: a code without word leaves no trace."""

    __slots__ = ("_lists", "_tables", "_tree", "_words")

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self._tree = tree
        self._words: dict[tuple[str, ...], str] = {}
        self._tables: dict[tuple[str, ...], Mapping[str, Any]] = {}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}

    def word(self, *path: str) -> str:
        """A French phrase, empty when there is none."""
        found = self._words.get(path)
        if found is None:
            node = self._node(path)
            if node is None:
                return ""
            found = self._words[path] = str(node)
        return found

    def table(self, *path: str) -> Mapping[str, Any]:
        """A table, empty when there is none."""
        found = self._tables.get(path)
        if found is None:
            node = self._node(path)
            if not isinstance(node, Mapping):
                return _NONE
            found = self._tables[path] = node
        return found

    def words(self, *path: str) -> tuple[str, ...]:
        """A list, empty when there is none."""
        found = self._lists.get(path)
        if found is None:
            node = self._node(path)
            if not isinstance(node, (list, tuple)):
                return ()
            found = self._lists[path] = tuple(node)
        return found

    def _node(self, path: tuple[str, ...]) -> Any:
        node: Any = self._tree
        for key in path:
            find = getattr(node, "get", None)
            node = find(key) if find else None
        return node


@per_catalog
def lexicon(catalog: Catalog) -> Lexicon:
    """The words of a catalogue."""
    return Lexicon(catalog.lexicon)
