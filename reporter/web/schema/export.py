"""The picture as one document of its own: figures side by side, legend, what is not drawn; its style inside."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_HEIGHT = 420.0
_GAP = 24.0
_FOOT = 46.0
_LINE = 100
STYLE = """
.page{fill:#fff}
.schema-shape{fill:#f4efe6;stroke:#4a4a4a;stroke-width:1}
.schema-minor .schema-shape{fill:#e9e1d2;stroke-width:.5}
.schema-context{fill:#fafafa;stroke:#b5b5b5;stroke-width:.8}
.schema-detail{fill:none;stroke:#8a8a8a;stroke-width:.7}
.schema-mark{stroke:#7a1f00;stroke-width:2}
.schema-absent.schema-mark,.schema-not_assessed.schema-mark{stroke:#444;stroke-dasharray:3 2;stroke-width:1.4}
.schema-pattern path{stroke:#a33200;stroke-width:1.4;fill:none}
.schema-pattern circle{fill:#a33200}
.schema-pattern-absent path,.schema-pattern-not_assessed path{stroke:#777;stroke-width:.7}
.schema-glyph circle{fill:#fff;stroke:#333;stroke-width:1}
.schema-glyph path{stroke:#333;stroke-width:1.8;fill:none}
.schema-glyph-present path{fill:#7a1f00;stroke:none}
.schema-glyph-present circle{stroke:#7a1f00}
.schema-glyph text{font:bold 11px sans-serif;fill:#333}
.schema-level{font-family:sans-serif;fill:#444}
.schema-side{font-family:sans-serif;font-weight:bold;fill:#222}
.caption,.foot{font:13px sans-serif;fill:#222}
"""


def document(figures: Sequence[tuple[str, float, float, str]], beside: str, legend: Sequence[tuple[str, str]]) -> str:
    """(svg, width, height, title) of each figure → one SVG document."""
    parts, x = [], _GAP
    for svg, width, height, title in figures:
        shown = _HEIGHT * width / height
        placed = f'<svg x="{x:.0f}" y="30" width="{shown:.0f}" height="{_HEIGHT:.0f}" '
        parts.append(
            f'<text class="caption" x="{x:.0f}" y="20">{escape(title)}</text>{svg.replace("<svg ", placed, 1)}'
        )
        x += shown + _GAP
    lines = _wrapped(beside)
    width, height = max(x, 640.0), 30 + _HEIGHT + _FOOT + 18 * len(lines)
    parts.append(_legend(legend, 30 + _HEIGHT + 22))
    for row, line in enumerate(lines):
        parts.append(f'<text class="foot" x="{_GAP:.0f}" y="{30 + _HEIGHT + 44 + 18 * row:.0f}">{escape(line)}</text>')
    size = f'width="{width:.0f}" height="{height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" {size}>'
    page = f'<rect class="page" {size}/>'
    return "\n".join([head, f"<style>{STYLE}</style>", page, *parts, "</svg>", ""])


def _legend(legend: Sequence[tuple[str, str]], y: float) -> str:
    return "".join(
        f'<g transform="translate({_GAP + 10 + 140 * i:.0f} {y:.0f})">{mark}'
        f'<text class="foot" x="14" y="4">{escape(words)}</text></g>'
        for i, (mark, words) in enumerate(legend)
    )


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split(" ") if text else ():
        if lines and len(lines[-1]) + len(word) < _LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
