"""Every signed version as lines of JSON, out and in again, with its hash.

First line: the format. Then one line a version, `bundle` being the exact text of the FHIR document. Last line: how many
there are, and the SHA-256 of all lines before it: a file that was cut or changed is refused as a whole.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection, insert, select

from reporter.delivery.store import database, indexing, rows
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import ArchiveError
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.records import Signing, Version
from reporter.delivery.store.tables import reports, versions
from reporter.errors import InvalidExam

FORMAT = "fhir-reporter-versions/1"
_REPORT = ("patient_key", "patient_name", "title", "exam_def", "exam_date")
_CUT = "Fichier incomplet ou modifié : {why}. Rien n'a été importé."
_OTHER = "Le compte rendu {report} version {n} existe déjà avec un autre contenu. Rien n'a été importé."
_GAP = "Compte rendu {report} : la version {n} ne suit pas la version {last}. Rien n'a été importé."


@dataclass(frozen=True, slots=True)
class Imported:
    """How many versions were added, and how many were there already."""

    added: int
    known: int


class Archive(Base):
    """Export and import."""

    def export_lines(self) -> Iterator[str]:
        """The lines of the file, in the order of reports and versions; one state of the database."""
        digest, count = hashlib.sha256(), 0
        for line in self._lines():
            digest.update(line.encode("utf-8"))
            yield line
            count += 1
        yield dumps({"versions": count - 1, "sha256": digest.hexdigest()}) + "\n"

    def _lines(self) -> Iterator[str]:
        yield dumps({"format": FORMAT}) + "\n"
        shown = [reports.c[name].label(f"report_{name}") for name in _REPORT]
        query = select(versions, *shown).join(reports).order_by(reports.c.id, versions.c.n)
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=100).execute(query).mappings():
                yield dumps(_out(dict(row))) + "\n"

    def import_lines(self, lines: Iterable[str]) -> Imported:
        """Take versions in, all or none; those there already are left alone. Nothing is sent.

        Raises ArchiveError: a line missing, a hash that does not fit, a version that is there with other content.
        """
        added = known = 0
        changed: dict[str, Version] = {}
        with self._writing() as connection:
            for version, content in _read(lines):
                database.lock(connection, f"report {version.report_id}")
                if _there(connection, version):
                    known += 1
                    continue
                _add(connection, version, content)
                changed[version.report_id] = version
                added += 1
            for report_id, last in changed.items():
                indexing.keep_bundle(connection, indexing.report_holder(report_id), last.bundle, last.signed_at)
        return Imported(added, known)


def _out(row: dict[str, Any]) -> dict[str, Any]:
    """A line: the columns of a version, and what lists show of its report."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds") if isinstance(value, dt.datetime) else value


def _read(lines: Iterable[str]) -> Iterator[tuple[Version, dict[str, Any]]]:
    """The versions of a file, each checked against its hash, the file against its last line."""
    digest, count, end = hashlib.sha256(), 0, None
    for line in lines:
        if end is not None:
            _refuse("des lignes suivent la dernière")
        content = _parsed(line)
        if count == 0 and content != {"format": FORMAT}:
            _refuse("format inconnu")
        if "sha256" in content and "bundle" not in content:
            end = content
            continue
        digest.update(line.encode("utf-8"))
        count += 1
        if count > 1:
            yield _version(content), content
    if end != {"versions": count - 1, "sha256": digest.hexdigest()}:
        _refuse("la somme finale ne correspond pas")


def _parsed(line: str) -> dict[str, Any]:
    try:
        content = loads(line)
    except (InvalidExam, ValueError):
        _refuse("une ligne n'est pas du JSON")
    if not isinstance(content, dict):
        _refuse("une ligne n'est pas un objet")
    return content


def _version(content: dict[str, Any]) -> Version:
    try:
        values = {name: content[name] for name in Version.__slots__}
        values |= {"input": loads(values["input"]), "edits": loads(values["edits"])}
        made = Version(**{**values, "signed_at": dt.datetime.fromisoformat(values["signed_at"])})
        intact = made.intact()
    except (AttributeError, InvalidExam, KeyError, TypeError, ValueError):
        _refuse("une version est illisible")
    if not intact:
        _refuse(f"le compte rendu {made.report_id} version {made.n} n'a pas son empreinte")
    return made


def _there(connection: Connection, version: Version) -> bool:
    """Is this version in the database? Raises ArchiveError when it is another one."""
    query = select(versions.c.sha256).where(versions.c.report_id == version.report_id, versions.c.n == version.n)
    found = connection.execute(query).scalar()
    if found is not None and found != version.sha256:
        raise ArchiveError(_OTHER.format(report=version.report_id, n=version.n))
    last = rows.latest(connection, version.report_id)
    if found is None and version.n != last + 1:
        raise ArchiveError(_GAP.format(report=version.report_id, n=version.n, last=last))
    return found is not None


def _add(connection: Connection, version: Version, content: dict[str, Any]) -> None:
    """One version more, with the row of its report."""
    signed = {f.name: getattr(version, f.name) for f in dataclasses.fields(Signing) if f.name in Version.__slots__}
    shown = {name: content.get(f"report_{name}") for name in _REPORT}
    rows.keep_report(connection, Signing(**{**signed, **shown}), version)
    row = {**rows.version_row(version), "draft_id": str(content.get("draft_id"))}
    connection.execute(insert(versions).values(**row))


def _refuse(why: str) -> NoReturn:
    raise ArchiveError(_CUT.format(why=why))
