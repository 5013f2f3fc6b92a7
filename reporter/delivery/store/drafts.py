"""Drafts that are never lost, and the requests they start from."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import delete, insert, select, update

from reporter.delivery.store import database, rows, tables
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import StaleDraft, UnknownError
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.records import Draft, Request


class Drafts(Base):
    """Reports being entered, requests received."""

    def create_draft(self, owner: str, exam_def: str, document: dict[str, Any]) -> Draft:
        """A new draft, version 1."""
        now = self._clock()
        draft = Draft(str(uuid.uuid4()), owner, exam_def, document, 1, now, now)
        row = {"id": draft.id, "owner": owner, "exam_def": exam_def, "document": dumps(document), "version": 1}
        with self._writing() as connection:
            seq = database.following(connection, tables.change_seq, tables.drafts.c.seq)
            connection.execute(insert(tables.drafts).values(**row, created=now, updated=now, seq=seq))
        return draft

    def draft(self, draft_id: str) -> Draft:
        """The draft as last saved. Raises UnknownError, or AlreadySignedError when it has become a report."""
        with self._reading() as connection:
            return rows.draft_of(rows.draft_row(connection, draft_id))

    def drafts(self, owner: str) -> list[Draft]:
        """The open drafts of a user, last changed first."""
        query = select(tables.drafts).where(tables.drafts.c.owner == owner).order_by(tables.drafts.c.seq.desc())
        with self._reading() as connection:
            return [rows.draft_of(row) for row in connection.execute(query).mappings()]

    def save_draft(self, draft_id: str, version: int, document: dict[str, Any]) -> int:
        """The new version. Raises StaleDraft when `version` is not the current one: nothing is overwritten."""
        table = tables.drafts
        change = {"document": dumps(document), "version": version + 1, "updated": self._clock()}
        with self._writing() as connection:
            seq = database.following(connection, tables.change_seq, table.c.seq)
            mine = update(table).where(table.c.id == draft_id, table.c.version == version)
            if connection.execute(mine.values(**change, seq=seq)).rowcount == 0:
                raise StaleDraft(draft_id, version, rows.draft_row(connection, draft_id)["version"])
        return version + 1

    def delete_draft(self, draft_id: str, version: int) -> None:
        """Give a draft up. Raises StaleDraft when it changed meanwhile."""
        with self._writing() as connection:
            rows.check_version(connection, draft_id, version)
            connection.execute(delete(tables.drafts).where(tables.drafts.c.id == draft_id))

    def request(self, request_id: str) -> Request:
        """A received request. Raises UnknownError."""
        table = tables.requests
        with self._reading() as connection:
            row = connection.execute(select(table).where(table.c.id == request_id)).mappings().first()
        if row is None:
            raise UnknownError("demande", request_id)
        return Request(row["id"], loads(row["payload"]), row["received"])
