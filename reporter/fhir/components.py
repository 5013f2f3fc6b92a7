"""Components of an Observation: coordinates, attributes, measures (FHIR_MAPPING §3)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reporter.fhir.datatypes import Json, filled, plain, quantity
from reporter.fhir.graph import Graph
from reporter.model.exam import AttributeValue, Measure
from reporter.model.report import Statement

# attribute → unit of its number; the unit of every other one is 1
UNITS = {"cement_volume_ml": "mL", "ng_ml": "ng/mL"}
_SIGNS = ("finding", "prior_finding")


def of_statement(graph: Graph, statement: Statement, coordinates: Iterable[Json]) -> list[Json]:
    """Every component of a statement, coordinates first."""
    sign = statement.concept if statement.kind in _SIGNS else ""
    found = [*coordinates]
    for attribute in statement.attributes:
        if attribute.name == "vertebrae_excluded":
            found += graph.concepts.excluded[str(attribute.value)]
        else:
            found.append(component(graph, attribute.name, attribute.value, sign))
    for measured in statement.measures:
        code = graph.concepts.measure[measured.name]
        found.append({"code": code, "valueQuantity": quantity(measured.value, measured.unit)})
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


def component(graph: Graph, name: str, value: AttributeValue, sign: str = "") -> Json:
    """One attribute: word, boolean or number; of a `sign`, in the words it has for it."""
    if isinstance(value, str) and name != "date":
        return graph.concepts.said[sign, name, value]
    code = graph.concepts.attribute[name]
    if isinstance(value, str):
        return {"code": code, "valueDateTime": value}
    if isinstance(value, bool):
        return {"code": code, "valueBoolean": value}
    return {"code": code, **_amount(name, Decimal(value))}


def _amount(name: str, value: Decimal) -> Json:
    """A whole number is an integer unless it has a unit or was given with decimals."""
    if name not in UNITS and value.as_tuple().exponent == 0:
        return {"valueInteger": int(value)}
    return {"valueQuantity": quantity(value, UNITS.get(name, "1"))}
