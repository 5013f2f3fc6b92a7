"""A fresh process that loads the catalogue, and says what it read and how."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LOAD = """
import json, sys
from pathlib import Path
from reporter.catalog import load_catalog
from reporter.errors import CatalogError
licensed, overlays = sys.argv[1] == "licensed", [Path(name) for name in sys.argv[2:]]
try:
    catalog = load_catalog(*overlays, snomed_licence=licensed)
    said = {
        "noun": catalog.findings["bone_marrow_oedema"].lexeme.noun,
        "signals": catalog.findings["bone_marrow_oedema"].signals["T2"],
        "thinnest": str(catalog.findings["soft_tissue_oedema"].measures["thickness"].minimum),
        "last_level": catalog.sites["vertebra"].levels[-1],
        "alias": catalog.aliases["diagnosis"]["algodystrophie"],
        "advice": catalog.recommendations["R-MRI"].sentence,
        "rule": catalog.rules["V-REQ"].file,
        "licensed": any(c.ship == "licence" for found in catalog.codes.values() for c in found),
    }
except CatalogError as error:
    said = {"refused": [issue.code for issue in error.issues]}
print(json.dumps({"said": said, "parsed": "yaml" in sys.modules}))
"""
FACTS: dict[str, object] = {
    "noun": "œdème médullaire",
    "signals": ["hyper", "iso"],
    "thinnest": "0.5",
    "last_level": "L5",
    "alias": "crps1",
    "advice": "IRM complémentaire.",
    "rule": "terminology/rules/a_identity.yaml",
    "licensed": False,
}
"""What our own catalogue says."""
Popen = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """`said`: what the catalogue holds; `parsed`: it was read from the YAML, not from a file of the cache."""

    said: dict[str, object]
    parsed: bool


PARSED, CACHED = Loaded(FACTS, parsed=True), Loaded(FACTS, parsed=False)


def start(cache: Path | str | None, *overlays: Path, root: Path = ROOT, licensed: bool = False, **more: str) -> Popen:
    """A process that loads the catalogue with this folder as its cache (None: the default place)."""
    kept = {k: v for k, v in os.environ.items() if k not in ("REPORTER_CACHE_DIR", "XDG_CACHE_HOME")}
    chosen = {} if cache is None else {"REPORTER_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", _LOAD, "licensed" if licensed else "-", *map(str, overlays)]
    return subprocess.Popen(
        command, cwd=root, env={**kept, **chosen, **more}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def answer(process: Popen) -> Loaded:
    """What it found; it must end well and say nothing else."""
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    found = json.loads(out)
    return Loaded(found["said"], found["parsed"])


def load(cache: Path | str | None, *overlays: Path, root: Path = ROOT, licensed: bool = False, **more: str) -> Loaded:
    """Load it in a process of its own."""
    return answer(start(cache, *overlays, root=root, licensed=licensed, **more))
