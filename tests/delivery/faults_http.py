"""A FHIR server that misbehaves when told to: stores transactions, one line of log each (started as a program)."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

LOG = Path(sys.argv[1])
MODES: list[str] = []
TOKENS: list[str] = []
LOCK = threading.Lock()
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "invalid", "diagnostics": "Patient MARTIN Zoé refused"}],
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with LOCK:
            if self.path == "/token":
                self._token(body)
                return
            mode = MODES.pop(0) if MODES else "ok"
        self._transaction(json.loads(body), mode)

    def _token(self, body: bytes) -> None:
        form = parse_qs(body.decode())
        granted = (
            form.get("grant_type") == ["client_credentials"] and self.headers["Authorization"] == "Basic aWQ6c2VzYW1l"
        )
        TOKENS.append(f"t{len(TOKENS) + 1}")
        self._log(False, "token" if granted else "token refused", {})
        self._answer(200 if granted else 401, {"access_token": TOKENS[-1], "expires_in": 3600} if granted else {})

    def _transaction(self, bundle: dict[str, Any], mode: str) -> None:
        if mode == "revoked":
            TOKENS.append("revoked")
        expected = f"Bearer {TOKENS[-1]}" if TOKENS else None
        if mode == "401" or (expected and self.headers["Authorization"] != expected):
            self._log(False, "401", bundle)
            return self._answer(401, OUTCOME)
        if mode == "reset":
            self._log(False, mode, bundle)
            return self._reset()
        if mode.isdigit() and mode != "200":
            self._log(False, mode, bundle)
            return self._answer(int(mode), OUTCOME)
        self._log(True, mode, bundle)
        return self._stored(bundle, mode)

    def _stored(self, bundle: dict[str, Any], mode: str) -> None:
        responses = [{"response": {"status": "200 OK", "location": f"X/{i}"}} for i in range(len(bundle["entry"]))]
        answer = {"resourceType": "Bundle", "type": "transaction-response", "entry": responses}
        if mode == "lost":
            return self._reset()
        if mode == "slow":
            time.sleep(2)
        if mode == "drip":
            return self._drip(answer)
        if mode == "html":
            return self._answer(200, {"login": "please"})
        if mode == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"resourceType": "Bundle", "type": "transaction-re')
            return self._reset()
        self._answer(200, answer)
        if mode == "twice":
            self._answer(200, answer)
        return None

    def _drip(self, answer: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for char in json.dumps(answer).encode()[:40]:
                self.wfile.write(bytes([char]))
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def _answer(self, status: int, resource: dict[str, Any]) -> None:
        data = json.dumps(resource).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(data)))
            if status in (429, 503):
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True

    def _reset(self) -> None:
        """A TCP reset: SO_LINGER of zero seconds."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _log(self, stored: bool, mode: str, bundle: dict[str, Any]) -> None:
        entries = bundle.get("entry", [])
        held = [e["request"].get("ifNoneExist") or e["request"]["url"] for e in entries]
        report = next((e["resource"] for e in entries if e["resource"]["resourceType"] == "DiagnosticReport"), None)
        line = {
            "stored": stored,
            "mode": mode,
            "report": report["identifier"][0]["value"] if report else None,
            "version": report.get("conclusion") if report else None,
            "held": held,
            "key": self.headers["Idempotency-Key"],
            "request": self.headers["X-Request-Id"],
            "accept": self.headers["Accept"],
            "type": self.headers["Content-Type"],
        }
        with LOG.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""

    def handle(self) -> None:
        try:
            if isinstance(self.connection, ssl.SSLSocket):
                self.connection.do_handshake()
            super().handle()
        except (OSError, ValueError):
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True


def tls(folder: Path) -> ssl.SSLContext:
    """Its own certificate, and one asked of the client."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
    if len(sys.argv) > 3:
        server.socket = tls(Path(sys.argv[3])).wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    for line in sys.stdin:
        with LOCK:
            MODES[:] = json.loads(line)
        print("OK", flush=True)


if __name__ == "__main__":
    main()
