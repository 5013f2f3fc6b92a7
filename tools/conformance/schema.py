"""The official XML schemas of FHIR R4 (they travel inside a jar of HL7's engine), asked about our XML."""

from __future__ import annotations

import zipfile
from typing import Any

from lxml import etree

from tools.conformance import hapi, java
from tools.conformance.store import digest, home

INSIDE = "org/hl7/fhir/r4/model/schema/"
JAR = "hapi-fhir-validation-resources-r4"


def schema() -> etree.XMLSchema:
    """The schema of any single R4 resource."""
    jar = java.library(hapi.FOLDER, hapi.PROGRAM, JAR)
    folder = home() / "schema" / digest(jar.name)[:20]
    if not (folder / INSIDE / "fhir-single.xsd").exists():
        with zipfile.ZipFile(jar) as content:
            content.extractall(folder, [name for name in content.namelist() if name.startswith(INSIDE)])
    return etree.XMLSchema(etree.parse(str(folder / INSIDE / "fhir-single.xsd")))


def faults(document: bytes, official: etree.XMLSchema) -> list[str]:
    """What the schema says against an XML resource, nothing when it is valid."""
    tree = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    official.validate(tree)
    return [f"line {error.line}: {error.message}" for error in _log(official)]


def _log(official: etree.XMLSchema) -> list[Any]:
    """What lxml logged (its stubs do not say that the log can be listed)."""
    log: Any = official.error_log
    return list(log)
