"""The rows of the search index of a resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reporter.catalog.text import alias_key
from reporter.delivery.store import params, spans

Resource = Mapping[str, Any]
Row = dict[str, Any]
_LONGEST = 500
_NAME_PARTS = ("text", "family", "given", "prefix", "suffix")


def rows(resource: Resource, names: Mapping[str, str]) -> list[Row]:
    """What a resource is found by; `names` gives the `Type/id` that each fullUrl of its bundle stands for."""
    made: list[Row] = []
    for param, (kind, paths) in params.of_type(str(resource["resourceType"])).items():
        values = [value for path in paths for value in _walk(resource, path.split("."))]
        made += [{"param": name, **row} for name, row in _BY_KIND[kind](param, values, names)]
    return _different(made)


def accessions(resources: Iterable[Resource]) -> set[tuple[str | None, str]]:
    """The accession numbers (v2-0203 ACSN) that a bundle names its exam by."""
    found: set[tuple[str | None, str]] = set()
    for resource in resources:
        own = resource.get("identifier") if resource.get("resourceType") == "ServiceRequest" else None
        linked = [link.get("identifier") for link in _list(resource.get("basedOn")) if isinstance(link, Mapping)]
        for each in (*_list(own), *linked):
            if isinstance(each, Mapping) and any(code == "ACSN" for _, code in _tokens(each.get("type"))):
                found.update((system, value) for system, value in _tokens(each) if value)
    return found


def _walk(value: Any, path: list[str]) -> Iterator[Any]:
    """The values at a path, lists opened."""
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _walk(value[path[0]], path[1:])


def _token_rows(param: str, values: list[Any], _names: Mapping[str, str]) -> Iterator[tuple[str, Row]]:
    for value in values:
        for system, code in _tokens(value):
            yield param, _row(system, code)


def _reference_rows(param: str, values: list[Any], names: Mapping[str, str]) -> Iterator[tuple[str, Row]]:
    for value in values:
        if not isinstance(value, Mapping):
            continue
        if isinstance(target := value.get("reference"), str):
            yield param, _row(None, names.get(target, target))
        for system, code in _tokens(value.get("identifier")):
            yield f"{param}:identifier", _row(system, code)


def _string_rows(param: str, values: list[Any], _names: Mapping[str, str]) -> Iterator[tuple[str, Row]]:
    for value in values:
        parts = [value] if isinstance(value, str) else _name_parts(value)
        for text in parts:
            yield param, _row(text, alias_key(text))


def _name_parts(value: Any) -> list[str]:
    """The words of a HumanName."""
    if not isinstance(value, Mapping):
        return []
    return [part for key in _NAME_PARTS for part in _list(value.get(key)) if isinstance(part, str)]


def _date_rows(param: str, values: list[Any], _names: Mapping[str, str]) -> Iterator[tuple[str, Row]]:
    for value in values:
        found = spans.of_element(value)
        if found is not None:
            yield param, {"system": None, "value": None, "low": found[0], "high": found[1]}


_BY_KIND: dict[str, Callable[[str, list[Any], Mapping[str, str]], Iterator[tuple[str, Row]]]] = {
    params.TOKEN: _token_rows,
    params.REFERENCE: _reference_rows,
    params.STRING: _string_rows,
    params.DATE: _date_rows,
}


def _tokens(value: Any) -> Iterator[tuple[str | None, str]]:
    """System and code of a code, a Coding, a CodeableConcept or an Identifier."""
    if isinstance(value, bool):
        yield None, str(value).lower()
    elif isinstance(value, str):
        yield None, value
    elif isinstance(value, Mapping):
        for coding in _list(value.get("coding")):
            yield from _tokens(coding)
        code = value.get("code", value.get("value"))
        if isinstance(code, str):
            system = value.get("system")
            yield system if isinstance(system, str) else None, code


def _row(system: str | None, value: str) -> Row:
    return {"system": system and system[:_LONGEST], "value": value[:_LONGEST], "low": None, "high": None}


def _different(made: list[Row]) -> list[Row]:
    return list({tuple(row.values()): row for row in made}.values())


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
