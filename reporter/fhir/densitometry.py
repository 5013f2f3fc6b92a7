"""Densitometry: results of this exam, of earlier ones, and the earlier density of each region (DOMAIN_MODEL §7)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reporter.fhir import components as parts
from reporter.fhir import labels
from reporter.fhir.codes import coded
from reporter.fhir.datatypes import Json, filled, plain, quantity
from reporter.fhir.elements import earlier, frame, keep, put_site, put_value
from reporter.fhir.graph import Graph
from reporter.model.exam import Dxa, DxaMeasurement, PriorBmd, PriorExam, Site
from reporter.model.report import Statement

_PRIOR_BMD = coded("prior-dxa", "bmd", text=labels.PRIOR_BMD)


def result(graph: Graph, statement: Statement, made: Json) -> None:
    """One value of this exam."""
    site = statement.site
    place = (site.code, site.laterality) if site and site.laterality else (site.code,) if site else ()
    made["code"] = graph.concepts.dxa[(statement.concept, *place)]
    _measured(graph, statement, made)
    if graph.has("scanner"):
        made["device"] = graph.ref("scanner")
    made["derivedFrom"] = [graph.ref("study")]


def prior_result(graph: Graph, statement: Statement, made: Json) -> None:
    """One value of an earlier exam: dated of it, under a code of its own."""
    of_prior(graph, statement, made)
    made["code"] = graph.concepts.prior_dxa[statement.concept]
    _measured(graph, statement, made)


def of_prior(graph: Graph, statement: Statement, made: Json) -> None:
    """Make the frame of an Observation that of the earlier exam its statement belongs to."""
    prior = prior_of(graph, statement)
    earlier(made, prior.date)
    made["derivedFrom"] = [graph.ref(f"comparison/{prior.id}")]


def prior_of(graph: Graph, statement: Statement) -> PriorExam:
    """The earlier exam a statement belongs to, by its id: comparison/<prior id>/… ."""
    return graph.index.prior(statement.id.split("/")[1])


def _measured(graph: Graph, statement: Statement, made: Json) -> None:
    put_value(graph, made, statement.value, statement.unit or "1")
    coordinates = put_site(graph, made, statement.site) if statement.site else ()
    found = [*parts.of_statement(graph, statement, coordinates), *_details(graph, statement)]
    if found:
        made["component"] = found


def _details(graph: Graph, statement: Statement) -> Iterator[Json]:
    """T-score of each vertebra (with the first result of its region), and the least significant change."""
    dxa = graph.exam.dxa if statement.kind == "dxa" else prior_of(graph, statement).dxa
    if dxa is None or statement.site is None:
        return
    measurement = dxa.measurements[int(statement.id.split("/")[-2])]
    if statement.concept == "bmd" and statement.site.code in dxa.lsc:
        yield _measure(graph, "lsc", dxa.lsc[statement.site.code], "g/cm2")
    scores = measurement.vertebra_t_scores
    if scores and statement.concept == _first(measurement, "t_score", "bmd", "z_score"):
        for level, score in scores.items():
            yield _measure(graph, f"t_score.{level}", score, "SD")


def _measure(graph: Graph, name: str, value: Decimal, unit: str) -> Json:
    return {"code": graph.concepts.measure[name], "valueQuantity": quantity(value, unit)}


def _first(measurement: DxaMeasurement, *names: str) -> str | None:
    return next((name for name in names if getattr(measurement, name) is not None), None)


def add_priors(graph: Graph) -> None:
    """The earlier density of each region, dated of its own day, and what each earlier centre says of its precision."""
    _add_densities(graph, graph.exam.dxa, "dxa")
    for prior in graph.exam.comparisons:
        _add_densities(graph, prior.dxa, f"comparison/{prior.id}/dxa")
        if prior.dxa and prior.dxa.lsc:
            _add_precision(graph, prior, prior.dxa)


def _add_densities(graph: Graph, dxa: Dxa | None, prefix: str) -> None:
    for index, measurement in enumerate(dxa.measurements if dxa else ()):
        if measurement.prior:
            key = f"{prefix}/{index}/prior"
            made = frame(graph, key)
            _density(graph, measurement, measurement.prior, made)
            keep(graph, key, made, "comparison")


def _density(graph: Graph, measurement: DxaMeasurement, prior: PriorBmd, made: Json) -> None:
    earlier(made, prior.date)
    made["code"] = _PRIOR_BMD
    made["valueQuantity"] = quantity(prior.bmd, "g/cm2")
    coordinates = put_site(graph, made, Site(measurement.site, prior.laterality or measurement.laterality))
    included = [parts.component(graph, "vertebrae_included", level) for level in prior.vertebrae_included]
    device = [technique_text(graph, "device", prior.device)] if prior.device else []
    if found := [*coordinates, *included, *device]:
        made["component"] = found


def technique_text(graph: Graph, name: str, said: str) -> Json:
    """An acquisition parameter in the words of the user."""
    return filled({"code": graph.concepts.technique[name], "valueString": plain(said)})


def precision(graph: Graph, dxa: Dxa) -> Iterator[Json]:
    """The least significant change of each region, as the centre states it."""
    for roi, change in dxa.lsc.items():
        yield {"code": graph.concepts.technique[f"lsc.{roi}"], "valueQuantity": quantity(change, "g/cm2")}


def _add_precision(graph: Graph, prior: PriorExam, dxa: Dxa) -> None:
    key = f"comparison/{prior.id}/technique"
    made = frame(graph, key, "procedure")
    earlier(made, prior.date)
    made["code"] = graph.concepts.technique["prior_acquisition"]
    made["derivedFrom"] = [graph.ref(f"comparison/{prior.id}")]
    made["component"] = list(precision(graph, dxa))
    keep(graph, key, made, "comparison")
