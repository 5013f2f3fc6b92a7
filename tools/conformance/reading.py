"""Our own reader over generated bundles: what is read from each form must be the exam that was rendered."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from reporter import intake
from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.errors import ReporterError
from reporter.fhir import xml
from reporter.fhir.read import normalised, read_bundle


def faults(folder: Path) -> dict[Path, list[dict[str, Any]]]:
    """For each bundle below a folder of generated exams, how what is read differs from its input."""
    catalog = load_catalog()
    return {
        bundle: _compare(given, bundle, catalog)
        for given in sorted(folder.glob("*/input.json"))
        for bundle in sorted({*given.parent.glob("*.json"), *given.parent.glob("*.xml")} - {given})
    }


def _compare(given: Path, bundle: Path, catalog: Catalog) -> list[dict[str, Any]]:
    wanted = normalised(intake.parse(intake.load_json(given.read_bytes()), catalog))
    try:
        found = normalised(read_bundle(_resource(bundle), catalog))
    except ReporterError as refused:
        return [_fault("", str(refused))]
    return [
        _fault(name, f"{getattr(found, name)} instead of {getattr(wanted, name)}")
        for name in wanted.__dataclass_fields__
        if repr(getattr(found, name)) != repr(getattr(wanted, name))
    ]


def _resource(file: Path) -> Any:
    content = file.read_bytes()
    return xml.from_xml(content) if file.suffix == ".xml" else json.loads(content, parse_float=Decimal)


def _fault(path: str, text: str) -> dict[str, Any]:
    return {"severity": "error", "id": "read", "path": path, "message": text}
