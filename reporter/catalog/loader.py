"""Reads the trees: our own data first, then the overlays, an overlay entry replacing ours of the same id."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reporter.catalog import schema
from reporter.catalog.files import REPORT_TEMPLATES, DataFile, digest
from reporter.catalog.source import Path as KeyPath
from reporter.catalog.source import Source, read_yaml
from reporter.errors import Issue

_CODED = frozenset({"system", "code", "display", "status", "ship"})
_REGISTRY = _CODED | {"fr", "end", "sources"}
COLUMNS = {
    "crosswalk": _CODED | {"kind", "catalogue_id", "relation"},
    "snomed": _CODED | {"kind", "catalogue_id", "relation"},
    "registry": _REGISTRY,
    "structure": _REGISTRY,
    "traps": frozenset(
        {"system", "code", "wrong_meaning", "true_meaning", "kind", "code_forbidden_in_any_meaning", "allowed"}
    ),
}
_PROBLEMS = {"missing": "MISSING-KEY", "extra_forbidden": "UNKNOWN-KEY"}


@dataclass(frozen=True, slots=True)
class Located:
    """A checked entry, and where it was written."""

    value: Any
    source: Source
    path: KeyPath

    @property
    def line(self) -> int:
        """Line of the entry's key."""
        return self.source.line(self.path)

    def issue(self, name: str, *path: str | int, **details: object) -> Issue:
        """An issue at this entry, or at a key inside it."""
        return self.source.issue(name, (*self.path, *path), **details)


@dataclass(slots=True)
class Tree:
    """Everything read, by section; `rows` are code tables (file, line, columns)."""

    sections: dict[str, dict[str, Located]] = field(default_factory=dict)
    lists: dict[str, Located] = field(default_factory=dict)
    lexicon: dict[str, Any] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[tuple[str, int, dict[str, str]]]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    digest: str = ""
    version: str = ""

    def section(self, name: str) -> Mapping[str, Located]:
        """Entries of a section, perhaps none."""
        return self.sections.get(name, {})


def read_tree(files: list[DataFile]) -> Tree:
    """Parse and check every file, in the order given: a later entry replaces an earlier one of another root."""
    tree = Tree(digest=digest(files))
    for file in files:
        try:
            _read_file(tree, file.relative, file.content.decode("utf-8"), file.shown)
        except UnicodeDecodeError as error:
            tree.issues.append(_at(file.shown, 1).issue("YAML", (), problem=error.reason))
    return tree


def _read_file(tree: Tree, relative: str, text: str, shown: str) -> None:
    if relative.startswith(REPORT_TEMPLATES):
        tree.templates[relative.removeprefix("templates/")] = text
    elif relative.endswith(".csv"):
        _read_csv(tree, relative, text, shown)
    elif relative.startswith("terminology/lexicon/"):
        source = read_yaml(text, shown)
        tree.issues.extend(source.issues)
        _merge_lexicon(tree.lexicon, source.data if isinstance(source.data, dict) else {})
    else:
        _read_sections(tree, read_yaml(text, shown))


