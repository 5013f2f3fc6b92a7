"""`reporter users`: accounts from the command line of the server, the first administrator among them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from reporter.cli.shared import OK, Commands, add_command, print_json
from reporter.cli.stored import add_store, opened
from reporter.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from reporter.delivery.store import Store, User

ROLES = ("radiologist", "resident", "secretary", "integrator", "administrator")
MESSAGES = {
    "login": "Donnez l’identifiant du compte.",
    "unknown": "Aucun compte « {login} ».",
    "fields": "--name et --role sont nécessaires pour créer un compte.",
    "password": "{login}, mot de passe à usage unique : {password}\n",
    "done": "{login} : fait.\n",
    "scopes": "--scope est nécessaire : system/*.read, system/DiagnosticReport.write …",
    "scope": "Portée inconnue : {scope}",
    "token": "Jeton, affiché cette seule fois : {secret}\n",
}


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "users", run, "accounts and API tokens of the service")
    actions = ("list", "create", "password", "close", "open", "token", "revoke")
    parser.add_argument("action", choices=actions, help="what to do")
    parser.add_argument("login", nargs="?", help="login of the account; for revoke, the id of the token")
    parser.add_argument("--name", help="name, as it signs; for token, what the token is called")
    parser.add_argument("--role", choices=ROLES, help="role of the new account")
    parser.add_argument("--scope", action="append", default=[], help="scope of the token (may be repeated)")
    add_store(parser)


def run(args: argparse.Namespace) -> int:
    """Open the store, do what is asked."""
    with opened(args) as store:
        if args.action == "list":
            print_json([_shown(user, store) for user in store.users()])
        elif not args.login:
            raise ConfigError(MESSAGES["login"])
        elif args.action == "revoke":
            store.revoke_token(args.login)
            sys.stdout.write(MESSAGES["done"].format(login=args.login))
        else:
            sys.stdout.write(_done(args, store))
    return OK


def _shown(user: User, store: Store) -> dict[str, Any]:
    tokens = [{"id": t.id, "name": t.name, "scopes": list(t.scopes), "revoked": bool(t.revoked)}
              for t in store.tokens(user.id)]  # fmt: skip
    return {"login": user.login, "name": user.name, "role": user.role, "open": user.active, "tokens": tokens}


def _done(args: argparse.Namespace, store: Store) -> str:
    from reporter.delivery import accounts
    from reporter.delivery.store import Entry

    words, about, secret = MESSAGES["password"], "user", ""
    if args.action == "create":
        if not args.name or not args.role:
            raise ConfigError(MESSAGES["fields"])
        user, secret = accounts.create(store, args.login, args.name, accounts.Role(args.role))
    else:
        user = _known(args.login, store)
    if args.action == "password":
        secret = accounts.renew_password(store, user)
    elif args.action in ("close", "open"):
        store.change_user(user.id, active=args.action == "open")
    elif args.action == "token":
        words, about, secret = MESSAGES["token"], "token", _token(args, store, user)
    verb = "create" if args.action in ("create", "token") else "change"
    store.audit(Entry(f"{about}.{verb}", "success", actor="console", entity="user", entity_id=user.id))
    return (words if secret else MESSAGES["done"]).format(login=user.login, password=secret, secret=secret)


def _known(login: str, store: Store) -> User:
    user = store.user_by_login(login)
    if user is None:
        raise ConfigError(MESSAGES["unknown"].format(login=login))
    return user


def _token(args: argparse.Namespace, store: Store, user: User) -> str:
    from reporter.delivery import accounts

    try:
        from reporter.web.auth.permissions import known_scope
    except ModuleNotFoundError as error:
        raise MissingExtraError("web") from error
    if not args.scope:
        raise ConfigError(MESSAGES["scopes"])
    for scope in args.scope:
        if not known_scope(scope):
            raise ConfigError(MESSAGES["scope"].format(scope=scope))
    return accounts.create_token(store, user, args.name or "console", args.scope, None)[1]
