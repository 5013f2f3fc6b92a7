"""One service a test, or one that holds reports for the tests that only read."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from tests.api.samples import ROOT
from tests.api.service import Api, service, sign


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    made = service(tmp_path / "data")
    yield made
    made.extensions["reporter"].store.close()


@pytest.fixture
def api(site: Flask) -> Api:
    return Api(site.test_client())


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Three signed reports of three exams, the first one corrected."""
    made = service(tmp_path_factory.mktemp("library"))
    first = sign(made, "ACC-1", exam={"date": "2024-01-10"}, patient={"id": "P-1"})
    sign(made, "ACC-2", exam={"date": "2024-02-20"}, patient={"id": "P-2"})
    sign(made, "ACC-3", exam={"date": "2024-03-30"}, patient={"id": "P-1"})
    correction = {"date": "2024-01-11"}
    sign(made, "ACC-1", corrects=first.report_id, exam=correction, patient={"id": "P-1"})
    yield made
    made.extensions["reporter"].store.close()


@pytest.fixture
def shelf(library: Flask) -> Api:
    """A client of the library: read only."""
    return Api(library.test_client())


@dataclass(frozen=True)
class Server:
    """A server in a process of its own."""

    url: str
    token: str
    process: subprocess.Popen[str]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Started once for the clients, ended with them."""
    data = tmp_path_factory.mktemp("server")
    with (data / "log").open("w") as log:
        command = [sys.executable, "-m", "tests.api.serve_child", str(data)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            port, _, token = process.stdout.readline().strip().partition(" ")
            assert port, (data / "log").read_text()
            yield Server(f"http://127.0.0.1:{port}", token, process)
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()
