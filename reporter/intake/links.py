"""Checks between parts of the tidied tree: ids, references, what depends on the modality, labs, what must be given.

As in `findings`, what is refused is reported and left out, so that the shape check does not report it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def entries(parent: object, key: str, path: Path = ()) -> Iterator[tuple[dict[str, Any], Path]]:
    """The objects of a list, each with its path; nothing when it is not a list of objects."""
    items = parent.get(key) if isinstance(parent, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield item, (*path, key, index)


class _Links:
    def __init__(self, tree: dict[str, Any], vocabulary: Vocabulary, problems: Problems) -> None:
        self.tree = tree
        self.vocabulary = vocabulary
        self.problems = problems
        self.study = self._object("exam")
        modality = self.study.get("modality")
        self.modality = vocabulary.resolve("modality", modality) if isinstance(modality, str) else None
        self.about = _modality(vocabulary.catalog, self.modality) if self.modality else _NO_MODALITY

    def check(self) -> None:
        findings = self._ids("findings")
        priors = self._ids("comparisons")
        reader = FindingReader(self.vocabulary, self.problems)
        for finding, path in entries(self.tree, "findings"):
            reader.read(finding, path)
            self._relations(finding, findings, path)
            self._evolution(finding, priors, path)
        for prior, path in entries(self.tree, "comparisons"):
            self._prior(prior, reader, path)
        self._evidence(findings)
        self._required()
        self._region()
        self._technique()
        self._labs()

    def _object(self, key: str) -> dict[str, Any]:
        value = self.tree.get(key)
        return value if isinstance(value, dict) else {}

    def _refuse(self, path: Path, key: str, *, fatal: bool = False, **values: object) -> None:
        self.problems.add(key.partition("/")[0], path, message(key, **values), fatal=fatal)

    # --- ids and references

    def _ids(self, key: str) -> Ids:
        """The ids of a list, in order; a repeated or malformed one is reported."""
        found: Ids = {}
        for entry, path in entries(self.tree, key):
            value = entry.get("id")
            if not isinstance(value, str) or not value.strip():
                continue
            entry["id"] = value = value.strip()
            if not _ID.match(value):
                self._refuse((*path, "id"), "RPT-ID/form", fatal=True, id=shown(value))
            if value in found:
                self._refuse((*path, "id"), "RPT-ID", fatal=True, id=shown(value))
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
        for relation, where in entries(finding, "relations", path):
            target = relation.get("target")
            if not self._known(target, known, (*where, "target"), but=finding.get("id")):
                finding["relations"][where[-1]] = None

    def _evolution(self, finding: dict[str, Any], priors: Ids, path: Path) -> None:
        """Without any comparison at all the rules have better to say (E-NOPRIOR)."""
        evolution = finding.get("evolution")
        target = evolution.get("compared_to") if isinstance(evolution, dict) else None
        if priors and not self._known(target, priors, (*path, "evolution", "compared_to")):
            del finding["evolution"]

    def _evidence(self, findings: Ids) -> None:
        known = findings | {f"dxa/{path[-1]}": None for _, path in entries(self._object("dxa"), "measurements")}
        for diagnosis, path in entries(self._object("conclusion"), "diagnoses", ("conclusion",)):
            evidence = diagnosis.get("findings")
            for index, value in enumerate(evidence if isinstance(evidence, list) else []):
                if not self._known(value, known, (*path, "findings", index)):
                    diagnosis["findings"][index] = None

    def _prior(self, prior: dict[str, Any], reader: FindingReader, path: Path) -> None:
        own = {f["id"]: None for f, _ in entries(prior, "findings") if isinstance(f.get("id"), str)}
        for finding, where in entries(prior, "findings", path):
            reader.read(finding, where)
            self._relations(finding, own, where)
        self._measurements(prior.get("dxa"), (*path, "dxa"))

    # --- required, modality by modality

    def _required(self) -> None:
        patient, order = self.tree.get("patient"), self._object("order")
        if isinstance(patient, dict) and "birth_date" not in patient and "age_years" not in patient:
            self._missing(("patient", "birth_date"), "birth_date or age_years", fatal=True)
        if isinstance(order.get("indication"), str) and not order["indication"].strip():
            self._missing(("order", "indication"), "indication")
        if self.modality == "DXA" and "dxa" not in self.tree:
            self._missing(("dxa",), "dxa.measurements", fatal=True)
        if self.modality in _CONTRAST_MODALITIES and "contrast" not in self.study:
            self._missing(("exam", "contrast"), "contrast")
        self._measurements(self.tree.get("dxa"), ("dxa",))

    def _measurements(self, dxa: object, path: Path) -> None:
        for measurement, where in entries(dxa, "measurements", path):
            if _SCORES.isdisjoint(measurement):
                self._missing((*where, "bmd"), "bmd, t_score or z_score", fatal=True)

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
        for lab, path in entries(self.tree.get("patient"), "labs", ("patient",)):
            if isinstance(lab.get("code"), str) and not self._lab_unit(lab, path):
                self.tree["patient"]["labs"][path[-1]] = None

    def _lab_unit(self, lab: dict[str, Any], path: Path) -> bool:
        """Canonical unit; False once V-UNIT is recorded."""
        code = self.vocabulary.resolve("lab", lab["code"]) or lab["code"]
        own = self.vocabulary.codes(f"lab_unit.{code}")
        unit = lab.get("unit")
        names: dict[str, Any] = {"mesure": shown(code), "attendue": " ou ".join(own) or "UCUM"}
        if not isinstance(unit, str) or not unit.strip():
            self._refuse((*path, "unit"), "V-UNIT/missing", **names)
            return False
        lab["unit"] = self.vocabulary.resolve("unit", unit) or unit.strip()
        if lab["unit"] in (own or self.vocabulary.codes("unit")):
            return True
        self._refuse((*path, "unit"), "V-UNIT", unite=shown(unit), **names)
        return False
