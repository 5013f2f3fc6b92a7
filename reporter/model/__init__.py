"""Frozen data: the exam as entered, the report as statements, and dates that keep their precision."""
