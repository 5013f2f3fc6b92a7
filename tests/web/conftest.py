"""The application on a directory of its own, and windows on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.web.window import Browser, app


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    made = app(tmp_path / "data")
    yield made
    made.extensions["reporter"].store.close()


@pytest.fixture
def browser(site: Flask) -> Browser:
    return Browser(site.test_client())
