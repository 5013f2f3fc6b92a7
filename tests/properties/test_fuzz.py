"""Any JSON whatever ends in a report or in issues: exit 0 or 2, never another end."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import catalog, cli
from tests.strategies import CATALOG, Json, exams

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
WORDS = st.sampled_from(
    ["", "left", "bilateral", "L4", "L4L5", "2024-02-30", "vertebra", "MR", "DXA", "F0", "P1", "-1", "1e999"]
)
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ROOT_KEYS = ("schema_version", "patient", "order", "exam", "findings", "dxa", "comparisons", "conclusion", "free_text")


@pytest.fixture(autouse=True)
def _one_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load_catalog", lambda *_, **__: CATALOG)


def render(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "input.json"
        source.write_text(text, encoding="utf-8", errors="surrogatepass")
        code = cli.main(["render", str(source), "--out", f"{name}/out", "--clock", "2026-01-15T09:30:00Z"])
        written = {path.name for path in (Path(name) / "out").iterdir()}
        assert (code, "issues.json" in written) in {(0, False), (2, True)}
        assert code == 0 or written == {"issues.json"}


@given(VALUES)
def test_any_json(value: Any) -> None:
    render(json.dumps(value))


@given(st.dictionaries(st.sampled_from(ROOT_KEYS), VALUES))
def test_any_json_under_our_keys(value: Any) -> None:
    render(json.dumps(value))


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """A valid exam with a few nodes replaced, removed or added."""
    data: Any = copy.deepcopy(draw(exams()))
    for _ in range(draw(st.integers(1, 3))):
        node = data
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and node[key] and draw(st.integers(0, 3)):
                node = node[key]
                continue
            if draw(st.booleans()):
                node[key] = draw(VALUES)
            else:
                del node[key]
            break
    return data


@given(damaged())
def test_a_damaged_exam(data: Json) -> None:
    render(json.dumps(data, default=float))


@given(st.binary(max_size=60))
def test_any_bytes(content: bytes) -> None:
    render(content.decode("utf-8", errors="replace"))
