"""Write the tables of reporter/fhir/r4 from the official FHIR R4 (4.0.1) definitions: `python -m tools.r4_tables JAR`.

JAR is ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4 of Maven Central, which holds HL7's XML files unchanged.
`shapes.txt` has one line per type: its name, its base, one token per element; `codes.txt` one line per required value
set that can be listed.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from reporter.fhir.xml import from_xml

TARGET = Path(__file__).resolve().parents[1] / "reporter" / "fhir" / "r4"
MOST_CODES = 300
ANY = "*any"
FILES = ("profiles-types.xml", "profiles-resources.xml", "valuesets.xml", "v2-tables.xml", "v3-codesystems.xml")
KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")
FHIR = "{http://hl7.org/fhir}"
Json = dict[str, Any]
# The snapshots give the FHIRPath type of these; the FHIR type is in an extension that is wrong for Resource.id.
SYSTEM_TYPES = {"Resource.id": "id", "Element.id": "string", "Extension.url": "uri"}
BASES = ("Resource", "DomainResource", "Element", "BackboneElement")


class Definitions:
    """The official definitions, by URL."""

    def __init__(self, jar: Path) -> None:
        self.by_url: dict[str, Json] = {}
        with zipfile.ZipFile(jar) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(FILES):
                    self.by_url.update((value["url"], value) for value in _resources(archive.read(name)))

    def types(self) -> list[Json]:
        """Resources and complex data types, not the profiles on them."""
        found = [d for d in self.by_url.values() if d["resourceType"] == "StructureDefinition"]
        wanted = ("resource", "complex-type")
        return [d for d in found if d["kind"] in wanted and d.get("derivation") != "constraint"]

    @cache  # noqa: B019 - one object lives as long as the command
    def codes(self, url: str) -> tuple[str, ...]:
        """Every code of a value set; empty when it cannot be listed."""
        value_set = self.by_url.get(url.split("|")[0])
        if value_set is None:
            return ()
        found: list[str] = []
        for include in value_set.get("compose", {}).get("include", []):
            part = self._included(include)
            if not part:
                return ()
            found += part
        return tuple(dict.fromkeys(found))

    def _included(self, include: Json) -> list[str]:
        if "concept" in include:
            return [concept["code"] for concept in include["concept"]]
        if "valueSet" in include:
            return [code for url in include["valueSet"] for code in self.codes(url)]
        system = self.by_url.get(include.get("system", ""), {})
        if "filter" in include or system.get("content") != "complete":
            return []
        return list(_concepts(system.get("concept", [])))


def _resources(xml: bytes) -> Iterator[Json]:
    bundle = etree.fromstring(xml, etree.XMLParser(huge_tree=True))
    for holder in bundle.iter(f"{FHIR}resource"):
        for resource in holder:
            if etree.QName(resource).localname in KINDS:
                yield from_xml(etree.tostring(resource, with_tail=False))


def _concepts(concepts: list[Json]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _concepts(concept.get("concept", []))


class Tables:
    """The lines of both files."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.shapes: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        for definition in definitions.types():
            self._type(definition)

    def _type(self, definition: Json) -> None:
        name, base = definition["name"], definition.get("baseDefinition", "").rsplit("/", 1)[-1]
        elements = definition["snapshot"]["element"]
        own: dict[str, list[str]] = {name: []}
        bases = {name: base}
        for element in elements[1:]:
            parent = element["path"].rpartition(".")[0]
            if any(e["path"].startswith(element["path"] + ".") for e in elements):
                own[element["path"]] = []
                bases[element["path"]] = element["type"][0]["code"]
            if self._inherited(element, bases[parent]):
                continue
            own[parent].append(self._token(element))
        for path, tokens in own.items():
            self.shapes[path] = " ".join((path, bases[path] or "-", *tokens))

    def _inherited(self, element: Json, base: str) -> bool:
        origin, _, name = element["base"]["path"].rpartition(".")
        return origin in BASES and origin != element["path"].rpartition(".")[0] and bool(base) and bool(name)

    def _token(self, element: Json) -> str:
        name = element["path"].rpartition(".")[2]
        marks = ("!" if element["min"] else "") + ("*" if element["max"] == "*" else "")
        return f"{name}{marks}:{'|'.join(self._types(element))}{self._binding(element)}"

    def _types(self, element: Json) -> list[str]:
        if "contentReference" in element:
            return [element["contentReference"].lstrip("#")]
        if element["path"] in SYSTEM_TYPES:
            return [SYSTEM_TYPES[element["path"]]]
        codes = [t["code"] for t in element["type"]]
        if len(codes) > 40:
            self.shapes[ANY] = " ".join((ANY, "-", *codes))
            return [ANY]
        if codes in (["BackboneElement"], ["Element"]):
            return [element["path"]]
        return [_reference(t) if t["code"] == "Reference" else t["code"] for t in element["type"]]

    def _binding(self, element: Json) -> str:
        binding = element.get("binding", {})
        if binding.get("strength") != "required":
            return ""
        url = binding.get("valueSet", "").split("|")[0]
        codes, name = self.definitions.codes(url), url.rsplit("/", 1)[-1]
        if not codes or len(codes) > MOST_CODES or any(" " in code for code in codes):
            return ""
        self.codes[name] = " ".join((name, *codes))
        return f"@{name}"


def _reference(type_: Json) -> str:
    targets = [url.rsplit("/", 1)[-1] for url in type_.get("targetProfile", [])]
    return f"Reference({','.join(targets)})" if targets and "Resource" not in targets else "Reference"


def main() -> None:
    """Write both files."""
    tables = Tables(Definitions(Path(sys.argv[1])))
    TARGET.mkdir(exist_ok=True)
    for name, lines in (("shapes", tables.shapes), ("codes", tables.codes)):
        text = "\n".join(lines[key] for key in sorted(lines)) + "\n"
        (TARGET / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
