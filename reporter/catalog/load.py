"""The catalogue of a process: from the YAML, or from what an earlier process kept of exactly the same files.

Reading, checking and indexing the YAML is most of the time a short command takes, and its answer is fixed by the files.
So it is kept (`cachefile`), under a key made of all that could change it: the bytes and names of every data file, the
code of this package, our version, Python's and the licence. Nothing is guessed from dates or sizes: every byte is read
each time, which costs a twentieth of parsing it. Only a catalogue without any issue is kept.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path

from reporter.catalog import cachefile
from reporter.catalog.entries import Catalog
from reporter.catalog.files import DataFile, data_files, digest
from reporter.catalog.kept import mark, sources
from reporter.catalog.plain import plain, revive
from reporter.errors import CatalogError
from reporter.resources import data_roots
from reporter.version import __version__

_KIND = "catalogue"
_CODE = sources(__file__)


def load_catalog(*overlays: Path, snomed_licence: bool = False) -> Catalog:
    """Our own data, then the overlays (the first one wins). `snomed_licence` adds the codes under SNOMED CT licence.

    Raises CatalogError with every problem found.
    """
    files = data_files(data_roots(*overlays), licensed=snomed_licence)
    key = _key(files, snomed_licence)
    catalog = _kept(key)
    if catalog is None:
        catalog = _parsed(files)
        _keep(key, catalog)
    if key is not None:
        mark(catalog, key)
    return catalog


def read_catalog(*overlays: Path, snomed_licence: bool = False) -> Catalog:
    """The same, always from the YAML."""
    return _parsed(data_files(data_roots(*overlays), licensed=snomed_licence))


def _parsed(files: list[DataFile]) -> Catalog:
    from reporter.catalog.build import build  # with the models of the entries and the YAML parser
    from reporter.catalog.loader import read_tree

    tree = read_tree(files)
    catalog = build(tree)
    if tree.issues:
        raise CatalogError(tree.issues)
    return catalog


def _kept(key: bytes | None) -> Catalog | None:
    node = cachefile.read(_KIND, key) if key is not None else None
    return revive(node) if node is not None else None


def _keep(key: bytes | None, catalog: Catalog) -> None:
    """Not when the code has changed on the disk since it was loaded: the key says what is there now."""
    with suppress(RecursionError):  # a lexicon nested beyond all measure
        if key is not None and sources(__file__) == _CODE:
            cachefile.write(_KIND, key, plain(catalog))


def _key(files: list[DataFile], licensed: bool) -> bytes | None:
    """None when the code of this package cannot be read: then nothing is kept."""
    if not _CODE:
        return None
    names = [(file.relative, file.shown, len(file.content)) for file in files]
    said = (digest(files), names, licensed, __version__, sys.version, sys.implementation.cache_tag, _CODE)
    return hashlib.sha256(repr(said).encode("utf-8", "surrogateescape")).digest()
