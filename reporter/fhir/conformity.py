"""`meta.profile`: each resource, and the bundle, names the profiles whose every rule it meets — and no other.

A claim stands only when the claims of what the resource refers to stand: the largest set without a contradiction.
"""

from __future__ import annotations

from collections.abc import Mapping

from reporter.fhir import profiles
from reporter.fhir.datatypes import Json
from reporter.fhir.profiles import BY_TYPE

Claims = dict[str, list[str]]
# a claim that rests on others: whose it is, its profile, and the references with the profiles allowed for them
_Bound = tuple[str, str, list[tuple[list[Json], frozenset[str]]]]
# bundle type → the bundle's profile, and the profiles of which it must hold exactly one resource, or at least one
_BUNDLES: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "document": (
        profiles.DOCUMENT,
        (profiles.COMPOSITION, profiles.REPORT, profiles.PATIENT),
        (profiles.STUDY,),
    ),
    "collection": (profiles.COLLECTION, (profiles.MINIMAL_REPORT,), ()),
}


def claimed(bundle: Json) -> Json:
    """The bundle with its claims, each resource with its own in `meta`: the graph keeps a place for it."""
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    claims = _consistent(resources)
    for url, met in claims.items():
        if met:
            resources[url]["meta"] = {"profile": met}
        else:
            del resources[url]["meta"]
    found = _of_bundle(bundle["type"], claims)
    return {"resourceType": "Bundle", "id": bundle["id"], "meta": {"profile": found}, **bundle} if found else bundle


def _consistent(resources: Mapping[str, Json]) -> Claims:
    """Drop claims until each one that is left links only to resources whose claims are left."""
    claims: Claims = {}
    bound: list[_Bound] = []
    for url, resource in resources.items():
        met: list[str] = []
        elements = resource.keys()
        claims[url] = met
        for profile in BY_TYPE.get(resource["resourceType"], ()):
            if not elements >= profile.elements:
                continue
            for need in profile.needs:
                if not need(resource):
                    break
            else:
                met.append(profile.url)
                if profile.links:
                    links = [(targets(resource), allowed) for targets, allowed in profile.links]
                    bound.append((url, profile.url, links))
    while broken := [claim for claim in bound if not _holds(claim[2], claims)]:
        for url, name, _ in broken:
            claims[url].remove(name)
        bound = [claim for claim in bound if claim[1] in claims[claim[0]]]
    return claims


def _holds(links: list[tuple[list[Json], frozenset[str]]], claims: Claims) -> bool:
    """Does every reference meet a profile that is allowed there?"""
    for targets, allowed in links:
        for target in targets:
            if "reference" in target and allowed.isdisjoint(claims.get(target["reference"], ())):
                return False
    return True


def _of_bundle(kind: str, claims: Claims) -> list[str]:
    if kind not in _BUNDLES:
        return []
    url, once, some = _BUNDLES[kind]
    counts = [name for found in claims.values() for name in found]
    holds = all(counts.count(p) == 1 for p in once) and all(p in counts for p in some)
    return [url] if holds else []
