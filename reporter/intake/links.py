"""Checks between parts of the tidied tree: ids, references, what depends on the modality, labs, what must be given.

As in `findings`, what is refused is reported and left out, so that the shape check does not report it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reporter.intake.fields import shown
from reporter.intake.findings import FindingReader
from reporter.intake.messages import field_name, message
from reporter.intake.problems import Path, Problems
from reporter.intake.vocabulary import Vocabulary, closest, fold

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_CONTRAST_MODALITIES = ("MR", "CT")


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

    def _ids(self, key: str) -> tuple[str, ...]:
        """The ids of a list, in order; a repeated or malformed one is reported."""
        found: list[str] = []
        for entry, path in entries(self.tree, key):
            value = entry.get("id")
            if not isinstance(value, str) or not value.strip():
                continue
            entry["id"] = value = value.strip()
            if not _ID.match(value):
                self._refuse((*path, "id"), "RPT-ID/form", fatal=True, id=shown(value))
            if value in found:
                self._refuse((*path, "id"), "RPT-ID", fatal=True, id=shown(value))
            found.append(value)
        return tuple(found)

    def _known(self, value: object, known: tuple[str, ...], path: Path) -> bool:
        """False once RPT-REF is recorded; a value that is not text is left to the shape check."""
        if not isinstance(value, str) or value.strip() in known:
            return True
        suggestion = closest(value, {fold(name): name for name in known})
        name = field_name(*(key for key in reversed(path) if isinstance(key, str)))
        self._refuse(path, "RPT-REF", id=shown(value), champ=name, suggestion=suggestion)
        return False

    def _relations(self, finding: dict[str, Any], known: tuple[str, ...], path: Path) -> None:
        others = tuple(name for name in known if name != finding.get("id"))
        for relation, where in entries(finding, "relations", path):
            if "target" in relation and not self._known(relation["target"], others, (*where, "target")):
                finding["relations"][where[-1]] = None

    def _evolution(self, finding: dict[str, Any], priors: tuple[str, ...], path: Path) -> None:
        """Without any comparison at all the rules have better to say (E-NOPRIOR)."""
        evolution = finding.get("evolution")
        target = evolution.get("compared_to") if isinstance(evolution, dict) else None
        if priors and not self._known(target, priors, (*path, "evolution", "compared_to")):
            del finding["evolution"]

    def _evidence(self, findings: tuple[str, ...]) -> None:
        measures = tuple(f"dxa/{path[-1]}" for _, path in entries(self._object("dxa"), "measurements"))
        for diagnosis, path in entries(self._object("conclusion"), "diagnoses", ("conclusion",)):
            evidence = diagnosis.get("findings")
            for index, value in enumerate(evidence if isinstance(evidence, list) else []):
                if not self._known(value, findings + measures, (*path, "findings", index)):
                    diagnosis["findings"][index] = None

    def _prior(self, prior: dict[str, Any], reader: FindingReader, path: Path) -> None:
        own = tuple(f["id"] for f, _ in entries(prior, "findings") if isinstance(f.get("id"), str))
        for finding, where in entries(prior, "findings", path):
            reader.read(finding, where)
            self._relations(finding, own, where)
        self._measurements(prior.get("dxa"), (*path, "dxa"))

    # --- required, modality by modality

    def _required(self) -> None:
        patient, order = self.tree.get("patient"), self._object("order")
        if isinstance(patient, dict) and not {"birth_date", "age_years"} & set(patient):
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
            if not {"bmd", "t_score", "z_score"} & set(measurement):
                self._missing((*where, "bmd"), "bmd, t_score or z_score", fatal=True)

    def _missing(self, path: Path, name: str, *, fatal: bool = False) -> None:
        self._refuse(path, "V-REQ", fatal=fatal, champ=field_name(name))

    def _region(self) -> None:
        """The catalogue must define an exam of this modality there."""
        region = self.study.get("region")
        code = self.vocabulary.resolve("region", region) if isinstance(region, str) else None
        exams = [exam for exam in self.vocabulary.catalog.exams.values() if exam.modality == self.modality]
        if code and exams and not any(code in exam.regions for exam in exams):
            name = f"la modalité {self.modality}"
            self._refuse(("exam", "region"), "V-CODE/value", code=code, champ=name, suggestion="")

    def _technique(self) -> None:
        """A technique field of another modality is refused; an unknown one is left to the shape check."""
        technique = self.study.get("technique")
        own = self.vocabulary.codes(f"technique.{self.modality}")
        if not isinstance(technique, dict) or not own:
            return
        modalities = self.vocabulary.codes("modality")
        every = {name for code in modalities for name in self.vocabulary.codes(f"technique.{code}")}
        for name in sorted((every & set(technique)) - set(own)):
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
