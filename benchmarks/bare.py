"""The least that could answer: Flask, two routes, bytes made beforehand (folder in REPORTER_BARE)."""

import os
from pathlib import Path

from flask import Flask, Response, request

_FOLDER = Path(os.environ["REPORTER_BARE"])
_ANSWERS = {name: (_FOLDER / name).read_bytes() for name in ("generate", "search")}
_KIND = "application/fhir+json; charset=utf-8"
app = Flask(__name__)


@app.post("/fhir/DiagnosticReport/$generate")
def generate() -> Response:
    """The body is read, nothing is done with it."""
    request.get_data()
    return Response(_ANSWERS["generate"], content_type=_KIND)


@app.get("/fhir/DiagnosticReport")
def search() -> Response:
    """Whatever is asked."""
    return Response(_ANSWERS["search"], content_type=_KIND)
