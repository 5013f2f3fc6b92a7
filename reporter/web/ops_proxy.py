"""Whose word is taken for where a request comes from: that of the proxies the site names, of nobody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.middleware.proxy_fix import ProxyFix

FORWARDED = (
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix",
    "X-Forwarded-By", "Forwarded",
)  # fmt: skip
PROXIED = "reporter.proxied"
"""In the environment of a request: some proxy, known or not, brought it."""
_KEYS = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in FORWARDED)


class Proxies:
    """Reads the last value of each `X-Forwarded-…` of a known proxy (one proxy); drops those of anybody else."""

    def __init__(self, application: WSGIApplication, networks: Sequence[str]) -> None:
        self._application = application
        self._fixed = ProxyFix(application, x_for=1, x_proto=1, x_host=1)
        self._networks = tuple(ipaddress.ip_network(text, strict=False) for text in networks)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as if the client were directly there."""
        environ[PROXIED] = any(key in environ for key in _KEYS)
        if self._known(environ.get("REMOTE_ADDR", "")):
            return self._fixed(environ, start_response)
        for key in _KEYS:
            environ.pop(key, None)
        return self._application(environ, start_response)

    def _known(self, address: str) -> bool:
        if not self._networks:
            return False
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)
