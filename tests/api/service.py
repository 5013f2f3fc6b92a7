"""The service on a directory of its own, signed reports in it, and one way to ask."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reporter.delivery.store import Version
from reporter.intake import load_json
from reporter.model.lifecycle import Signature
from reporter.web import signing
from tests.api.samples import sample_input
from tests.web.window import app

Json = dict[str, Any]
FHIR = "application/fhir+json"
NO_LIMIT = "1000000 per minute"


def service(data: Path, **options: Any) -> Flask:
    """The demonstration: no token on this machine."""
    given = {"demo": True, "refusal_rate": NO_LIMIT, "api_rate": NO_LIMIT, **options}
    return app(data, **given)


def sign(site: Flask, accession: str | None = None, *, corrects: str | None = None, **changes: Any) -> Version:
    """One of our samples, signed by the same path as the form."""
    here = site.extensions["reporter"]
    tree = sample_input(accession)
    for part, values in changes.items():
        tree[part] |= values
    document = {"exam_def": "mr_pelvis", "input": tree, "acts": [], "edits": {}}
    if corrects:
        document["corrects"] = corrects
    with site.test_request_context("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        draft = here.store.create_draft("demo", "mr_pelvis", document)
        made = signing.sign(here, draft, "final", Signature(here.now(), "Dr Test"))
    assert made is not None
    return made


def only(bundle: Json, kind: str) -> list[Json]:
    """The resources of a type in a Bundle."""
    return [e["resource"] for e in bundle.get("entry", []) if e.get("resource", {}).get("resourceType") == kind]


def issues(response: TestResponse) -> list[Json]:
    """The issues of an OperationOutcome, each in French and English."""
    outcome: Json = json.loads(response.text)
    assert outcome["resourceType"] == "OperationOutcome", response.text
    for issue in outcome["issue"]:
        assert issue["details"]["text"]
        assert issue["diagnostics"]
        assert issue["details"]["text"] != issue["diagnostics"]
    return list(outcome["issue"])


def codes(response: TestResponse) -> list[str]:
    """Our codes of the issues."""
    return [issue["details"]["coding"][0]["code"] for issue in issues(response)]


@dataclass(frozen=True)
class Api:
    """A client of the service."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=_names(headers))

    def post(self, path: str, body: Any, kind: str = FHIR, **headers: str) -> TestResponse:
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.post(path, data=data, content_type=kind, headers=_names(headers))

    def json(self, path: str) -> Json:
        response = self.get(path)
        assert response.status_code == 200, response.text
        return dict(load_json(response.text))


def _names(headers: dict[str, str]) -> dict[str, str]:
    """`If_Match="…"` → `If-Match`."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
