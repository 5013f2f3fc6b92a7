"""Inputs of a batch: the samples of the repository under many accession numbers."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "fhir_examples").glob("*/input.json"))]
CLOCK = "2026-01-15T09:30:00+00:00"


def exam(number: int, **changes: object) -> bytes:
    """A valid exam on one line; its accession number says which."""
    data = json.loads(SAMPLES[number % len(SAMPLES)])
    data["exam"] |= {"accession_number": f"ACC{number:05}", **changes}
    return json.dumps(data, ensure_ascii=False).encode()


def exams(count: int, refused: tuple[int, ...] = ()) -> list[bytes]:
    """`count` lines, some of a region that does not exist."""
    return [exam(n, region="atlantis") if n in refused else exam(n) for n in range(count)]


def write(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def accession_numbers(bundles: bytes) -> list[str]:
    """Those the bundles of an output say, in their order."""
    return [json.loads(line)["identifier"]["value"].partition("/")[0] for line in bundles.splitlines()]
