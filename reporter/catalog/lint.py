"""Cross-checks of the whole catalogue, beyond what loading needs: `reporter lint`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from reporter.catalog import schema
from reporter.catalog.aliases import claimed
from reporter.catalog.build import build
from reporter.catalog.files import data_files
from reporter.catalog.lint_codes import check_codes
from reporter.catalog.loader import Located, Tree, read_tree
from reporter.catalog.registry import units
from reporter.errors import Issue
from reporter.resources import data_roots

OWN_UNITS = frozenset({"SD"})
"""Units of the catalogue that UCUM has no code for: sent as 1."""
SEQUENCE_CLASSES = ("T1", "T2", "FS", "Gd")
_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_NOUNS = ("findings", "sites", "regions", "dxa_rois", "zones", "diagnoses", "evolutions")
_FREE_REGIONS = ("any", "spine by level")
_UPTAKE = {"pattern": "uptake_pattern", "phases": "phase"}
_ALIAS_SECTIONS = {"finding": "findings", "site": "sites", "diagnosis": "diagnoses", "region": "regions"}

Check = Callable[[Tree], Iterator[Issue]]


def lint(*overlays: Path) -> list[Issue]:
    """Every problem of our trees and of the overlays, codes under licence included; empty when all is well."""
    tree = read_tree(data_files(data_roots(*overlays), licensed=True))
    build(tree)
    found = [*tree.issues, *(issue for check in CHECKS for issue in check(tree))]
    return list(dict.fromkeys(found))


def _unknown(entry: Located, name: str, values: Iterable[str], known: Iterable[str], *path: str) -> Iterator[Issue]:
    allowed = set(known)
    for value in values:
        if value not in allowed:
            yield entry.issue(name, *path, value=value)


def _words(tree: Tree, name: str) -> set[str]:
    located = tree.section("vocabulary").get(name)
    return {str(value) for value in located.value} if located else set()


def check_ids(tree: Tree) -> Iterator[Issue]:
    """Ids are stable English snake_case (rules and recommendations keep the ids of the specification)."""
    for section in (*_NOUNS, "exams"):
        for key, entry in tree.section(section).items():
            if not _ID.match(key):
                yield entry.issue("ID", key=key)


def check_french(tree: Tree) -> Iterator[Issue]:
    """Every concept has its French, and a plural where the narrative may need one."""
    for section in _NOUNS:
        for key, entry in tree.section(section).items():
            if not entry.value.noun.strip():
                yield entry.issue("NO-FRENCH", "noun", key=key)
            if _needs_plural(section, entry.value):
                yield entry.issue("NO-PLURAL", "plural", key=key)
    for entry in tree.section("recommendations").values():
        if not entry.value.sentence.strip():
            yield entry.issue("NO-FRENCH", "sentence")
    for entry in tree.section("rules").values():
        if entry.value.kind in ("error", "error_ov", "warning") and not entry.value.message.strip():
            yield entry.issue("RULE-MESSAGE")


def _needs_plural(section: str, noun: schema.Noun) -> bool:
    if noun.plural or noun.is_plural:
        return False
    if isinstance(noun, schema.Site | schema.Region | schema.Roi):
        return noun.laterality == "paired"
    if isinstance(noun, schema.Diagnosis):
        return noun.takes_site
    return section == "findings"


def check_findings(tree: Tree) -> Iterator[Issue]:
    """Sites, modalities, attributes, scales and signals of the signs."""
    for entry in tree.section("findings").values():
        finding: schema.Finding = entry.value
        yield from _unknown(entry, "UNKNOWN-SITE", finding.sites, [*tree.section("sites"), "joints"], "sites")
        modalities = [*finding.modalities, *finding.conditional, *finding.modality_phrase]
        yield from _unknown(entry, "UNKNOWN-MODALITY", modalities, _words(tree, "modality"), "modalities")
        yield from _attributes(tree, entry, finding)
        yield from _scales(tree, entry, finding)
        yield from _unknown(entry, "SIGNAL-CLASS", finding.signals, SEQUENCE_CLASSES, "signals")
        for name, (_unit, _low, _high) in finding.measures.items():
            yield from _measure(tree, entry, finding.measures[name], "measures", name)


def _attributes(tree: Tree, entry: Located, finding: schema.Finding) -> Iterator[Issue]:
    typed = _words(tree, "attribute_type.boolean") | _words(tree, "attribute_type.integer")
    for name in finding.attributes:
        if name not in typed and not _words(tree, f"attribute.{name}"):
            yield entry.issue("UNKNOWN-ATTRIBUTE", "attributes", value=name)
    for name, words in finding.values_fr.items():
        vocabulary = _UPTAKE.get(name, f"attribute.{name}")
        for value in set(words) - _words(tree, vocabulary):
            yield entry.issue("UNKNOWN-VALUE", "values_fr", name, value=value, vocabulary=vocabulary)


def _scales(tree: Tree, entry: Located, finding: schema.Finding) -> Iterator[Issue]:
    for key, found, vocabulary in (
        ("severities", [*finding.severities, *finding.severity_fr], "severity"),
        ("evolution_fr", list(finding.evolution_fr), "evolution"),
        ("signals", [value for values in finding.signals.values() for value in values], "signal"),
    ):
        allowed = _words(tree, vocabulary)
        for value in found:
            if value not in allowed:
                yield entry.issue("UNKNOWN-VALUE", key, value=value, vocabulary=vocabulary)
    yield from _unknown(entry, "SIGNAL-CLASS", finding.needs_sequences, SEQUENCE_CLASSES, "needs_sequences")


def _measure(tree: Tree, entry: Located, spec: tuple[str, schema.Number, schema.Number], *path: str) -> Iterator[Issue]:
    unit, low, high = spec
    yield from _unit(tree, entry, unit, *path)
    if low > high:
        yield entry.issue("RANGE", *path, low=low, high=high)


def _unit(tree: Tree, entry: Located, unit: str, *path: str) -> Iterator[Issue]:
    known = units(tree) | OWN_UNITS
    if unit not in known:
        yield entry.issue("UNIT", *path, value=unit, allowed=", ".join(sorted(known)))


def check_measures(tree: Tree) -> Iterator[Issue]:
    """Units and ranges of the densitometric quantities; units that an input may use."""
    for name, listed in tree.section("vocabulary").items():
        for unit in listed.value if name == "unit" or name.startswith("lab_unit.") else ():
            yield from _unit(tree, listed, unit)
    for entry in tree.section("dxa_measures").values():
        yield from _measure(tree, entry, entry.value)


def check_sites(tree: Tree) -> Iterator[Issue]:
    """Regions and sites named by sites and regions; no region inside itself."""
    regions, sites = tree.section("regions"), tree.section("sites")
    for entry in sites.values():
        yield from _unknown(entry, "UNKNOWN-SITE", entry.value.contains, [*sites, *regions, *_FREE_REGIONS], "contains")
        yield from _unknown(entry, "UNKNOWN-REGION", entry.value.regions, [*regions, *_FREE_REGIONS], "regions")
    for key, entry in regions.items():
        yield from _unknown(entry, "UNKNOWN-REGION", entry.value.covers, [*regions, "all"], "covers")
        if key in _below(key, regions):
            yield entry.issue("CYCLE", "covers", value=key)


def _below(key: str, regions: Mapping[str, Located]) -> set[str]:
    found: set[str] = set()
    todo = [name for name in regions[key].value.covers if name in regions]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(child for child in regions[name].value.covers if child in regions)
    return found


def check_diagnoses(tree: Tree) -> Iterator[Issue]:
    """Supporting signs, parents, the differential list."""
    diagnoses = tree.section("diagnoses")
    for entry in diagnoses.values():
        yield from _unknown(
            entry, "UNKNOWN-FINDING", entry.value.support, [*tree.section("findings"), "dxa_low"], "support"
        )
        parent = [entry.value.is_a] if entry.value.is_a else []
        yield from _unknown(entry, "UNKNOWN-DIAGNOSIS", parent, diagnoses, "is_a")
        if entry.value.is_a and not entry.value.support:
            yield entry.issue("SUPPORT", "support")
    differential = tree.lists.get("differential_marrow_oedema")
    if differential is not None:
        yield from _unknown(differential, "UNKNOWN-DIAGNOSIS", differential.value, diagnoses)


def check_rules(tree: Tree) -> Iterator[Issue]:
    """Recommendations that rules propose."""
    for entry in tree.section("rules").values():
        proposed = [entry.value.recommends] if entry.value.recommends else []
        yield from _unknown(entry, "UNKNOWN-RECOMMENDATION", proposed, tree.section("recommendations"), "recommends")


def check_exams(tree: Tree) -> Iterator[Issue]:
    """One exam for each modality and region, whose checklist names known signs and sites."""
    seen: dict[tuple[str, str], str] = {}
    for key, entry in tree.section("exams").items():
        exam: schema.Exam = entry.value
        yield from _unknown(entry, "UNKNOWN-MODALITY", [exam.modality], _words(tree, "modality"), "modality")
        yield from _unknown(entry, "UNKNOWN-REGION", exam.regions, tree.section("regions"), "regions")
        fields = [*exam.technique_fields, *exam.required_technique]
        yield from _unknown(
            entry, "UNKNOWN-FIELD", fields, _words(tree, f"technique.{exam.modality}"), "technique_fields"
        )
        yield from _checklist(tree, entry, exam)
        for region in exam.regions:
            first = seen.setdefault((exam.modality, region), key)
            if first != key:
                yield entry.issue("EXAM-TWICE", "regions", value=f"{exam.modality} {region}", first=first)
    examined = {region for _modality, region in seen}
    for region, entry in tree.section("regions").items():
        if region not in examined:
            yield entry.issue("NO-EXAM", value=region)


def _checklist(tree: Tree, entry: Located, exam: schema.Exam) -> Iterator[Issue]:
    for item in exam.checklist:
        yield from _unknown(entry, "UNKNOWN-FINDING", [item.finding], tree.section("findings"), "checklist")
        yield from _unknown(entry, "UNKNOWN-SITE", item.sites, tree.section("sites"), "checklist")


def check_aliases(tree: Tree) -> Iterator[Issue]:
    """One spelling, one meaning; an alias points to something that exists."""
    for kind, section in _ALIAS_SECTIONS.items():
        entries = tree.section(section)
        for spelling, targets in claimed(tree, kind).items():
            first, *others = sorted(targets)
            if others:
                yield entries[first].issue("ALIAS", value=spelling, first=first, second=others[0])
    for kind, entry in tree.section("aliases").items():
        known = set(tree.section(_ALIAS_SECTIONS[kind])) if kind in _ALIAS_SECTIONS else _words(tree, kind)
        known |= set(tree.lists["levels"].value) if kind == "level" and "levels" in tree.lists else set()
        for spelling, target in entry.value.items():
            if target not in known:
                yield entry.issue("ALIAS-TARGET", spelling, value=spelling, target=target)


CHECKS: tuple[Check, ...] = (
    check_ids,
    check_french,
    check_findings,
    check_measures,
    check_sites,
    check_diagnoses,
    check_rules,
    check_exams,
    check_aliases,
    check_codes,
)
