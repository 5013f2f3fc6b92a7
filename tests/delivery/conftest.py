"""The same tests on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reporter.delivery.store import Store
from tests.postgres import Cluster, cluster_or_skip


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    cluster = cluster_or_skip()
    yield cluster
    cluster.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'reports.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    made = cluster.database()
    yield made
    cluster.drop(made)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = Store(url, targets=("ris", "his"))
    yield made
    made.close()
