"""Densitometry: results of this exam, of earlier ones, and the earlier density of each region (DOMAIN_MODEL §7)."""

from __future__ import annotations

from collections.abc import Iterator

from reporter.fhir import components as parts
from reporter.fhir import labels
from reporter.fhir.codes import coded, equivalents
from reporter.fhir.datatypes import Json, quantity
from reporter.fhir.elements import body_site, frame, value
from reporter.fhir.graph import Graph
from reporter.model.exam import Dxa, DxaMeasurement, Measure, PriorBmd, PriorExam, Site
from reporter.model.report import Statement


def result(graph: Graph, statement: Statement) -> Json:
    """One value of this exam."""
    same = equivalents(graph.catalog, graph.settings, "measure", *_ids(statement))
    return {
        "code": coded("dxa", statement.concept, same, labels.word("dxa", statement.concept)),
        **_measured(graph, statement),
        "device": graph.ref("scanner") if graph.has("scanner") else None,
        "derivedFrom": [graph.ref("study")],
    }


def prior_result(graph: Graph, statement: Statement) -> Json:
    """One value of an earlier exam: dated of it, under a code of its own."""
    name = labels.word("dxa", statement.concept)
    return {
        **prior_frame(graph, statement),
        "code": coded("prior-dxa", statement.concept, text=labels.PRIOR.format(name) if name else None),
        **_measured(graph, statement),
    }


def prior_frame(graph: Graph, statement: Statement) -> Json:
    """What an Observation of an earlier exam has instead of the frame of this one."""
    prior = prior_of(graph, statement)
    return {
        "status": "final",
        "effectiveDateTime": str(prior.date),
        "performer": None,
        "derivedFrom": [graph.ref(f"comparison/{prior.id}")],
    }


def prior_of(graph: Graph, statement: Statement) -> PriorExam:
    """The earlier exam a statement belongs to, by its id: comparison/<prior id>/… ."""
    identifier = statement.id.split("/")[1]
    return next(prior for prior in graph.exam.comparisons if prior.id == identifier)


def _ids(statement: Statement) -> list[str]:
    general = f"dxa.{statement.concept}"
    if statement.site is None:
        return [general]
    general = f"{general}.{statement.site.code}"
    return [f"{general}.{statement.site.laterality}", general] if statement.site.laterality else [general]


def _measured(graph: Graph, statement: Statement) -> Json:
    return {
        **value(statement.value, statement.unit or "1"),
        "bodySite": body_site(graph, statement.site),
        "component": [*parts.of_statement(graph, statement), *_details(graph, statement)],
    }


def _details(graph: Graph, statement: Statement) -> Iterator[Json]:
    """T-score of each vertebra (with the first result of its region), and the least significant change."""
    dxa = graph.exam.dxa if statement.kind == "dxa" else prior_of(graph, statement).dxa
    if dxa is None or statement.site is None:
        return
    measurement = dxa.measurements[int(statement.id.split("/")[-2])]
    if statement.concept == "bmd" and statement.site.code in dxa.lsc:
        yield parts.measure(graph, Measure("lsc", dxa.lsc[statement.site.code], "g/cm2"))
    if statement.concept == _first(measurement, "t_score", "bmd", "z_score"):
        for level, score in measurement.vertebra_t_scores.items():
            yield parts.measure(graph, Measure(f"t_score.{level}", score, "SD"))


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
            graph.add(key, "Observation", {**frame(graph, key), **_density(graph, measurement, measurement.prior)})


def _density(graph: Graph, measurement: DxaMeasurement, prior: PriorBmd) -> Json:
    site = Site(measurement.site, prior.laterality or measurement.laterality)
    included = [parts.component(graph, "vertebrae_included", level) for level in prior.vertebrae_included]
    device = [{"code": technique("device"), "valueString": prior.device}] if prior.device else []
    return {
        "status": "final",
        "code": coded("prior-dxa", "bmd", text=labels.PRIOR_BMD),
        "effectiveDateTime": str(prior.date),
        "performer": None,
        "valueQuantity": quantity(prior.bmd, "g/cm2"),
        "bodySite": body_site(graph, site),
        "component": [*parts.of_site(graph, site), *included, *device],
    }


def technique(name: str) -> Json:
    """The concept of an acquisition parameter."""
    return coded("technique", name, text=labels.technique(name))


def precision(dxa: Dxa) -> Iterator[Json]:
    """The least significant change of each region, as the centre states it."""
    for roi, change in dxa.lsc.items():
        yield {"code": technique(f"lsc.{roi}"), "valueQuantity": quantity(change, "g/cm2")}


def _add_precision(graph: Graph, prior: PriorExam, dxa: Dxa) -> None:
    key = f"comparison/{prior.id}/technique"
    content = {
        **frame(graph, key, "procedure"),
        "status": "final",
        "code": technique("prior_acquisition"),
        "effectiveDateTime": str(prior.date),
        "performer": None,
        "derivedFrom": [graph.ref(f"comparison/{prior.id}")],
        "component": list(precision(dxa)),
    }
    graph.add(key, "Observation", content)
