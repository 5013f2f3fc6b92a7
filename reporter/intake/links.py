"""Checks between parts of the tidied tree: ids, references, what depends on the modality, labs, what must be given.

As in `findings`, what is refused is reported and left out, so that the shape check does not report it again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.intake.fields import shown
from reporter.intake.findings import FindingReader
from reporter.intake.messages import field_name, message
from reporter.intake.problems import Path, Problems
from reporter.intake.vocabulary import Vocabulary, closest, fold, vocabulary_of

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_CONTRAST_MODALITIES = ("MR", "CT")
_SCORES = frozenset(("bmd", "t_score", "z_score"))
Ids = dict[str, None]


@dataclass(frozen=True, slots=True)
class _Modality:
    """Regions of the exams of a modality, if it has any exam; technique fields that only other modalities have."""

    regions: frozenset[str] | None = None
    foreign: frozenset[str] = frozenset()


_NO_MODALITY = _Modality()


@per_catalog
def _modality(catalog: Catalog, code: str) -> _Modality:
    vocabulary = vocabulary_of(catalog)
    exams = [exam for exam in catalog.exams.values() if exam.modality == code]
    regions = frozenset(region for exam in exams for region in exam.regions) if exams else None
    own = vocabulary.codes(f"technique.{code}")
    every = {name for other in vocabulary.codes("modality") for name in vocabulary.codes(f"technique.{other}")}
    return _Modality(regions, frozenset(every.difference(own)) if own else frozenset())


def check(tree: dict[str, Any], vocabulary: Vocabulary, problems: Problems) -> None:
    """Every check of this module; the tree is brought to its canonical form."""
    _Links(tree, vocabulary, problems).check()


def entries(parent: object, key: str) -> Sequence[tuple[int, dict[str, Any]]]:
    """The objects of a list, each with its index; nothing when it is not a list of objects."""
    items = parent.get(key) if isinstance(parent, dict) else None
    if not isinstance(items, list):
        return ()
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


class _Links:
    def __init__(self, tree: dict[str, Any], vocabulary: Vocabulary, problems: Problems) -> None:
        self.tree = tree
        self.vocabulary = vocabulary
        self.problems = problems
        self.study, self.patient = self._object("exam"), self._object("patient")
        modality = self.study.get("modality")
        self.modality = vocabulary.resolve("modality", modality) if isinstance(modality, str) else None
        self.about = _modality(vocabulary.catalog, self.modality) if self.modality else _NO_MODALITY

    def check(self) -> None:
        signs, comparisons = entries(self.tree, "findings"), entries(self.tree, "comparisons")
        findings, priors = self._ids("findings", signs), self._ids("comparisons", comparisons)
        reader = FindingReader(self.vocabulary, self.problems)
        for index, finding in signs:
            path = ("findings", index)
            reader.read(finding, path)
            if "relations" in finding:
                self._relations(finding, findings, path)
            if priors and "evolution" in finding:
                self._evolution(finding, priors, path)
        for index, prior in comparisons:
            self._prior(prior, reader, ("comparisons", index))
        if "conclusion" in self.tree:
            self._evidence(findings)
        self._required()
        self._region()
        self._technique()
        if "labs" in self.patient:
            self._labs()

    def _object(self, key: str) -> dict[str, Any]:
        value = self.tree.get(key)
        return value if isinstance(value, dict) else {}

    def _refuse(self, path: Path, key: str, *, fatal: bool = False, **values: object) -> None:
        self.problems.add(key.partition("/")[0], path, message(key, **values), fatal=fatal)

    # --- ids and references

    def _ids(self, key: str, listed: Sequence[tuple[int, dict[str, Any]]]) -> Ids:
        """The ids of a list, in order; a repeated or malformed one is reported."""
        found: Ids = {}
        for index, entry in listed:
            given = entry.get("id")
            if not isinstance(given, str) or not (value := given.strip()):
                continue
            if value != given:
                self.problems.mend(entry, "id", value)
            if not _ID.match(value):
                self._refuse((key, index, "id"), "RPT-ID/form", fatal=True, id=shown(value))
            if value in found:
                self._refuse((key, index, "id"), "RPT-ID", fatal=True, id=shown(value))
            found[value] = None
        return found

    def _known(self, value: object, known: Ids, path: Path, but: object = None) -> bool:
        """False once RPT-REF is recorded (for an unknown id, or `but`); what is no text is left to the shape check."""
        if not isinstance(value, str) or ((name := value.strip()) in known and name != but):
            return True
        suggestion = closest(value, {fold(name): name for name in known if name != but})
        name = field_name(*(key for key in reversed(path) if isinstance(key, str)))
        self._refuse(path, "RPT-REF", id=shown(value), champ=name, suggestion=suggestion)
        return False

    def _relations(self, finding: dict[str, Any], known: Ids, path: Path) -> None:
        for index, relation in entries(finding, "relations"):
            target = relation.get("target")
            if not self._known(target, known, (*path, "relations", index, "target"), but=finding.get("id")):
                finding["relations"][index] = None

    def _evolution(self, finding: dict[str, Any], priors: Ids, path: Path) -> None:
        """Only asked with comparisons: without any at all the rules have better to say (E-NOPRIOR)."""
        evolution = finding["evolution"]
        target = evolution.get("compared_to") if isinstance(evolution, dict) else None
        if not self._known(target, priors, (*path, "evolution", "compared_to")):
            del finding["evolution"]

    def _evidence(self, findings: Ids) -> None:
        known = findings
        if "dxa" in self.tree:
            known = findings | {f"dxa/{index}": None for index, _ in entries(self.tree["dxa"], "measurements")}
        for number, diagnosis in entries(self.tree["conclusion"], "diagnoses"):
            evidence = diagnosis.get("findings")
            for index, value in enumerate(evidence if isinstance(evidence, list) else ()):
                if not self._known(value, known, ("conclusion", "diagnoses", number, "findings", index)):
                    diagnosis["findings"][index] = None

    def _prior(self, prior: dict[str, Any], reader: FindingReader, path: Path) -> None:
        signs = entries(prior, "findings")
        own = {finding["id"]: None for _, finding in signs if isinstance(finding.get("id"), str)}
        for index, finding in signs:
            where = (*path, "findings", index)
            reader.read(finding, where)
            self._relations(finding, own, where)
        self._measurements(prior.get("dxa"), (*path, "dxa"))

    # --- required, modality by modality

    def _required(self) -> None:
        aged = "age_years" in self.patient or "birth_date" in self.patient
        if not aged and isinstance(self.tree.get("patient"), dict):
            self._missing(("patient", "birth_date"), "birth_date or age_years", fatal=True)
        indication = self._object("order").get("indication")
        if isinstance(indication, str) and not indication.strip():
            self._missing(("order", "indication"), "indication")
        if self.modality == "DXA" and "dxa" not in self.tree:
            self._missing(("dxa",), "dxa.measurements", fatal=True)
        if self.modality in _CONTRAST_MODALITIES and "contrast" not in self.study:
            self._missing(("exam", "contrast"), "contrast")
        if "dxa" in self.tree:
            self._measurements(self.tree["dxa"], ("dxa",))

    def _measurements(self, dxa: object, path: Path) -> None:
        for index, measurement in entries(dxa, "measurements"):
            if _SCORES.isdisjoint(measurement):
                self._missing((*path, "measurements", index, "bmd"), "bmd, t_score or z_score", fatal=True)

    def _missing(self, path: Path, name: str, *, fatal: bool = False) -> None:
        self._refuse(path, "V-REQ", fatal=fatal, champ=field_name(name))

    def _region(self) -> None:
        """The catalogue must define an exam of this modality there."""
        region = self.study.get("region")
        code = self.vocabulary.resolve("region", region) if isinstance(region, str) else None
        if code and self.about.regions is not None and code not in self.about.regions:
            name = f"la modalité {self.modality}"
            self._refuse(("exam", "region"), "V-CODE/value", code=code, champ=name, suggestion="")

    def _technique(self) -> None:
        """A technique field of another modality is refused; an unknown one is left to the shape check."""
        technique = self.study.get("technique")
        if not isinstance(technique, dict) or self.about.foreign.isdisjoint(technique):
            return
        for name in sorted(self.about.foreign.intersection(technique)):
            path = ("exam", "technique", name)
            self._refuse(path, "RPT-KEY/technique", cle=name, modalite=self.modality)
            del technique[name]

    # --- laboratory

    def _labs(self) -> None:
        for index, lab in entries(self.patient, "labs"):
            if isinstance(lab.get("code"), str) and not self._lab_unit(lab, ("patient", "labs", index)):
                self.patient["labs"][index] = None

    def _lab_unit(self, lab: dict[str, Any], path: Path) -> bool:
        """Canonical unit; False once V-UNIT is recorded."""
        code = self.vocabulary.resolve("lab", lab["code"]) or lab["code"]
        tables = self.vocabulary.tables
        own = tables[f"lab_unit.{code}"]
        unit = lab.get("unit")
        if not isinstance(unit, str) or not unit.strip():
            self._refuse((*path, "unit"), "V-UNIT/missing", **_names(code, own))
            return False
        plain = self.vocabulary.resolve("unit", unit) or unit.strip()
        if plain != unit:
            self.problems.mend(lab, "unit", plain)
        if plain in (own or tables["unit"]):
            return True
        self._refuse((*path, "unit"), "V-UNIT", unite=shown(unit), **_names(code, own))
        return False


def _names(lab: str, units: Collection[str]) -> dict[str, Any]:
    return {"mesure": shown(lab), "attendue": " ou ".join(units) or "UCUM"}
