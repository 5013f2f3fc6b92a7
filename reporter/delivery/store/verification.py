"""Is everything in the database as it was written?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from reporter.delivery.store import database, indexing, rows
from reporter.delivery.store.auditing import Audit
from reporter.delivery.store.tables import holdings, reports, versions

_WORDS = {
    "content": "le contenu ne correspond plus à son empreinte",
    "missing": "une version manque",
    "latest": "la dernière version annoncée n'est pas la dernière enregistrée",
    "index": "les ressources FHIR de la dernière version ne sont pas indexées",
    "audit": "le journal est rompu",
    "file": "le fichier de la base est abîmé",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written; `code` is one of content, missing, latest, index, audit, file."""

    code: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong with it."""

    reports: int
    versions: int
    audit: int
    problems: tuple[Problem, ...]


class Verification(Audit):
    """Hashes, numbers, chain, file."""

    def verify(self, head: tuple[int, str] | None = None) -> Checked:
        """Read everything again; `head`: a line of the audit trail noted earlier, elsewhere."""
        with self._reading() as connection:
            counts = [_count(connection, table) for table in (reports, versions)]
            found = [*_file(connection), *_contents(connection), *_numbers(connection)]
        trail = self.verify_audit(head)
        if not trail.intact:
            found.append(_problem("audit", str(trail.broken)))
        return Checked(counts[0], counts[1], trail.count, tuple(found))


def _problem(code: str, place: str) -> Problem:
    return Problem(code, place, _WORDS[code])


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _file(connection: Connection) -> Iterator[Problem]:
    """SQLite reads its own file from end to end (PRAGMA integrity_check)."""
    if database.is_sqlite(connection):
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        yield from (_problem("file", str(line)) for line in said if line != "ok")


def _contents(connection: Connection) -> Iterator[Problem]:
    query = select(versions).order_by(versions.c.report_id, versions.c.n)
    for row in connection.execute(query.execution_options(yield_per=100)).mappings():
        if not rows.version_of(row).intact():
            yield _problem("content", f"{row['report_id']} v{row['n']}")


def _numbers(connection: Connection) -> Iterator[Problem]:
    """Versions 1, 2, 3 … of each report, and its resources indexed."""
    counted = select(versions.c.report_id, func.count().label("many"), func.max(versions.c.n).label("last"))
    groups = counted.group_by(versions.c.report_id).subquery()
    query = select(reports.c.id, reports.c.latest, groups.c.many, groups.c.last)
    query = query.outerjoin(groups, groups.c.report_id == reports.c.id).order_by(reports.c.id)
    for row in connection.execute(query).all():
        if row.many is None or row.many != row.last:
            yield _problem("missing", row.id)
        elif row.last != row.latest:
            yield _problem("latest", row.id)
        elif not _indexed(connection, row.id):
            yield _problem("index", row.id)


def _indexed(connection: Connection, report_id: str) -> bool:
    held = select(holdings.c.type, holdings.c.id).where(holdings.c.holder == indexing.report_holder(report_id))
    there = {(row.type, row.id) for row in connection.execute(held)}
    return there == indexing.keys_of(rows.last_version(connection, report_id).bundle)
