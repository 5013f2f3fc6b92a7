"""The claimed profiles as yes-or-no tests, compiled once from the table that `profile_check` explains faults with.

A test says « yes » only where the explaining walk would find nothing. Two things make it quick: elements that a
resource does not have cost nothing, and a slice finds its members by what they are told apart by (a URL, a code, the
type of a resource), not by asking every slice of every member.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from reporter.fhir import shapes
from reporter.fhir.datatypes import Json
from reporter.fhir.profile_check import RULES, Find, belongs, certain, claimed, matches, table, values_of

Test = Callable[[Any, Find], bool]
# The values of one element.
TestAll = Callable[[list[Any], Find], bool]
# Of these, the members of each slice, by its number.
Members = dict[int, list[Any]]
Finder = Callable[[list[Any], Find], Members]
Idle = Callable[[list[Json]], bool]
_CODING = {"code", "system"}


def met(bundle: Json, held: Mapping[str, Json]) -> bool:
    """Are the claimed profiles of a bundle, and of its resources by fullUrl, all met? Their structure has no fault."""
    find, claims = held.get, defaultdict[str, list[Json]](list)
    for resource in (bundle, *held.values()):
        if "meta" in resource:
            for url in resource["meta"].get("profile", ()):
                claims[url].append(resource)
    return all(_all_meet(url.partition("|")[0], resources, find) for url, resources in claims.items())


def _all_meet(url: str, resources: list[Json], find: Find) -> bool:
    if url not in table():
        return True
    kind, test, idle = _profile(url)
    if {resource["resourceType"] for resource in resources} != {kind}:
        return False
    return idle(resources) or all(test(resource, find) for resource in resources)


@cache
def _profile(url: str) -> tuple[str, Test, Idle]:
    """The type a profile is of, its test, and what tells for many resources at once that it asks nothing of them."""
    tree = table()[url]
    return tree["type"], _node(tree), _idle(tree)


def _idle(tree: Json) -> Idle:
    """When all it asks is asked of values that have a coding, which few have: has none of them?"""
    asked = [_coded_only(tree["type"], name, child) for name, child in tree.get("children", {}).items()]
    if tree.keys() != {"type", "children"} or None in asked:
        return lambda _: False
    named = [each for each in asked if each is not None]
    return lambda nodes: not [v for name, path in named for node in nodes for v in node.get(name, ()) if path in v]


def _coded_only(type_name: str, name: str, tree: Json) -> tuple[str, str] | None:
    """The name of an element, and of the coding that its slices are told apart by, if nothing else is asked of it."""
    element = shapes.elements(type_name).get(name)
    if element is None or not element.many or element.primitive or tree.keys() != {"slices"} or not _optional(tree):
        return None
    kinds = {_kind(part["when"]) for part in tree["slices"]}
    ((kind, path), *others) = kinds
    return (name, path) if kind == "coding" and path and not others else None


def _node(tree: Json) -> Test:
    """The test of one element against its tree."""
    rules = [RULES[name] for name in tree.get("rules", ())]
    children = [_child(name, child) for name, child in tree.get("children", {}).items()]
    urls, fixed = tree.get("profiles", ()), tree.get("fixed")

    def test(value: Any, find: Find) -> bool:
        if fixed is not None and value != fixed and not matches(value, fixed):
            return False
        if type(value) is not dict:
            return True
        for rule in rules:
            if not rule(value, find):
                return False
        for child in children:
            if not child(value, find):
                return False
        return not urls or "resourceType" in value or all(_profile(url)[1](value, find) for url in urls)

    return test


def _child(name: str, tree: Json) -> Test:
    """The test of one child of an element."""
    optional, of_all, choice, shadow = _optional(tree), _element(tree), name.endswith("[x]"), f"_{name}"

    def test(node: Any, find: Find) -> bool:
        value = node.get(name)
        if value is None and (choice or shadow in node):
            return of_all(values_of(node, name), find)
        if value is None:
            return optional
        return of_all(value if type(value) is list else [value], find)

    return test


def _optional(tree: Json) -> bool:
    """May an element be absent?"""
    return not tree.get("min") and not any(part.get("min") for part in tree.get("slices", ()))


def _element(tree: Json) -> TestAll:
    """The test of all values of an element."""
    least, most = tree.get("min", 0), tree.get("max")
    each = _node(tree) if tree.keys() & {"fixed", "rules", "children", "profiles"} else None
    slices = _slices(tree["slices"], tree) if "slices" in tree else None
    if slices is not None and each is None and not least and most is None:
        return slices

    def test(values: list[Any], find: Find) -> bool:
        if len(values) < least or (most is not None and len(values) > most):
            return False
        if each is not None and not all(each(value, find) for value in values):
            return False
        return slices is None or slices(values, find)

    return test


def _slices(parts: list[Json], tree: Json) -> TestAll:
    """The test of the slices of an element."""
    made = [_slice(part, tree) for part in parts]
    members_of = _finder(parts)
    least = [number for number, part in enumerate(parts) if part.get("min")]

    def test(values: list[Any], find: Find) -> bool:
        members = members_of(values, find)
        for number in least:
            if number not in members:
                return False
        return not members or all(made[number](found, find) for number, found in members.items())

    return test


def _slice(part: Json, tree: Json) -> TestAll:
    """The test of the members of a slice: how many there are, and what each must be."""
    least, most = part.get("min", 0), part.get("max")
    targets = [when for when in part["when"] if when[0] == "target" and when[2]]
    each = _member(part, tree)
    nested = _slices(part["slices"], part) if "slices" in part else None
    urls = part.get("children", {}).get("resource", {}).get("profiles", ()) if most == 1 else ()

    def test(values: list[Any], find: Find) -> bool:
        if len(values) < least or (most is not None and len(values) > most):
            return False
        for value in values:
            if not all(certain(value, when, find) for when in targets):
                continue  # it counts, but only by its type, which does not make it one
            if not (each(value, find) and (nested is None or nested([value], find))):
                return False
            if urls and not _holds(value.get("resource"), urls, find):
                return False
        return True

    return test


def _member(part: Json, tree: Json) -> Test:
    """What a member of a slice must be, beyond what its element asks of it anyway."""
    asked = tree.get("children", {})
    children = {n: child for n, child in part.get("children", {}).items() if _more(n, child) != asked.get(n)}
    rules = [rule for rule in part.get("rules", ()) if rule not in tree.get("rules", ())]
    return _node({**part, "children": children, "rules": rules})


def _more(name: str, child: Json) -> Json:
    """What a slice asks of a child; the profile of a resource is not asked of it here, but where it claims it."""
    return {key: value for key, value in child.items() if (name, key) != ("resource", "profiles")}


def _holds(resource: Json | None, urls: list[str], find: Find) -> bool:
    """The one resource of a slice meets the profile of the slice, even when it does not claim it."""
    if not resource:
        return True
    known = claimed(resource)
    for url in urls:
        kind, test, _ = _profile(url)
        if url not in known and kind == resource.get("resourceType") and not test(resource, find):
            return False
    return True


def _finder(parts: list[Json]) -> Finder:
    """Which values belong to which slices: by a key if one tells them all apart, else by asking each."""
    kinds = {_kind(part["when"]) for part in parts}
    if len(kinds) == 1 and ("", "") not in kinds:
        ((kind, path),) = kinds
        by_key: dict[Any, list[int]] = defaultdict(list)
        for number, part in enumerate(parts):
            for key in _KEYS_OF[kind](part["when"][0][1]):
                by_key[key].append(number)
        return _READERS[kind](path, dict(by_key))

    def asked(values: list[Any], find: Find) -> Members:
        found: Members = defaultdict(list)
        for value in values:
            for number, part in enumerate(parts):
                if all(belongs(value, test, find) for test in part["when"]):
                    found[number].append(value)
        return found

    return asked


def _by_type(_path: str, by_key: Mapping[Any, list[int]]) -> Finder:
    def members(values: list[Any], _find: Find) -> Members:
        found: Members = {}
        for value in values:
            if "resource" in value:
                for number in by_key.get(value["resource"]["resourceType"], ()):
                    found.setdefault(number, []).append(value)
        return found

    return members


def _by_value(path: str, by_key: Mapping[Any, list[int]]) -> Finder:
    def members(values: list[Any], _find: Find) -> Members:
        found: Members = {}
        for value in values:
            for number in by_key.get(value.get(path), ()):
                found.setdefault(number, []).append(value)
        return found

    return members


def _by_coding(path: str, by_key: Mapping[Any, list[int]]) -> Finder:
    def members(values: list[Any], _find: Find) -> Members:
        found: Members = {}
        for value in values:
            concept = value.get(path) if path else value
            if concept is not None:
                for pair in {(coding.get("system"), coding.get("code")) for coding in concept.get("coding", ())}:
                    for number in by_key.get(pair, ()):
                        found.setdefault(number, []).append(value)
        return found

    return members


_READERS = {"resource": _by_type, "value": _by_value, "coding": _by_coding}


def _kind(when: list[list[Any]]) -> tuple[str, str]:
    """How a slice is told apart, and where: by the type of a resource, by a text, by a coding."""
    path, wanted = when[0][0], when[0][1]
    if len(when) > 1 or path in ("target", "exists") or {".", "["}.intersection(path):
        return "", ""
    if path == "resource":
        return "resource", path
    if isinstance(wanted, str):
        return "value", path
    alone = isinstance(wanted, dict) and wanted.keys() == {"coding"} and len(wanted["coding"]) == 1
    return ("coding", path) if alone and wanted["coding"][0].keys() == _CODING else ("", "")


_KEYS_OF: dict[str, Callable[[Any], list[Any]]] = {
    "resource": lambda types: types,
    "value": lambda text: [text],
    "coding": lambda pattern: [(pattern["coding"][0]["system"], pattern["coding"][0]["code"])],
}
