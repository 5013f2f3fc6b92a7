"""Inputs: the samples of the repository, longer ones made of them, and a catalogue made larger."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from benchmarks.measure import ROOT
from reporter import intake
from reporter.batch.records import compact
from reporter.resources import built_in_root

CLOCK = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC)
REALISTIC = {
    "MRI": "mr_pelvis_sacral_stress_fracture",
    "DXA": "dxa_tbs_vfa",
    "spine": "ct_spine_cement_leak",
}
_COPIED = ("findings", "diagnoses", "sites")


def clock() -> dt.datetime:
    """Always the same time."""
    return CLOCK


def sample(name: str) -> Path:
    """The input of a sample."""
    return ROOT / "fhir_examples" / name / "input.json"


def sample_bytes(name: str) -> bytes:
    """Its bytes."""
    return sample(name).read_bytes()


def with_findings(count: int) -> bytes:
    """A pelvic MRI with `count` findings."""
    data: Any = intake.load_json(sample_bytes("mr_pelvis_epiphyseal_fractures"))
    first = {key: value for key, value in data["findings"][0].items() if key != "relations"}
    data["findings"] = [{**copy.deepcopy(first), "id": f"F{number + 1}"} for number in range(count)]
    data.pop("conclusion", None)
    return compact(data)


def records(path: Path, count: int) -> Path:
    """`count` exams, one a line, each with an accession number of its own."""
    data: list[Any] = [intake.load_json(p.read_bytes()) for p in sorted(ROOT.glob("fhir_examples/*/input.json"))]
    with path.open("wb") as file:
        for number in range(count):
            exam = data[number % len(data)]
            study = {**exam["exam"], "accession_number": f"BENCH{number:08}"}
            file.write(compact({**exam, "exam": study}) + b"\n")
    return path


def larger_catalogue(root: Path, times: int) -> Path:
    """An overlay that makes signs, diagnoses and sites `times` as many, copies under names of their own."""
    for kind in _COPIED:
        target = root / "terminology" / kind
        target.mkdir(parents=True)
        for file in sorted((built_in_root() / "terminology" / kind).glob("*.yaml")):
            entries = yaml.safe_load(file.read_text(encoding="utf-8")).get(kind, {})
            copies = {f"{n}_x{k}": _renamed(e, k) for k in range(1, times) for n, e in entries.items()}
            text = yaml.safe_dump({kind: copies} if copies else {}, allow_unicode=True, sort_keys=False)
            (target / f"copies_{file.name}").write_text(text, encoding="utf-8")
    return root


def _renamed(entry: dict[str, Any], number: int) -> dict[str, Any]:
    kept = {key: value for key, value in entry.items() if key != "synonyms"}
    return {**kept, "noun": f"{kept['noun']} {number}"} if "noun" in kept else kept
