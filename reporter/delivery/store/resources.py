"""Reading and searching the FHIR resources of the latest version of each report, and of the orders received."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, select, tuple_

from reporter.delivery.store import indexing, params, searching, spans, tables
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import UnknownError
from reporter.delivery.store.searching import Search

_REPORT = indexing.report_holder("")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `json` is its exact text in the document, empty when it is `deleted`."""

    type: str
    id: str
    version_id: int
    last_updated: dt.datetime
    json: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Part of what was found, and how many there are in all."""

    resources: tuple[Resource, ...]
    total: int


class Resources(Base):
    """What `Type/id` names, and what a search finds."""

    def resource(self, resource_type: str, resource_id: str) -> Resource:
        """One resource, also when it is deleted. Raises UnknownError."""
        table = tables.resources
        query = select(table).where(table.c.type == resource_type, table.c.id == resource_id)
        with self._reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise UnknownError("ressource", f"{resource_type}/{resource_id}")
        return _resource_of(row)

    def resources(self, keys: Iterable[tuple[str, str]]) -> list[Resource]:
        """Those of these resources that exist, by type and id."""
        table = tables.resources
        wanted = tuple_(table.c.type, table.c.id).in_(list(keys))
        query = select(table).where(wanted, table.c.deleted.is_(False)).order_by(table.c.type, table.c.id)
        with self._reading() as connection:
            return [_resource_of(row) for row in connection.execute(query).mappings()]

    def located(self, ids: Iterable[str]) -> dict[str, str]:
        """Id → type of those of these ids that name a resource."""
        table = tables.resources
        query = select(table.c.id, table.c.type).where(table.c.id.in_(sorted(set(ids)))).order_by(table.c.type.desc())
        with self._reading() as connection:
            return {row.id: row.type for row in connection.execute(query)}

    def reports_holding(self, resource_type: str, resource_id: str) -> list[str]:
        """The reports whose latest version has this resource."""
        table = tables.holdings
        mine = (table.c.type == resource_type) & (table.c.id == resource_id)
        query = select(table.c.holder).where(mine, table.c.holder.startswith(_REPORT)).order_by(table.c.holder)
        with self._reading() as connection:
            return [holder.removeprefix(_REPORT) for holder in connection.execute(query).scalars()]

    def search_resources(self, search: Search) -> Page:
        """A page of what is found, with the total."""
        with self._reading() as connection:
            found = tuple(_resource_of(row) for row in connection.execute(searching.page(search)).mappings())
            return Page(found, int(connection.execute(searching.total(search)).scalar_one()))

    def included(self, found: Sequence[Resource], param: str, target: str | None = None) -> list[Resource]:
        """What the found resources refer to by a parameter (`_include`); `*`: by any of them."""
        table = tables.index
        mine = tuple_(table.c.type, table.c.id).in_([(each.type, each.id) for each in found])
        names = _references({each.type for each in found}) if param == "*" else {param}
        query = select(table.c.value).distinct().where(mine, table.c.param.in_(names))
        with self._reading() as connection:
            values = [value.partition("/") for value in connection.execute(query).scalars() if value]
        return self.resources((kind, name) for kind, _, name in values if target in (None, kind))

    def including(self, found: Sequence[Resource], resource_type: str, param: str) -> list[Resource]:
        """The resources of a type that refer to the found ones by a parameter (`_revinclude`)."""
        table = tables.index
        names = [f"{each.type}/{each.id}" for each in found]
        mine = (table.c.type == resource_type) & (table.c.param == param) & table.c.value.in_(names)
        with self._reading() as connection:
            ids = list(connection.execute(select(table.c.id).distinct().where(mine)).scalars())
        return self.resources((resource_type, name) for name in ids)


def _references(types: Iterable[str]) -> set[str]:
    every = [item for kind in types for item in params.of_type(kind).items()]
    return {name for name, (kind, _) in every if kind == params.REFERENCE}


def _resource_of(row: RowMapping) -> Resource:
    values = {name: row[name] for name in Resource.__slots__}
    return Resource(**{**values, "last_updated": spans.moment(row["last_updated"])})
