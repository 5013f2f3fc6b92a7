"""The example of the documentation on a local cluster of two worker processes: the results of the local command."""

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reporter.batch import Job, Recipe, run
from tests.batch.samples import CLOCK, ROOT, exams, write

distributed = pytest.importorskip("distributed", reason="extra `cluster` is not installed: NOT TESTED ON A CLUSTER")
parquet = pytest.importorskip("pyarrow.parquet", reason="extra `cluster` is not installed: NOT TESTED ON A CLUSTER")

PARTS, SIZE = 4, 30
REFUSED = (2, 35, 118)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Its address, and its two workers: each a process of its own."""
    folder = tmp_path_factory.mktemp("cluster")
    place = folder / "scheduler.json"
    quiet = ("--no-dashboard", "--scheduler-file", str(place))
    with contextlib.ExitStack() as stack:

        def start(*command: str) -> subprocess.Popen[bytes]:
            with (folder / "log").open("ab") as log:
                process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *quiet)
        worker = ("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", *quiet)
        workers = [start(*worker, "--local-directory", str(folder)) for _ in range(2)]
        deadline = time.monotonic() + 60
        while not place.exists():
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield json.loads(place.read_text())["address"], workers


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Partitions in `in`, and in `out` what the local command makes of each."""
    folder = tmp_path_factory.mktemp("local")
    (folder / "in").mkdir()
    (folder / "out" / "refused").mkdir(parents=True)
    lines = exams(PARTS * SIZE, REFUSED)
    for part in range(PARTS):
        source = write(folder / "in" / f"part-{part}.ndjson", lines[part * SIZE : (part + 1) * SIZE])
        outputs = (str(folder / "out" / source.name), str(folder / "out" / "refused" / source.name))
        run(Job(str(source), *outputs, Recipe(dt.datetime.fromisoformat(CLOCK))))
    return folder


def files(folder: Path) -> dict[str, bytes]:
    names = [path for path in sorted(folder.rglob("*.ndjson")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in names}


def example(source: Path, out: Path, address: str) -> subprocess.Popen[bytes]:
    command = ["examples/cluster.py", str(source), str(out), CLOCK, address]
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_parquet_in_and_out(local: Path, tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    import pyarrow as pa

    (tmp_path / "in").mkdir()
    for path in sorted((local / "in").iterdir())[:2]:
        table = pa.table({"exam": path.read_text(encoding="utf-8").splitlines(), "other": list(range(SIZE))})
        parquet.write_table(table, tmp_path / "in" / f"{path.stem}.parquet")
    process = example(tmp_path / "in", tmp_path / "out", scheduler[0])
    assert process.communicate()[1] == b""
    for part in range(2):
        rows = parquet.read_table(tmp_path / "out" / f"part-{part}.parquet").to_pylist()
        assert [row["line"] for row in rows] == list(range(1, SIZE + 1))
        for column, folder in (("result", local / "out"), ("refusal", local / "out" / "refused")):
            text = "".join(f"{row[column]}\n" for row in rows if row[column])
            assert text.encode() == (folder / f"part-{part}.ndjson").read_bytes()


def test_a_worker_lost_mid_run_changes_nothing(
    local: Path, tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = scheduler
    process = example(local / "in", tmp_path / "out", address)
    while process.poll() is None and not list((tmp_path / "out").glob(".part-*/*.ndjson")):
        time.sleep(0.005)
    workers[0].send_signal(signal.SIGKILL)
    printed, said = process.communicate()
    assert process.returncode == 0, said.decode()
    assert len(printed.splitlines()) == PARTS
    assert workers[1].poll() is None
    found = {name: data for name, data in files(tmp_path / "out").items() if not name.startswith(".part-")}
    assert found == files(local / "out")
