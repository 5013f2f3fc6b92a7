"""Concepts → ids of the catalogue: our own coding first, else the crosswalk inverted (FHIR_MAPPING §3).

A standard code counts only when it is equivalent to exactly one id of the kind that is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir.read.view import View

Key = tuple[str, str, str]
_LATERALITY = "272741003"


class Codes:
    """The codes of one catalogue, both ways."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._ids: dict[Key, set[str]] = {}
        self._near: dict[Key, set[str]] = {}
        for (kind, catalogue_id), known in catalog.codes.items():
            for entry in known:
                table = self._ids if entry.relation == "equivalent" else self._near
                table.setdefault((kind, entry.system, entry.code), set()).add(catalogue_id)

    def local(self, concept: View | None, *systems: str) -> str | None:
        """The code of our own coding in one of these systems; None when there is none, or several that differ."""
        found = {code for system, code in self.ours(concept) if not systems or system in systems}
        return found.pop() if len(found) == 1 else None

    def ours(self, concept: View | None) -> list[tuple[str, str]]:
        """(system, code) of every coding of ours."""
        found = [(s.removeprefix(c.LOCAL), code) for s, code in codings(concept) if s.startswith(c.LOCAL)]
        return list(dict.fromkeys(found))

    def standard(self, concept: View | None, kind: str, *, dxa: bool = False) -> set[str]:
        """The ids of a kind that the standard codings mean; several when they do not agree.

        Ids of densitometry (`dxa.…`) are a kind of their own.
        """
        found: set[str] = set()
        for system, code in codings(concept):
            ids = {i for i in self._ids.get((kind, system, code), ()) if i.startswith("dxa.") == dxa}
            found |= ids if len(ids) == 1 else set()
        return found

    def near(self, concept: View | None, kind: str) -> set[str]:
        """The ids of a kind that a broader or narrower code leads to: enough to judge a unit, never to read a value."""
        return {i for system, code in codings(concept) for i in self._near.get((kind, system, code), ())}

    def one(self, concept: View | None, system: str, kind: str) -> str | None:
        """Our own code, else the only id the standard codings mean."""
        own = self.local(concept, system)
        if own is not None:
            return own
        found = self.standard(concept, kind)
        return found.pop() if len(found) == 1 else None

    def side(self, concept: View | None) -> str | None:
        """left, right or bilateral."""
        return self.one(concept, "laterality", "laterality")

    def lateralised(self, concept: View | None) -> tuple[set[str], str | None]:
        """Site ids and side of SNOMED CT expressions « focus : laterality = side »."""
        ids: set[str] = set()
        sides: set[str] = set()
        for system, code in codings(concept):
            focus, colon, refinement = code.partition(":")
            attribute, equals, value = refinement.partition("=")
            if system == c.SNOMED and colon and equals and attribute.strip() == _LATERALITY:
                ids |= self._ids.get(("site", system, focus.strip()), set())
                sides |= self._ids.get(("laterality", system, value.strip()), set())
        return ids, (sides.pop() if len(sides) == 1 else None)


def codings(concept: View | None) -> Iterator[tuple[str, str]]:
    """(system, code) of every coding of a CodeableConcept."""
    for coding in concept.peek("coding") if concept is not None else ():
        system, code = coding.get("system"), coding.get("code")
        if isinstance(system, str) and isinstance(code, str):
            yield system, code


def as_concept(coding: View) -> View:
    """A Coding as a concept of one coding."""
    return View({"coding": [coding.data]}, coding.path)


def shown(concept: View | None) -> str:
    """A concept in an issue: its codes, else its text, never much of it."""
    if concept is None:
        return "—"
    text = concept.data.get("text")
    known = ", ".join(f"{system}|{code}" for system, code in codings(concept))
    return (known or (text if isinstance(text, str) else "") or "—")[:200]
