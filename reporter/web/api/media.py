"""Formats: what came in, what goes out. FHIR R4 « Content Types and encodings », RFC 9110 §12.

`_format` counts before `Accept`; without either the answer is JSON.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import Any

from flask import Response, g, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

from reporter import fhir
from reporter.batch.records import compact
from reporter.web.api.outcome import ApiError

Json = dict[str, Any]
FHIR_JSON, FHIR_XML = "application/fhir+json", "application/fhir+xml"
JSON_TYPES = (FHIR_JSON, "application/json", "text/json", "application/json+fhir")
XML_TYPES = (FHIR_XML, "application/xml", "text/xml", "application/xml+fhir")
# first the one preferred when the client takes anything
_SERVED = (*JSON_TYPES, *XML_TYPES)
_SHORT = {"json": FHIR_JSON, "xml": FHIR_XML}
_VERSIONS = ("4.0", "4.0.1")


def wanted() -> str:
    """The FHIR format the client wants, found once a request. Raises ApiError 406."""
    if "wanted" not in g:
        g.wanted = _wanted()
    kind: str = g.wanted
    return kind


def _wanted() -> str:
    name = request.args.get("_format")
    if name is not None:
        given = name.replace(" ", "+")  # a plus sign that was not escaped
        return _one(_SHORT.get(given, given))
    return _best(request.headers.get("Accept", "").strip())


def _one(name: str) -> str:
    kind, options = parse_options_header(name)
    if kind not in _SERVED or options.get("fhirversion", "4.0") not in _VERSIONS:
        raise ApiError("API-ACCEPT")
    return _family(kind)


@lru_cache(maxsize=64)
def _best(accept: str) -> str:
    """The best of the header; a type of another FHIR version is none of ours."""
    if not accept:
        return FHIR_JSON
    ranges = []
    for value, quality in parse_accept_header(accept, MIMEAccept):
        kind, options = parse_options_header(value)
        if options.get("fhirversion", "4.0") in _VERSIONS:
            ranges.append((kind, quality))
    best = MIMEAccept(ranges).best_match(_SERVED)
    if best is None:
        raise ApiError("API-ACCEPT")
    return _family(best)


def _family(kind: str) -> str:
    return FHIR_XML if kind in XML_TYPES else FHIR_JSON


def answer(resource: Json, status: int = 200, headers: dict[str, str] | None = None, kind: str = "") -> Response:
    """A resource in the format the client wants."""
    kind = kind or wanted()
    body = fhir.to_xml(resource) if kind == FHIR_XML else _json(resource)
    response = Response(body, status, content_type=f"{kind}; charset=utf-8")
    response.headers.update({"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})})
    return response


def _json(resource: Json) -> bytes:
    """On one line unless `_pretty=true` (FHIR R4 « RESTful API », § general parameters); decimals keep their digits.

    An integer of more than 64 bits, which a client may have sent, only goes the slower way.
    """
    if request.args.get("_pretty") != "true":
        with suppress(TypeError):
            return compact(resource)
    return fhir.to_json(resource).encode()


def refusal(resource: Json, status: int, headers: dict[str, str] | None = None) -> Response:
    """An OperationOutcome; in JSON when the client wants nothing we have."""
    try:
        kind = wanted()
    except ApiError:
        kind = FHIR_JSON
    return answer(resource, status, headers, kind)


def sent() -> str:
    """The FHIR format of the body. Raises ApiError 415."""
    given = request.headers.get("Content-Type", "")
    kind = _read(given)
    if not kind or request.headers.get("Content-Encoding", "identity") != "identity":
        raise ApiError("API-MEDIA", value=given or "—", headers={"Accept-Post": ", ".join((FHIR_JSON, FHIR_XML))})
    return kind


@lru_cache(maxsize=64)
def _read(content_type: str) -> str:
    """The FHIR format of a content type; none when it is not one we read."""
    kind, options = parse_options_header(content_type)
    charset = options.get("charset", "utf-8").lower().replace("_", "-")
    known = kind in _SERVED and options.get("fhirversion", "4.0") in _VERSIONS
    return _family(kind) if known and charset in ("utf-8", "utf8") else ""
