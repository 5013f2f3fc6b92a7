"""Quick entry: a few typed words → findings that the catalogue allows, with what is still missing. No web framework."""

from reporter.web.quick.candidates import Candidate
from reporter.web.quick.suggesting import suggest

__all__ = ["Candidate", "suggest"]
