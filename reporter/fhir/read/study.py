"""The exam: modality, region, side, date, technique, contrast, dose → `exam`; earlier exams → `comparisons`."""

from __future__ import annotations

from collections.abc import Callable

from reporter.fhir import constants as c
from reporter.fhir.read.attributes import value
from reporter.fhir.read.codes import as_concept, codings
from reporter.fhir.read.scope import Json, Scope, components, extensions, filled, statement
from reporter.fhir.read.view import View

_MODALITIES = {dicom: ours for ours, dicom in c.DICOM_MODALITY.items()}
_LISTS = {"planes": "plane", "views": "view", "phases": "phase"}
_AMOUNTS = {"field_t": "T", "slice_mm": "mm", "activity_mbq": "MBq", "uptake_min": "min"}
_FLAGS = ("dual_energy", "eos", "whole_body", "spect", "spect_ct", "quantitative", "ct")
_TEXTS = ("route", "software", "reference_db", "probe")
_DOSES = {"ctdivol_mgy": "mGy", "dlp_mgy_cm": "mGy.cm", "dap_mgy_cm2": "mGy.cm2"}
_FRAME = (
    "status", "category", "subject", "effectiveDateTime", "performer", "issued", "identifier", "derivedFrom", "basedOn",
    "partOf",
)  # fmt: skip


def study(scope: Scope, view: View) -> Json:
    """What an ImagingStudy says of an exam."""
    own, european = extensions(view, c.REGION), extensions(view, c.ANATOMICAL_REGION)
    sides = extensions(view, c.LATERALITY)
    for item in european if own else ():
        item.skip("valueCodeableConcept")
    regions = own or european
    region = _region(scope, regions[0].child("valueCodeableConcept")) if len(regions) == 1 else None
    side = scope.codes.side(sides[0].child("valueCodeableConcept")) if len(sides) == 1 else None
    return filled(modality=_modality(scope, view), date=scope.day(view, "started"), region=region, laterality=side)


def _modality(scope: Scope, view: View) -> str | None:
    found = set()
    for item in view.children("modality"):
        concept = as_concept(item)
        dicom = {_MODALITIES[code] for system, code in codings(concept) if system == c.DICOM and code in _MODALITIES}
        known = dicom or scope.codes.standard(concept, "modality")
        if known:
            item.take()
            found |= known
    return found.pop() if len(found) == 1 else None


def _region(scope: Scope, concept: View | None) -> str | None:
    own = scope.codes.one(concept, "region", "region")
    if own not in scope.catalog.regions:
        if concept is not None:
            scope.unknown(concept, "region", concept.path)
        return None
    return own


def current(scope: Scope, view: View) -> Json:
    """The exam itself; its UID as DICOM writes it."""
    found = study(scope, view)
    for item in view.children("identifier"):
        system, uid = item.text("system"), item.text("value")
        if system == c.DICOM_UID and uid and "study_uid" not in found:
            found["study_uid"] = uid.removeprefix("urn:oid:")
            item.take().skip("type")
        elif _ours(item):
            item.take().skip("type", "value")
    scope.close(view, "status", "subject", "basedOn", "procedureCode", "description", "referrer")
    return found


def _ours(item: View) -> bool:
    """Our own identifiers name resources, not things of the world."""
    system, text = str(item.data.get("system")), str(item.data.get("value"))
    return system == f"{c.IDENTIFIER}statement" or (system == c.URI and text.startswith("urn:uuid:"))


def _notes(view: View) -> str | None:
    notes = view.children("note")
    return notes[0].take().text("text") if len(notes) == 1 else None


def prior(scope: Scope, view: View, number: int) -> Json:
    """An earlier exam; a foreign one is named by its place."""
    name = (statement(view) or "").partition("comparison/")[2] or f"P{number + 1}"
    found = {"id": name, **study(scope, view), **filled(summary=_notes(view))}
    for item in view.children("identifier"):
        if _ours(item):
            item.take().skip("type", "value")
    scope.close(view, "status", "subject", "description")
    return found


