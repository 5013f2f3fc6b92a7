"""Ask HL7's own engine about FHIR files: `python -m tools.conformance.hapi FILE…`.

Exit 0: no error · 1: errors · 2: wrong usage · 3: the engine could not run. Offline once its libraries are there.
"""

from __future__ import annotations

import argparse
import collections
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.conformance import definitions, java
from tools.conformance.store import Answers, CannotRunError

FOLDER = Path(__file__).parent / "hapi"
PROGRAM = "HapiCheck"
OPTIONS = ("-Xmx3g", "-XX:+UseParallelGC", "-Dfile.encoding=UTF-8")
ERRORS = ("error", "fatal")
Issues = dict[Path, list[dict[str, Any]]]


def validate(files: Iterable[Path], folders: Iterable[Path], *, again: bool = False) -> Issues:
    """The errors and warnings of each file; files already asked about in the same state are not asked again."""
    folders = list(folders)
    files = list(dict.fromkeys(files))
    answers = Answers("hapi", FOLDER, *folders)
    found = {} if again else {file: kept for file in files if (kept := answers.known(file)) is not None}
    missing = [file for file in files if file not in found]
    if missing:
        for file, issues in _ask(missing, folders).items():
            answers.keep(file, issues)
            found[file] = issues
    return {file: found[file] for file in files}


def _ask(files: list[Path], folders: list[Path]) -> Issues:
    command = [*java.command(FOLDER, PROGRAM, *OPTIONS), *(str(folder) for folder in folders)]
    names = "".join(f"{file}\n" for file in files)
    done = subprocess.run(command, input=names, capture_output=True, text=True, encoding="utf-8", check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    answered: Issues = {Path(line["file"]): line["issues"] for line in lines}
    if done.returncode or set(answered) != set(files):
        raise CannotRunError(f"{PROGRAM}: {done.stderr.strip()[-600:]}")
    return answered


def errors(issues: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only what makes a file invalid."""
    return [issue for issue in issues if issue["severity"] in ERRORS]


def show(found: Issues, *, warnings: bool) -> None:
    """One line a file that fails (or warns), then its issues, then the totals."""
    totals: collections.Counter[str] = collections.Counter()
    for file, issues in found.items():
        totals.update(issue["severity"] for issue in issues)
        for issue in issues if warnings else errors(issues):
            print(f"{file}: {issue['severity']} {issue['id']} {issue['path']}: {issue['message']}"[:600])
    bad = sum(1 for issues in found.values() if errors(issues))
    print(f"HAPI: {len(found)} files, {bad} with errors; {dict(totals)}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="tools.conformance.hapi", description="HL7's own FHIR R4 engine, offline.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--profiles", action="append", type=Path, metavar="DIR", help="only these definitions")
    parser.add_argument("--all", action="store_true", help="ask again about files already answered")
    parser.add_argument("--warnings", action="store_true", help="print warnings too")
    given = parser.parse_args()
    try:
        found = validate(given.files, given.profiles or definitions.folders(), again=given.all)
    except CannotRunError as reason:
        print(f"could not run: {reason}", file=sys.stderr)
        return 3
    show(found, warnings=given.warnings)
    return 1 if any(errors(issues) for issues in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
