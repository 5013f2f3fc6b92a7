"""`.venv/bin/python -m benchmarks.served ours|peer FOLDER`: the service as `reporter serve` runs it, or its peer.

The peer is the very same application, server, token and audit trail; only its `$generate` makes the answer as a program
built on `fhir.resources` would: the same text and bundle, unchecked, validated and written by `Bundle`.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from flask import Flask, Response

from reporter.delivery import ending, logs
from reporter.heap import settled
from reporter.web import create_app, ops_gunicorn
from reporter.web.api import body, media
from reporter.web.api.once import once
from reporter.web.auth.permissions import Permission, authorise, requires
from reporter.web.config import WebConfig
from reporter.web.desk import desk
from reporter.web.ops_proxy import Proxies

WORKERS, THREADS = 2, 8
TOKEN = "token"  # noqa: S105 - the file it is in
# no client is to be told 429: what is measured is the work, counting the rate is part of it
RATE = "1000000 per second"


def config(folder: Path) -> WebConfig:
    """A service with accounts."""
    return WebConfig(data=folder / "data", api_rate=RATE)


def peer(app: Flask) -> None:
    """Replace what `$generate` does, keep all that stands around it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fhir.resources.R4B.bundle import Bundle

        from benchmarks.document import unchecked

    def answer() -> Response:
        data = body.resource()
        authorise(Permission.WRITE_REPORT)
        made = Bundle.model_validate(unchecked(data, desk().catalog, desk().now))
        headers = {"Cache-Control": "no-store", "Vary": "Accept", "Reporter-Warnings": "0"}
        return Response(made.model_dump_json(), headers=headers, content_type=f"{media.FHIR_JSON}; charset=utf-8")

    @requires(Permission.API)
    def view() -> Response:
        media.wanted()
        return once(answer)

    app.view_functions["fhir.generated"] = view


def main(side: str, folder: Path) -> None:
    """Answer until a signal; the address is printed once requests are accepted."""
    told = ending.word()
    logs.to_stream(sys.stderr)
    app = create_app(config(folder))
    if side == "peer":
        peer(app)
    app.extensions["reporter"].store.close()
    server = ops_gunicorn.Server(
        Proxies(app, ()), host="127.0.0.1", port=0, workers=WORKERS, threads=THREADS, stop_s=10,
        ready=lambda port: print(f"http://127.0.0.1:{port}", flush=True), started=lambda: None, stopped=lambda: None,
    )  # fmt: skip
    with settled():
        ops_gunicorn.run(server, told)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
