"""Login with a real OpenID provider, in a process of its own on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask

from reporter.delivery.accounts import Role
from reporter.errors import ConfigError
from reporter.web.auth.provider import from_table
from tests.web.people import account, actions, site, store_of
from tests.web.window import Browser

KEY = "s3cret"
CLAIMS: dict[str, dict[str, Any]] = {
    "s-1": {"name": "Dr Zoé Œuvrard", "preferred_username": "zoe", "groups": ["staff", "radiologie"]},
    "s-2": {"name": "Visiteur", "preferred_username": "visiteur", "groups": ["staff"]},
    "s-3": {"name": "Imposteur", "preferred_username": "administrator", "groups": ["radiologie"]},
    "s-4": {"name": "Sans groupe", "preferred_username": "sans", "groups": {"radiologie": True}},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users = [word for sub, claims in CLAIMS.items() for word in ("--user-claims", json.dumps({"sub": sub, **claims}))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *users]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{url}/.well-known/openid-configuration", timeout=1)
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url
    finally:
        running.kill()
        running.wait()


def settings(url: str, **more: Any) -> Any:
    roles = {"radiologie": "radiologist", "internes": "resident"}
    return from_table({"issuer": url, "client_id": "reporter", "role_claim": "groups", "roles": roles, **more}, {})


@pytest.fixture
def guarded(tmp_path: Path, provider: str) -> Flask:
    return site(tmp_path / "data", provider=settings(provider, client_secret=KEY))


def to_provider(browser: Browser) -> str:
    """The address at the provider that the login page leads to."""
    browser.get("/login?next=/help")
    [link] = browser.page.xpath("//a[starts-with(@href,'/login/oidc')]/@href")
    return str(browser.client.get(link).location)


def granted(address: str, sub: str) -> str:
    """What the provider sends the browser back with, once the person has said yes."""
    answer = httpx.post(address, data={"sub": sub})
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def test_a_known_group_comes_in_with_its_role(guarded: Flask, provider: str) -> None:
    browser = Browser(guarded.test_client())
    address = to_provider(browser)
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(provider)
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"][0] and asked["nonce"][0] and asked["state"][0]
    browser.get(granted(address, "s-1"))
    assert browser.url == "/help"
    user = store_of(guarded).user_by_login("zoe")
    assert user is not None
    assert (user.name, user.role, user.password_hash) == ("Dr Zoé Œuvrard", "radiologist", None)
    assert user.subject == f"{provider}#s-1"
    browser.open(exam="mr_spine")
    assert browser.status == 200
    assert ("login", "success") in actions(guarded)


def test_the_role_follows_the_provider_and_ends_older_sessions(guarded: Flask) -> None:
    browser = Browser(guarded.test_client())
    browser.get(granted(to_provider(browser), "s-1"))
    user = store_of(guarded).user_by_login("zoe")
    assert user is not None
    store_of(guarded).change_user(user.id, role="secretary")
    browser.get("/")
    assert browser.url == "/login"
    browser.get(granted(to_provider(browser), "s-1"))
    assert store_of(guarded).user(user.id).role == "radiologist"
    assert len(store_of(guarded).users()) == 1


@pytest.mark.parametrize("sub", ["s-2", "s-4", "somebody"])
def test_whoever_has_no_role_stays_outside(guarded: Flask, sub: str) -> None:
    browser = Browser(guarded.test_client())
    browser.get(granted(to_provider(browser), sub))
    assert browser.status == 401
    assert store_of(guarded).users() == []
    assert actions(guarded)[-1] == ("login", "refused")


def test_a_name_at_the_provider_opens_no_account_of_ours(guarded: Flask) -> None:
    own = account(guarded, Role.ADMINISTRATOR)
    browser = Browser(guarded.test_client())
    browser.get(granted(to_provider(browser), "s-3"))
    assert browser.status == 401
    assert store_of(guarded).users() == [own]


def test_a_closed_account_stays_closed(guarded: Flask) -> None:
    browser = Browser(guarded.test_client())
    browser.get(granted(to_provider(browser), "s-1"))
    user = store_of(guarded).user_by_login("zoe")
    assert user is not None
    store_of(guarded).change_user(user.id, active=False)
    browser.get(granted(to_provider(browser), "s-1"))
    assert browser.status == 401


def test_answers_that_do_not_belong_to_this_browser_are_refused(guarded: Flask) -> None:
    browser, other = Browser(guarded.test_client()), Browser(guarded.test_client())
    back = granted(to_provider(other), "s-1")
    to_provider(browser)
    for address in (back, "/login/oidc/callback", "/login/oidc/callback?code=x&state=y",
                    "/login/oidc/callback?error=access_denied&error_description=%3Cscript%3E"):  # fmt: skip
        browser.get(address)
        assert browser.status == 401, address
        assert "<script>" not in browser.text.partition("</head>")[2]
    other.get(back)
    assert other.url == "/help"
    other.get(back)
    assert other.status == 401, "a code is used once"


def test_a_provider_that_does_not_answer_is_said(tmp_path: Path) -> None:
    made = site(tmp_path, provider=settings("http://127.0.0.1:9"))
    browser = Browser(made.test_client())
    browser.get("/login/oidc")
    assert browser.status == 401
    assert "Rien n'est ouvert" in browser.text or "Rien n’est ouvert" in browser.text or "ouvert" in browser.text


def test_only_addresses_of_this_site_are_followed_after(guarded: Flask) -> None:
    browser = Browser(guarded.test_client())
    address = browser.client.get("/login/oidc?next=https://evil.example/").location
    assert browser.client.get(granted(address, "s-1")).location == "/"


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"issuer": "https://id.example"},
        {"issuer": "https://id.example", "client_id": "x", "secret": "y"},
        {"issuer": "https://id.example", "client_id": 3},
        {"issuer": "http://id.example", "client_id": "x"},
        {"issuer": "https://id.example", "client_id": "x", "roles": {"a": "root"}},
        {"issuer": "https://id.example", "client_id": "x", "roles": {"a": "integrator"}},
        {"issuer": "https://id.example", "client_id": "x", "roles": ["a"]},
    ],
)
def test_settings_that_cannot_be_are_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        from_table(table, {})


def test_the_secret_comes_from_the_environment_and_is_never_shown() -> None:
    given = "s3cret"
    made = from_table({"issuer": "https://id.example", "client_id": "x"}, {"REPORTER_OIDC_SECRET": given})
    assert made.client_secret == given
    assert given not in repr(made)
