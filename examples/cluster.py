"""Convert a directory of partitions (NDJSON or Parquet) on a Dask cluster, into a directory of the same names.

python examples/cluster.py exams/ reports/ 2026-01-15T09:30:00+01:00 [tcp://scheduler:8786]
"""

import datetime as dt
import sys
from pathlib import Path

from distributed import Client, as_completed

from reporter.batch import Recipe, convert_partition


def main(source: str, out: str, clock: str, scheduler: str | None = None) -> None:
    """Each partition that has no output yet is one task; without a scheduler the cluster is this machine."""
    recipe = Recipe(dt.datetime.fromisoformat(clock))
    todo = [str(path) for path in sorted(Path(source).iterdir()) if not (Path(out) / path.name).exists()]
    with Client(scheduler, **({} if scheduler else {"threads_per_worker": 1, "dashboard_address": None})) as client:
        tasks = client.map(convert_partition, todo, out=out, recipe=recipe, pure=False)
        for _, done in as_completed(tasks, with_results=True):
            print(done)


if __name__ == "__main__":
    main(*sys.argv[1:])
