"""What follows from the catalogue alone is worked out once for each catalogue, and then looked up.

Made for functions of a catalogue and its own ids (a coding, a French phrase), never of what an input says: such a table
is at most as large as the catalogue, and no report leaves a trace in it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Concatenate, ParamSpec, TypeVar

from reporter.catalog.entries import Catalog

P = ParamSpec("P")
T = TypeVar("T")
# ids multiply (site × side × level × number …): beyond this many, a table keeps what it has and grows no more
LIMIT = 50_000


def per_catalog(make: Callable[Concatenate[Catalog, P], T]) -> Callable[Concatenate[Catalog, P], T]:
    """Remember the answers of `make` for each catalogue; the other arguments are hashable ids, by position.

    The answer is shared by all who ask: it is read, never changed.
    """

    @functools.wraps(make)
    def known(catalog: Catalog, *ids: Hashable) -> T:
        table = catalog.tables.get(make)
        if table is None:
            table = catalog.tables.setdefault(make, {})
        try:
            found: T = table[ids]
        except KeyError:
            found = make(catalog, *ids)  # type: ignore[call-arg, arg-type]  # P, by position
            if len(table) < LIMIT:
                found = table.setdefault(ids, found)  # of two threads, both go on with the same
        return found

    return known  # type: ignore[return-value]  # of P, by position
