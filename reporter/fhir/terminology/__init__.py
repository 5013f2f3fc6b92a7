"""Our terminology as FHIR R4: CodeSystem, ValueSet, ConceptMap, NamingSystem, and our extensions."""

from __future__ import annotations

from collections.abc import Mapping

from reporter.catalog.entries import Catalog
from reporter.catalog.messages import message
from reporter.errors import WARNING, Issue
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json
from reporter.fhir.terminology import systems

__all__ = ["collection", "export", "lint"]


def export(catalog: Catalog) -> dict[str, Json]:
    """File name → resource, from the catalogue and its overlays; the same catalogue gives the same export."""
    from reporter.fhir.terminology import extensions, maps, valuesets  # a report needs none of them

    codes = systems.code_systems(catalog)
    resources = [
        *valuesets.code_systems(catalog, codes),
        *valuesets.value_sets(catalog, codes),
        *maps.concept_maps(catalog, codes),
        *valuesets.naming_systems(codes),
        *extensions.structure_definitions(catalog),
    ]
    return {f"{each['resourceType']}-{_name(each)}.json": each for each in resources}


def collection(resources: Mapping[str, Json]) -> Json:
    """All of them as one Bundle."""
    entries = [
        {"fullUrl": f"{c.BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources.values()
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _name(resource: Json) -> str:
    url = resource.get("url") or resource["uniqueId"][0]["value"]
    kind = "" if "url" in resource else f"{resource['kind']}-"
    return f"{kind}{url.rpartition('/')[2]}"


def lint(catalog: Catalog) -> list[Issue]:
    """Codes that a bundle may hold and that have no French name."""
    return [
        Issue("RPT-CATALOG-NO-NAME", WARNING, f"code_names.{name}.{code}", message("NO-NAME", system=name, value=code))
        for name, codes in systems.code_systems(catalog).items()
        for code, french in codes.items()
        if not french
    ]
