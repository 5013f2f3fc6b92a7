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
_LEVELS = ("level", "vertebrae_included")


def of_statement(graph: Graph, statement: Statement) -> list[Json]:
    """Every component of a statement, coordinates first."""
    finding = graph.catalog.findings.get(statement.concept) if statement.kind == "finding" else None
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
        return [excluded, *([component(graph, f"exclusion_reason.{level}", reason)] if reason else [])]
    return [component(graph, attribute.name, attribute.value, finding)]


def component(graph: Graph, name: str, value: AttributeValue, finding: FindingDef | None = None) -> Json:
    """One attribute: boolean, integer, decimal, code, or text when it cannot be a code."""
    if isinstance(value, bool):
        return {"code": code(name), "valueBoolean": value}
    if isinstance(value, (int, Decimal)):
        whole = value == int(value)
        return {
            "code": code(name),
            **({"valueInteger": int(value)} if whole else {"valueQuantity": quantity(value, "1")}),
        }
    if not is_code(value) or " " in value:
        return {"code": code(name), "valueString": value}
    return {"code": code(name), "valueCodeableConcept": _value(graph, name, value, finding)}


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
