"""Who we are to a FHIR server: a bearer token, or one obtained by client credentials and renewed once when refused."""

from __future__ import annotations

import time
from collections.abc import Generator

import httpx

from reporter.delivery.targets.letter import DeliveryError
from reporter.delivery.targets.settings import Bearer, ClientCredentials, FhirTarget

_MARGIN_S = 30


def auth_of(target: FhirTarget) -> httpx.Auth | None:
    """The way httpx authenticates to a target."""
    if isinstance(target.auth, Bearer):
        return BearerAuth(target.auth)
    if isinstance(target.auth, ClientCredentials):
        return ClientCredentialsAuth(target.auth)
    return None


class BearerAuth(httpx.Auth):
    """The token as it is now: read again each time, so that it may be rotated."""

    def __init__(self, given: Bearer) -> None:
        self._given = given

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request. Source: httpx documentation, « Custom authentication schemes »."""
        request.headers["Authorization"] = f"Bearer {self._given.token.read()}"
        yield request


class ClientCredentialsAuth(httpx.Auth):
    """A token by client credentials (RFC 6749 § 4.4), kept until it ends; a 401 renews it once."""

    requires_response_body = True

    def __init__(self, given: ClientCredentials) -> None:
        self._given = given
        self._token: str | None = None
        self._until = 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with a token; again with a new one when it is refused."""
        fresh = self._token is None or time.monotonic() >= self._until
        if fresh:
            self._keep((yield self._ask()))
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and not fresh:
            self._keep((yield self._ask()))
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _ask(self) -> httpx.Request:
        given = self._given
        form = {"grant_type": "client_credentials"} | ({"scope": given.scope} if given.scope else {})
        basic = httpx.BasicAuth(given.client_id, given.client_secret.read())
        request = httpx.Request("POST", given.token_url, data=form, headers={"Accept": "application/json"})
        return next(basic.auth_flow(request))

    def _keep(self, response: httpx.Response) -> None:
        """Keep the token. Its answer never leaves this function: it is a secret."""
        self._token = None
        try:
            answer = response.json() if response.is_success else {}
            token, lasts = answer["access_token"], float(answer.get("expires_in", 0))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DeliveryError(f"OAUTH2-{response.status_code}", retryable=True) from error
        self._token, self._until = str(token), time.monotonic() + lasts - _MARGIN_S
