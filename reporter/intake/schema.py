"""JSON Schema 2020-12 of the input, as the catalogue in use makes it: for one exam, or for all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reporter.catalog.entries import Catalog, ExamDef, FindingDef, SiteDef
from reporter.intake.fields import MARK
from reporter.intake.messages import FIELDS
from reporter.intake.models import ExamInput
from reporter.intake.vocabulary import Vocabulary

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(catalog: Catalog, exam_id: str | None = None) -> dict[str, Any]:
    """The schema of one exam definition, or of any exam. Raise KeyError for an unknown exam."""
    exam = catalog.exams[exam_id] if exam_id is not None else None
    codes = _Codes(catalog, exam)
    built: dict[str, Any] = codes.fill(_skeleton())
    if exam is not None:
        _keep_technique(built, exam, codes.vocabulary)
    _require(built, exam)
    title = f"Compte rendu : {exam.label.noun} ({exam.id})" if exam else "Compte rendu structuré"
    return {"$schema": _DIALECT, **built, "title": title}


@lru_cache(maxsize=1)
def _skeleton() -> dict[str, Any]:
    """The schema of the models, where each code still names its vocabulary."""
    return ExamInput.model_json_schema(by_alias=True)


class _Codes:
    """Puts the catalogue's codes and French titles into the skeleton."""

    def __init__(self, catalog: Catalog, exam: ExamDef | None) -> None:
        self.catalog = catalog
        self.exam = exam
        self.vocabulary = Vocabulary(catalog)

    def fill(self, node: Any) -> Any:
        """A copy of the node with codes in place of marks; English titles and docstrings go."""
        if isinstance(node, list):
            return [self.fill(item) for item in node]
        if not isinstance(node, Mapping):
            return node
        filled = {key: self.fill(value) for key, value in node.items() if key not in ("title", "description", MARK)}
        if MARK in node:
            filled["enum"] = list(self._codes(str(node[MARK])))
        for key in ("properties", "$defs"):
            if key in node:
                filled[key] = {name: self._titled(name, value, key) for name, value in node[key].items()}
        return filled

    def _titled(self, name: str, node: Any, parent: str) -> Any:
        filled = self.fill(node)
        titled = parent == "properties" and name in FIELDS
        return {"title": FIELDS[name], **filled} if titled else filled

    def _codes(self, mark: str) -> tuple[str, ...]:
        kind, _, narrowed = mark.partition("@")
        codes = self.vocabulary.codes(kind)
        if not narrowed or self.exam is None:
            return codes
        return tuple(code for code in codes if self._allowed(kind, code, self.exam))

    def _allowed(self, kind: str, code: str, exam: ExamDef) -> bool:
        if kind == "modality":
            return code == exam.modality
        if kind == "region":
            return code in exam.regions
        if kind == "finding":
            return self._described(self.catalog.findings[code], exam)
        return self._covered(self.catalog.sites[code], exam)

    def _described(self, finding: FindingDef, exam: ExamDef) -> bool:
        return exam.modality in finding.modalities or exam.modality in finding.conditional

    def _covered(self, site: SiteDef, exam: ExamDef) -> bool:
        """The site belongs to a region of the exam, directly, everywhere, or by one of its levels."""
        regions = [self.catalog.regions[code] for code in exam.regions]
        if "any" in site.regions:
            return True
        if any(region.contains & set(site.regions) for region in regions):
            return True
        return "spine by level" in site.regions and any(region.levels for region in regions)


def _keep_technique(built: dict[str, Any], exam: ExamDef, vocabulary: Vocabulary) -> None:
    """Only the technique fields of the modality."""
    own = vocabulary.codes(f"technique.{exam.modality}") or exam.technique_fields
    technique = built["$defs"]["TechniqueInput"]
    technique["properties"] = {name: node for name, node in technique["properties"].items() if name in own}


def _require(built: dict[str, Any], exam: ExamDef | None) -> None:
    """What depends on other fields: an age or a birth date; the measures of a densitometry."""
    built["$defs"]["PatientInput"]["anyOf"] = [{"required": ["birth_date"]}, {"required": ["age_years"]}]
    if exam is not None and exam.modality == "DXA":
        built["required"] = [*built["required"], "dxa"]
