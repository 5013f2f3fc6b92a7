"""French words of the form: templates/web/fr.yaml, to which a site overlay may add its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from reporter.errors import ConfigError
from reporter.resources import data_roots

TEXTS = "templates/web/fr.yaml"


class Texts:
    """A tree of words; a path that names no word is a mistake of ours, not an empty text."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self._tree = tree

    def __getattr__(self, name: str) -> Any:
        """`t.start.title` in a template."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            value = self._tree[name]
        except KeyError:
            raise ConfigError(f"Texte absent de {TEXTS} : {name}") from None
        return Texts(value) if isinstance(value, Mapping) else value

    def get(self, *path: str) -> str | None:
        """The word at a path, or None."""
        node: Any = self._tree
        for key in path:
            node = node.get(key) if isinstance(node, Mapping) else None
        return node if isinstance(node, str) else None


def load_texts(*overlays: Path) -> Texts:
    """Our words, then those of the overlays."""
    tree: dict[str, Any] = {}
    for root in reversed(data_roots(*overlays)):
        path = root / TEXTS
        if path.is_file():
            _merge(tree, yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    return Texts(tree)


def _merge(target: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value
