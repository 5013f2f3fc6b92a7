"""Concepts of words, and components that say one: which values are codes of the catalogue, and what they are called.

FHIR_MAPPING §3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reporter.catalog.entries import Catalog, FindingDef
from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.codes import coded, equivalents
from reporter.fhir.datatypes import Json, concept, extension, filled, is_code, local, plain, snomed
from reporter.french import sites
from reporter.settings import Settings

# sign the value is said of ("" when none), name of the attribute, value
Key = tuple[str, str, str]
# attribute → local system of its values; every other coded attribute uses `attribute-value`
SYSTEMS = {"density": "density", "severity": "severity", "evolution": "evolution", "zone": "zone", "part": "part"}
_LEVELS = ("level", "vertebrae_included")
_TEXTS = ("since",)
# attribute → vocabulary of its values, when it has not its own name
_VOCABULARIES = {
    "uptake.pattern": "uptake_pattern",
    "uptake.phases": "phase",
    "evolution": "evolution",
    "approach": "approach",
    "guidance": "guidance",
}


def code(name: str) -> Json:
    """The concept of a component."""
    return coded("attribute", name, text=labels.component(name))


def side(laterality: str) -> Json:
    """A side: SNOMED CT, so that a plain search finds it, and our own code."""
    word = labels.word("laterality", laterality)
    return concept(local("laterality", laterality), snomed(c.SIDES[laterality]), text=word)


def component(catalog: Catalog, settings: Settings, named: Json, key: Key) -> Json:
    """A side, a code, or text when the catalogue has no such code: what a user wrote never becomes one.

    `named` is the concept of the attribute.
    """
    sign, name, value = key
    finding = catalog.findings.get(sign)
    if name == "laterality":
        return {"code": named, "valueCodeableConcept": side(value)}
    if _is_coded(catalog, name, value, finding):
        return {"code": named, "valueCodeableConcept": _value(catalog, settings, name, value, finding)}
    return filled({"code": named, "valueString": plain(value)})


def excluded(catalog: Catalog, settings: Settings, named: Mapping[str, Json], value: str) -> list[Json]:
    """A vertebra left out of the measure, and why: « L2:fracture », or in the words of the user."""
    vertebra, _, reason = value.partition(":")
    left_out = {"code": named["vertebrae_excluded"], "valueCodeableConcept": level(catalog, settings, vertebra)}
    if not reason:
        return [left_out]
    why = named[f"exclusion_reason.{vertebra}"]
    if reason in catalog.vocabulary["exclusion_reason"]:
        return [left_out, {"code": why, "valueCodeableConcept": coded("attribute-value", reason)}]
    return [left_out, filled({"code": why, "valueString": plain(reason)})]


def exclusions(catalog: Catalog) -> Callable[[str], bool]:
    """Are both the vertebra and the reason, when there is one, of the catalogue?"""
    reasons = frozenset(("", *catalog.vocabulary["exclusion_reason"]))

    def known(value: str) -> bool:
        vertebra, _, reason = value.partition(":")
        return vertebra in catalog.levels and reason in reasons

    return known


def names(catalog: Catalog) -> frozenset[str]:
    """Every attribute the catalogue has a name for."""
    words = catalog.vocabulary
    return frozenset(
        (
            *(name for table in ("attribute", "measure") for name in labels.WORDS[table]),
            *(name for finding in catalog.findings.values() for name in finding.attributes),
            *(f"signal.{sequence}" for sequence in words["sequence"]),
            *(f"exclusion_reason.{level}" for level in catalog.levels),
        )
    )


def measures(catalog: Catalog) -> frozenset[str]:
    """Every measure of the catalogue, and the T-score of each vertebra."""
    own = (name for finding in catalog.findings.values() for name in finding.measures)
    return frozenset((*catalog.dxa_measures, *labels.WORDS["measure"], *own, *(f"t_score.{x}" for x in catalog.levels)))


def known(catalog: Catalog) -> Callable[[Key], bool]:
    """Are both the attribute and its value of the catalogue?"""
    attributes, listed = names(catalog), _listed(catalog)
    return lambda key: key[1] in attributes and key[1] not in _TEXTS and key[2] in listed


def words(catalog: Catalog) -> Callable[[tuple[str, str]], bool]:
    """Is the code of a system (system, code) one that has a French word, or one of the catalogue?"""
    listed = _listed(catalog)
    return lambda key: key[1] in listed or labels.word(*key) is not None


def _listed(catalog: Catalog) -> frozenset[str]:
    """Every value the catalogue has for some attribute."""
    own = (value for f in catalog.findings.values() for of in f.values_fr.values() for value in of)
    graded = (value for f in catalog.findings.values() for value in f.severity_fr)
    levels = (level for site in catalog.sites.values() for level in site.levels)
    allowed = (value for values in catalog.vocabulary.values() for value in values)
    return frozenset((*c.SIDES, *catalog.zones, *catalog.levels, *levels, *own, *graded, *allowed))


def _is_coded(catalog: Catalog, name: str, value: str, finding: FindingDef | None) -> bool:
    """Is the value one of the catalogue's?"""
    if name in _TEXTS or not is_code(value) or " " in value:
        return False
    if name.startswith("signal.") or name in _LEVELS or name in SYSTEMS:
        return True
    words = catalog.vocabulary
    lists = (_VOCABULARIES.get(name, name), f"attribute.{name}", "procedure_device" if name == "device" else name)
    own = finding.values_fr.get(name, {}) if finding else {}
    return value in own or any(value in words.get(each, ()) for each in lists)


def _value(catalog: Catalog, settings: Settings, name: str, value: str, finding: FindingDef | None) -> Json:
    if name in _LEVELS:
        return level(catalog, settings, value)
    if name.startswith("signal."):
        same = equivalents(catalog, settings, "attribute_value", f"signal.{value}")
        return coded("signal", value, same, labels.word("signal", value))
    kind, key = (name, value) if name in ("severity", "evolution") else ("attribute_value", f"{name}.{value}")
    same = equivalents(catalog, settings, kind, key)
    return coded(SYSTEMS.get(name, "attribute-value"), value, same, _text(catalog, name, value, finding))


def level(catalog: Catalog, settings: Settings, code: str) -> Json:
    """A vertebra or a disc."""
    same = equivalents(catalog, settings, "site", f"level.{code}")
    return coded("level", code, same, sites.level_fr(code, settings))


def _text(catalog: Catalog, name: str, value: str, finding: FindingDef | None) -> str | None:
    """The word the sign itself uses, else the general one."""
    if name == "zone" and value in catalog.zones:
        return catalog.zones[value].noun
    own = finding.values_fr.get(name, {}).get(value) if finding else None
    if name == "severity" and finding:
        own = finding.severity_fr.get(value)
    return own or labels.word(name, value)


def relation(kind: str) -> list[Json]:
    """How a sign is related to another."""
    return [extension(c.RELATION, valueCoding=local("relation", kind))]


def word(key: tuple[str, str]) -> Json:
    """A code of one of our systems with the French word that the table of this name has for it."""
    system, code = key
    return coded(system, code, text=labels.word(system, code))


def listed(key: tuple[str, str]) -> Json:
    """A plane, a view or a phase, said by its code."""
    system, code = key
    return coded(system, code, text=code)


def technique(name: str) -> Json:
    """An acquisition parameter."""
    return coded("technique", name, text=labels.technique(name))


def prior_dxa(name: str) -> Json:
    """A result of an earlier exam."""
    said = labels.word("dxa", name)
    return coded("prior-dxa", name, text=labels.PRIOR.format(said) if said else None)
