"""Check digits: Verhoeff (SNOMED CT identifiers) and modulo 10 (LOINC codes)."""

from __future__ import annotations

import re

_PERMUTATION: tuple[tuple[int, ...], ...] = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4))
_LOINC = re.compile(r"(\d{1,6})-(\d)\Z")
_SCTID = re.compile(r"[1-9]\d{5,17}\Z")


def _compose(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(second[i] for i in first)


def _permutations() -> tuple[tuple[int, ...], ...]:
    table = [_PERMUTATION[0], _PERMUTATION[1]]
    while len(table) < 8:
        table.append(_compose(table[-1], _PERMUTATION[1]))
    return tuple(table)


_P = _permutations()


def _dihedral(a: int, b: int) -> int:
    """Product in the dihedral group of order 10."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b - 5) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


def verhoeff(code: str) -> bool:
    """Whether a SNOMED CT identifier is well formed and its last digit right."""
    if not _SCTID.match(code):
        return False
    total = 0
    for position, digit in enumerate(reversed(code)):
        total = _dihedral(total, _P[position % 8][int(digit)])
    return total == 0


def extension(code: str) -> bool:
    """Whether the partition identifier (digits 2 and 3 from the right) says national extension."""
    return code[-3:-1] in ("10", "11")


def mod10(code: str) -> bool:
    """Whether the digit after the hyphen of a LOINC code is right."""
    match = _LOINC.match(code)
    if match is None:
        return False
    total = 0
    for position, digit in enumerate(reversed(match[1])):
        value = int(digit) * 2 if position % 2 == 0 else int(digit)
        total += value - 9 if value > 9 else value
    return (10 - total % 10) % 10 == int(match[2])
