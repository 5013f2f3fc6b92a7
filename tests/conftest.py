"""Hypothesis profiles: repeatable examples by default, `--hypothesis-profile=search` looks for new ones.

Catalogues are kept in a folder of the session: the cache of the user is neither used nor changed.
"""

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

_CACHE = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Before any module of tests is imported: many load the catalogue there."""
    folder = config.stash[_CACHE] = tempfile.TemporaryDirectory(prefix="reporter-tests-")
    os.environ["REPORTER_CACHE_DIR"] = folder.name


def pytest_unconfigure(config: pytest.Config) -> None:
    """The folder goes."""
    config.stash[_CACHE].cleanup()


settings.register_profile(
    "repeatable",
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", settings.get_profile("repeatable"), derandomize=False, max_examples=1000)
settings.load_profile("repeatable")
