"""Permissions, the one table of who holds them, and the declaration every view carries.

Those of the API are SMART App Launch 1.0 system scopes (http://hl7.org/fhir/smart-app-launch/1.0.0/scopes-and-launch-context),
so that the scope of a token is the permission itself; the others are acts of the people who use the pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, ParamSpec, TypeVar

from reporter.delivery.accounts import Role

P = ParamSpec("P")
R = TypeVar("R")
_SYSTEM = "system/"
_SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]{1,40})\.(read|write|\*)")


class Permission(StrEnum):
    """What a view asks for."""

    PUBLIC = "public"
    ACCOUNT = "account"
    HOME = "home"
    ORDERS = "orders.read"
    DRAFT = "draft.write"
    SIGN_PRELIMINARY = "report.sign.preliminary"
    SIGN_FINAL = "report.sign.final"
    AMEND = "report.amend"
    CANCEL = "report.cancel"
    READ = "report.read"
    PRINT = "report.print"
    USERS = "admin.users"
    TOKENS = "admin.tokens"
    DELIVERIES = "admin.deliveries"
    AUDIT = "admin.audit"
    READ_REPORT = "system/DiagnosticReport.read"
    READ_OBSERVATION = "system/Observation.read"
    READ_COMPOSITION = "system/Composition.read"
    READ_PATIENT = "system/Patient.read"
    READ_ORDER = "system/ServiceRequest.read"
    READ_STUDY = "system/ImagingStudy.read"
    READ_PROCEDURE = "system/Procedure.read"
    READ_PRACTITIONER = "system/Practitioner.read"
    READ_ROLE = "system/PractitionerRole.read"
    READ_ORGANIZATION = "system/Organization.read"
    READ_DEVICE = "system/Device.read"
    READ_BODY_STRUCTURE = "system/BodyStructure.read"
    READ_PROVENANCE = "system/Provenance.read"
    WRITE_ORDER = "system/ServiceRequest.write"
    WRITE_REPORT = "system/DiagnosticReport.write"
    API = "system/*"
    """Any token: the view asks for more by itself (`authorise`), for each type it reads or writes."""

    @property
    def of_api(self) -> bool:
        """For programs: shown by a token, never by a session."""
        return self.startswith(_SYSTEM)


SCOPES = tuple(p for p in Permission if p.of_api and p is not Permission.API)
_PEOPLE = (Role.RADIOLOGIST, Role.RESIDENT, Role.SECRETARY, Role.ADMINISTRATOR)
_DOCTORS = (Role.RADIOLOGIST, Role.RESIDENT)

TABLE: dict[Permission, tuple[Role, ...]] = {
    Permission.ACCOUNT: _PEOPLE,
    Permission.HOME: _PEOPLE,
    Permission.ORDERS: (Role.RADIOLOGIST, Role.RESIDENT, Role.SECRETARY),
    Permission.DRAFT: _DOCTORS,
    Permission.SIGN_PRELIMINARY: _DOCTORS,
    Permission.SIGN_FINAL: (Role.RADIOLOGIST,),
    Permission.AMEND: (Role.RADIOLOGIST,),
    Permission.CANCEL: (Role.RADIOLOGIST,),
    Permission.READ: _DOCTORS,
    Permission.PRINT: (Role.RADIOLOGIST, Role.RESIDENT, Role.SECRETARY),
    Permission.USERS: (Role.ADMINISTRATOR,),
    Permission.TOKENS: (Role.ADMINISTRATOR,),
    Permission.DELIVERIES: (Role.ADMINISTRATOR,),
    Permission.AUDIT: (Role.ADMINISTRATOR,),
    Permission.API: (Role.INTEGRATOR,),
    **dict.fromkeys(SCOPES, (Role.INTEGRATOR,)),
}
EVERYTHING = frozenset(TABLE)


@cache
def of_role(role: str) -> frozenset[Permission]:
    """What a role may do."""
    return frozenset(permission for permission, roles in TABLE.items() if role in roles)


@lru_cache(maxsize=256)
def of_scopes(scopes: tuple[str, ...]) -> frozenset[Permission]:
    """What the scopes of a token cover: `system/Patient.read`, `system/*.read`, `system/Patient.*`, `system/*.*`."""
    held = {p for scope in scopes for p in SCOPES if _covers(scope, p)}
    return frozenset(held | {Permission.API} if held else held)


def _covers(scope: str, permission: Permission) -> bool:
    found = _SCOPE.fullmatch(scope)
    if found is None:
        return False
    kind, _, verb = permission.removeprefix(_SYSTEM).partition(".")
    return found[1] in ("*", kind) and found[2] in ("*", verb)


def known_scope(scope: str) -> bool:
    """Does it cover anything we serve?"""
    return any(_covers(scope, p) for p in SCOPES)


def requires(permission: Permission, event: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare what a view asks for and, for a page, the name of its line in the audit trail (empty: none)."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        declared: Any = view
        declared.permission, declared.event = permission, event
        return view

    return declare


def authorise(permission: Permission) -> None:
    """Raise Unauthorized (nobody came in) or Forbidden (not theirs to do)."""
    from reporter.web.auth.identity import demand

    demand(permission)


def caller() -> str:
    """Id of the account that asks; raises Unauthorized when nobody came in."""
    from reporter.web.auth.identity import present

    return present().id
