"""Our code systems: every local code a bundle can hold, with its French name, from the catalogue and its overlays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from reporter.catalog.entries import Catalog, RuleDef
from reporter.fhir import labels
from reporter.fhir.terminology.names import french

Codes = Mapping[str, str | None]
"""Code → French name, None when the catalogue has none (`reporter lint` refuses that)."""
_TYPED = ("attribute_type.boolean", "attribute_type.integer")
_CONTEXT_VALUES = ("pregnancy_status", "menopausal_status", "risk_factor", "treatment_class", "procedure")
# vocabularies of attribute values that are not called attribute.<name>
_VALUES = ("uptake_pattern", "phase", "count", "exclusion_reason", "approach", "guidance", "procedure_device")


def code_systems(catalog: Catalog) -> dict[str, Codes]:
    """Every code system by its short name (the last part of its URL), codes in catalogue order."""
    return {name: dict(codes(catalog)) for name, codes in SYSTEMS.items()}


Pairs = Iterator[tuple[str, str | None]]


def _words(system: str, *vocabularies: str) -> Callable[[Catalog], Pairs]:
    """The codes of vocabularies, else those of the labels."""

    def codes(catalog: Catalog) -> Pairs:
        listed = [code for name in vocabularies for code in catalog.vocabulary.get(name, ())]
        for code in dict.fromkeys([*listed, *labels.WORDS.get(system, ())]):
            yield code, french(catalog, system, code)

    return codes


def _nouns(pick: Callable[[Catalog], Mapping[str, Any]]) -> Callable[[Catalog], Pairs]:
    return lambda catalog: ((key, entry.lexeme.noun) for key, entry in pick(catalog).items())


def _sites(catalog: Catalog) -> Pairs:
    """A place may be a site, an exam region or a densitometry region."""
    for table in (catalog.rois, catalog.regions, catalog.sites):
        yield from ((key, entry.lexeme.noun) for key, entry in table.items())


def _levels(catalog: Catalog) -> Pairs:
    single = (*catalog.levels, *catalog.vocabulary.get("level_variant", ()))
    discs = [upper + lower for upper, lower in pairwise(catalog.levels)]
    listed = [level for site in catalog.sites.values() for level in site.levels]
    for level in dict.fromkeys([*single, *discs, *listed]):
        yield level, level


def _rules(catalog: Catalog) -> Pairs:
    for rule in catalog.rules.values():
        yield rule.id, rule.sentence or rule.message


def _attributes(catalog: Catalog) -> Pairs:
    """Names of components: those of the signs, of the facts of rules, of each sequence and of each level."""
    given = [name for finding in catalog.findings.values() for name in finding.attributes]
    typed = [name for table in _TYPED for name in catalog.vocabulary.get(table, ())]
    named = [name.removeprefix("attribute.") for name in catalog.vocabulary if name.startswith("attribute.")]
    facts = [name for rule in catalog.rules.values() for name in _parameters(rule)]
    by_sequence = [f"signal.{sequence}" for sequence in catalog.vocabulary.get("sequence", ())]
    by_level = [f"exclusion_reason.{level}" for level, _ in _levels(catalog)]
    for name in dict.fromkeys([*labels.WORDS["attribute"], *given, *typed, *named, *facts, *by_sequence, *by_level]):
        yield name, french(catalog, "attribute", name)


def _facts(rule: RuleDef) -> list[Mapping[str, Any]]:
    return [rule.raw, *(fact for fact in rule.raw.get("facts", ()) if isinstance(fact, Mapping))]


def _parameters(rule: RuleDef) -> Iterable[str]:
    """The details a derived fact carries."""
    return [name for fact in _facts(rule) for name in fact.get("params") or ()] if rule.kind in _DERIVING else ()


_DERIVING = ("derive", "conclude")


def _attribute_values(catalog: Catalog) -> Pairs:
    """Values of coded attributes; those with a code system of their own are not here."""
    kept = [n for n in catalog.vocabulary if n.startswith("attribute.") or n in _VALUES]
    for vocabulary in kept:
        for code in catalog.vocabulary[vocabulary]:
            yield code, french(catalog, "attribute-value", code, vocabulary.removeprefix("attribute."))
    for finding in catalog.findings.values():
        for name, values in finding.values_fr.items():
            for code in values:
                yield code, french(catalog, "attribute-value", code, name)


def _measures(catalog: Catalog) -> Pairs:
    given = [name for finding in catalog.findings.values() for name in finding.measures]
    by_level = [f"t_score.{level}" for level, _ in _levels(catalog)]
    for name in dict.fromkeys([*labels.WORDS["measure"], *given, *by_level]):
        yield name, french(catalog, "measure", name)


def _derived(catalog: Catalog) -> Pairs:
    """Facts that rules derive."""
    facts = [
        str(name)
        for rule in catalog.rules.values()
        for fact in _facts(rule)
        for name in (fact.get("derives"), fact.get("name"))
        if name
    ]
    for name in dict.fromkeys([*labels.WORDS["derived"], *facts]):
        yield name, french(catalog, "derived", name)


def _dxa(catalog: Catalog) -> Pairs:
    for name in dict.fromkeys([*labels.WORDS["dxa"], *catalog.dxa_measures]):
        yield name, french(catalog, "dxa", name)


def _technique(catalog: Catalog) -> Pairs:
    fields = [name for fields in _fields(catalog) for name in fields]
    by_sequence = [f"sequence.{sequence}" for sequence in catalog.vocabulary.get("sequence", ())]
    by_place = [f"lsc.{roi}" for roi in catalog.rois]
    for name in dict.fromkeys([*labels.WORDS["technique"], *fields, *by_sequence, *by_place]):
        yield name, french(catalog, "technique", name)


def _fields(catalog: Catalog) -> Iterator[tuple[str, ...]]:
    yield from (codes for name, codes in catalog.vocabulary.items() if name.startswith("technique."))
    yield from (exam.technique_fields for exam in catalog.exams.values())


def _procedures(catalog: Catalog) -> Pairs:
    """An exam: modality and region."""
    for exam in catalog.exams.values():
        for region in exam.regions:
            yield f"{exam.modality}.{region}", f"{exam.label.noun}, {catalog.regions[region].lexeme.noun}"


def _contexts(catalog: Catalog) -> Pairs:
    labs = [f"lab.{lab}" for lab in catalog.vocabulary.get("lab", ())]
    for name in dict.fromkeys([*labels.WORDS["context"], "lab", *labs]):
        yield name, french(catalog, "context", name)


def _prior(codes: Callable[[Catalog], Pairs]) -> Callable[[Catalog], Pairs]:
    """The same codes, said of an earlier exam."""
    return lambda catalog: ((code, labels.PRIOR.format(name) if name else None) for code, name in codes(catalog))


_FINDINGS = _nouns(lambda catalog: catalog.findings)
SYSTEMS: Mapping[str, Callable[[Catalog], Pairs]] = {
    "finding": _FINDINGS,
    "prior-finding": _prior(_FINDINGS),
    "site": _sites,
    "region": _nouns(lambda catalog: catalog.regions),
    "zone": lambda catalog: ((key, lexeme.noun) for key, lexeme in catalog.zones.items()),
    "part": _words("part", "part"),
    "level": _levels,
    "laterality": _words("laterality", "laterality"),
    "finding-status": _words("finding-status", "status"),
    "attribute": _attributes,
    "attribute-value": _attribute_values,
    "signal": _words("signal", "signal"),
    "density": _words("density", "density"),
    "severity": _words("severity", "severity"),
    "evolution": _words("evolution", "evolution"),
    "relation": _words("relation", "relation"),
    "measure": _measures,
    "dxa": _dxa,
    "prior-dxa": _prior(_dxa),
    "diagnosis": _nouns(lambda catalog: catalog.diagnoses),
    "certainty": _words("certainty", "certainty"),
    "recommendation": lambda catalog: ((key, entry.sentence) for key, entry in catalog.recommendations.items()),
    "recommendation-status": lambda _catalog: iter([("proposed", labels.PROPOSED)]),
    "rule": _rules,
    "derived": _derived,
    "derived-value": _words("derived-value"),
    "context": _contexts,
    "context-value": _words("context-value", *_CONTEXT_VALUES),
    "no-answer": _words("no-answer"),
    "suspicion": _words("suspicion", "suspicion"),
    "exam-context": _words("exam-context", "context"),
    "procedure": _procedures,
    "technique": _technique,
    "plane": _words("plane", "plane"),
    "view": _words("view", "view"),
    "phase": _words("phase", "phase"),
    "tracer": _words("tracer", "tracer"),
    "dose": _words("dose"),
    "section": lambda _catalog: iter([("coded-data", labels.CODED_DATA)]),
    "identifier-type": lambda catalog: iter([("patient-id", french(catalog, "identifier-type", "patient-id"))]),
}
