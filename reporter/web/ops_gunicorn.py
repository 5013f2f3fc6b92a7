"""Several processes: gunicorn with threads, on POSIX. The application is made once, before the processes are."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any
from wsgiref.types import WSGIApplication

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker
from prometheus_client import multiprocess

from reporter.delivery import ending
from reporter.pause import pause

_EACH_S, _MOST = 0.00025, 8
_STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


class _Log(Logger):
    """Its messages go where ours go, as JSON."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)


class _Worker(ThreadWorker):
    """Leaves a new connection to the process that has fewest: each waits a little for every one it has (of eight).

    Clients keep theirs open. Taken as they come, one process often has nearly all of them, and another nothing to do.
    """

    def accept(self, listener: Any) -> None:
        pause(_EACH_S * min(self.nr_conns, _MOST))
        super().accept(listener)

    def init_signals(self) -> None:
        """Ctrl-C of a terminal comes to every process; it ends them as SIGTERM does, not in the middle of an answer."""
        super().init_signals()
        signal.signal(signal.SIGINT, self.handle_exit)


class Server(BaseApplication):
    """`started` runs in each process once it is made, `stopped` before it ends, `ready` in the first one."""

    def __init__(
        self, application: WSGIApplication, *, host: str, port: int, workers: int, threads: int, stop_s: int,
        ready: Callable[[int], None], started: Callable[[], object], stopped: Callable[[], object],
    ) -> None:  # fmt: skip
        self._application = application
        self._options = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": _Worker,
            "graceful_timeout": stop_s,
            "logger_class": _Log,
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "when_ready": lambda server: ready(int(server.LISTENERS[0].sock.getsockname()[1])),
            "post_worker_init": lambda _worker: _begun(started),
            "worker_exit": lambda _server, _worker: stopped(),
            "child_exit": lambda _server, worker: _gone(worker.pid),
        }
        super().__init__()

    def load_config(self) -> None:
        """Ours only: no file, no command line, no environment of gunicorn's."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application made before."""
        return self._application


class _Arbiter(Arbiter):
    """A signal that comes while a process is being made waits until that process can hear it; it was lost before.

    SIGINT is SIGTERM here: gunicorn's own SIGINT cuts the answers under way. `told`: what came before it listened.
    """

    def __init__(self, server: Server, told: SimpleQueue[int]) -> None:
        self._told = told
        super().__init__(server)

    def init_signals(self) -> None:
        super().init_signals()
        while not self._told.empty():
            self.signal(self._told.get(), None)

    def signal(self, sig: int, frame: Any) -> None:
        super().signal(signal.SIGTERM if sig == signal.SIGINT else sig, frame)

    def spawn_worker(self) -> Any:
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        try:
            return super().spawn_worker()
        finally:
            _hear()


def _begun(started: Callable[[], object]) -> None:
    """A process is made: from now on it may be told to end."""
    started()
    _hear()


def _hear() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)


def _gone(pid: int) -> None:
    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # published without this type


def run(server: Server, told: SimpleQueue[int]) -> None:
    """Answer until SIGTERM or SIGINT, or at once when one is `told`: requests under way end within the time given.

    What comes after is for the first process: those it made end here.
    """
    first = os.getpid()
    try:
        _Arbiter(server, told).run()
    except SystemExit as end:
        if os.getpid() != first:
            os._exit(end.code if isinstance(end.code, int) else 0)
        ending.unheard()
        if end.code not in (0, None):
            raise
