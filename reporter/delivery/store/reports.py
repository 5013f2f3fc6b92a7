"""Reports that never change: signing, versions, lists."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from reporter.catalog.text import alias_key
from reporter.delivery.store import database, indexing, orderrows, rows, sending, tables
from reporter.delivery.store.auditing import Entry, append
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import UnknownError
from reporter.delivery.store.records import Report, Signing, Version


class Reports(Base):
    """Signed reports and their versions."""

    def sign(self, draft_id: str, version: int, signing: Signing, audit: Entry | None = None) -> Version:
        """Freeze the draft as the next version of its report; the draft is gone afterwards.

        One transaction writes the version, its FHIR resources, what is to be sent, the work list and the audit line.
        Raises StaleDraft when the draft changed since it was shown, AlreadySignedError when it was signed already.
        """
        with self._writing() as connection:
            rows.check_version(connection, draft_id, version)
            database.lock(connection, f"report {signing.report_id}")
            n = rows.latest(connection, signing.report_id) + 1
            signed = rows.new_version(signing, n, self._clock())
            rows.keep_report(connection, signing, signed)
            connection.execute(insert(tables.versions).values(draft_id=draft_id, **rows.version_row(signed)))
            connection.execute(delete(tables.drafts).where(tables.drafts.c.id == draft_id))
            self._follow(connection, signing, signed)
            if audit is not None:
                append(connection, audit, signed.signed_at)
        return signed

    def _follow(self, connection: Connection, signing: Signing, signed: Version) -> None:
        """What a new version brings about: its resources are served, it is sent, its order is answered."""
        indexing.keep_bundle(connection, indexing.report_holder(signed.report_id), signed.bundle, signed.signed_at)
        sending.enqueue(connection, signed.report_id, signed.n, self._targets, signed.signed_at)
        if signing.order_id is not None:
            orderrows.answered(connection, signing.order_id, signed.report_id, signed.signed_at)

    def report(self, report_id: str) -> Report:
        """The report as lists show it. Raises UnknownError."""
        with self._reading() as connection:
            row = connection.execute(select(tables.reports).where(tables.reports.c.id == report_id)).mappings().first()
        if row is None:
            raise UnknownError("compte rendu", report_id)
        return rows.report_of(row)

    def versions(self, report_id: str) -> list[Version]:
        """Every signed version, oldest first. Raises UnknownError when there is none."""
        table = tables.versions
        query = select(table).where(table.c.report_id == report_id).order_by(table.c.n)
        with self._reading() as connection:
            found = [rows.version_of(row) for row in connection.execute(query).mappings()]
        if not found:
            raise UnknownError("compte rendu", report_id)
        return found

    def version(self, report_id: str, n: int) -> Version:
        """One signed version. Raises UnknownError."""
        table = tables.versions
        query = select(table).where(table.c.report_id == report_id, table.c.n == n)
        with self._reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise UnknownError("version", f"{report_id} v{n}")
        return rows.version_of(row)

    def reports_of_patient(self, patient_key: str) -> list[Report]:
        """The reports of one patient, last exam first."""
        table = tables.reports
        query = select(table).where(table.c.patient_key == patient_key)
        with self._reading() as connection:
            ordered = query.order_by(table.c.exam_date.desc(), table.c.seq.desc())
            return [rows.report_of(row) for row in connection.execute(ordered).mappings()]

    def search(self, text: str = "", limit: int = 50) -> list[Report]:
        """Reports whose identifier, patient, title or date hold every word, accents and case aside; last first."""
        table = tables.reports
        query = select(table).order_by(table.c.seq.desc()).limit(limit)
        for word in alias_key(text).split():
            query = query.where(table.c.words.contains(word, autoescape=True))
        with self._reading() as connection:
            return [rows.report_of(row) for row in connection.execute(query).mappings()]
