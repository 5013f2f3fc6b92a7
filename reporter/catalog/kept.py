"""What follows from the catalogue alone and takes long to work out, kept between processes beside the catalogue itself.

For values that `marshal` writes: builtins, and code objects (they are never run but by the same Python that made them,
which is part of the key). The rules of `cachefile` hold: anything doubtful is worked out again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from reporter.catalog import cachefile
from reporter.catalog.entries import Catalog

T = TypeVar("T")
_MARK = "cache key"


def kept(kind: str, catalog: Catalog, code: str, make: Callable[[], T]) -> T | None:
    """The answer of `make`, from an earlier process if it read the same catalogue with the same code.

    `code` is the hash of the modules that make it (`sources`), taken when they are loaded. None when nothing can be
    kept: there is no cache, or the catalogue was changed in memory and so has no key. Then the caller may well do with
    a part of the answer.
    """
    known = catalog.tables.get(_MARK)
    if known is None or not code or cachefile.folder() is None:
        return None
    key = hashlib.sha256(known["key"] + f"{kind} {code}".encode()).digest()
    found: T | None = cachefile.read(kind, key)
    if found is None:
        found = make()
        cachefile.write(kind, key, found)
    return found


def mark(catalog: Catalog, key: bytes) -> None:
    """Say under which key this very catalogue is kept; a copy of it (`dataclasses.replace`) loses the mark."""
    catalog.tables[_MARK] = {"key": key}


def sources(module: str) -> str:
    """Hash of the modules beside one and below, by its `__file__`; empty when there are none to read."""
    top, known, count = str(Path(module).parent), hashlib.sha256(), 0
    try:
        for path in sorted(_modules(top)):
            known.update(path[len(top) :].encode() + b"\0" + Path(path).read_bytes() + b"\0")
            count += 1
    except OSError:
        return ""
    return known.hexdigest() if count else ""


def _modules(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _modules(entry.path)
        elif entry.name.endswith(".py"):
            yield entry.path
