"""`meta.profile`: each resource, and the bundle, names the profiles whose every rule it meets — and no other.

A claim stands only when the claims of what the resource refers to stand: the largest set without a contradiction.
"""

from __future__ import annotations

from collections.abc import Mapping

from reporter.fhir import profiles
from reporter.fhir.datatypes import Json
from reporter.fhir.profiles import BY_TYPE, Profile

Claims = dict[str, list[str]]
_KNOWN: Json = {}
# a claim that rests on others: whose it is, and its profile
_Bound = tuple[str, Json, Profile]
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
    """The bundle with its claims, each resource with its own in `meta`: the graph keeps a place for it.

    What has no place claims nothing, and what is in its place already follows from how the resource was made; no claim
    that is to be found rests on it.
    """
    entries = bundle["entry"]
    unknown = {e["fullUrl"]: e["resource"] for e in entries if e["resource"].get("meta", _KNOWN) is None}
    claims = _claims(unknown)
    for url, resource in unknown.items():
        if claims[url]:
            resource["meta"] = {"profile": claims[url]}
        else:
            del resource["meta"]
    found = _of_bundle(bundle["type"], [name for met in claims.values() for name in met])
    return {"resourceType": "Bundle", "id": bundle["id"], "meta": {"profile": found}, **bundle} if found else bundle


def _claims(resources: Mapping[str, Json]) -> Claims:
    """Drop claims until each one that is left links only to resources whose claims are left."""
    claims: Claims = {}
    bound: list[_Bound] = []
    for url, resource in resources.items():
        met = claims[url] = []
        for profile in BY_TYPE[resource["resourceType"]]:
            needs = profile.needs
            if profile.element in resource and (not needs or all(need(resource) for need in needs)):
                met.append(profile.url)
                if profile.links:
                    bound.append((url, resource, profile))
    while broken := [claim for claim in bound if not _holds(claim[1], claim[2], claims)]:
        for url, _, profile in broken:
            claims[url].remove(profile.url)
        bound = [claim for claim in bound if claim[2].url in claims[claim[0]]]
    return claims


def _holds(resource: Json, profile: Profile, claims: Claims) -> bool:
    """Does every reference meet a profile that is allowed there?"""
    for targets, allowed in profile.links:
        for target in targets(resource):
            if "reference" in target and allowed.isdisjoint(claims.get(target["reference"], ())):
                return False
    return True


def _of_bundle(kind: str, claims: list[str]) -> list[str]:
    if kind not in _BUNDLES:
        return []
    url, once, some = _BUNDLES[kind]
    holds = all(claims.count(p) == 1 for p in once) and all(p in claims for p in some)
    return [url] if holds else []
