"""Diagnoses, differential, recommendations, refused rules and free text → `conclusion` and `free_text`."""

from __future__ import annotations

import re

from reporter.fhir import constants as c
from reporter.fhir.read import attributes, place
from reporter.fhir.read.codes import as_concept, codings
from reporter.fhir.read.scope import Json, Scope, extensions, filled, statement
from reporter.fhir.read.view import View

_FRAME = (
    "status", "category", "subject", "effectiveDateTime", "performer", "issued", "identifier", "basedOn", "method",
)  # fmt: skip
_ENTRY = re.compile(r"(?P<entry>diagnosis/\d+)\.(?:left|right)\Z")
_FREE_TEXT = {"order": "indication", "technique": "technique", "comparison": "comparison", "findings": "findings",
              "conclusion": "conclusion"}  # fmt: skip
_SECTIONS = {code: name for name, code in c.SECTION_CODES.items()}
_OWN_CONCLUSION = "note/conclusion_free_text"


class Impressions:
    """Diagnoses in order; the two sides of a bilateral one are one entry."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.entries: list[tuple[str, Json]] = []
        self.differential: list[str] = []

    def add(self, view: View) -> None:
        """Read one impression; evidence that is not here is reported."""
        code = self.code(view.child("code"))
        certainty = self.scope.codes.one(view.child("valueCodeableConcept"), "certainty", "certainty")
        where = place.site(self.scope, view) if view.has("bodySite") else {}
        if code is None or certainty is None or where is None:
            self.scope.refuse(view, "code" if code is None else "value" if certainty is None else "site")
            return
        own = statement(view) or ""
        if own.startswith("differential/"):
            self.differential.append(code)
            view.skip("derivedFrom")
        else:
            self._enter(own, self._impression(view, code, certainty, where))
        self.scope.dangling(view, "derivedFrom")
        self.scope.close(view, *_FRAME)

    def _impression(self, view: View, code: str, certainty: str, where: Json) -> Json:
        ages = [said for name, said, _ in attributes.pairs(self.scope, view) if name == "age"]
        place_fields = filled(site=where.get("code"), **{k: where.get(k) for k in ("laterality", "level", "number")})
        found = filled(code=code, certainty=certainty, **place_fields, age=ages[0] if ages else None)
        return {**found, **filled(findings=self._evidence(view))}

    def _evidence(self, view: View) -> list[str]:
        targets = self.scope.source.targets(view, "derivedFrom")
        return list(dict.fromkeys(i for t in targets if (i := self.scope.ids.get(t.path))))

    def _enter(self, own: str, data: Json) -> None:
        split = _ENTRY.match(own)
        key = split["entry"] if split else own
        for known, entry in self.entries:
            sides = {entry.get("laterality"), data.get("laterality")}
            if split and known == key and sides == {"left", "right"} and _rest(entry) == _rest(data):
                entry["laterality"] = "bilateral"
                return
        self.entries.append((key, data))

    def code(self, concept: View | None) -> str | None:
        """The diagnosis of a concept."""
        found = self.scope.codes.one(concept, "diagnosis", "diagnosis")
        return found if found in self.scope.catalog.diagnoses else None

    def conclude(self, concept: View) -> None:
        """A conclusion code says again what is retained; without an Observation it is the diagnosis."""
        code = self.code(concept)
        if code is None:
            return
        concept.take()
        if not any(entry["code"] == code for _, entry in self.entries):
            self.entries.append(("", {"code": code, "certainty": "retained"}))

    def data(self) -> Json:
        """`diagnoses` and `differential`."""
        return filled(diagnoses=[entry for _, entry in self.entries], differential=self.differential)


def _rest(entry: Json) -> Json:
    return {k: v for k, v in entry.items() if k != "laterality"}


def recommendation(scope: Scope, view: View) -> str | None:
    """A proposed recommendation."""
    code = scope.codes.one(view.child("code"), "recommendation", "recommendation")
    if code not in scope.catalog.recommendations:
        scope.refuse(view, "code")
        return None
    if scope.codes.local(view.child("valueCodeableConcept"), "recommendation-status") != "proposed":
        scope.refuse(view, "value")
        return None
    scope.close(view, *_FRAME, "derivedFrom")
    return code


def suppressed(scope: Scope, section: View) -> list[str]:
    """Rules whose sentence the radiologist refused."""
    found = []
    for item in extensions(section, c.SUPPRESSED_RULE):
        value = item.child("valueCoding")
        rule = scope.codes.local(as_concept(value), "rule") if value is not None else None
        if rule is not None:
            found.append(rule)
        else:
            scope.tell("FHIR-READ-ELEMENT", item.path, name="extension")
    return found


class FreeText:
    """Texts of the radiologist by section, and that of the conclusion itself."""

    def __init__(self) -> None:
        self.sections: dict[str, list[str]] = {}
        self.conclusion: list[str] = []

    def add(self, section: str | None, note: View | None) -> bool:
        """One annotation; False when it has no text or no section of ours."""
        text = note.text("text") if note is not None else None
        if note is None or text is None:
            return False
        known = [item.text("valueString") for item in extensions(note, c.STATEMENT)]
        for item in extensions(note, c.UNCODED):
            item.skip("valueBoolean")
        if _OWN_CONCLUSION in known:
            self.conclusion.append(text)
            return True
        return self.write(section, text)

    def write(self, section: str | None, text: str | None) -> bool:
        """A text that is a section of its own; False when it is none of ours."""
        if text is None or section not in _FREE_TEXT:
            return False
        self.sections.setdefault(_FREE_TEXT[section], []).append(text)
        return True

    def data(self) -> Json:
        """`free_text`: several notes of one section are its paragraphs."""
        order = list(_FREE_TEXT.values())
        return {name: "\n".join(self.sections[name]) for name in order if name in self.sections}


def section_of(concept: View | None) -> str | None:
    """Our name of a section, by its LOINC code."""
    names = {_SECTIONS[code] for system, code in codings(concept) if system == c.LOINC and code in _SECTIONS}
    return names.pop() if len(names) == 1 else None
