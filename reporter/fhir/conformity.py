"""`meta.profile`: each resource, and the bundle, names the profiles whose every rule it meets — and no other.

A claim stands only when the claims of what the resource refers to stand: the largest set without a contradiction.
"""

from __future__ import annotations

from collections.abc import Mapping

from reporter.fhir import profiles
from reporter.fhir.datatypes import Json
from reporter.fhir.profiles import PROFILES, Profile

Resources = Mapping[str, Json]
Claims = dict[str, list[Profile]]
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
    """The bundle with its claims."""
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    claims = _consistent(resources)
    entries = [{**e, "resource": _with(e["resource"], _urls(claims[e["fullUrl"]]))} for e in bundle["entry"]]
    return {**_with(bundle, _of_bundle(bundle["type"], claims)), "entry": entries}


def _consistent(resources: Resources) -> Claims:
    """Drop claims until each one that is left links only to resources whose claims are left."""
    claims = {url: _candidates(resource) for url, resource in resources.items()}
    while True:
        kept = {
            url: [profile for profile in claims[url] if _links_hold(profile, resource, claims)]
            for url, resource in resources.items()
        }
        if kept == claims:
            return kept
        claims = kept


def _candidates(resource: Json) -> list[Profile]:
    kind = resource["resourceType"]
    return [p for p in PROFILES if p.type == kind and all(need(resource) for need in p.needs)]


def _links_hold(profile: Profile, resource: Json, claims: Claims) -> bool:
    return all(
        any(found.url in allowed for found in claims.get(target["reference"], []))
        for targets, allowed in profile.links
        for target in targets(resource)
        if "reference" in target
    )


def _of_bundle(kind: str, claims: Claims) -> list[str]:
    if kind not in _BUNDLES:
        return []
    url, once, some = _BUNDLES[kind]
    counts = [profile.url for found in claims.values() for profile in found]
    holds = all(counts.count(p) == 1 for p in once) and all(p in counts for p in some)
    return [url] if holds else []


def _urls(found: list[Profile]) -> list[str]:
    return [profile.url for profile in found]


def _with(resource: Json, claimed: list[str]) -> Json:
    """The same resource with `meta` in its place, after `id`."""
    if not claimed:
        return resource
    head: Json = {name: resource[name] for name in ("resourceType", "id") if name in resource}
    rest = {name: value for name, value in resource.items() if name not in head}
    return {**head, "meta": {"profile": claimed}, **rest}
