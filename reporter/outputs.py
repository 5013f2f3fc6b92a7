"""The files of one report: what they hold, and how they reach a directory without ever being half written."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reporter import fhir
from reporter.engine import Report
from reporter.errors import Issue

REPORT_FILES = ("report.txt", "report.html", "report.json", "bundle.json", "transaction.json")
XML_FILES = ("bundle.xml", "transaction.xml")
ISSUES_FILE = "issues.json"


def dump(value: Any) -> str:
    """Readable JSON, accents as they are, one line feed at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def issues_dict(issues: Iterable[Issue]) -> dict[str, Any]:
    """The shape of issues.json (DESIGN §7)."""
    return {"issues": [issue.as_dict() for issue in issues]}


def report_files(report: Report, *, xml: bool = False) -> dict[str, str]:
    """Every file of a report, name to content; raises before anything is written when one cannot be made."""
    bundles = (report.bundle("document"), report.bundle("transaction"))
    contents = (
        report.text().rstrip("\n") + "\n",
        report.html().rstrip("\n") + "\n",
        dump(report.as_dict()),
        *(fhir.to_json(bundle).rstrip("\n") + "\n" for bundle in bundles),
    )
    files = dict(zip(REPORT_FILES, contents, strict=True))
    if xml:
        files.update(zip(XML_FILES, (fhir.to_xml(bundle).decode() for bundle in bundles), strict=True))
    return files


def issue_files(issues: Iterable[Issue]) -> dict[str, str]:
    """The only file of a refused input."""
    return {ISSUES_FILE: dump(issues_dict(issues))}


def write(directory: Path, files: Mapping[str, str]) -> None:
    """Write `files` completely or not at all, then remove what an earlier run left under our other names.

    The files are first written beside their place and renamed into it: a reader never sees half of one. Old outputs go
    before the new ones come, so that a refused input never stands next to the report of an earlier one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".reporter-", dir=directory) as staging:
        for name, content in files.items():
            (Path(staging) / name).write_text(content, encoding="utf-8", newline="\n")
        for name in (*REPORT_FILES, *XML_FILES, ISSUES_FILE):
            if name not in files:
                (directory / name).unlink(missing_ok=True)
        for name in files:
            (Path(staging) / name).replace(directory / name)
