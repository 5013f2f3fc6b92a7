"""The exam itself: request, studies, procedure, acquisition, dose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reporter.fhir import constants as c
from reporter.fhir import densitometry, elements, labels, summary
from reporter.fhir.codes import coded, procedure
from reporter.fhir.datatypes import Json, coding, concept, extension, given, identifier, local, plain, quantity
from reporter.fhir.graph import Graph
from reporter.fhir.intact import constant
from reporter.model.exam import Dose, Order, PriorExam, Study, Technique

_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+\Z")
_DOSE_UNITS = {"ctdivol_mgy": "mGy", "dlp_mgy_cm": "mGy.cm", "dap_mgy_cm2": "mGy.cm2"}
_UNITS = {"field_t": "T", "slice_mm": "mm", "activity_mbq": "MBq", "uptake_min": "min"}
_LISTS = {"planes": "plane", "views": "view", "phases": "phase"}
_FLAGS = ("dual_energy", "eos", "whole_body", "spect", "spect_ct", "quantitative", "ct")
_TEXTS = ("route", "software", "reference_db", "probe")
_ORDER_FLAGS = ("pain", "pain_refractory", "trauma", "on_treatment")
_IMAGING = constant(concept(coding(c.SNOMED, c.IMAGING_PROCEDURE, "Imaging")))
_ACCESSION = constant(concept(coding(c.V2_0203, c.ACCESSION)))
_PLACER = constant(concept(coding(c.V2_0203, c.PLACER)))
_STUDY_UID = constant(concept(coding(c.DICOM, c.STUDY_UID, "Study Instance UID")))
_MODALITIES = {modality: [coding(c.DICOM, code)] for modality, code in c.DICOM_MODALITY.items()}
_DOSE = constant(concept(coding(c.LOINC, c.DOSE), text=labels.DOSE))


def add(graph: Graph) -> None:
    """Add the request, the current study and the prior ones, the procedure, its acquisition and its dose."""
    study = graph.exam.study
    what = _exam(graph, study)
    _order_facts(graph, graph.exam.order)
    _order(graph, graph.exam.order, what)
    _current(graph, study, what)
    for prior in graph.exam.comparisons:
        _prior(graph, prior)
    _procedure(graph, study, what)
    _acquisition(graph, study)
    if study.dose:
        _dose(graph, study.dose)


def _exam(graph: Graph, study: Study) -> Json:
    """What was done: our code, the LOINC code when it is unambiguous, the French title."""
    codes = procedure(study, graph.catalog, graph.settings)
    return coded("procedure", f"{study.modality}.{study.region}", codes, graph.title)


def accession(graph: Graph) -> Json | None:
    """The accession number as an Identifier."""
    number = graph.exam.study.accession_number
    return identifier(number, f"{c.IDENTIFIER}accession", _ACCESSION) if number else None


def order_reference(graph: Graph) -> Json:
    """The request, with the accession number beside the link as HL7 Europe asks (`basedOn` slices)."""
    number = accession(graph)
    return {**graph.ref("order"), "identifier": number} if number else graph.ref("order")


def _order_facts(graph: Graph, order: Order) -> None:
    for name in _ORDER_FLAGS:
        said = getattr(order, name)
        if said is not None:
            _order_fact(graph, name, {"valueCodeableConcept": _yes_no(graph, said)})
    if order.pain_vas is not None:
        _order_fact(graph, "pain_vas", {"valueQuantity": quantity(order.pain_vas, "1")})


def _order_fact(graph: Graph, name: str, said: Json) -> None:
    key, code = f"order/{name}", graph.concepts.context[f"order.{name}"]
    elements.keep(graph, key, elements.frame(graph, key, "survey") | {"code": code, **said})


def _order(graph: Graph, order: Order, what: Json) -> None:
    side = graph.concepts.side[order.laterality] if order.laterality else None
    content = {
        "extension": [extension(c.LATERALITY, valueCodeableConcept=side)] if side else None,
        "identifier": [item for item in (*graph.identifiers("order"), _placer(order), accession(graph)) if item],
        "status": "active",
        "intent": "order",
        "category": [_IMAGING],
        "code": what,
        "subject": graph.ref("patient"),
        "requester": graph.ref("requester-role") if graph.has("requester-role") else None,
        "reasonCode": _reasons(graph, order),
        "supportingInfo": [graph.ref(key) for key in graph.resources if key.startswith("order/")],
        "bodySite": [graph.concepts.asked[order.site, order.laterality]] if order.site else None,
    }
    graph.add("order", "ServiceRequest", content)


def _reasons(graph: Graph, order: Order) -> list[Json]:
    reasons = [concept(text=order.indication)]
    if order.question:
        reasons.append(coded("context", "order.question", text=order.question))
    if order.suspicion:
        reasons.append(graph.concepts.word["suspicion", order.suspicion])
    return [reason for reason in reasons if reason]


def _placer(order: Order) -> Json | None:
    """The number the requester gave to the request."""
    return identifier(order.identifier, f"{c.IDENTIFIER}order", _PLACER) if order.identifier else None


def _current(graph: Graph, study: Study, what: Json) -> None:
    content = _study(graph, "study", study) | {
        "basedOn": [order_reference(graph)],
        "procedureCode": [what],
        "description": graph.title,
    }
    if study.study_uid:
        content["identifier"] = [_uid(study.study_uid)]
    graph.add("study", "ImagingStudy", content)


def _uid(given_uid: str) -> Json:
    uid = given_uid.removeprefix("urn:oid:")
    return identifier(f"urn:oid:{uid}" if _OID.match(uid) else given_uid, c.DICOM_UID, _STUDY_UID)


def _prior(graph: Graph, prior: PriorExam) -> None:
    key, summed = f"comparison/{prior.id}", given(prior.summary)
    note = [{"text": summed}] if summed else None
    graph.add(key, "ImagingStudy", {**_study(graph, key, prior), "note": note})


def _study(graph: Graph, key: str, study: Study | PriorExam) -> Json:
    return {
        "extension": graph.concepts.region[study.region, study.laterality],
        "identifier": graph.identifiers(key),
        "status": "available",
        "modality": _MODALITIES[study.modality],
        "subject": graph.ref("patient"),
        "started": str(study.date),
    }


def _procedure(graph: Graph, study: Study, what: Json) -> None:
    tracer = graph.concepts.tracer[study.technique.tracer] if study.technique.tracer else None
    agent = concept(text=study.contrast.agent) if study.contrast and study.contrast.given else None
    content = {
        "identifier": graph.identifiers("procedure"),
        "basedOn": [graph.ref("order")],
        "status": "completed",
        "category": _IMAGING,
        "code": what,
        "subject": graph.ref("patient"),
        "performedDateTime": graph.day,
        "bodySite": [graph.concepts.examined[study.region, study.laterality]],
        "note": [{"text": text} for text in map(plain, study.limitations) if text],
        "usedReference": [graph.ref("scanner")] if graph.has("scanner") else None,
        "usedCode": [used for used in (tracer, agent) if used],
    }
    graph.add("procedure", "Procedure", content)


def _acquisition(graph: Graph, study: Study) -> None:
    """Technique as coded components of one Observation, part of the Procedure; none when nothing of it was given."""
    components = [*_technique(graph, study.technique), *_circumstances(graph, study)]
    if graph.exam.dxa:
        components += densitometry.precision(graph, graph.exam.dxa)
    if not components:
        return
    made = elements.frame(graph, "technique", "procedure")
    made["partOf"] = [graph.ref("procedure")]
    made["code"] = graph.concepts.technique["acquisition"]
    made["component"] = components
    elements.keep(graph, "technique", made)


def _technique(graph: Graph, technique: Technique) -> Iterator[Json]:
    codes = graph.concepts.technique
    yield from _sequences(graph, technique)
    for field, system in _LISTS.items():
        for item in getattr(technique, field):
            yield {"code": codes[field], "valueCodeableConcept": graph.concepts.listed[system, item]}
    if technique.tracer:
        yield {"code": codes["tracer"], "valueCodeableConcept": graph.concepts.tracer[technique.tracer]}
    for field, unit in _UNITS.items():
        if (amount := getattr(technique, field)) is not None:
            yield {"code": codes[field], "valueQuantity": quantity(amount, unit)}
    for field in _FLAGS:
        if (flag := getattr(technique, field)) is not None:
            yield {"code": codes[field], "valueCodeableConcept": _yes_no(graph, flag)}
    for field in _TEXTS:
        if (text := getattr(technique, field)) is not None:
            yield densitometry.technique_text(graph, field, text)


def _sequences(graph: Graph, technique: Technique) -> Iterator[Json]:
    """One component per sequence; its value is the plane, or « present » when no plane was given."""
    for acquired in technique.sequences:
        plane = acquired.plane
        yield {
            "code": graph.concepts.sequence[acquired.sequence],
            "valueCodeableConcept": graph.concepts.listed["plane", plane] if plane else _yes_no(graph, True),
        }


def _yes_no(graph: Graph, said: bool) -> Json:
    return graph.concepts.status["present" if said else "absent"]


def _circumstances(graph: Graph, study: Study) -> Iterator[Json]:
    codes = graph.concepts.technique
    if study.contrast is not None:
        yield {"code": codes["contrast"], "valueCodeableConcept": _yes_no(graph, study.contrast.given)}
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
    made["code"] = _DOSE
    made["derivedFrom"] = [graph.ref("study")]
    made["valueString"] = plain(", ".join([summary.component(amount) for amount in amounts]))
    made["component"] = amounts
    elements.keep(graph, "dose", made)
