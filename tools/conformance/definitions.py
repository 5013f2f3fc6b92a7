"""The definitions an engine is given: the shared profiles, and our own terminology as `reporter codes` exports it."""

from __future__ import annotations

from pathlib import Path

from reporter import fhir
from reporter.catalog import load_catalog
from reporter.fhir import terminology
from tools.conformance.store import CannotRunError, digest, home, write

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
PROFILES = SHARED / "fhir" / "profiles"
NAMES = ("euimg", "frcore")


def shared() -> list[Path]:
    """The folders of compiled profiles (HL7 Europe imaging, FR Core)."""
    folders = [PROFILES / name for name in NAMES]
    for folder in folders:
        if not folder.is_dir():
            raise CannotRunError(f"no profiles: {folder}")
    return folders


def own() -> Path:
    """A folder with our CodeSystems, ValueSets, ConceptMaps, NamingSystems and extensions."""
    files = {name: fhir.to_json(resource) for name, resource in terminology.export(load_catalog()).items()}
    folder = home() / "definitions" / digest(*(f"{name}\n{text}" for name, text in sorted(files.items())))[:20]
    for name, text in files.items():
        if not (folder / name).exists():
            write(folder / name, text)
    return folder


def folders() -> list[Path]:
    """Everything."""
    return [*shared(), own()]
