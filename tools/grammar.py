"""Ask Debian's Grammalecte about French texts: `python -m tools.grammar FILE…` (a test-only oracle).

Spelling is not asked: the medical words are ours, checked against the catalogue. Exit 1 when a sentence is faulted.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = "grammalecte-cli"
ACCEPTED = (
    ("unit_nbsp_avant_unités", "99m"),  # technetium 99m is a nuclide: its m is no metre
    ("g3__gn_pfx_en_2m", "faces|antérieure"),  # « en faces antérieure et postérieure »: one face each, so singular
    ("num_grand_nombre_avec_espaces", "\\d+(\u202f\\d{3})+"),  # the thin no-break space it does not know
)
"""False alarms: the rule of Grammalecte (its beginning) and what it underlines, each with its reason."""


def faults(text_file: Path) -> list[dict[str, Any]]:
    """The grammar errors of a text, false alarms of known rules left out."""
    command = [shutil.which(COMMAND) or COMMAND, "--file", str(text_file), "--json", "--context"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    paragraphs = json.loads(done.stdout)["data"]
    found = [error for paragraph in paragraphs for error in paragraph["lGrammarErrors"]]
    return [error for error in found if not accepted(error)]


def accepted(error: dict[str, Any]) -> bool:
    """Whether the error is a known false alarm."""
    return any(
        error["sRuleId"].startswith(rule) and re.fullmatch(underlined, error["sUnderlined"])
        for rule, underlined in ACCEPTED
    )


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