def procedure_of(scope: Scope, concept: View | None) -> Json:
    """What a procedure code says, when it means one exam: modality, region, side, whether contrast was given."""
    own = scope.codes.local(concept, "procedure")
    if own is not None:
        modality, _, region = own.partition(".")
        known = modality in scope.catalog.vocabulary["modality"] and region in scope.catalog.regions
        return {"modality": modality, "region": region} if known else {}
    found = scope.codes.standard(concept, "procedure")
    if found == {"report.dxa"}:
        return {"modality": "DXA"}
    if len(found) != 1:
        return {}
    parts = [*found.pop().split("/"), "", "", ""]
    side = parts[2] if parts[2] in c.SIDES else None
    contrast = {"none": {"given": False}}.get(parts[3]) or ({"given": True} if "iv" in parts[3] else None)
    place = parts[1] if parts[1] in scope.catalog.regions else None
    return filled(modality=parts[0], region=place, laterality=side, contrast=contrast)


class Acquisition:
    """The components of the acquisition, one method per kind of parameter."""

    def __init__(self, scope: Scope, tell_precision: Callable[[str, View], None]) -> None:
        self.scope = scope
        self.exam: Json = {}
        self.technique: Json = {}
        self.tell_precision = tell_precision

    def add(self, view: View) -> None:
        """Read the acquisition; a parameter that is not ours is reported."""
        for item in components(view):
            name = self.scope.codes.local(item.child("code"), "technique")
            if name is not None and self._parameter(name, item):
                item.take()
        self.scope.close(view, *_FRAME)

    def _parameter(self, name: str, item: View) -> bool:
        head, _, tail = name.partition(".")
        if head == "sequence":
            return self._sequence(tail, item)
        if head == "lsc":
            self.tell_precision(tail, item)
            return True
        if name in _LISTS:
            return self._list(name, item)
        if name in _AMOUNTS:
            return self._put(name, self.scope.quantity(item.child("valueQuantity"), _AMOUNTS[name]))
        if name in _FLAGS:
            return self._put(name, self.scope.flag(item.child("valueCodeableConcept")))
        if name == "tracer":
            return self._put(name, self.scope.codes.one(item.child("valueCodeableConcept"), "tracer", "tracer"))
        return self._put(name, item.text("valueString")) if name in _TEXTS else self._circumstance(name, item)

    def _put(self, name: str, said: object) -> bool:
        if said is None or name in self.technique:
            return False
        self.technique[name] = said
        return True

    def _list(self, name: str, item: View) -> bool:
        code = self.scope.codes.local(item.child("valueCodeableConcept"), _LISTS[name])
        if code is not None:
            self.technique.setdefault(name, []).append(code)
        return code is not None

    def _sequence(self, sequence: str, item: View) -> bool:
        plane = self.scope.codes.local(item.child("valueCodeableConcept"), "plane")
        if plane is None and not self.scope.flag(item.child("valueCodeableConcept")):
            return False
        self.technique.setdefault("sequences", []).append(filled(sequence=sequence, plane=plane))
        return True

    def _circumstance(self, name: str, item: View) -> bool:
        concept = item.child("valueCodeableConcept")
        if name == "limitation":
            text = item.text("valueString")
            self.exam.setdefault("limitations", []).append(text)
            return text is not None
        if name == "protocol_override":
            rule, reason = self.scope.codes.local(concept, "rule"), concept.text("text") if concept else None
            return self._nested("protocol_override", rule=rule, reason=reason)
        if name == "contrast":
            return self._nested("contrast", given=self.scope.flag(concept))
        if name == "contrast_volume":
            return self._nested("contrast", volume_ml=self.scope.quantity(item.child("valueQuantity"), "mL"))
        places = {"contrast_agent": ("contrast", "agent"), "protocol_override_by": ("protocol_override", "by")}
        if name in places:
            return self._nested(places[name][0], **{places[name][1]: item.text("valueString")})
        if name == "context":
            self.exam.update(filled(context=value(self.scope, item)))
        return name == "context"

    def _nested(self, field: str, **values: object) -> bool:
        given = {k: v for k, v in values.items() if v is not None}
        self.exam.setdefault(field, {}).update(given)
        return len(given) == len(values)


def dose(scope: Scope, view: View) -> Json:
    """Dosimetry; our own text says the components again."""
    found: Json = {}
    for item in components(view):
        name = scope.codes.local(item.child("code"), "dose")
        if name in _DOSES and name not in found:
            found |= filled(**{name: scope.quantity(item.take().child("valueQuantity"), _DOSES[name])})
    scope.close(view, *_FRAME, *(("valueString",) if statement(view) == "dose" else ()))
    return found
