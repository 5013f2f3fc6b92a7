"""Tolerant in, strict after: JSON → normalised → checked → frozen Exam, or every problem at once in French."""

from reporter.intake.draft import parse_draft
from reporter.intake.jsontext import load_json
from reporter.intake.reading import parse, parse_partial
from reporter.intake.schema import schema

__all__ = ["load_json", "parse", "parse_draft", "parse_partial", "schema"]
