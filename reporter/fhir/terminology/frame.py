"""What every conformance resource of the export has."""

from __future__ import annotations

import html

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json, prune

PREFIX = "fhir-reporter-"
ISSUED = "2026-11-21"
"""The day the identifiers of the export were assigned: NamingSystem.date is mandatory and the export never varies."""


def version(catalog: Catalog) -> str:
    """Version of the catalogue and start of its hash: an overlay has a version of its own."""
    return f"{catalog.version}-{catalog.hash[:12]}"


def computer_name(*words: str) -> str:
    """« prior-dxa » → FhirReporterPriorDxa (the form rule cnl-0 wants)."""
    parts = [part for word in ("fhir-reporter", *words) for part in word.split("-")]
    return "".join(part[:1].upper() + part[1:] for part in parts)


def canonical(resource_type: str, name: str) -> str:
    """The URL of a resource of ours."""
    return f"{c.BASE}/{resource_type}/{name}"


def resource(resource_type: str, name: str, title: str, catalog: Catalog, **content: object) -> Json:
    """A conformance resource with an id that no official resource has."""
    found: Json = prune(
        {
            "resourceType": resource_type,
            "id": f"{PREFIX}{resource_type.lower()}-{name}",
            "language": "fr",
            "text": text(title),
            "url": canonical(resource_type, name),
            "version": version(catalog),
            "name": computer_name(name),
            "title": title,
            "status": "active",
            "experimental": False,
            "publisher": "fhir-reporter",
            **content,
        }
    )
    return found


def text(title: str) -> Json:
    """The narrative of a resource: its title."""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml" lang="fr" xml:lang="fr"><p>{html.escape(title)}</p></div>'
    return {"status": "generated", "div": div}
