"""The service in a process of its own: waitress on a free port of this machine, one token with every scope.

Prints `<port> <token>` when it listens.
"""

import sys
from pathlib import Path

import waitress

from reporter.delivery.accounts import Role, token_hash
from reporter.delivery.store import NewUser
from reporter.web import create_app
from reporter.web.config import WebConfig

SECRET = "a-token-of-the-tests"  # noqa: S105 - of a server that lives as long as one test


def main(data: str) -> None:
    app = create_app(WebConfig(data=Path(data)))
    store = app.extensions["reporter"].store
    user = store.create_user(NewUser(login="ris", name="RIS", role=Role.INTEGRATOR))
    store.create_token(user.id, "ris", token_hash(SECRET), ("system/*.*",))
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    print(server.effective_port, SECRET, flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1])
