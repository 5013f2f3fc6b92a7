"""What the store refuses. Messages are French: they reach the user."""

from __future__ import annotations

from typing import ClassVar

from reporter.errors import ReporterError


class StoreError(ReporterError):
    """Base of every refusal of the store; `code` names it; `retryable`: the same call may succeed later."""

    code: ClassVar[str] = "STORE"
    retryable: ClassVar[bool] = False


class UnknownError(StoreError):
    """No draft, report, version or request has this id."""

    code = "STORE-UNKNOWN"

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"Introuvable : {kind} {key}.")


class StaleDraft(StoreError):  # noqa: N818 - the name is fixed by the contract of the form
    """The draft was saved by someone else since it was read: `current` is its version now."""

    code = "STORE-STALE"

    def __init__(self, draft_id: str, given: int, current: int) -> None:
        self.draft_id, self.given, self.current = draft_id, given, current
        super().__init__(
            f"Ce brouillon a changé dans une autre fenêtre (version {current}, la vôtre est la version {given})."
        )


class StaleOrderError(StoreError):
    """The order changed since it was read: `current` is its version now."""

    code = "STORE-STALE-ORDER"

    def __init__(self, order_id: str, given: int, current: int) -> None:
        self.order_id, self.given, self.current = order_id, given, current
        super().__init__(f"Cette demande a changé (version {current}, la vôtre est la version {given}).")


class ArchiveError(StoreError):
    """A file that cannot be taken in: nothing of it is kept."""

    code = "STORE-ARCHIVE"


class AlreadySignedError(StoreError):
    """The draft became version `n` of report `report_id`: sending the form twice signs once."""

    code = "STORE-SIGNED"

    def __init__(self, report_id: str, n: int) -> None:
        self.report_id, self.n = report_id, n
        super().__init__(f"Ce brouillon est déjà signé : compte rendu {report_id}, version {n}.")


class DuplicateError(StoreError):
    """Another one has this name already."""

    code = "STORE-DUPLICATE"

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"Existe déjà : {kind} {key}.")


class LeaseLostError(StoreError):
    """The time given for a delivery ran out and another worker has it."""

    code = "STORE-LEASE"

    def __init__(self, delivery_id: int) -> None:
        self.delivery_id = delivery_id
        super().__init__(f"Envoi {delivery_id} : délai dépassé, un autre processus l'a repris.")


class DeliveryOrderError(StoreError):
    """Sending this again would put an older version of the report over a newer one."""

    code = "STORE-ORDER"

    def __init__(self, delivery_id: int) -> None:
        self.delivery_id = delivery_id
        super().__init__(f"Envoi {delivery_id} : une version plus récente du compte rendu est déjà envoyée.")


class KeyReusedError(StoreError):
    """The idempotency key was used for another request."""

    code = "STORE-KEY-REUSED"

    def __init__(self) -> None:
        super().__init__("Cette clé d'idempotence a déjà servi pour une autre demande.")


class KeyBusyError(StoreError):
    """The first request with this idempotency key is still being answered."""

    code = "STORE-KEY-BUSY"
    retryable = True

    def __init__(self) -> None:
        super().__init__("La première demande qui porte cette clé d'idempotence est encore en cours.")


class StoreBusyError(StoreError):
    """Another process holds the database."""

    code = "STORE-BUSY"
    retryable = True

    def __init__(self) -> None:
        super().__init__("La base de données est occupée. Rien n'a été enregistré : réessayez dans un instant.")


class StoreFullError(StoreError):
    """No room left."""

    code = "STORE-FULL"
    retryable = True

    def __init__(self) -> None:
        super().__init__("Le disque de la base de données est plein. Rien n'a été enregistré.")


class StoreDownError(StoreError):
    """The database does not answer."""

    code = "STORE-DOWN"
    retryable = True

    def __init__(self) -> None:
        super().__init__("La base de données ne répond pas. Réessayez dans un instant.")


class NewerSchemaError(StoreError):
    """A newer release of the program made this database."""

    code = "STORE-NEWER"

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(f"Cette base de données vient d'une version plus récente du logiciel (schéma {revision}).")


class DatabaseUrlError(StoreError):
    """The URL names no database we know; it is not repeated: it may hold a password."""

    code = "STORE-URL"

    def __init__(self) -> None:
        super().__init__("Adresse de base de données non valable : sqlite:///… ou postgresql://… attendu.")
