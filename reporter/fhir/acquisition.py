"""The acquisition: technique and circumstances, and the dose."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from reporter.fhir import densitometry, elements, summary
from reporter.fhir.datatypes import Json, concept, local, plain, quantity
from reporter.fhir.graph import Graph
from reporter.model.exam import Dose, Study, Technique

_DOSE_UNITS = {"ctdivol_mgy": "mGy", "dlp_mgy_cm": "mGy.cm", "dap_mgy_cm2": "mGy.cm2"}
_UNITS = {"field_t": "T", "slice_mm": "mm", "activity_mbq": "MBq", "uptake_min": "min"}
_LISTS = {"planes": "plane", "views": "view", "phases": "phase"}
_FLAGS = ("dual_energy", "eos", "whole_body", "spect", "spect_ct", "quantitative", "ct")
_TEXTS = ("route", "software", "reference_db", "probe")
# in this order
_FIELDS = (*_LISTS, "tracer", *_UNITS, *_FLAGS, *_TEXTS)
_given = attrgetter(*_FIELDS)


def add(graph: Graph, study: Study) -> None:
    """Add what was given of both."""
    _acquisition(graph, study)
    if study.dose:
        _dose(graph, study.dose)


def _acquisition(graph: Graph, study: Study) -> None:
    """Technique as coded components of one Observation, part of the Procedure; none when nothing of it was given."""
    components = _technique(graph, study.technique)
    components += _circumstances(graph, study)
    if graph.exam.dxa:
        components += densitometry.precision(graph, graph.exam.dxa)
    if not components:
        return
    made = elements.frame(graph, "technique", "procedure")
    made["partOf"] = [graph.ref("procedure")]
    made["code"] = graph.concepts.technique["acquisition"]
    made["component"] = components
    elements.keep(graph, "technique", made, "technique")


def _technique(graph: Graph, technique: Technique) -> list[Json]:
    codes, acquired = graph.concepts.technique, graph.concepts.acquired
    # the value of a sequence is its plane, or « present » when no plane was given
    found = [
        acquired[f"sequence.{one.sequence}", *(("plane", one.plane) if one.plane else ("status", "present"))]
        for one in technique.sequences
    ]
    for field, given_value in zip(_FIELDS, _given(technique), strict=True):
        if given_value is None or given_value == ():
            continue
        if field in _LISTS:
            found += [acquired[field, _LISTS[field], item] for item in given_value]
        elif field in _UNITS:
            found.append({"code": codes[field], "valueQuantity": quantity(given_value, _UNITS[field])})
        elif field in _FLAGS:
            found.append(acquired[field, "status", "present" if given_value else "absent"])
        elif field in _TEXTS:
            found.append(densitometry.technique_text(graph, field, given_value))
        elif given_value:
            found.append(acquired[field, "tracer", given_value])
    return found


def _circumstances(graph: Graph, study: Study) -> Iterator[Json]:
    codes = graph.concepts.technique
    if study.contrast is not None:
        yield graph.concepts.acquired["contrast", "status", "present" if study.contrast.given else "absent"]
        if study.contrast.agent:
            yield densitometry.technique_text(graph, "contrast_agent", study.contrast.agent)
        if study.contrast.volume_ml is not None:
            yield {"code": codes["contrast_volume"], "valueQuantity": quantity(study.contrast.volume_ml, "mL")}
    if study.context:
        yield {"code": codes["context"], "valueCodeableConcept": graph.concepts.word["exam-context", study.context]}
    for limitation in study.limitations:
        yield densitometry.technique_text(graph, "limitation", limitation)
    if study.protocol_override:
        override = study.protocol_override
        lifted = concept(local("rule", override.rule), text=override.reason)
        yield {"code": codes["protocol_override"], "valueCodeableConcept": lifted}
        if override.by:
            yield densitometry.technique_text(graph, "protocol_override_by", override.by)


def _dose(graph: Graph, dose: Dose) -> None:
    amounts = [
        {"code": graph.concepts.word["dose", name], "valueQuantity": quantity(amount, unit)}
        for name, unit in _DOSE_UNITS.items()
        if (amount := getattr(dose, name)) is not None
    ]
    if not amounts:
        return
    made = elements.frame(graph, "dose", "procedure")
    made["partOf"] = [graph.ref("procedure")]
    made["code"] = graph.concepts.dose
    made["derivedFrom"] = [graph.ref("study")]
    made["valueString"] = plain(", ".join([_amount(graph, amount) for amount in amounts]))
    made["component"] = amounts
    elements.keep(graph, "dose", made, "technique")


def _amount(graph: Graph, part: Json) -> str:
    """« PDL 320 mGy·cm »."""
    given_value = part["valueQuantity"]
    shown = graph.shown.told.quantity(given_value) or summary.quantity(given_value)
    return f"{summary.concept_text(part['code'])} {shown}"
