"""Patient, radiologist, organization, requester, scanner → the fields of the input."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir.identities import KINDS
from reporter.fhir.read.codes import codings
from reporter.fhir.read.scope import Json, Scope, filled
from reporter.fhir.read.view import View

_SEX = ("female", "male", "other", "unknown")
_PATIENT_ID = (f"{c.LOCAL}identifier-type", "patient-id")
_TYPES = {
    (kind.types, kind.code): name for name, kinds in reversed(KINDS.items()) for kind in reversed(kinds) if kind.code
}


def patient(scope: Scope, view: View) -> Json:
    """Who: sex, names, identifiers, birth date."""
    known, local_id = _identifiers(view)
    sex = view.data.get("gender")
    if sex in _SEX:
        view.skip("gender")
    found = filled(
        sex=sex if sex in _SEX else None,
        id=local_id,
        **_name(view),
        identifiers=known,
        birth_date=scope.day(view, "birthDate"),
    )
    _silence_absent(view, "_birthDate")
    scope.close(view, "active")
    return found


def _silence_absent(view: View, name: str) -> None:
    """An absent reason beside an absent value says nothing more."""
    if view.child(name) is not None:
        view.skip(name)
        for extension in view.child(name).children("extension"):  # type: ignore[union-attr]  # just found
            if extension.text("url") == c.ABSENT:
                extension.take().skip("valueCode")


def _name(view: View) -> Json:
    """The official name, or the only one."""
    names = view.children("name")
    official = [name for name in names if name.text("use") == "official"] or list(names)
    if len(official) != 1:
        return {}
    name = official[0].take()
    for extension in name.children("extension"):
        if extension.text("url") == c.ABSENT:
            extension.take().skip("valueCode")
    return filled(name=name.text("text"), family_name=name.text("family"), given_names=list(name.texts("given")))


def text_name(view: View) -> str | None:
    """The name of a practitioner as one text."""
    found = _name(view)
    parts = [*found.get("given_names", []), *([found["family_name"]] if "family_name" in found else [])]
    return str(found["name"]) if "name" in found else " ".join(parts) or None


def _identifiers(view: View) -> tuple[list[Json], str | None]:
    """Business identifiers, and the local id of the patient; our own UUID is none."""
    found: list[Json] = []
    local_id = None
    for number, item in enumerate(view.children("identifier")):
        value, system = item.text("value"), item.text("system")
        if value is None:
            continue
        item.take()
        if number == 0 and system == c.URI and value.startswith("urn:uuid:"):
            item.skip("type")
        elif _PATIENT_ID in codings(item.child("type")):
            local_id = value
        elif system != f"{c.IDENTIFIER}statement":
            found.append(filled(value=value, type=_type(item.child("type")), system=system))
    return found, local_id


def _type(concept: View | None) -> str | None:
    """The kind of identifier as it was received, else by its coded type."""
    text = concept.text("text") if concept is not None else None
    return text or next((_TYPES[coded] for coded in codings(concept) if coded in _TYPES), None)


def practitioner(scope: Scope, view: View) -> tuple[str | None, list[Json], str | None]:
    """Name, identifiers and speciality of a Practitioner or PractitionerRole."""
    speciality = None
    person: View | None = view
    if view.kind == "PractitionerRole":
        person = scope.source.target(view.child("practitioner"))
        speciality = _speciality(view)
        scope.close(view, "identifier", "organization", "active", "code")
    if person is None or person.kind != "Practitioner":
        return None, [], speciality
    identifiers, _ = _identifiers(person)
    name = text_name(person)
    scope.close(person, "active")
    return name, identifiers, speciality


def _speciality(view: View) -> str | None:
    texts = [(item, item.text("text")) for item in view.children("specialty")]
    known = [(item, text) for item, text in texts if text]
    if len(known) != 1:
        return None
    known[0][0].take()
    return known[0][1]


def organization(scope: Scope, view: View) -> Json:
    """Name and identifiers of an organization, as fields of the exam."""
    identifiers, _ = _identifiers(view)
    found = filled(organization=view.text("name"), organization_identifiers=identifiers)
    scope.close(view, "active", "alias")
    return found


def scanner(scope: Scope, view: View) -> Json:
    """The names of the device: that of the exam, and maker and model as densitometry compares them."""
    found: Json = {}
    fields = {"user-friendly-name": "device", "model-name": "model"}
    for item in view.children("deviceName"):
        field, name = fields.get(str(item.data.get("type"))), item.text("name")
        if field and name and field not in found:
            found[field] = name
            item.take()
    scope.close(view, "identifier", "status")
    return found
