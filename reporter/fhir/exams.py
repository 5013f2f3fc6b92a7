"""The exam itself: request, studies, procedure, acquisition, dose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reporter.fhir import components as parts
from reporter.fhir import constants as c
from reporter.fhir import densitometry, elements, labels, summary
from reporter.fhir.codes import coded, equivalents, procedure
from reporter.fhir.datatypes import Json, coding, concept, extension, identifier, local, quantity
from reporter.fhir.graph import Graph
from reporter.model.exam import Dose, Order, PriorExam, Site, Study, Technique

_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+\Z")
_DOSE_UNITS = {"ctdivol_mgy": "mGy", "dlp_mgy_cm": "mGy.cm", "dap_mgy_cm2": "mGy.cm2"}
_UNITS = {"field_t": "T", "slice_mm": "mm", "activity_mbq": "MBq", "uptake_min": "min"}
_LISTS = {"planes": "plane", "views": "view", "phases": "phase"}
_FLAGS = ("dual_energy", "eos", "whole_body", "spect", "spect_ct", "quantitative", "ct")
_TEXTS = ("route", "software", "reference_db", "probe")
_ORDER_FLAGS = ("pain", "pain_refractory", "trauma", "on_treatment")


def add(graph: Graph, title: str) -> None:
    """Add the request, the current study and the prior ones, the procedure, its acquisition and its dose."""
    study = graph.exam.study
    what = exam_concept(graph, title)
    _order_facts(graph, graph.exam.order)
    _order(graph, graph.exam.order, what)
    _current(graph, study, what, title)
    for prior in graph.exam.comparisons:
        _prior(graph, prior)
    _procedure(graph, study, what)
    _acquisition(graph, study)
    if study.dose:
        _dose(graph, study.dose)


def exam_concept(graph: Graph, title: str) -> Json:
    """What was done: our code, the LOINC code when it is unambiguous, the French title."""
    study = graph.exam.study
    loinc = procedure(study, graph.catalog, graph.settings)
    return coded("procedure", f"{study.modality}.{study.region}", loinc, labels.exam(study, title, graph.catalog))


def accession(graph: Graph) -> Json | None:
    """The accession number as an Identifier."""
    number = graph.exam.study.accession_number
    return identifier(number, f"{c.IDENTIFIER}accession", concept(coding(c.V2_0203, c.ACCESSION))) if number else None


def order_reference(graph: Graph) -> Json:
    """The request, with the accession number beside the link as HL7 Europe asks (`basedOn` slices)."""
    return {**graph.ref("order"), "identifier": accession(graph)}


def region_extension(graph: Graph, region: str, laterality: str | None) -> list[Json]:
    """Region and side of a study; also as European anatomical region where one of its ten codes is ours."""
    same = equivalents(graph.catalog, graph.settings, "region", region)
    text = labels.region(region, laterality, graph.catalog)
    found = [extension(c.REGION, valueCodeableConcept=coded("region", region, same, text))]
    european = [code for code in same if code["system"] == c.SNOMED and code["code"] in c.EU_REGIONS]
    found += [extension(c.ANATOMICAL_REGION, valueCodeableConcept=concept(code)) for code in european]
    if laterality:
        found.append(extension(c.LATERALITY, valueCodeableConcept=parts.side(laterality)))
    return found


def _order_facts(graph: Graph, order: Order) -> None:
    for name in _ORDER_FLAGS:
        given = getattr(order, name)
        if given is not None:
            _order_fact(graph, name, {"valueCodeableConcept": _yes_no(graph, given)})
    if order.pain_vas is not None:
        _order_fact(graph, "pain_vas", {"valueQuantity": quantity(order.pain_vas, "1")})


def _order_fact(graph: Graph, name: str, said: Json) -> None:
    key, code = f"order/{name}", f"order.{name}"
    what = coded("context", code, text=labels.word("context", code))
    graph.add(key, "Observation", {**elements.frame(graph, key, "survey"), "code": what, **said})


def _order(graph: Graph, order: Order, what: Json) -> None:
    reasons = [concept(text=order.indication)]
    if order.question:
        reasons.append(coded("context", "order.question", text=order.question))
    if order.suspicion:
        reasons.append(coded("suspicion", order.suspicion))
    place = None
    if order.site:
        text = (
            labels.region(order.site, order.laterality, graph.catalog) if order.site in graph.catalog.regions else None
        )
        place = coded("site", order.site, text=text or labels.site(_site(order), graph.catalog, graph.settings))
    content = {
        "extension": [extension(c.LATERALITY, valueCodeableConcept=parts.side(order.laterality))]
        if order.laterality
        else None,
        "identifier": [*graph.identifiers("order"), _placer(order), accession(graph)],
        "status": "active",
        "intent": "order",
        "category": [concept(coding(c.SNOMED, c.IMAGING_PROCEDURE, "Imaging"))],
        "code": what,
        "subject": graph.ref("patient"),
        "requester": graph.ref("requester-role") if graph.has("requester-role") else None,
        "reasonCode": reasons,
        "supportingInfo": [graph.ref(key) for key in graph.resources if key.startswith("order/")],
        "bodySite": [place] if place else None,
    }
    graph.add("order", "ServiceRequest", content)


def _placer(order: Order) -> Json | None:
    """The number the requester gave to the request."""
    if order.identifier is None:
        return None
    return identifier(order.identifier, f"{c.IDENTIFIER}order", concept(coding(c.V2_0203, c.PLACER)))


def _site(order: Order) -> Site:
    return Site(order.site or "", order.laterality)


def _current(graph: Graph, study: Study, what: Json, title: str) -> None:
    content = _study(graph, "study", study)
    content |= {
        "basedOn": [order_reference(graph)],
        "procedureCode": [what],
        "description": labels.exam(study, title, graph.catalog),
    }
    content["identifier"] = _uids(study) or content["identifier"]
    graph.add("study", "ImagingStudy", content)


def _uids(study: Study) -> list[Json]:
    if not study.study_uid:
        return []
    uid = study.study_uid.removeprefix("urn:oid:")
    named = f"urn:oid:{uid}" if _OID.match(uid) else study.study_uid
    return [identifier(named, c.DICOM_UID, concept(coding(c.DICOM, c.STUDY_UID, "Study Instance UID")))]


def _prior(graph: Graph, prior: PriorExam) -> None:
    key = f"comparison/{prior.id}"
    note = [{"text": prior.summary}] if prior.summary else None
    graph.add(key, "ImagingStudy", {**_study(graph, key, prior), "note": note})


def _study(graph: Graph, key: str, study: Study | PriorExam) -> Json:
    return {
        "extension": region_extension(graph, study.region, study.laterality),
        "identifier": graph.identifiers(key),
        "status": "available",
        "modality": [coding(c.DICOM, c.DICOM_MODALITY[study.modality])],
        "subject": graph.ref("patient"),
        "started": str(study.date),
    }


def _procedure(graph: Graph, study: Study, what: Json) -> None:
    technique = study.technique
    tracer = _tracer(graph, technique.tracer) if technique.tracer else None
    agent = (
        concept(text=study.contrast.agent) if study.contrast and study.contrast.given and study.contrast.agent else None
    )
    content = {
        "identifier": graph.identifiers("procedure"),
        "basedOn": [graph.ref("order")],
        "status": "completed",
        "category": concept(coding(c.SNOMED, c.IMAGING_PROCEDURE, "Imaging")),
        "code": what,
        "subject": graph.ref("patient"),
        "performedDateTime": str(study.date),
        "bodySite": [coded("region", study.region, text=labels.region(study.region, study.laterality, graph.catalog))],
        "note": [{"text": text} for text in study.limitations],
        "usedReference": [graph.ref("scanner")] if graph.has("scanner") else None,
        "usedCode": [used for used in (tracer, agent) if used],
    }
    graph.add("procedure", "Procedure", content)


def _tracer(graph: Graph, tracer: str) -> Json:
    return coded("tracer", tracer, equivalents(graph.catalog, graph.settings, "tracer", tracer), tracer)


def _acquisition(graph: Graph, study: Study) -> None:
    """Technique as coded components of one Observation, part of the Procedure; none when nothing of it was given."""
    given = [
        *_technique(graph, study.technique),
        *_circumstances(graph, study),
        *(densitometry.precision(graph.exam.dxa) if graph.exam.dxa else ()),
    ]
    if not given:
        return
    content = {
        **elements.frame(graph, "technique", "procedure"),
        "partOf": [graph.ref("procedure")],
        "code": _field("acquisition"),
        "component": given,
    }
    graph.add("technique", "Observation", content)


def _technique(graph: Graph, technique: Technique) -> Iterator[Json]:
    yield from _sequences(graph, technique)
    for field, system in _LISTS.items():
        for item in getattr(technique, field):
            yield {"code": _field(field), "valueCodeableConcept": coded(system, item, text=item)}
    if technique.tracer:
        yield {"code": _field("tracer"), "valueCodeableConcept": _tracer(graph, technique.tracer)}
    for field, unit in _UNITS.items():
        if (amount := getattr(technique, field)) is not None:
            yield {"code": _field(field), "valueQuantity": quantity(amount, unit)}
    for field in _FLAGS:
        if (flag := getattr(technique, field)) is not None:
            yield {"code": _field(field), "valueCodeableConcept": _yes_no(graph, flag)}
    for field in _TEXTS:
        if (text := getattr(technique, field)) is not None:
            yield {"code": _field(field), "valueString": text}


def _sequences(graph: Graph, technique: Technique) -> Iterator[Json]:
    """One component per sequence; its value is the plane, or « present » when no plane was given."""
    for acquired in technique.sequences:
        plane = acquired.plane
        same = equivalents(graph.catalog, graph.settings, "sequence", acquired.sequence)
        name = labels.sequence(acquired.sequence)
        yield {
            "code": coded("technique", f"sequence.{acquired.sequence}", same, name),
            "valueCodeableConcept": coded("plane", plane, text=plane) if plane else _yes_no(graph, True),
        }


def _yes_no(graph: Graph, said: bool) -> Json:
    return elements.qualifier(graph, "present" if said else "absent")


def _circumstances(graph: Graph, study: Study) -> Iterator[Json]:
    if study.contrast is not None:
        yield {"code": _field("contrast"), "valueCodeableConcept": _yes_no(graph, study.contrast.given)}
        if study.contrast.agent:
            yield {"code": _field("contrast_agent"), "valueString": study.contrast.agent}
        if study.contrast.volume_ml is not None:
            yield {"code": _field("contrast_volume"), "valueQuantity": quantity(study.contrast.volume_ml, "mL")}
    if study.context:
        yield {"code": _field("context"), "valueCodeableConcept": coded("exam-context", study.context)}
    for limitation in study.limitations:
        yield {"code": _field("limitation"), "valueString": limitation}
    if study.protocol_override:
        override = study.protocol_override
        lifted = concept(local("rule", override.rule), text=override.reason)
        yield {"code": _field("protocol_override"), "valueCodeableConcept": lifted}
        if override.by:
            yield {"code": _field("protocol_override_by"), "valueString": override.by}


_field = densitometry.technique


def _dose(graph: Graph, dose: Dose) -> None:
    given: dict[str, Decimal] = {n: v for n in _DOSE_UNITS if (v := getattr(dose, n)) is not None}
    if not given:
        return
    amounts = [
        {"code": coded("dose", n, text=labels.word("dose", n)), "valueQuantity": quantity(v, _DOSE_UNITS[n])}
        for n, v in given.items()
    ]
    content = {
        **elements.frame(graph, "dose", "procedure"),
        "partOf": [graph.ref("procedure")],
        "code": concept(coding(c.LOINC, c.DOSE), text=labels.DOSE),
        "derivedFrom": [graph.ref("study")],
        "valueString": ", ".join(summary.component(amount) for amount in amounts),
        "component": amounts,
    }
    graph.add("dose", "Observation", content)
