"""Reads the trees: our own data first, then the overlays, an overlay entry replacing ours of the same id."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reporter.catalog import schema
from reporter.catalog.source import Path as KeyPath
from reporter.catalog.source import Source, read_yaml
from reporter.errors import Issue

LICENSED = "licensed"
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


def read_tree(roots: list[Path], *, licensed: bool = False) -> Tree:
    """Read every file of the roots (most specific root first, as `data_roots` gives them)."""
    tree, digest = Tree(), hashlib.sha256()
    for root in reversed(roots):
        files = list(_files(root, licensed))
        for relative, path in files:
            text = path.read_text(encoding="utf-8")
            digest.update(f"{relative}\0{text}\0".encode())
            _read_file(tree, relative, text, str(path) if root is not roots[-1] else relative)
    tree.digest = digest.hexdigest()
    return tree


def _files(root: Path, licensed: bool) -> Iterator[tuple[str, Path]]:
    found = [path for name in ("terminology", "templates") for path in (root / name).rglob("*") if path.is_file()]
    for path in sorted(found):
        relative = path.relative_to(root).as_posix()
        if path.suffix in (".yaml", ".csv") or relative.startswith("templates/report/"):
            if licensed or LICENSED not in path.relative_to(root).parts:
                yield relative, path


def _read_file(tree: Tree, relative: str, text: str, shown: str) -> None:
    if relative.startswith("templates/report/"):
        tree.templates[relative.removeprefix("templates/")] = text
    elif relative.endswith(".csv"):
        _read_csv(tree, relative, text, shown)
    elif relative.startswith("terminology/lexicon/"):
        source = read_yaml(text, shown)
        tree.issues.extend(source.issues)
        _merge_lexicon(tree.lexicon, source.data if isinstance(source.data, dict) else {})
    else:
        _read_sections(tree, read_yaml(text, shown), relative)


def _merge_lexicon(target: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge_lexicon(target[key], value)
        else:
            target[key] = value


def _read_csv(tree: Tree, relative: str, text: str, shown: str) -> None:
    table = Path(relative).stem
    rows = tree.tables.setdefault(table, [])
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        if None in row or None in row.values():
            source = Source(shown, {}, {(): number})
            columns = ", ".join(str(key) for key in row if key)
            tree.issues.append(source.issue("CSV", (table,), problem="colonnes", allowed=columns))
            continue
        rows.append((shown, number, row))


def _read_sections(tree: Tree, source: Source, relative: str) -> None:
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
            tree.lists[name] = Located(content, source, (name,))
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


def _check(tree: Tree, model: type[schema.Entry], entry: Located) -> schema.Entry | None:
    try:
        return model.model_validate(_tuples(entry.value))
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            path = tuple(part for part in problem["loc"] if isinstance(part, int) or part not in ("str", "list[str]"))
            name = _PROBLEMS.get(problem["type"], "VALUE")
            details = {"problem": problem["msg"], "allowed": ", ".join(model.model_fields)}
            tree.issues.append(entry.issue(name, *path, **details))
    return None


def _tuples(data: Any) -> Any:
    """Measures and number ranges are fixed-length: strict checking wants tuples there."""
    if not isinstance(data, dict):
        return data
    result = dict(data)
    if isinstance(result.get("measures"), dict):
        result["measures"] = {k: tuple(v) if isinstance(v, list) else v for k, v in result["measures"].items()}
    if isinstance(result.get("number_range"), list):
        result["number_range"] = tuple(result["number_range"])
    return result


def _read_table(tree: Tree, section: str, source: Source, content: Any) -> None:
    """Plain tables: an overlay adds its values to the lists of `vocabulary` and its pairs to `aliases`."""
    if not isinstance(content, dict):
        tree.issues.append(source.issue("SHAPE", (section,)))
        return
    table = tree.sections.setdefault(section, {})
    for key, value in content.items():
        known = table.get(key)
        if known is not None and isinstance(known.value, list) and section == "vocabulary":
            value = [*known.value, *(v for v in value if v not in known.value)]
        elif known is not None and isinstance(known.value, dict) and isinstance(value, dict):
            value = {**known.value, **value}
        table[key] = Located(value, source, (section, key))
