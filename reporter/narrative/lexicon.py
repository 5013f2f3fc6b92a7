"""The French words of the catalogue (terminology/lexicon), found by their path; each path is walked once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog

_NONE: Mapping[str, Any] = MappingProxyType({})
# one key, or several that lead to a word inside tables
Path = str | tuple[str, ...]


class _Known:
    """What paths lead to. Only paths that exist are remembered: a code without word leaves no trace.

    A sentence asks for many words: asking a dictionary that fills itself costs a third of calling a function.
    """

    def __init__(self, tree: Mapping[str, Any]) -> None:
        super().__init__()
        self._tree = tree

    def _node(self, path: Path) -> Any:
        node: Any = self._tree
        for key in (path,) if isinstance(path, str) else path:
            find = getattr(node, "get", None)
            node = find(key) if find else None
        return node


class Words(_Known, dict[Path, str]):
    """French phrases, empty when there is none."""

    def __missing__(self, path: Path) -> str:
        node = self._node(path)
        return "" if node is None else self.setdefault(path, str(node))


class Tables(_Known, dict[Path, Mapping[str, Any]]):
    """Tables, empty when there is none."""

    def __missing__(self, path: Path) -> Mapping[str, Any]:
        node = self._node(path)
        return self.setdefault(path, node) if isinstance(node, Mapping) else _NONE


class Lists(_Known, dict[Path, tuple[str, ...]]):
    """Lists, empty when there is none."""

    def __missing__(self, path: Path) -> tuple[str, ...]:
        node = self._node(path)
        return self.setdefault(path, tuple(node)) if isinstance(node, (list, tuple)) else ()


class Lexicon:
    """Words, tables and lists by path: `word["context", "lab"]`, `table["labs"]`, `words["counts"]`."""

    __slots__ = ("table", "word", "words")

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.word, self.table, self.words = Words(tree), Tables(tree), Lists(tree)


@per_catalog
def lexicon(catalog: Catalog) -> Lexicon:
    """The words of a catalogue."""
    return Lexicon(catalog.lexicon)
