"""Clinical rules as data: `terminology/rules/*.yaml` says what, this package knows how to evaluate it.

`assess` runs every rule over an exam; `lint` lists what is wrong in the rules of a catalogue; `proposable` names the
diagnoses that may be offered.
"""

from reporter.rules.assessment import assess
from reporter.rules.program import lint
from reporter.rules.proposals import proposable

__all__ = ["assess", "lint", "proposable"]
