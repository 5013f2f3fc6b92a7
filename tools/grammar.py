"""Ask Debian's Grammalecte about French texts: `python -m tools.grammar FILE…` (a test-only oracle).

Spelling is not asked: the medical words are ours, checked against the catalogue. Exit 1 when a sentence is faulted.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = "grammalecte-cli"
ACCEPTED: dict[str, str] = {}
"""Rules of Grammalecte that are wrong here: identifier (its beginning) → why."""


def faults(text_file: Path) -> list[dict[str, Any]]:
    """The grammar errors of a text, false alarms of known rules left out."""
    command = [shutil.which(COMMAND) or COMMAND, "--file", str(text_file), "--json", "--context"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    paragraphs = json.loads(done.stdout)["data"]
    found = [error for paragraph in paragraphs for error in paragraph["lGrammarErrors"]]
    return [error for error in found if not error["sRuleId"].startswith(tuple(ACCEPTED) or ("\0",))]


def main() -> int:
    """Print every fault with its context."""
    count = 0
    for name in sys.argv[1:]:
        for error in faults(Path(name)):
            count += 1
            context = f"{error['sBefore'][-40:]}[{error['sUnderlined']}]{error['sAfter'][:40]}"
            print(f"{name}: {error['sRuleId']}: {error['sMessage']} … {context}")
    print(f"{len(sys.argv) - 1} texts, {count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
