"""How a word typed by a user is compared with the catalogue's words."""

from __future__ import annotations

import unicodedata

_SAME = str.maketrans(
    {"œ": "oe", "æ": "ae", "’": "'", "‑": "-", "‐": "-", "–": "-", "−": "-", "\u00a0": " ", "\u202f": " "}
)


def alias_key(text: str) -> str:
    """Casefold, « œ » as « oe », no accents, plain apostrophes and hyphens, single spaces; underscores are kept."""
    folded = unicodedata.normalize("NFD", text.casefold().translate(_SAME))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(bare.split())
