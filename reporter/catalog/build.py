"""Checked YAML entries → the frozen, indexed `Catalog`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from reporter.catalog import entries, schema
from reporter.catalog.aliases import aliases
from reporter.catalog.codes import acts, codings
from reporter.catalog.levels import UnknownLevelError, expand
from reporter.catalog.loader import Located, Tree
from reporter.catalog.registry import registry

Frozen = MappingProxyType
T = TypeVar("T")


def build(tree: Tree) -> entries.Catalog:
    """Problems met on the way are added to `tree.issues`; the caller refuses a catalogue that has any."""
    order = tuple(_list(tree, "levels"))
    sites = _map(tree, "sites", lambda key, entry: _site(key, entry, order))
    vocabulary = _vocabulary(tree)
    codes = codings(tree)
    return entries.Catalog(
        version=tree.version,
        hash=tree.digest,
        findings=_map(tree, "findings", lambda key, entry: _finding(key, entry, sites)),
        sites=sites,
        regions=_map(tree, "regions", lambda key, entry: _region(key, entry, order, tree.section("regions"))),
        rois=_map(tree, "dxa_rois", lambda key, entry: _roi(key, entry, order)),
        zones=_map(tree, "zones", lambda _key, entry: lexeme(entry.value)),
        diagnoses=_map(tree, "diagnoses", _diagnosis),
        differential_oedema=tuple(_list(tree, "differential_marrow_oedema")),
        recommendations=_map(tree, "recommendations", _recommendation),
        rules=_map(tree, "rules", _rule),
        exams=_map(tree, "exams", _exam),
        levels=order,
        lumbar_fov=frozenset(_list(tree, "lumbar_fov")),
        evolutions=_map(tree, "evolutions", lambda _key, entry: lexeme(entry.value)),
        severities=Frozen({k: Frozen(dict(v.value)) for k, v in tree.section("severities").items()}),
        dxa_measures=_map(tree, "dxa_measures", lambda key, entry: _measure(key, entry.value)),
        vocabulary=vocabulary,
        lexicon=Frozen(tree.lexicon),
        codes=Frozen(codes),
        acts=Frozen(acts(codes)),
        registry=Frozen({key: row[2]["display"] for key, row in registry(tree).items()}),
        aliases=aliases(tree),
        templates=Frozen(tree.templates),
    )


def _map(tree: Tree, section: str, make: Callable[[str, Located], T]) -> Mapping[str, T]:
    result: dict[str, T] = {}
    for key, entry in tree.section(section).items():
        try:
            result[key] = make(key, entry)
        except UnknownLevelError as error:
            tree.issues.append(entry.issue("LEVEL", value=error))
        except (TypeError, ValueError, KeyError, ArithmeticError) as error:
            tree.issues.append(entry.issue("ENTRY", problem=error))
    return Frozen(result)


def _list(tree: Tree, name: str) -> list[str]:
    located = tree.lists.get(name)
    return list(located.value) if located and isinstance(located.value, list) else []


def _vocabulary(tree: Tree) -> Mapping[str, tuple[str, ...]]:
    return Frozen({k: tuple(str(v) for v in e.value) for k, e in tree.section("vocabulary").items()})


def lexeme(entry: schema.Noun) -> entries.Lexeme:
    """The French part of an entry."""
    return entries.Lexeme(
        noun=entry.noun,
        gender=entry.gender,
        plural=entry.plural,
        is_plural=entry.is_plural,
        h_aspire=entry.h_aspire,
        side_gender=entry.side_gender,
        both=entry.both,
        traditional=entry.traditional,
        adjective=entry.adjective,
    )


def _measure(name: str, spec: Any) -> entries.MeasureDef:
    unit, low, high = spec
    return entries.MeasureDef(name, str(unit), Decimal(low), Decimal(high))


def _frozen(table: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    return Frozen({key: Frozen(dict(values)) for key, values in table.items()})


def _finding(key: str, located: Located, sites: Mapping[str, entries.SiteDef]) -> entries.FindingDef:
    entry: schema.Finding = located.value
    joints = tuple(site.id for site in sites.values() if site.joint)
    allowed = tuple(s for name in entry.sites for s in (joints if name == "joints" else (name,)))
    return entries.FindingDef(
        id=key,
        lexeme=lexeme(entry),
        negative=entry.negative or entry.noun,
        attach=entry.attach,
        modalities=frozenset(entry.modalities),
        rank=entry.rank,
        conditional=Frozen(entry.conditional),
        sites=allowed,
        signals=Frozen({name: tuple(values) for name, values in entry.signals.items()}),
        attributes=tuple(entry.attributes),
        values_fr=_frozen(entry.values_fr),
        measures=Frozen({name: _measure(name, spec) for name, spec in entry.measures.items()}),
        severities=tuple(entry.severities),
        severity_fr=Frozen(entry.severity_fr),
        evolution=entry.evolution,
        evolution_fr=Frozen(entry.evolution_fr),
        polarity=entry.polarity,
        needs_contrast=entry.needs_contrast,
        needs_procedure=entry.needs_procedure,
        needs_sequences=tuple(entry.needs_sequences),
        derived=entry.derived,
        modality_phrase=Frozen(entry.modality_phrase),
        synonyms=tuple(entry.synonyms),
        seeds=tuple(entry.seeds),
        negative_template=entry.negative_template,
    )


def _site(key: str, located: Located, order: tuple[str, ...]) -> entries.SiteDef:
    entry: schema.Site = located.value
    return entries.SiteDef(
        id=key,
        lexeme=lexeme(entry),
        laterality=entry.laterality,
        regions=tuple(entry.regions),
        levels=expand(entry.levels, order),
        level_attach=entry.level_attach,
        number_range=entry.number_range,
        parts=tuple(entry.parts),
        contains=tuple(entry.contains),
        joint=entry.joint,
        weight_bearing=entry.weight_bearing,
        synonyms=tuple(entry.synonyms),
        seeds=tuple(entry.seeds),
    )


def _region(key: str, located: Located, order: tuple[str, ...], regions: Mapping[str, Located]) -> entries.RegionDef:
    entry: schema.Region = located.value
    contains = _closure(key, regions)
    levels: set[str] = set()
    for name in contains:
        if name == key or not entry.levels:
            levels.update(expand(regions[name].value.levels, order))
    return entries.RegionDef(
        id=key,
        lexeme=lexeme(entry),
        laterality=entry.laterality,
        contains=contains,
        levels=frozenset(levels),
        of_phrase=entry.of_phrase,
    )


def _closure(key: str, regions: Mapping[str, Located]) -> frozenset[str]:
    found, todo = {key}, [key]
    while todo:
        covers = regions[todo.pop()].value.covers
        children = regions if "all" in covers else [name for name in covers if name in regions]
        todo.extend(name for name in children if name not in found)
        found.update(children)
    return frozenset(found)


def _roi(key: str, located: Located, order: tuple[str, ...]) -> entries.RoiDef:
    entry: schema.Roi = located.value
    levels = expand(entry.levels, order) if entry.levels else ()
    return entries.RoiDef(key, lexeme(entry), entry.laterality, entry.diagnostic, levels)


def _diagnosis(key: str, located: Located) -> entries.DiagnosisDef:
    entry: schema.Diagnosis = located.value
    return entries.DiagnosisDef(
        id=key,
        lexeme=lexeme(entry),
        takes_site=entry.takes_site,
        support=tuple(entry.support),
        is_a=entry.is_a,
        needs=entry.needs,
        needs_comparison=entry.needs_comparison,
        dxa=entry.dxa,
        templates=Frozen(entry.templates),
        synonyms=tuple(entry.synonyms),
        seeds=tuple(entry.seeds),
    )


def _recommendation(key: str, located: Located) -> entries.RecommendationDef:
    return entries.RecommendationDef(key, located.value.sentence, tuple(located.value.seeds))


def _rule(key: str, located: Located) -> entries.RuleDef:
    entry: schema.Rule = located.value
    return entries.RuleDef(
        id=key,
        kind=entry.kind,
        group=entry.group,
        message=entry.message,
        source=entry.source,
        file=located.source.file,
        line=located.line,
        message_override=entry.message_override,
        sentence=entry.sentence,
        recommends=entry.recommends,
        derives=entry.derives,
        enabled=entry.enabled,
        raw=Frozen({**entry.model_dump(exclude_unset=True), **(entry.model_extra or {})}),
    )


def _exam(key: str, located: Located) -> entries.ExamDef:
    entry: schema.Exam = located.value
    items = (entries.ChecklistItem(i.finding, tuple(i.sites), i.levels, tuple(i.attributes)) for i in entry.checklist)
    return entries.ExamDef(
        id=key,
        modality=entry.modality,
        regions=tuple(entry.regions),
        label=lexeme(entry.label),
        synonyms=tuple(entry.synonyms),
        technique_fields=tuple(entry.technique_fields),
        required_technique=tuple(entry.required_technique),
        checklist=tuple(items),
        raw=Frozen(entry.raw),
    )
