"""Many exams: one JSON per line in, one result per line out, in order, in constant memory, resumable after a kill.

`records` makes the answer of one line and of a chunk of lines: the same function here, in a worker process and on a
cluster. `job` is the local run: `source` reads chunks, `workers` share them out, `sink` writes, `journal` remembers.
"""

from reporter.batch.job import Job, Summary, run
from reporter.batch.partitions import convert_partition
from reporter.batch.records import KINDS, Outcome, Recipe, convert

__all__ = ["KINDS", "Job", "Outcome", "Recipe", "Summary", "convert", "convert_partition", "run"]
