"""A FHIR server: the signed version as one transaction, which may be sent again without harm.

Source: FHIR R4 http.html § 3.1.0.11 « batch/transaction » and § 3.1.0.1.5 « Prefer ».
"""

from __future__ import annotations

import datetime as dt
import email.utils
import time
from http import HTTPStatus

import httpx

from reporter import fhir
from reporter.delivery.store.jsontext import loads
from reporter.delivery.targets import tls
from reporter.delivery.targets.auth import auth_of
from reporter.delivery.targets.letter import DeliveryError, Json, Letter
from reporter.delivery.targets.settings import FhirTarget
from reporter.errors import InvalidExam

JSON = "application/fhir+json"
_MAX_ANSWER = 16 * 1024 * 1024
_KEPT = 20_000
"""Characters of an answer that are kept with a failure."""
_AGAIN = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.LOCKED,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Refusals that say nothing against the report: our credentials, or the moment. Every 5xx is one too."""


class FhirSender:
    """The way to one FHIR server; a connection serves one letter: no late answer is taken for the next one's."""

    def __init__(self, target: FhirTarget) -> None:
        self._target = target
        verify = tls.context(target) if target.url.startswith("https:") or target.ca_file else True
        self._client = httpx.Client(
            auth=auth_of(target),
            verify=verify,
            timeout=target.timeout_s,
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={
                "Accept": JSON,
                "Content-Type": f"{JSON}; charset=utf-8",
                "Prefer": "return=minimal",
                "Connection": "close",
            },
        )

    def send(self, letter: Letter) -> str:
        """The status and the locations given back. Raises DeliveryError."""
        bundle = fhir.transaction_of(letter.document, letter.earlier)
        status, body, headers = self._post(fhir.to_json(bundle).encode("utf-8"), letter)
        if status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise _refused(status, body, headers)
        return _receipt(body, len(bundle["entry"]))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _post(self, content: bytes, letter: Letter) -> tuple[int, bytes, httpx.Headers]:
        names = {"X-Request-Id": letter.correlation, "Idempotency-Key": letter.key}
        end = time.monotonic() + self._target.timeout_s
        try:
            with self._client.stream("POST", self._target.url, content=content, headers=names) as answer:
                return answer.status_code, _body(answer, end), answer.headers
        except httpx.TimeoutException as error:
            raise DeliveryError("FHIR-TIMEOUT", retryable=True) from error
        except httpx.HTTPError as error:
            raise DeliveryError(f"FHIR-{type(error).__name__}", retryable=True) from error


def _body(answer: httpx.Response, end: float) -> bytes:
    """The whole body, in bounded time and memory whatever the receiver does."""
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if time.monotonic() > end:
            raise DeliveryError("FHIR-TIMEOUT", retryable=True)
        if len(body) > _MAX_ANSWER:
            raise DeliveryError("FHIR-ANSWER-SIZE", retryable=True)
    return bytes(body)


def _refused(status: int, body: bytes, headers: httpx.Headers) -> DeliveryError:
    again = status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    detail = body.decode("utf-8", "replace")[:_KEPT]
    return DeliveryError(f"HTTP-{status}", retryable=again, detail=detail, retry_after=_wait(headers))


def _wait(headers: httpx.Headers) -> dt.timedelta | None:
    """Retry-After, in seconds or as a date (RFC 9110 § 10.2.3)."""
    given = headers.get("Retry-After", "").strip()
    if given.isdigit():
        return dt.timedelta(seconds=min(int(given), 86_400))
    try:
        return max(email.utils.parsedate_to_datetime(given) - dt.datetime.now(dt.UTC), dt.timedelta())
    except (ValueError, TypeError):
        return None


def _receipt(body: bytes, sent: int) -> str:
    """What the server says it holds. A success that is no answer to our transaction is none: we send again."""
    answer = _resource(body)
    entries = answer.get("entry")
    if answer.get("type") != "transaction-response" or not isinstance(entries, list) or len(entries) != sent:
        raise DeliveryError("FHIR-ANSWER", retryable=True, detail=body.decode("utf-8", "replace")[:_KEPT])
    responses = [entry.get("response", {}) if isinstance(entry, dict) else {} for entry in entries]
    if not all(str(response.get("status", "")).startswith("2") for response in responses):
        raise DeliveryError("FHIR-ENTRY", retryable=False, detail=body.decode("utf-8", "replace")[:_KEPT])
    return "\n".join(str(response.get("location", "")) for response in responses)


def _resource(body: bytes) -> Json:
    try:
        answer = loads(body.decode("utf-8"))
    except (InvalidExam, ValueError) as error:
        raise DeliveryError("FHIR-ANSWER", retryable=True) from error
    return answer if isinstance(answer, dict) else {}
