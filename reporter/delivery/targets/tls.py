"""TLS as a target asks for it."""

from __future__ import annotations

import ssl

from reporter.delivery.targets.settings import Tls
from reporter.errors import ConfigError

MESSAGE = "Certificats illisibles pour cette destination : {reason}"


def context(tls: Tls) -> ssl.SSLContext:
    """Verifies the receiver, by the site's own authority when one is named; shows our certificate when there is one."""
    try:
        made = ssl.create_default_context(cafile=str(tls.ca_file) if tls.ca_file else None)
        if tls.client_cert and tls.client_key:
            made.load_cert_chain(tls.client_cert, tls.client_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(MESSAGE.format(reason=error.strerror or type(error).__name__)) from error
    return made
