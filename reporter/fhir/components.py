"""Components of an Observation: coordinates, attributes, measures (FHIR_MAPPING §3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reporter.catalog.entries import FindingDef
from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.codes import coded, equivalents
from reporter.fhir.datatypes import Json, concept, is_code, local, quantity, snomed
from reporter.fhir.graph import Graph
from reporter.french import sites
from reporter.model.exam import AttributeValue, Measure, Site
from reporter.model.report import Attribute, Statement

# attribute → local system of its values; every other coded attribute uses `attribute-value`
VALUE_SYSTEMS = {"density": "density", "severity": "severity", "evolution": "evolution", "zone": "zone", "part": "part"}
# attribute → unit of its number; the unit of every other one is 1
UNITS = {"cement_volume_ml": "mL", "ng_ml": "ng/mL"}
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


def of_statement(graph: Graph, statement: Statement) -> list[Json]:
    """Every component of a statement, coordinates first."""
    signs = ("finding", "prior_finding")
    finding = graph.catalog.findings.get(statement.concept) if statement.kind in signs else None
    found = list(of_site(graph, statement.site)) if statement.site else []
    for attribute in statement.attributes:
        found += _attribute(graph, attribute, finding)
    found += [measure(graph, m) for m in statement.measures]
    if statement.count is not None:
        found.append(component(graph, "count", _number(statement.count)))
    if statement.evolution:
        found.append(component(graph, "evolution", statement.evolution.change, finding))
        if statement.evolution.compared_to:
            found.append({"code": code("compared_to"), "valueString": statement.evolution.compared_to})
    return found


def _number(count: int | str) -> AttributeValue:
    return count if isinstance(count, str) else Decimal(count)


def of_site(graph: Graph, site: Site) -> Iterator[Json]:
    """Side, level, number, part, zones."""
    if site.laterality:
        yield {"code": code("laterality"), "valueCodeableConcept": side(site.laterality)}
    if site.level:
        yield component(graph, "level", site.level)
    if site.number is not None:
        yield {"code": code("number"), "valueInteger": site.number}
    if site.part:
        yield component(graph, "part", site.part)
    for zone in site.zones:
        yield component(graph, "zone", zone)


def side(laterality: str) -> Json:
    """A side: SNOMED CT, so that a plain search finds it, and our own code."""
    return concept(
        local("laterality", laterality), snomed(c.SIDES[laterality]), text=labels.word("laterality", laterality)
    )


def measure(graph: Graph, value: Measure) -> Json:
    """A measured quantity."""
    what = coded(
        "measure",
        value.name,
        equivalents(graph.catalog, graph.settings, "measure", value.name),
        labels.component(value.name),
    )
    return {"code": what, "valueQuantity": quantity(value.value, value.unit)}


def _attribute(graph: Graph, attribute: Attribute, finding: FindingDef | None) -> list[Json]:
    if attribute.name == "vertebrae_excluded" and isinstance(attribute.value, str):
        level, _, reason = attribute.value.partition(":")
        excluded = {"code": code(attribute.name), "valueCodeableConcept": _level(graph, level)}
        return [excluded, *([_reason(graph, level, reason)] if reason else [])]
    return [component(graph, attribute.name, attribute.value, finding)]


def _reason(graph: Graph, level: str, reason: str) -> Json:
    name = f"exclusion_reason.{level}"
    if reason in graph.catalog.vocabulary["exclusion_reason"]:
        return {"code": code(name), "valueCodeableConcept": coded("attribute-value", reason)}
    return {"code": code(name), "valueString": reason}


def component(graph: Graph, name: str, value: AttributeValue, finding: FindingDef | None = None) -> Json:
    """One attribute: boolean, number, day, code, or text when the catalogue has no such code."""
    said: Json
    if isinstance(value, bool):
        said = {"valueBoolean": value}
    elif isinstance(value, (int, Decimal)):
        said = _amount(name, Decimal(value))
    elif name == "date":
        said = {"valueDateTime": value}
    elif name == "laterality":
        said = {"valueCodeableConcept": side(value)}
    elif _is_coded(graph, name, value, finding):
        said = {"valueCodeableConcept": _value(graph, name, value, finding)}
    else:
        said = {"valueString": value}
    return {"code": code(name), **said}


def _amount(name: str, value: Decimal) -> Json:
    """A whole number is an integer unless it has a unit or was given with decimals."""
    if name not in UNITS and value.as_tuple().exponent == 0:
        return {"valueInteger": int(value)}
    return {"valueQuantity": quantity(value, UNITS.get(name, "1"))}


def _is_coded(graph: Graph, name: str, value: str, finding: FindingDef | None) -> bool:
    """Is the value one of the catalogue's? What a user wrote freely never becomes a code."""
    if name in _TEXTS or not is_code(value) or " " in value:
        return False
    if name.startswith("signal.") or name in _LEVELS or name in VALUE_SYSTEMS:
        return True
    words = graph.catalog.vocabulary
    lists = (_VOCABULARIES.get(name, name), f"attribute.{name}", "procedure_device" if name == "device" else name)
    own = finding.values_fr.get(name, {}) if finding else {}
    return value in own or any(value in words.get(each, ()) for each in lists)


def code(name: str) -> Json:
    """The concept of a component."""
    return coded("attribute", name, text=labels.component(name))


def _value(graph: Graph, name: str, value: str, finding: FindingDef | None) -> Json:
    if name in _LEVELS:
        return _level(graph, value)
    if name.startswith("signal."):
        return coded("signal", value, _same(graph, "attribute_value", f"signal.{value}"), labels.word("signal", value))
    system = VALUE_SYSTEMS.get(name, "attribute-value")
    kind, key = (name, value) if name in ("severity", "evolution") else ("attribute_value", f"{name}.{value}")
    return coded(system, value, _same(graph, kind, key), _text(graph, name, value, finding))


def _same(graph: Graph, kind: str, key: str) -> list[Json]:
    return equivalents(graph.catalog, graph.settings, kind, key)


def _level(graph: Graph, level: str) -> Json:
    return coded("level", level, _same(graph, "site", f"level.{level}"), sites.level_fr(level, graph.settings))


def _text(graph: Graph, name: str, value: str, finding: FindingDef | None) -> str | None:
    """The word the sign itself uses, else the general one."""
    if name == "zone" and value in graph.catalog.zones:
        return graph.catalog.zones[value].noun
    own = finding.values_fr.get(name, {}).get(value) if finding else None
    if name == "severity" and finding:
        own = finding.severity_fr.get(value)
    return own or labels.word(name, value)
