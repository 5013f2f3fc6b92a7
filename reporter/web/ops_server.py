"""One process: waitress, stopped without cutting an answer.

At SIGTERM or SIGINT new requests are told 503, those under way reach their end, then the process ends; after the time
given it ends anyway. Source: waitress documentation, « Design » (channels, tasks, trigger).
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from waitress.server import create_server

from reporter.delivery import ending, logs
from reporter.pause import pause

MESSAGE = "Le service s’arrête. Rien n’a été enregistré : réessayez dans un instant."
_PROBES = ("/healthz", "/readyz", "/metrics")
_TICK_S = 0.05


class Gate:
    """Open, then closed: once `stopping` is set no new request comes in, but those of probes."""

    def __init__(self, application: WSGIApplication, stopping: threading.Event) -> None:
        self._application, self._stopping = application, stopping

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or say when to come back."""
        if not self._stopping.is_set() or environ.get("PATH_INFO") in _PROBES:
            return self._application(environ, start_response)
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "5")]
        start_response("503 Service Unavailable", headers)
        return [MESSAGE.encode()]


class Stop:
    """From the signal to the end of the main loop, in a thread of its own."""

    def __init__(self, server: Any, stopping: threading.Event, limit_s: float) -> None:
        self._server, self._stopping, self._limit_s = server, stopping, limit_s
        self._end = time.monotonic()

    def left(self) -> float:
        """What remains of the time given, in seconds."""
        return max(0.0, self._end - time.monotonic())

    def wait(self, told: SimpleQueue[int], end: Callable[[], None]) -> None:
        """Once it is told, wait for those who wait for an answer; then the main thread calls `end` in its loop."""
        told.get()
        self._end = time.monotonic() + self._limit_s
        self._stopping.set()
        try:
            logs.tell("service.stopping")
            while self.left() and self._busy():
                pause(_TICK_S)
        finally:
            self._server.trigger.pull_trigger(end)

    def _busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.request or channel.total_outbufs_len for channel in channels)


def serve(
    application: WSGIApplication, stopping: threading.Event, told: SimpleQueue[int], *, host: str, port: int,
    threads: int, stop_s: float, ready: Callable[[int], None],
) -> float:  # fmt: skip
    """Answer until a signal is `told`; `ready` is told the port. Seconds that remain of the time given to stop."""
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    waited: dict[int, Any] = {}
    server = create_server(
        Gate(application, stopping),
        map=waited,
        sockets=[listener],
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=False,
    )
    stop = Stop(server, stopping, stop_s)
    threading.Thread(target=stop.wait, args=(told, waited.clear), name="stop", daemon=True).start()
    ready(int(listener.getsockname()[1]))
    server.run()  # until there is nothing left to wait for
    ending.unheard()
    listener.close()
    server.task_dispatcher.shutdown()
    _hang_up(server)
    return stop.left()


def _hang_up(server: Any) -> None:
    """Nobody reads these connections any more: who keeps one open must not wait for an answer on it."""
    for channel in list(server.active_channels.values()):
        if not channel.requests:
            channel.close()
