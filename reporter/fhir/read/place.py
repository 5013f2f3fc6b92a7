"""Sites: our codes, else standard ones that mean one site, with side, level, number, part and zones."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir.read.codes import shown
from reporter.fhir.read.scope import Json, Scope, components, extensions, filled
from reporter.fhir.read.view import View

COORDINATES = ("laterality", "level", "number", "part", "zone")


def site(scope: Scope, view: View) -> Json | None:
    """The site of an Observation as the input writes it; None when it has none that can be read."""
    concept = view.child("bodySite")
    place = code(scope, concept) if concept is not None else None
    sides = _sides(scope, view, concept)
    if place is None or len(sides) > 1:
        _explain(scope, concept, sides)
        return None
    given = _coordinates(scope, view)
    return {**place, **filled(laterality=next(iter(sides), None)), **given}


def loose(scope: Scope, view: View) -> Json | None:
    """Side and level of something whose site was not given; None when two sides are said."""
    sides = _sides(scope, view, view.child("bodySite"))
    return {**filled(laterality=next(iter(sides), None)), **_coordinates(scope, view)} if len(sides) < 2 else None


def _explain(scope: Scope, concept: View | None, sides: set[str]) -> None:
    if concept is not None and len(sides) > 1:
        scope.tell("FHIR-READ-CONFLICT", concept.path, name="laterality", shown=", ".join(sorted(sides)))
    elif concept is not None:
        scope.unknown(concept, "bodySite", concept.path)


def code(scope: Scope, concept: View | None, kind: str = "site") -> Json | None:
    """The site of a concept, with the level, number or part its standard code names."""
    own = scope.codes.local(concept, "site")
    if own is not None:
        known = own in scope.catalog.sites or own in scope.catalog.regions or own in scope.catalog.rois
        return {"code": own} if known else None
    found = scope.codes.standard(concept, kind) | scope.codes.lateralised(concept)[0]
    return _named(scope, found.pop()) if len(found) == 1 else None


def _named(scope: Scope, catalogue_id: str) -> Json | None:
    """metatarsal.5+base → code, number and zone; a level alone is no site."""
    name, _, zone = catalogue_id.partition("+")
    base, _, detail = name.partition(".")
    known = scope.catalog.sites.get(base)
    if known is None:
        return None
    found: Json = {"code": base, **({"zones": [zone]} if zone in scope.catalog.zones else {})}
    if detail in known.parts:
        return {**found, "part": detail}
    if detail.isdecimal():
        return {**found, "number": int(detail)}
    return {**found, **({"level": detail} if detail else {})}


def _sides(scope: Scope, view: View, concept: View | None) -> set[str]:
    """Every side that is said: by the component, the BodyStructure, a SNOMED CT expression."""
    found = {side for item in components(view) if (side := _component_side(scope, item))}
    found |= {side for side in [scope.codes.lateralised(concept)[1]] if side}
    for structure in structures(scope, concept):
        found |= _structure_sides(scope, structure)
    return found


def structures(scope: Scope, concept: View | None) -> list[View]:
    """The BodyStructure a site points to."""
    links = extensions(concept, c.BODY_SITE) if concept is not None else []
    found = [scope.source.target(link.child("valueReference")) for link in links]
    return [view for view in found if view is not None and view.kind == "BodyStructure"]


def _component_side(scope: Scope, item: View) -> str | None:
    """A component is a side by its name, or, when its name has no code at all, by its value."""
    name, value = item.child("code"), item.child("valueCodeableConcept")
    named = scope.codes.local(name, "attribute") == "laterality"
    bare = name is not None and not name.has("coding")
    side = scope.codes.side(value) if named or bare else None
    if side is not None:
        item.take()
    return side


def _structure_sides(scope: Scope, structure: View) -> set[str]:
    found = set()
    for item in structure.children("locationQualifier"):
        if (side := scope.codes.side(item)) is not None:
            item.take()
            found.add(side)
        else:
            scope.tell("FHIR-READ-CODE", item.path, name="locationQualifier", shown=shown(item))
            item.take()
    if structure.path not in scope.done:
        scope.close(structure, "identifier", "location", "patient", "active", "locationQualifier")
    return found


def _coordinates(scope: Scope, view: View) -> Json:
    found: Json = {}
    zones = []
    for item in components(view):
        name = scope.codes.local(item.child("code"), "attribute")
        value = item.child("valueCodeableConcept")
        if name in ("level", "part", "zone") and (own := scope.codes.local(value, name)):
            item.take()
            if name == "zone":
                zones.append(own)
            else:
                found[name] = own
        elif name == "number" and (number := item.number("valueInteger")) is not None:
            item.take()
            found["number"] = number
    return {**found, **({"zones": zones} if zones else {})}
