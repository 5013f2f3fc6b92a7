"""Strict YAML: duplicate keys refused, a line number for every key, decimals exact.

Unquoted yes, no, on and off stay text; dates stay text; decimal numbers become `Decimal`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from reporter.catalog.messages import message
from reporter.errors import ERROR, Issue

Path = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file: its data, and the line of every key."""

    file: str
    data: Any
    lines: Mapping[Path, int]
    issues: tuple[Issue, ...] = ()

    def line(self, path: Path) -> int:
        """Line of the deepest known part of the path."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def issue(self, name: str, path: Path, **details: object) -> Issue:
        """An issue whose path is `file:line: key`."""
        key = ".".join(str(part) for part in path)
        return Issue(f"RPT-CATALOG-{name}", ERROR, f"{self.file}:{self.line(path)}: {key}", message(name, **details))


@dataclass(slots=True)
class _Reader:
    """Walks the node tree once."""

    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(child, (*path, index)) for index, child in enumerate(node.value)]
        return _scalar(node)

    def _item(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = node.start_mark.line + 1
        return self.value(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, child in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                self._duplicate(key, line, path)
                continue
            self.lines[*path, key] = line
            result[key] = self.value(child, (*path, key))
        return result

    def _duplicate(self, key: str, line: int, path: Path) -> None:
        first = self.lines[*path, key]
        where = f"{self.file}:{line}: {'.'.join(str(part) for part in (*path, key))}"
        self.issues.append(Issue("RPT-CATALOG-DUPLICATE", ERROR, where, message("DUPLICATE", key=key, first=first)))


def _scalar(node: yaml.Node) -> Any:
    text, tag = str(node.value), node.tag.removeprefix(_TAG)
    if tag == "null":
        return None
    if tag == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if tag == "int" and text.lstrip("-+").isdecimal():
        return int(text)
    if tag == "float" and ":" not in text and not text.lower().endswith(("inf", "nan")):
        return Decimal(text.replace("_", ""))
    return text


def read_yaml(text: str, file: str) -> Source:
    """Parse one document; syntax errors and duplicate keys come back as issues."""
    reader = _Reader(file)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1 if mark else 1}: "
        problem = str(getattr(error, "problem", None) or error)
        return Source(file, {}, {}, (Issue("RPT-CATALOG-YAML", ERROR, where, message("YAML", problem=problem)),))
    try:
        data = {} if node is None else reader.value(node, ())
    except RecursionError:
        problem = message("YAML", problem="ancre récursive")
        return Source(file, {}, {}, (Issue("RPT-CATALOG-YAML", ERROR, f"{file}:1: ", problem),))
    return Source(file, data, reader.lines, tuple(reader.issues))
