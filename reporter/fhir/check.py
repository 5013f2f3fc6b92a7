"""The check every bundle of ours passes before it leaves: structure, FHIR invariants, references, narrative.

`structure` holds elements, cardinalities, formats and bindings; this module the rules that look further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reporter.errors import Issue
from reporter.fhir import constants as c
from reporter.fhir import references, structure, xhtml
from reporter.fhir.datatypes import Json
from reporter.fhir.structure import issue

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_WITH_REQUEST = ("transaction", "batch", "history")
_NO_TOTAL_OR_SEARCH = ("document", "transaction", "collection")


def check(bundle: Json) -> list[Issue]:
    """Every fault of a bundle; an empty list lets it out."""
    found = list(structure.check(bundle, "Bundle"))
    if found:
        return found
    for path, node in walk(bundle, "Bundle"):
        found += _data_type_rules(path, node)
        found += _resource_rules(path, node)
    found += _bundle_rules(bundle)
    found += references.check(bundle)
    return found


def walk(node: Any, path: str) -> Iterator[tuple[str, Json]]:
    """Every JSON object, with its path."""
    if isinstance(node, dict):
        yield path, node
        for name, value in node.items():
            yield from walk(value, f"{path}.{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{path}[{index}]")


def _data_type_rules(path: str, node: Json) -> Iterator[Issue]:
    if "extension" in node and node.get("url") and any(k.startswith("value") for k in node):
        yield issue("ext-1", path, "an extension has a value or extensions, not both")
    if _is_extension(path) and "extension" not in node and not any(k.startswith("value") for k in node):
        yield issue("ext-1", path, "an extension needs a value or extensions")
    if "code" in node and "value" in node and "system" not in node and "unit" in node:
        yield issue("qty-3", path, "a coded unit needs a system")
    if "data" in node and "contentType" not in node:
        yield issue("att-1", path, "data needs a content type")
    if "start" in node and "end" in node and str(node["start"]) > str(node["end"]):
        yield issue("per-1", path, "a period ends before it starts")
    if "div" in node and "status" in node:
        for rule, message in xhtml.faults(node["div"]):
            yield issue(rule, f"{path}.div", message)
    for coding in node.get("coding", []):
        if coding.get("code") and not coding.get("system"):
            yield issue("FHIR-CODING", path, "a code without its system")


def _is_extension(path: str) -> bool:
    return re.search(r"\.(modifierE|e)xtension\[\d+\]\Z", path) is not None


def _resource_rules(path: str, node: Json) -> Iterator[Issue]:
    if "contained" in node:
        yield issue("dom-3", f"{path}.contained", "resources of ours contain no others")
    rules = _RULES.get(str(node.get("resourceType")))
    if rules is not None:
        yield from rules(path, node)


def _observation(path: str, node: Json) -> Iterator[Issue]:
    valued = [k for k in node if k.startswith("value")]
    if "dataAbsentReason" in node and valued:
        yield issue("obs-6", path, "a value and a reason why there is none")
    own = _codings(node.get("code"))
    for index, part in enumerate(node.get("component", [])):
        if valued and own & _codings(part.get("code")):
            yield issue("obs-7", f"{path}.component[{index}]", "a component repeats the code of a valued observation")
        if not any(k.startswith("value") or k == "dataAbsentReason" for k in part):
            yield issue("FHIR-VALUE", f"{path}.component[{index}]", "a component without a value")
    if not valued and not any(k in node for k in ("component", "hasMember", "dataAbsentReason")):
        yield issue("FHIR-VALUE", path, "an observation without a value")


def _codings(concept: Json | None) -> set[tuple[str, str]]:
    return {(entry.get("system", ""), entry.get("code", "")) for entry in (concept or {}).get("coding", [])}


def _composition(path: str, node: Json) -> Iterator[Issue]:
    for index, section in enumerate(node.get("section", [])):
        where = f"{path}.section[{index}]"
        if not any(k in section for k in ("text", "entry", "section")):
            yield issue("cmp-1", where, "a section needs text, entries or sections")
        if "emptyReason" in section and "entry" in section:
            yield issue("cmp-2", where, "a section with entries is not empty")
        if not any(k in section for k in ("entry", "emptyReason", "section")):
            yield issue("eu-imaging-composition-1", where, "a section needs entries, or a reason for having none")


def _organization(path: str, node: Json) -> Iterator[Issue]:
    if "name" not in node and "identifier" not in node:
        yield issue("org-1", path, "an organization needs a name or an identifier")


def _patient(path: str, node: Json) -> Iterator[Issue]:
    for index, contact in enumerate(node.get("contact", [])):
        if not any(k in contact for k in ("name", "telecom", "address", "organization")):
            yield issue("pat-1", f"{path}.contact[{index}]", "a contact without a way to reach it")


_RULES = {
    "Observation": _observation,
    "Composition": _composition,
    "Organization": _organization,
    "Patient": _patient,
}


def _bundle_rules(bundle: Json) -> Iterator[Issue]:
    kind, entries = bundle.get("type"), bundle.get("entry", [])
    if "total" in bundle:
        yield issue("bdl-1", "Bundle.total", "total only in a search result or a history")
    for index, entry in enumerate(entries):
        where, url = f"Bundle.entry[{index}]", str(entry.get("fullUrl", ""))
        if ("request" in entry) != (kind in _WITH_REQUEST):
            yield issue("bdl-3", where, "request in a transaction, and only there")
        if "resource" not in entry and "request" not in entry:
            yield issue("bdl-5", where, "an entry without a resource")
        if not _UUID.match(url):
            yield issue("FHIR-FULLURL", f"{where}.fullUrl", "a fullUrl of ours is a UUID")
        if entry.get("resource", {}).get("id", url[9:]) != url[9:]:
            yield issue("FHIR-FULLURL", f"{where}.fullUrl", "the fullUrl and the id of the resource differ")
        if "/_history/" in url:
            yield issue("bdl-8", f"{where}.fullUrl", "a fullUrl is not version specific")
    urls = [entry.get("fullUrl") for entry in entries]
    for url in sorted({str(u) for u in urls if urls.count(u) > 1}):
        yield issue("bdl-7", "Bundle.entry", f"fullUrl {url} is repeated")
    if kind == "document":
        yield from _document(bundle, entries)


def _document(bundle: Json, entries: list[Json]) -> Iterator[Issue]:
    identity = bundle.get("identifier", {})
    if "system" not in identity or "value" not in identity:
        yield issue("bdl-9", "Bundle.identifier", "a document has an identifier with system and value")
    if "timestamp" not in bundle:
        yield issue("bdl-10", "Bundle.timestamp", "a document has a timestamp")
    first = entries[0].get("resource", {}) if entries else {}
    if first.get("resourceType") != "Composition":
        yield issue("bdl-11", "Bundle.entry[0]", "a document starts with a Composition")
    yield from _narrative_links(first, entries)


def _narrative_links(composition: Json, entries: list[Json]) -> Iterator[Issue]:
    """Every narrative link points to an element that is there."""
    url = entries[0].get("fullUrl") if entries else ""
    known = {f"{url}#{i}" for s in composition.get("section", []) for i in xhtml.ids(s.get("text", {}).get("div", ""))}
    for index, entry in enumerate(entries):
        for link in entry.get("resource", {}).get("extension", []):
            if link["url"] == c.NARRATIVE_LINK and link.get("valueUrl") not in known:
                yield issue("FHIR-LINK", f"Bundle.entry[{index}].resource", f"no narrative at {link.get('valueUrl')}")
