"""Components of an Observation: coordinates, attributes, measures (FHIR_MAPPING §3)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reporter.fhir import values
from reporter.fhir.codes import coded
from reporter.fhir.datatypes import Json, filled, plain, quantity
from reporter.fhir.graph import Graph
from reporter.model.exam import AttributeValue, Measure
from reporter.model.report import Attribute, Statement

# attribute → unit of its number; the unit of every other one is 1
UNITS = {"cement_volume_ml": "mL", "ng_ml": "ng/mL"}
_SIGNS = ("finding", "prior_finding")


def put(graph: Graph, made: Json, statement: Statement, coordinates: Iterable[Json]) -> None:
    """Put every component of a statement into its Observation."""
    if found := of_statement(graph, statement, coordinates):
        made["component"] = found


def of_statement(graph: Graph, statement: Statement, coordinates: Iterable[Json]) -> list[Json]:
    """Every component of a statement, coordinates first."""
    sign = statement.concept if statement.kind in _SIGNS else ""
    found = [*coordinates]
    for attribute in statement.attributes:
        if attribute.name == "vertebrae_excluded" and isinstance(attribute.value, str):
            found += _excluded(graph, attribute)
        else:
            found.append(component(graph, attribute.name, attribute.value, sign))
    for measured in statement.measures:
        found.append(measure(graph, measured))
    if statement.count is not None:
        found.append(component(graph, "count", _number(statement.count)))
    if statement.evolution:
        found.append(component(graph, "evolution", statement.evolution.change, sign))
        if statement.evolution.compared_to:
            found.append(text(graph, "compared_to", statement.evolution.compared_to))
    return found


def _number(count: int | str) -> AttributeValue:
    return count if isinstance(count, str) else Decimal(count)


def text(graph: Graph, name: str, said: str) -> Json:
    """A component in the words of the user."""
    return filled({"code": graph.concepts.attribute[name], "valueString": plain(said)})


def measure(graph: Graph, value: Measure) -> Json:
    """A measured quantity."""
    return {"code": graph.concepts.measure[value.name], "valueQuantity": quantity(value.value, value.unit)}


def _excluded(graph: Graph, attribute: Attribute) -> list[Json]:
    """A vertebra left out of the measure, and why."""
    level, _, reason = str(attribute.value).partition(":")
    concept = values.level(graph.catalog, graph.settings, level)
    excluded = {"code": graph.concepts.attribute[attribute.name], "valueCodeableConcept": concept}
    return [excluded, *([_reason(graph, level, reason)] if reason else [])]


def _reason(graph: Graph, level: str, reason: str) -> Json:
    name = f"exclusion_reason.{level}"
    if reason in graph.catalog.vocabulary["exclusion_reason"]:
        return {"code": graph.concepts.attribute[name], "valueCodeableConcept": coded("attribute-value", reason)}
    return text(graph, name, reason)


def component(graph: Graph, name: str, value: AttributeValue, sign: str = "") -> Json:
    """One attribute: word, boolean or number; of a `sign`, in the words it has for it."""
    if isinstance(value, str):
        return graph.concepts.said[sign, name, value]
    code = graph.concepts.attribute[name]
    if isinstance(value, bool):
        return {"code": code, "valueBoolean": value}
    return {"code": code, **_amount(name, Decimal(value))}


def _amount(name: str, value: Decimal) -> Json:
    """A whole number is an integer unless it has a unit or was given with decimals."""
    if name not in UNITS and value.as_tuple().exponent == 0:
        return {"valueInteger": int(value)}
    return {"valueQuantity": quantity(value, UNITS.get(name, "1"))}
