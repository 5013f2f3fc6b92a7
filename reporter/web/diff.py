"""The difference of two texts, word by word, as safe HTML."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html import escape

_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


def words(before: str, after: str) -> str:
    """`<del>` what went, `<ins>` what came; the rest as it is. Every character is escaped, line breaks are `<br>`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    parts: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(_html(old[i:j]))
            continue
        parts += [_marked("del", old[i:j]), _marked("ins", new[k:m])]
    return "".join(parts)


def _marked(tag: str, words: list[str]) -> str:
    """One element per line, so that no element crosses a line break."""
    lines = "".join(words).split("\n")
    return "<br>".join(f"<{tag}>{escape(line)}</{tag}>" if line else "" for line in lines) if words else ""


def _html(words: list[str]) -> str:
    return escape("".join(words)).replace("\n", "<br>")
