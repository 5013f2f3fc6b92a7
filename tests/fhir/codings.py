"""Every code, quantity, extension and identifier of a resource, with the place it stands at."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

LOCAL = "https://w3id.org/fhir-reporter/CodeSystem/"
BASE = "https://w3id.org/fhir-reporter/"
UCUM = "http://unitsofmeasure.org"
Json = dict[str, Any]


class Found(NamedTuple):
    """An object of a resource: what it is part of (« Composition.section », « Observation.code.coding »)."""

    path: str
    value: Json


def walk(value: Any, path: str = "") -> Iterator[Found]:
    """Every object of a bundle, resources named by their type."""
    if isinstance(value, dict):
        path = value.get("resourceType", path)
        yield Found(path, value)
        for key, child in value.items():
            yield from walk(child, f"{path}.{key}")
    elif isinstance(value, list):
        for child in value:
            yield from walk(child, path)


def coded(bundle: Json) -> Iterator[Json]:
    """Codings and coded quantities."""
    return (v for _, v in walk(bundle) if isinstance(v.get("system"), str) and isinstance(v.get("code"), str))


def local(bundle: Json) -> set[tuple[str, str]]:
    """(short name of the system, code) of every local code."""
    return {(v["system"].removeprefix(LOCAL), v["code"]) for v in coded(bundle) if v["system"].startswith(LOCAL)}


def foreign(bundle: Json) -> set[tuple[str, str, str | None]]:
    """(system, code, display) of every code of another system; a quantity has no display."""
    found = (v for v in coded(bundle) if not v["system"].startswith(LOCAL))
    return {(v["system"], v["code"], v.get("display")) for v in found}


def extensions(bundle: Json) -> set[tuple[str, str, str]]:
    """(URL, element that carries it, type of its value) of every extension of ours."""
    return {
        (each["url"], path, next(key.removeprefix("value") for key in each if key.startswith("value")))
        for path, value in walk(bundle)
        for each in value.get("extension", ())
        if each["url"].startswith(BASE)
    }


def identifier_systems(bundle: Json) -> set[str]:
    """Identifier systems of ours."""
    systems = {v["system"] for _, v in walk(bundle) if "value" in v and isinstance(v.get("system"), str)}
    return {system for system in systems if system.startswith(BASE)}


def parsed(text: str) -> Json:
    """A bundle as a reader gets it."""
    bundle: Json = json.loads(text)
    return bundle
