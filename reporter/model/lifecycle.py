"""Where a report stands: draft, signed, corrected, completed; what it replaces; who answers for it.

The engine makes a draft; the form and the service give every later version its `Lifecycle`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from reporter.errors import RenderError
from reporter.model.exam import Identifier

STATUSES = ("preliminary", "final", "amended", "corrected", "appended", "cancelled", "entered-in-error")
RELATIONS = ("replaces", "appends")


@dataclass(frozen=True, slots=True)
class Signature:
    """The act by which a physician takes legal responsibility for one version."""

    time: dt.datetime
    name: str
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatesTo:
    """An earlier version, or another report, that this one replaces (correction) or completes (addendum)."""

    code: str
    identifier: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Addendum:
    """Free text added after signature, verbatim, with its author and its time when they are known."""

    text: str
    time: dt.datetime | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The state of one version of a report; the default is the unsigned first draft.

    `status` is a code of DiagnosticReport.status (FHIR R4 diagnostic-report-status) without registered and partial.
    """

    status: str = "preliminary"
    version: int = 1
    signature: Signature | None = None
    relates_to: tuple[RelatesTo, ...] = ()
    addenda: tuple[Addendum, ...] = ()

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise RenderError(f"Statut de compte rendu inconnu : « {self.status} ».")
        if self.version < 1:
            raise RenderError(f"Version de compte rendu non valable : {self.version}.")
        if any(relation.code not in RELATIONS for relation in self.relates_to):
            raise RenderError("Lien entre comptes rendus inconnu : « replaces » ou « appends » attendu.")
        if any(moment is not None and moment.tzinfo is None for moment in self._moments()):
            raise RenderError("Date de signature ou d’addendum sans fuseau horaire.")

    def _moments(self) -> list[dt.datetime | None]:
        signed = [self.signature.time] if self.signature else []
        return [*signed, *(addendum.time for addendum in self.addenda)]


DRAFT = Lifecycle()
