"""Numbers for Prometheus. Labels are routes, methods, states and names of targets: never an id, a name or a text.

With several processes each writes its own files in PROMETHEUS_MULTIPROC_DIR, and any of them answers for all
(prometheus-client, « Multiprocess Mode »). What the database knows is read from it when asked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from reporter.delivery import logs
from reporter.delivery.readiness import Probe
from reporter.delivery.store import Store, StoreError, Version
from reporter.version import __version__

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_OTHER = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

disable_created_metrics()  # type: ignore[no-untyped-call]  # published without this type
REQUESTS = Counter("reporter_requests", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram("reporter_request_seconds", "Time to the answer", ("method", "route"), buckets=_FAST)
PREVIEW = Histogram("reporter_preview_seconds", "Time of the engine for a live report", buckets=_FAST)
SIGNED = Counter("reporter_reports_signed", "Versions signed by this service since it started", ("status",))


def install(app: Flask) -> None:
    """Count, time and log every request: called before all others, it is the last to see an answer."""
    app.before_request(_began)
    app.after_request(_counted)


def signed(version: Version) -> Version:
    """One more."""
    SIGNED.labels(version.status).inc()
    return version


def page(store: Store, probe: Probe) -> bytes:
    """The numbers of all processes and of the database."""
    registry = CollectorRegistry()
    if os.environ.get(DIRECTORY):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # published without this type
    else:
        for metric in (REQUESTS, SECONDS, PREVIEW, SIGNED):
            registry.register(metric)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
    registry.register(_Known(store, probe))
    return generate_latest(registry)


class _Known(Collector):
    """What the database and the disk say at this moment."""

    def __init__(self, store: Store, probe: Probe) -> None:
        self._store, self._probe = store, probe

    def collect(self) -> Iterator[Metric]:
        """Deliveries by target and state, room on the disk, what is down."""
        yield GaugeMetricFamily("reporter_disk_free_bytes", "Room on the disk of the data", self._probe.free_bytes())
        version = GaugeMetricFamily("reporter_build_info", "Release that runs", labels=("version",))
        version.add_metric((__version__,), 1)
        yield version
        try:
            counts = self._store.delivery_counts()
        except StoreError:
            yield GaugeMetricFamily("reporter_database_up", "Does the database answer", 0)
            return
        yield GaugeMetricFamily("reporter_database_up", "Does the database answer", 1)
        yield _deliveries(counts.items())


def _deliveries(counts: Iterable[tuple[tuple[str, str], int]]) -> Metric:
    family = GaugeMetricFamily("reporter_deliveries", "Deliveries by target and state", labels=("target", "status"))
    for labels, count in counts:
        family.add_metric(labels, count)
    return family


def _began() -> None:
    g.measured = time.perf_counter()


def _counted(response: Response) -> Response:
    """By the pattern of the route, which names no one."""
    route = request.url_rule.rule if request.url_rule else _OTHER
    method = request.method if request.method in _METHODS else _OTHER
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    spent = time.perf_counter() - g.get("measured", time.perf_counter())
    SECONDS.labels(method, route).observe(spent)
    _tell(method, route, response.status_code, spent)
    return response


def _tell(method: str, route: str, status: int, spent: float) -> None:
    """One line in the log; the id of the request is in its answer and in the audit trail."""
    said = {"method": method, "route": route, "status": status, "ms": round(spent * 1e3, 1)}
    logs.tell("request", correlation=str(g.get("correlation", "")), **said)
