"""Classes of warnings, each explained in docs/conformance.md; a warning of no class fails the run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).parent / "warnings.yaml"


@cache
def classes() -> dict[str, tuple[str, re.Pattern[str]]]:
    """Class → engine and what its warnings look like (« id path message »)."""
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {name: (entry["engine"], re.compile(entry["match"], re.DOTALL)) for name, entry in table.items()}


def explained(engine: str, issue: dict[str, Any]) -> str | None:
    """The class of a warning, None when it has none."""
    text = f"{issue['id']} {issue['path']} {issue['message']}"
    return next((name for name, (whose, form) in classes().items() if whose == engine and form.search(text)), None)
