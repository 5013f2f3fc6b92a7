"""What clients send, read without trust: size, depth, numbers and characters are bounded before it is used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import request

from reporter import fhir, intake
from reporter.errors import InvalidExam
from reporter.intake.jsontext import MAX_DEPTH
from reporter.web.api import media
from reporter.web.api.outcome import ApiError, Refused

Json = dict[str, Any]
MAX_NODES = 150_000
MAX_EXPONENT = 60
MAX_DIGITS = 100
_ALLOWED = frozenset("\t\n\r")


def resource() -> Json:
    """The body, JSON or XML by its content type. Raises ApiError or Refused (400, 413, 415)."""
    kind = media.sent()
    content = _bytes()
    try:
        value = fhir.from_xml(content) if kind == media.FHIR_XML else intake.load_json(content)
    except InvalidExam as error:
        raise Refused(400, error.issues) from error
    return checked(value)


def _bytes() -> bytes:
    content = request.get_data()
    if not content.strip():
        raise ApiError("API-BODY")
    return content


def checked(value: Any) -> Json:
    """The value, when it is an object in which nothing can hurt what reads, stores or writes it. Raises ApiError."""
    if not isinstance(value, dict):
        raise ApiError("API-OBJECT")
    level: list[Any] = [value]
    seen = depth = 0
    while level:
        seen, depth = seen + len(level), depth + 1
        if seen > MAX_NODES:
            raise ApiError("API-TOO-MANY", maximum=MAX_NODES)
        if depth > MAX_DEPTH:
            raise ApiError("API-DEPTH", maximum=MAX_DEPTH)
        level = _below(level)
    return value


def _below(level: list[Any]) -> list[Any]:
    """What the nodes of one depth hold; their texts are looked at together."""
    below: list[Any] = []
    texts: list[str] = []
    for node in level:
        if isinstance(node, str):
            texts.append(node)
        elif isinstance(node, dict):
            texts += node
            below += node.values()
        elif isinstance(node, list):
            below += node
        else:
            _number(node)
    if not "".join(texts).isprintable() and any(map(_is_bad, texts)):
        raise ApiError("API-TEXT")
    return below


def _is_bad(text: str) -> bool:
    return not text.isprintable() and any(map(_bad, text))


def _number(value: Any) -> None:
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT or len(value.as_tuple().digits) > MAX_DIGITS:
            raise ApiError("API-NUMBER")
    elif isinstance(value, int) and value.bit_length() > 4 * MAX_DIGITS:
        raise ApiError("API-NUMBER")


def _bad(character: str) -> bool:
    """A control (FHIR R4 string: none below 32 but tab and line ends), half a surrogate pair, or no XML character."""
    control = character < " " and character not in _ALLOWED
    return control or "\ud800" <= character <= "\udfff" or character in "\ufffe\uffff"