def _merge_lexicon(target: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge_lexicon(target[key], value)
        else:
            target[key] = value


def _read_csv(tree: Tree, relative: str, text: str, shown: str) -> None:
    table = Path(relative).stem
    if table not in COLUMNS:
        tree.issues.append(_at(shown, 1).issue("TABLE", (table,), value=table, allowed=", ".join(sorted(COLUMNS))))
        return
    columns = COLUMNS[table]
    reader = csv.DictReader(io.StringIO(text))
    missing = columns - set(reader.fieldnames or ())
    allowed = ", ".join(sorted(columns))
    if missing:
        tree.issues.append(_at(shown, 1).issue("CSV", (table,), problem=", ".join(sorted(missing)), allowed=allowed))
        return
    rows = tree.tables.setdefault(table, [])
    for row in reader:
        if None in row or None in row.values():
            source = _at(shown, reader.line_num)
            tree.issues.append(source.issue("CSV", (table,), problem="nombre de cases", allowed=allowed))
        else:
            rows.append((shown, reader.line_num, row))


def _at(file: str, line: int) -> Source:
    """A place in a file that is not YAML."""
    return Source(file, {}, {(): line})


def _read_sections(tree: Tree, source: Source) -> None:
    tree.issues.extend(source.issues)
    if not isinstance(source.data, dict):
        tree.issues.append(source.issue("SHAPE", ()))
        return
    for name, content in source.data.items():
        if name not in schema.SECTIONS:
            tree.issues.append(source.issue("SECTION", (name,), allowed=", ".join(schema.SECTIONS)))
        elif name == "version":
            tree.version = str(content)
        elif name in schema.LISTS:
            _read_list(tree, name, source, content)
        elif name in schema.ENTRIES:
            _read_entries(tree, name, source, content)
        else:
            _read_table(tree, name, source, content)


def _read_entries(tree: Tree, section: str, source: Source, content: Any) -> None:
    for key, path, data in _keyed(tree, section, source, content):
        entry = Located(data, source, path)
        previous = tree.sections.setdefault(section, {}).get(key)
        if previous is not None and _same_root(previous.source.file, source.file):
            where = f"{previous.source.file}:{previous.line}"
            tree.issues.append(entry.issue("REPEATED", key=key, first=where))
            continue
        checked = _check(tree, schema.ENTRIES[section], entry)
        if checked is not None:
            tree.sections[section][key] = Located(checked, source, path)


def _keyed(tree: Tree, section: str, source: Source, content: Any) -> Iterator[tuple[str, KeyPath, Any]]:
    """(id, path, data) of each entry; rules are a list of mappings, every other section a mapping."""
    if isinstance(content, dict):
        for key, data in content.items():
            yield key, (section, key), data
    elif isinstance(content, list) and section == "rules":
        for index, data in enumerate(content):
            yield str(data.get("id", index)) if isinstance(data, dict) else str(index), (section, index), data
    elif content is not None:
        tree.issues.append(source.issue("SHAPE", (section,)))


def _same_root(first: str, second: str) -> bool:
    """Two files of one tree: what stands before `terminology/` or `templates/` is the same."""
    return _prefix(first) == _prefix(second)


def _prefix(file: str) -> str:
    parts = Path(file).parts
    index = max((i for i, part in enumerate(parts) if part in ("terminology", "templates")), default=len(parts))
    return "/".join(parts[:index])


def _check(tree: Tree, model: Any, entry: Located) -> Any:
    """The entry as `model` wants it, or None and its problems in `tree.issues`."""
    try:
        return schema.adapter(model).validate_python(entry.value)
    except ValidationError as error:
        allowed = ", ".join(getattr(model, "model_fields", ()))
        for problem in error.errors(include_url=False):
            name = _PROBLEMS.get(problem["type"], "VALUE")
            tree.issues.append(entry.issue(name, *problem["loc"], problem=problem["msg"], allowed=allowed))
    return None


def _read_list(tree: Tree, section: str, source: Source, content: Any) -> None:
    entry = Located(content, source, (section,))
    if _check(tree, list[str], entry) is not None:
        tree.lists[section] = entry


def _read_table(tree: Tree, section: str, source: Source, content: Any) -> None:
    """Plain tables: an overlay adds its values to the lists of `vocabulary` and its pairs to `aliases`."""
    if not isinstance(content, dict):
        tree.issues.append(source.issue("SHAPE", (section,)))
        return
    table = tree.sections.setdefault(section, {})
    for key, data in content.items():
        path = (section, key)
        value = _check(tree, schema.TABLES[section], Located(data, source, path))
        if value is not None:
            table[key] = Located(_merged(table.get(key), value), source, path)


def _merged(known: Located | None, value: Any) -> Any:
    if known is not None and isinstance(value, list):
        return [*known.value, *(item for item in value if item not in known.value)]
    if known is not None and isinstance(value, dict):
        return {**known.value, **value}
    return value
