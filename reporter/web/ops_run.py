"""The service from its first line to its last: settings, application, deliveries, server, end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from wsgiref.types import WSGIApplication

from flask import Flask

from reporter.delivery import ending, logs
from reporter.delivery.accounts import FIRST_LOGIN, first_administrator
from reporter.delivery.outbox import Deliverer
from reporter.delivery.settings import Service
from reporter.delivery.store import Store
from reporter.delivery.targets import Target, from_file
from reporter.heap import settled
from reporter.settings import Settings
from reporter.version import __version__
from reporter.web import create_app, ops_server
from reporter.web.auth.provider import Provider
from reporter.web.config import LOOPBACK, WebConfig
from reporter.web.ops import ops_of
from reporter.web.ops_proxy import Proxies

FIRST_LOGIN_FR = "Premier démarrage. Compte {login}, mot de passe à usage unique : {password}"
_MB = 1024 * 1024


def run(service: Service, settings: Settings, provider: Provider | None, file: Path | None) -> None:
    """Answer until a signal; the address is printed once requests are accepted."""
    told = ending.word()
    logs.to_stream(sys.stderr, service.log_level)
    targets = from_file(file) if file else ()
    app = create_app(config_of(service, settings, provider, targets))
    store: Store = app.extensions["reporter"].store
    if not service.demo:
        _first_login(store)
    deliverer = Deliverer(store, targets if service.deliver else ())
    application = Proxies(app, service.trusted_proxies)
    try:
        with settled():
            (_alone if service.workers == 1 else _several)(service, app, application, deliverer, told)
    finally:
        store.close()
    logs.tell("service.stopped")


def config_of(
    service: Service, settings: Settings, provider: Provider | None, targets: tuple[Target, ...]
) -> WebConfig:
    """What the application needs of the settings."""
    secrets = {name: getattr(service, name) for name in ("database", "signing_key", "metrics_token")}
    told = {name: secret.get_secret_value() if secret else "" for name, secret in secrets.items()}
    return WebConfig(
        data=service.data,
        overlays=service.overlays,
        settings=settings,
        https=service.https,
        hosts=(*LOOPBACK, *service.hosts),
        session_minutes=service.session_minutes,
        idle_minutes=service.idle_minutes,
        max_bytes=service.max_mb * _MB,
        letterhead=service.letterhead,
        demo=service.demo,
        provider=provider,
        database_url=told["database"],
        database_wait_s=service.database_wait_s,
        signing_key=told["signing_key"],
        metrics_token=told["metrics_token"],
        targets=tuple(target.name for target in targets),
        min_free_mb=service.min_free_mb,
    )


def _alone(
    service: Service, app: Flask, application: WSGIApplication, deliverer: Deliverer, told: SimpleQueue[int]
) -> None:
    """One process."""
    deliverer.start()
    left = ops_server.serve(
        application,
        ops_of(app).stopping,
        told,
        host=service.host,
        port=service.port,
        threads=service.threads,
        stop_s=service.stop_s,
        ready=_ready(service),
    )
    deliverer.stop(max(1.0, left))


def _several(
    service: Service, app: Flask, application: WSGIApplication, deliverer: Deliverer, told: SimpleQueue[int]
) -> None:
    """Several: none of them inherits a connection to the database."""
    from reporter.web import ops_gunicorn

    app.extensions["reporter"].store.close()
    server = ops_gunicorn.Server(
        application,
        host=service.host,
        port=service.port,
        workers=service.workers,
        threads=service.threads,
        stop_s=service.stop_s,
        ready=_ready(service),
        started=deliverer.start,
        stopped=lambda: deliverer.stop(service.stop_s),
    )
    ops_gunicorn.run(server, told)


def _first_login(store: Store) -> None:
    """The one-time password of the first administrator, shown this once."""
    password = first_administrator(store)
    if password is not None:
        sys.stdout.write(FIRST_LOGIN_FR.format(login=FIRST_LOGIN, password=password) + "\n")


def _ready(service: Service) -> Callable[[int], None]:
    host = f"[{service.host}]" if ":" in service.host else service.host

    def ready(port: int) -> None:
        logs.tell("service.started", version=__version__, workers=service.workers, threads=service.threads)
        sys.stdout.write(f"http://{host}:{port}/\n")
        sys.stdout.flush()

    return ready
