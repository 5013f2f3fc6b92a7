"""The JSON Schema of one exam, asked by path: the form is built from it and decoded by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporter import intake
from reporter.catalog.entries import Catalog

Node = Mapping[str, Any]
NOTHING: Node = {}
_MOST, _LONGEST = 4096, 64


class Shape:
    """Read-only view of the schema of one exam definition."""

    def __init__(self, catalog: Catalog, exam_id: str) -> None:
        self._root: Node = intake.schema(catalog, exam_id)
        self._nodes: dict[tuple[str, ...], Node] = {}
        self._properties: dict[tuple[str, ...], Mapping[str, Node]] = {}

    def at(self, path: tuple[str, ...]) -> Node:
        """The node of a path; a list is crossed by any key. Nothing when the input has no such place."""
        return self._nodes.get(path) or _kept(self._nodes, path, self._walked(path))

    def properties(self, path: tuple[str, ...]) -> Mapping[str, Node]:
        """Name → node of an object's fields."""
        return self._properties.get(path) or _kept(self._properties, path, self._listed(path))

    def _walked(self, path: tuple[str, ...]) -> Node:
        node = self._root
        for key in path:
            node = self._plain(node)
            node = self._plain(node["items"]) if node.get("type") == "array" else self._inside(node, key)
        return self._plain(node)

    def _listed(self, path: tuple[str, ...]) -> Mapping[str, Node]:
        return {name: self._plain(node) for name, node in self.at(path).get("properties", {}).items()}

    def _inside(self, node: Node, key: str) -> Node:
        extra = node.get("additionalProperties")
        found = node.get("properties", {}).get(key, extra)
        return found if isinstance(found, Mapping) else NOTHING

    def _plain(self, node: Node) -> Node:
        """Without $ref and without « or null »; the title of the field stays."""
        title = node.get("title")
        while "$ref" in node or ("anyOf" in node and "type" not in node):
            if "$ref" in node:
                node = self._root["$defs"][node["$ref"].rpartition("/")[2]]
            else:
                node = next((one for one in node["anyOf"] if one.get("type") != "null" and _typed(one)), NOTHING)
        return {**node, "title": title} if title else node


def _kept(known: dict[tuple[str, ...], Node], path: tuple[str, ...], node: Node) -> Node:
    """Keep what a path leads to; paths come from clients too: not one that leads nowhere, nor a long one, nor many."""
    if node and all(len(key) <= _LONGEST for key in path):
        if len(known) >= _MOST:
            known.clear()
        known[path] = node
    return node


def _typed(node: Node) -> bool:
    return bool({"type", "$ref", "anyOf"} & set(node))
