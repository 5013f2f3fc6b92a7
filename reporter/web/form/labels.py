"""French labels of codes and fields: the words of the catalogue, those of the form, else the code itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.intake.messages import FIELDS, MEASURES
from reporter.model.exam import Site
from reporter.settings import Settings
from reporter.web.exam_search import exam_label
from reporter.web.texts import Texts

_MAX_KEPT = 10_000
_SIDES = ("left", "right", "bilateral")
_LEVEL = re.compile(r"[CTDLS]\d{1,2}([CTDLS]\d{1,2})?\Z")
_ENTRIES = {
    "finding": "findings", "site": "sites", "region": "regions", "diagnosis": "diagnoses", "differential": "diagnoses",
    "roi": "rois", "zones": "zones", "change": "evolutions",
}  # fmt: skip
_LEXICON = {
    "risk_factors": "risk_factors", "sequence": "sequences", "plane": "planes", "planes": "planes",
    "labs": "labs", "part": "parts",
}  # fmt: skip
_NAMED = {
    "risk_factors": "context-value", "suspicion": "suspicion", "context": "exam-context", "views": "view",
    "phases": "phase", "relation": "relation",
}  # fmt: skip
"""Kind of code → its table in the lexicon's `code_names`; values of attributes for the others."""
_SLOT = re.compile(r"\s*\{[^}]*\}")


class Labels:
    """`kind` is the name of the field that holds the code (sex, laterality, site …)."""

    def __init__(self, catalog: Catalog, texts: Texts, settings: Settings) -> None:
        self.catalog = catalog
        self.texts = texts
        self.settings = settings
        self._codes: dict[tuple[str, str], str] = {}
        self._at = lru_cache(_MAX_KEPT)(self._of_path)

    def code(self, kind: str, code: str) -> str:
        """The French label of a code."""
        known = self._codes.get((kind, code))
        if known is None:
            known = self._label(kind, code)
            if len(self._codes) < _MAX_KEPT:
                self._codes[kind, code] = known
        return known

    def _label(self, kind: str, code: str) -> str:
        own = self.texts.get("codes", kind, code)
        found = own or self._entry(kind, code) or self._word(kind, code) or self._place(kind, code)
        return french.typeset(found or self._sentence(kind, code) or code.replace("_", " "))

    def _entry(self, kind: str, code: str) -> str | None:
        """The noun of an entry of the catalogue."""
        entry = getattr(self.catalog, _ENTRIES[kind]).get(code) if kind in _ENTRIES else None
        return None if entry is None else str(getattr(entry, "lexeme", entry).noun)

    def _word(self, kind: str, code: str) -> str | None:
        """A word of the lexicon: the one the report uses, else the name of the code."""
        names = self.catalog.lexicon.get("code_names", {})
        for table in (self.catalog.lexicon.get(_LEXICON.get(kind, "")), names.get(_NAMED.get(kind, "attribute-value"))):
            found = table.get(code) if isinstance(table, Mapping) else None
            if isinstance(found, str):
                return found
        return None

    def _sentence(self, kind: str, code: str) -> str | None:
        """What a recommendation or a rule says, as a label."""
        if kind == "recommendations" and code in self.catalog.recommendations:
            return self.catalog.recommendations[code].sentence.removesuffix(".")
        if kind == "rule" and code in self.catalog.rules:
            said = _SLOT.sub(" …", self.catalog.rules[code].message.removesuffix("."))
            return f"{code} : {said}"
        return None

    def _place(self, kind: str, code: str) -> str | None:
        if kind not in ("site", "code"):
            return None
        for entries in (self.catalog.sites, self.catalog.regions, self.catalog.rois, self.catalog.diagnoses):
            if code in entries:
                return str(entries[code].lexeme.noun)
        return None

    def field(self, name: str) -> str:
        """The French name of a field, an attribute or a measure."""
        text = self.texts.get("fields", name) or FIELDS.get(name) or MEASURES.get(name) or name.replace("_", " ")
        return french.capital(text)

    def at(self, path: Sequence[str]) -> str:
        """The French name of the field of a path, as its object calls it; « Mesure 1 » for an entry of a list."""
        return self._at(tuple(path))

    def _of_path(self, path: tuple[str, ...]) -> str:
        names = [key for key in path if not key.isdigit()]
        if path[-1].isdigit():
            one = self.texts.get("entries", names[-1])
            return f"{french.capital(one) if one else self.field(names[-1])} {int(path[-1]) + 1}"
        own = self.texts.get("fields", ".".join(names[-2:]))
        return french.capital(own) if own else self.field(path[-1])

    def attribute(self, finding: str, name: str, value: str) -> str:
        """The French of an attribute's value: the sign's own words, the lexicon, then those of the form."""
        own = self.catalog.findings[finding].values_fr.get(name, {}).get(value)
        if own:
            return own
        words: Any = self.catalog.lexicon.get("attributes", {}).get(name, {})
        said = words.get(value, words.get("*", {})) if isinstance(words, Mapping) else {}
        phrase = next((text for key, text in said.items() if isinstance(text, str)), "") if said else ""
        return phrase.format(v=value) if phrase else self.code(name, value)

    def site(self, site: Mapping[str, Any]) -> str:
        """« aileron sacré gauche », « corps vertébral de L1 » from the fields of a site, as the report says it."""
        placed = self.placed(site)
        if placed is None:
            return self.code("site", str(site.get("code", "")))
        return french.typeset(french.site_np(placed, self.catalog, self.settings, full=True).text)

    def placed(self, site: Mapping[str, Any]) -> Site | None:
        """The site that the fields describe, without what is no code; None when the site is none."""
        given = {key: str(site.get(key) or "") for key in ("code", "laterality", "level", "number", "part")}
        if given["code"] not in self.catalog.sites:
            return None
        return Site(
            code=given["code"],
            laterality=given["laterality"] if given["laterality"] in _SIDES else None,
            level=level if _LEVEL.match(level := given["level"].upper()) else None,
            number=int(given["number"]) if given["number"].isdecimal() else None,
            part=given["part"] or None,
            zones=tuple(zone for zone in site.get("zones", ()) if zone in self.catalog.zones),
        )

    def exam(self, exam_def: str, study: Mapping[str, Any]) -> str:
        """« IRM du genou gauche »."""
        definition, region = self.catalog.exams[exam_def], str(study.get("region", ""))
        if region not in self.catalog.regions:
            return french.capital(definition.label.noun)
        return exam_label(definition, region, study.get("laterality"), self.catalog, self.settings)

    def sign(self, finding: str, site: Mapping[str, Any]) -> str:
        """« Œdème médullaire, aileron sacré gauche »."""
        place = "" if site.get("code") in (None, "exam_region") else self.site(site)
        name = self.code("finding", finding)
        return french.capital(f"{name}, {place}" if place else name)
