"""The exam itself: request, studies, procedure."""

from __future__ import annotations

import re

from reporter.fhir import acquisition, elements
from reporter.fhir import constants as c
from reporter.fhir.codes import coded, procedure
from reporter.fhir.datatypes import Json, coding, concept, extension, given, identifier, plain, quantity
from reporter.fhir.graph import Graph
from reporter.fhir.intact import constant
from reporter.model.exam import Order, PriorExam, Study

_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+\Z")
_ORDER_FLAGS = ("pain", "pain_refractory", "trauma", "on_treatment")
_IMAGING = constant(concept(coding(c.SNOMED, c.IMAGING_PROCEDURE, "Imaging")))
_ACCESSION = constant(concept(coding(c.V2_0203, c.ACCESSION)))
_PLACER = constant(concept(coding(c.V2_0203, c.PLACER)))
_STUDY_UID = constant(concept(coding(c.DICOM, c.STUDY_UID, "Study Instance UID")))
_MODALITIES = {modality: [coding(c.DICOM, code)] for modality, code in c.DICOM_MODALITY.items()}


def add(graph: Graph) -> None:
    """Add the request, the current study and the prior ones, the procedure, its acquisition and its dose."""
    study = graph.exam.study
    what = _exam(graph, study)
    facts = _order_facts(graph, graph.exam.order)
    _order(graph, graph.exam.order, what, facts)
    _current(graph, study, what)
    for prior in graph.exam.comparisons:
        _prior(graph, prior)
    _procedure(graph, study, what)
    acquisition.add(graph, study)


def _exam(graph: Graph, study: Study) -> Json:
    """What was done: our code, the LOINC code when it is unambiguous, the French title."""
    made: Json = {"coding": procedure(study, graph.catalog, graph.settings)}
    if graph.title:
        made["text"] = graph.title
    return made


def accession(graph: Graph) -> Json | None:
    """The accession number as an Identifier."""
    number = graph.exam.study.accession_number
    return identifier(number, f"{c.IDENTIFIER}accession", _ACCESSION) if number else None


def order_reference(graph: Graph) -> Json:
    """The request, with the accession number beside the link as HL7 Europe asks (`basedOn` slices)."""
    number = accession(graph)
    return {**graph.ref("order"), "identifier": number} if number else graph.ref("order")


def _order_facts(graph: Graph, order: Order) -> list[Json]:
    """What the request says of the patient: references, for the request leads to it and its section does not."""
    found = []
    for name in _ORDER_FLAGS:
        said = getattr(order, name)
        if said is not None:
            status = graph.concepts.status["present" if said else "absent"]
            found.append(_order_fact(graph, name, "valueCodeableConcept", status))
    if order.pain_vas is not None:
        found.append(_order_fact(graph, "pain_vas", "valueQuantity", quantity(order.pain_vas, "1")))
    return found


def _order_fact(graph: Graph, name: str, element: str, said: Json) -> Json:
    key = f"order/{name}"
    made = elements.frame(graph, key, "survey")
    made["code"] = graph.concepts.context[f"order.{name}"]
    made[element] = said
    return elements.keep(graph, key, made, "order", listed=False)


def _order(graph: Graph, order: Order, what: Json, facts: list[Json]) -> None:
    made = graph.begin("order", "ServiceRequest", "order")
    if order.laterality:
        made["extension"] = [extension(c.LATERALITY, valueCodeableConcept=graph.concepts.side[order.laterality])]
    made["identifier"] = graph.identifiers("order")
    made["identifier"] += [item for item in (_placer(order), accession(graph)) if item]
    made["status"] = "active"
    made["intent"] = "order"
    made["category"] = [_IMAGING]
    made["code"] = what
    made["subject"] = graph.ref("patient")
    if graph.has("requester-role"):
        made["requester"] = graph.ref("requester-role")
    if reasons := _reasons(graph, order):
        made["reasonCode"] = reasons
    if facts:
        made["supportingInfo"] = facts
    if order.site:
        made["bodySite"] = [graph.concepts.asked[order.site, order.laterality]]


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
    made = _study(graph, "study", study, "exam", [order_reference(graph)])
    if study.study_uid:
        made["identifier"] = [_uid(study.study_uid)]
    made["procedureCode"] = [what]
    if graph.title:
        made["description"] = graph.title


def _uid(given_uid: str) -> Json:
    uid = given_uid.removeprefix("urn:oid:")
    return identifier(f"urn:oid:{uid}" if _OID.match(uid) else given_uid, c.DICOM_UID, _STUDY_UID)


def _prior(graph: Graph, prior: PriorExam) -> None:
    made = _study(graph, f"comparison/{prior.id}", prior, "comparison")
    if summed := given(prior.summary):
        made["note"] = [{"text": summed}]


def _study(graph: Graph, key: str, study: Study | PriorExam, home: str, based_on: list[Json] | None = None) -> Json:
    made = graph.begin(key, "ImagingStudy", home)
    made["extension"] = graph.concepts.region[study.region, study.laterality]
    made["identifier"] = graph.identifiers(key)
    made["status"] = "available"
    made["modality"] = _MODALITIES[study.modality]
    made["subject"] = graph.ref("patient")
    made["started"] = str(study.date)
    if based_on:
        made["basedOn"] = based_on
    return made


def _procedure(graph: Graph, study: Study, what: Json) -> None:
    made = graph.begin("procedure", "Procedure", "technique")
    made["identifier"] = graph.identifiers("procedure")
    made["basedOn"] = [graph.ref("order")]
    made["status"] = "completed"
    made["category"] = _IMAGING
    made["code"] = what
    made["subject"] = graph.ref("patient")
    made["performedDateTime"] = graph.day
    made["bodySite"] = [graph.concepts.examined[study.region, study.laterality]]
    if study.limitations and (notes := [{"text": text} for text in map(plain, study.limitations) if text]):
        made["note"] = notes
    if graph.has("scanner"):
        made["usedReference"] = [graph.ref("scanner")]
    if used := _used(graph, study):
        made["usedCode"] = used


def _used(graph: Graph, study: Study) -> list[Json]:
    """The tracer and the contrast agent."""
    used = [graph.concepts.tracer[study.technique.tracer]] if study.technique.tracer else []
    if study.contrast and study.contrast.given and (agent := concept(text=study.contrast.agent)):
        used.append(agent)
    return used
