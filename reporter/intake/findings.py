"""What the catalogue says of one sign: attributes, measures, severity, evolution, parts of its site.

Works on the tidied tree, before the shape is checked, so that every problem is reported at once. Each entry is replaced
by its canonical form; an entry that is refused is reported and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporter.catalog.entries import Catalog, FindingDef, MeasureDef
from reporter.catalog.tables import per_catalog
from reporter.french.numbers import quantity
from reporter.intake.fields import kind_of, shown
from reporter.intake.messages import KINDS, field_name, measure_name, message
from reporter.intake.problems import Path, Problems
from reporter.intake.values import convert, to_decimal, to_integer
from reporter.intake.vocabulary import Vocabulary, closest, fold, vocabulary_of


@dataclass(frozen=True, slots=True)
class _Spellings:
    """The values an attribute of a sign may take; each as it is written, and folded, with the value meant."""

    allowed: tuple[str, ...]
    codes: Mapping[str, str]
    folded: Mapping[str, str]


@per_catalog
def _spellings(catalog: Catalog, finding: str, name: str) -> _Spellings:
    allowed = vocabulary_of(catalog).attribute_values(catalog.findings[finding], name)
    folded = {fold(code): code for code in allowed}
    return _Spellings(allowed, {code: folded[fold(code)] for code in allowed}, folded)


class FindingReader:
    """Checks findings one after the other against one catalogue."""

    def __init__(self, vocabulary: Vocabulary, problems: Problems) -> None:
        self.vocabulary = vocabulary
        self.problems = problems

    def read(self, finding: dict[str, Any], path: Path) -> None:
        """Bring one finding to its canonical form; an unknown sign is left to the shape check."""
        site = finding.get("site")
        if isinstance(site, dict) and "part" in site:
            self._part(site, (*path, "site"))
        definition = self._definition(finding.get("finding"))
        if definition is None:
            return
        if "morphology" in finding:
            self._attributes(finding["morphology"], definition, (*path, "morphology"))
        if "measures" in finding:
            self._measures(finding["measures"], definition, (*path, "measures"))
        if "severity" in finding:
            self._severity(finding, definition, path)
        if "evolution" in finding and not definition.evolution:
            self._refuse((*path, "evolution"), "V-CODE/evolution", signe=definition.lexeme.noun)
            del finding["evolution"]

    def _definition(self, code: object) -> FindingDef | None:
        found = self.vocabulary.resolve("finding", code) if isinstance(code, str) else None
        return self.vocabulary.catalog.findings[found] if found else None

    def _refuse(self, path: Path, key: str, **values: object) -> None:
        self.problems.add(key.partition("/")[0], path, message(key, **values))

    def _unknown(self, path: Path, value: object, name: str, allowed: tuple[str, ...]) -> None:
        """V-CODE for a value that is not in a list."""
        suggestion = closest(shown(value), {fold(code): code for code in allowed})
        self._refuse(path, "V-CODE/value", code=f"« {shown(value)} »", champ=name, suggestion=suggestion)

    def _mend(self, parent: dict[str, Any], name: str, value: object) -> None:
        """Write the canonical form, if it is another; of a whole number the exam makes a decimal anyway."""
        given = parent[name]
        if value is not given and (type(given) not in (str, int) or value != given):
            self.problems.mend(parent, name, value)

    # --- site

    def _part(self, site: dict[str, Any], path: Path) -> None:
        given, code = site["part"], site.get("code")
        known = self.vocabulary.resolve("site", code) if isinstance(given, str) and isinstance(code, str) else None
        if known is None:
            return
        parts = self.vocabulary.catalog.sites[known].parts
        part = self.vocabulary.resolve("part", given) or given
        if part in parts:
            self._mend(site, "part", part)
            return
        self._unknown((*path, "part"), given, field_name("part"), parts)
        del site["part"]

    # --- attributes

    def _attributes(self, morphology: object, definition: FindingDef, path: Path) -> None:
        if not isinstance(morphology, dict):
            return
        for name, given in list(morphology.items()):
            value = self._attribute(name, given, definition, (*path, name))
            if value is None:
                del morphology[name]
            else:
                self._mend(morphology, name, value)

    def _attribute(self, name: str, value: object, definition: FindingDef, path: Path) -> object:
        """The canonical value, or None once the refusal is recorded."""
        if name not in definition.attributes:
            self._unknown(path, name, f"le signe « {definition.lexeme.noun} »", definition.attributes)
            return None
        kinds = self.vocabulary.tables
        if name in kinds["attribute_type.boolean"]:
            return self._boolean(path, name, value)
        spellings = _spellings(self.vocabulary.catalog, definition.id, name)
        if name in kinds["attribute_type.integer"]:
            return self._whole(path, name, value, spellings.allowed)
        if isinstance(value, str):
            return spellings.codes.get(value) or self._coded(path, name, value, spellings)
        if not spellings.allowed and isinstance(value, bool | int | float | Decimal):
            return value if isinstance(value, bool) else to_decimal(value)
        self._wrong(path, name, "text", value)
        return None

    def _boolean(self, path: Path, name: str, value: object) -> bool | None:
        if isinstance(value, bool):
            return value
        self._wrong(path, name, "boolean", value)
        return None

    def _whole(self, path: Path, name: str, value: object, allowed: tuple[str, ...]) -> Decimal | None:
        whole = to_integer(value)
        if whole is None:
            self._wrong(path, name, "integer", value)
            return None
        if allowed and str(whole) not in allowed:
            self._unknown(path, str(whole), name, allowed)
            return None
        return Decimal(whole)

    def _coded(self, path: Path, name: str, value: str, spellings: _Spellings) -> str | None:
        found = spellings.folded.get(fold(value)) if spellings.allowed else value.strip() or None
        if found is None:
            self._unknown(path, value, name, spellings.allowed)
        return found

    def _wrong(self, path: Path, name: str, expected: str, value: object) -> None:
        details = {"champ": field_name(name), "attendu": KINDS[expected], "recu": kind_of(value)}
        self.problems.add("RPT-TYPE", path, message("RPT-TYPE", **details), fatal=True)

    # --- measures

    def _measures(self, measures: object, definition: FindingDef, path: Path) -> None:
        if not isinstance(measures, list):
            return
        for index, measure in enumerate(measures):
            name = measure.get("name") if isinstance(measure, dict) else None
            if isinstance(name, str):
                made = self._measure(measure, name, definition, (*path, index))
                if made is not measure:
                    self.problems.mend(measures, index, made)

    def _measure(self, entry: dict[str, Any], given: str, definition: FindingDef, path: Path) -> dict[str, Any] | None:
        """The entry itself when it needs no other form; None once the refusal is recorded."""
        name = given.strip()
        known = definition.measures.get(name) or definition.measures.get(fold(name).replace(" ", "_"))
        if known is None:
            sign = f"une mesure du signe « {definition.lexeme.noun} »"
            self._unknown((*path, "name"), name, sign, tuple(definition.measures))
            return None
        value = to_decimal(entry.get("value"))
        if value is None:
            return entry | {"name": known.name, "unit": known.unit}
        unit = entry.get("unit")
        converted = value if unit == known.unit else self._convert(value, unit, known, path)
        if converted is None:
            return None
        if not known.minimum <= converted <= known.maximum:
            self._out_of_range(known, converted, path)
            return None
        if unit == known.unit and given == known.name:
            return entry
        return entry | {"name": known.name, "value": converted, "unit": known.unit}

    def _convert(self, value: Decimal, unit: object, known: MeasureDef, path: Path) -> Decimal | None:
        names = {"mesure": measure_name(known.name), "attendue": known.unit}
        if not isinstance(unit, str) or not unit.strip():
            self._refuse((*path, "unit"), "V-UNIT/missing", **names)
            return None
        code = self.vocabulary.resolve("unit", unit) or unit.strip()
        converted = convert(value, code, known.unit)
        if converted is None:
            self._refuse((*path, "unit"), "V-UNIT", unite=shown(unit), **names)
        return converted

    def _out_of_range(self, known: MeasureDef, value: Decimal, path: Path) -> None:
        limits = {"mini": quantity(known.minimum, known.unit), "maxi": quantity(known.maximum, known.unit)}
        shown_value = quantity(value, known.unit)
        self._refuse((*path, "value"), "V-RANGE", mesure=measure_name(known.name), valeur=shown_value, **limits)

    # --- severity

    def _severity(self, finding: dict[str, Any], definition: FindingDef, path: Path) -> None:
        severity = finding.get("severity")
        code = self.vocabulary.resolve("severity", severity) if isinstance(severity, str) else None
        if code is None or code in definition.severities:
            return
        if definition.severities:
            self._unknown((*path, "severity"), severity, field_name("severity"), definition.severities)
        else:
            self._refuse((*path, "severity"), "V-CODE/severity", signe=f"« {definition.lexeme.noun} »")
        del finding["severity"]
