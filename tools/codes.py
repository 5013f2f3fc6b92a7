"""Build the code tables of `terminology/codes/` from verified tables: `python3 -m tools.codes DIRECTORY`.

DIRECTORY holds crosswalk.csv, concepts.csv, concepts_candidates.csv, procedures_loinc.csv, ccam_msk.csv and traps.csv.
`tools/candidates.csv` says of every candidate what it was adopted for, or why it was not. `structure.csv` (codes of the
FHIR frame and units) is written by hand. Codes that need a SNOMED CT licence go to `licensed/`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODES = ROOT / "terminology" / "codes"
CANDIDATES = ROOT / "tools" / "candidates.csv"
SNOMED, CCAM = "http://snomed.info/sct", "https://smt.esante.gouv.fr/terminologie-ccam"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
REGISTRY = ("system", "code", "display", "fr", "status", "ship", "end", "sources")
CROSSWALK = ("kind", "catalogue_id", "relation", "system", "code", "display", "status", "ship", "note")
TRAPS = ("system", "code", "wrong_meaning", "true_meaning", "kind", "code_forbidden_in_any_meaning", "allowed")
_FALL_BACK = re.compile(r"GPS fall-back \(broader\): (\d+)")
# what a note says of the tables themselves, or what the rows made from it say
_ASIDE = re.compile(
    r"\s*(GPS fall-back \(broader\): [^.]*\.|CIM-10: send the code[^.]*\.| \(concepts\.csv\)| in concepts\.csv)"
)
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def registry(source: Path, adopted: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Every code that may be used, by system and code: its display in the registry, its licence, its sources."""
    wanted = {(row["system"], row["code"]) for row in adopted}
    candidates = [r for r in read(source / "concepts_candidates.csv") if (r["system"], r["code"]) in wanted]
    ends = {row["code"]: row["date_fin"] for row in read(source / "ccam_msk.csv")}
    found: dict[tuple[str, str], Row] = {}
    for row in (*read(source / "concepts.csv"), *candidates, *read(source / "procedures_loinc.csv")):
        if row["code"] and row["system"] != "local":
            found.setdefault((row["system"], row["code"]), _entry(row, ends.get(row["code"], "")))
    for row in read(source / "ccam_msk.csv"):
        found.setdefault((CCAM, row["code"]), _act(row))
    for trap in read(source / "traps.csv"):
        if trap["kind"] == "chapter" or (trap["code_forbidden_in_any_meaning"] == "yes" and trap["kind"] != "retired"):
            found.pop((trap["system"], trap["code"]), None)
    return found


def _entry(row: Row, end: str) -> Row:
    own_words = row["system"] == ICD10
    return {
        "system": row["system"],
        "code": row["code"],
        "display": "" if own_words else row["display"],
        "fr": "" if own_words else row["fr"],
        "status": row["status"],
        "ship": _ship(row),
        "end": end,
        "sources": row["sources"],
    }


def _ship(row: Row) -> str:
    if row["system"] == ICD10:
        return "code_only"
    licensed = row["system"] == SNOMED and "SNOMED Intl GPS" not in row["sources"]
    return "licence" if licensed else "yes"


def _act(row: Row) -> Row:
    lists = {"in_gpmsi": "hkara2/gpmsi fichiers-ref/ccam/ccam_utf8.csv", "in_ans_list": "ANS membership list of acts"}
    sources = [row["source"], *(name for column, name in lists.items() if row[column] == "yes")]
    return {
        "system": CCAM,
        "code": row["code"],
        "display": row["libelle"],
        "fr": row["libelle"],
        "status": "verified2" if len(sources) > 1 else "verified1",
        "ship": "yes",
        "end": row["date_fin"],
        "sources": ";".join(sources),
    }


def crosswalk(source: Path, adopted: Iterable[Row], codes: dict[tuple[str, str], Row]) -> Iterator[Row]:
    """The stored crosswalk without its local rows, its fall-backs in full, then the adopted candidates."""
    for row in read(source / "crosswalk.csv"):
        if row["relation"] != "local":
            yield _mapped(row, row["code"], _relation(row), row["note"], codes)
        fall_back = _FALL_BACK.search(row["note"])
        if fall_back:
            yield _mapped(row, fall_back[1], "broader", "", codes)
    for row in adopted:
        yield _mapped(row, row["code"], row["relation"], row["reason"], codes)


def _relation(row: Row) -> str:
    """A code set beside a recommendation names the exam it proposes: never the same concept."""
    return "related" if row["kind"] == "recommendation" else row["relation"]


def _mapped(row: Row, code: str, relation: str, note: str, codes: dict[tuple[str, str], Row]) -> Row:
    parts = [codes[row["system"], part] for part in code.split("+")]
    licences = [part["ship"] for part in parts]
    return {
        "kind": row["kind"],
        "catalogue_id": row["catalogue_id"],
        "relation": relation,
        "system": row["system"],
        "code": code,
        "display": " + ".join(part["display"] for part in parts),
        "status": min((part["status"] for part in parts), default=""),
        "ship": "licence" if "licence" in licences else licences[0],
        "note": _ASIDE.sub("", note).strip(),
    }


def traps(source: Path, rows: Iterable[Row]) -> Iterator[Row]:
    """The traps, each with the uses of its code that are true."""
    used: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        use = f"{row['kind']}:{row['catalogue_id']}:{row['relation']}"
        used.setdefault((row["system"], row["code"]), []).append(use)
    for trap in read(source / "traps.csv"):
        uses = ";".join(used.get((trap["system"], trap["code"]), ()))
        yield {column: trap.get(column, uses) for column in TRAPS}


def write(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """Write a CSV file; returns the number of its rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    return len(listed)


def main(source: Path) -> None:
    """Write every table and print how many rows each has."""
    adopted = [row for row in read(CANDIDATES) if row["relation"] != "rejected"]
    codes = registry(source, adopted)
    rows = list(crosswalk(source, adopted, codes))
    tables = {
        CODES / "registry.csv": (REGISTRY, [r for r in codes.values() if r["ship"] != "licence"]),
        CODES / "licensed" / "registry.csv": (REGISTRY, [r for r in codes.values() if r["ship"] == "licence"]),
        CODES / "crosswalk.csv": (CROSSWALK, [r for r in rows if r["ship"] != "licence"]),
        CODES / "licensed" / "snomed.csv": (CROSSWALK, [r for r in rows if r["ship"] == "licence"]),
        CODES / "traps.csv": (TRAPS, list(traps(source, rows))),
    }
    for path, (columns, content) in tables.items():
        print(f"{path.relative_to(ROOT)}: {write(path, columns, content)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
