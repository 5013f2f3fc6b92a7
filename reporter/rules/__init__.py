"""Clinical rules as data: `terminology/rules/*.yaml` says what, this package knows how to evaluate it.

`assess` runs every rule over an exam; `lint` lists what is wrong in the rules of a catalogue.
"""

from reporter.rules.assessment import assess
from reporter.rules.program import lint

__all__ = ["assess", "lint"]
