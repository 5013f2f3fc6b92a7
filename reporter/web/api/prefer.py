"""The header Prefer: `return` and `handling` (FHIR R4 « RESTful API », RFC 7240). What is not known is ignored."""

from __future__ import annotations

from flask import request
from werkzeug.http import parse_dict_header

_RETURNS = ("minimal", "representation", "OperationOutcome")


def _preferences() -> dict[str, str | None]:
    given = request.headers.getlist("Prefer")
    return parse_dict_header(", ".join(given).replace(";", ",")) if given else {}


def returned() -> str:
    """minimal, representation (the default) or OperationOutcome."""
    given = _preferences().get("return")
    return given if given in _RETURNS else "representation"


def lenient() -> bool:
    """May what is not understood be left out?"""
    return _preferences().get("handling") == "lenient"
