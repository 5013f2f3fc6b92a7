"""What the generated documentation says is what the catalogue holds now."""

import re
from pathlib import Path

import pytest

from reporter.catalog import load_catalog
from tools.docs import generated

ROOT = Path(__file__).resolve().parents[2]
GENERATED = generated()


@pytest.mark.parametrize("name", GENERATED)
def test_generated_files_are_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATED[name], "python3 tasks.py docs"


def test_the_index_lists_every_finding_and_rule() -> None:
    catalog, listed = load_catalog(), set(re.findall(r"^\| `([^`]+)`", GENERATED["docs/index.md"], re.MULTILINE))
    assert {*catalog.findings, *catalog.rules} <= listed


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_the_first_commands_of_a_readme_are_the_two_that_work(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"^python3 tasks\.py (\w+)", text, re.MULTILINE)[:2] == ["demo", "test"]


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "README.fr.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
