"""A candidate in French: the sign, where it is, what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog, FindingDef
from reporter.french import NounPhrase
from reporter.model.exam import Site
from reporter.settings import Settings
from reporter.web.quick.phrases import table

_PLACED = ("adjective", "inner")


def label(signs: Sequence[tuple[dict[str, Any], tuple[Site, ...]]], catalog: Catalog, settings: Settings) -> str:
    """« fracture vertébrale de L1 et de T12, perte de hauteur de 40 % »; several signs are joined by a semicolon."""
    parts = [_sign(finding, sites, catalog, settings) for finding, sites in signs]
    return french.typeset(french.capital(" ; ".join(parts)), settings)


def _sign(finding: Mapping[str, Any], sites: tuple[Site, ...], catalog: Catalog, settings: Settings) -> str:
    sign = catalog.findings[finding["finding"]]
    phrase = french.np(sign.lexeme)
    absent = finding["status"] == "absent"
    text = french.none_of([french.de_bare(sign.negative)]) if absent else phrase.text
    near, far = _adjectives(finding, sign, phrase, catalog)
    head = " ".join([text, *near, *_where(sign, sites, catalog, settings)])
    tail = [*far, *_measures(finding, catalog), *_signals(finding, catalog), *_evolution(finding, catalog)]
    status = table(catalog)["status_fr"].get(finding["status"])
    return ", ".join([head, *tail]) + (f" : {status}" if status else "")


def _where(sign: FindingDef, sites: tuple[Site, ...], catalog: Catalog, settings: Settings) -> Iterator[str]:
    hidden = catalog.lexicon.get("implied_sites", ())
    named = [site for site in sites if site.code not in hidden]
    if not named or sign.attach is None:
        return
    phrases = french.sites_np(named, catalog, settings)
    if sign.attach == "dans":
        yield french.enumeration(french.dans(phrase) for phrase in phrases)
        return
    attach = sign.attach.removesuffix("de").strip()
    places = french.enumeration(french.de(phrase) for phrase in phrases)
    yield f"{attach} {places}".strip()


def _adjectives(
    finding: Mapping[str, Any], sign: FindingDef, phrase: NounPhrase, catalog: Catalog
) -> tuple[list[str], list[str]]:
    """(just after the noun, after a comma)."""
    near: list[str] = []
    far: list[str] = []
    said = dict(finding.get("morphology", {}))
    uptake = finding.get("uptake", {})
    if "pattern" in uptake:
        said["pattern"] = uptake["pattern"]
    for name, value in said.items():
        position, text = _attribute(name, value, sign, phrase, catalog)
        (near if position in _PLACED else far).append(text)
    if "severity" in finding:
        near.append(_severity(finding["severity"], sign, phrase, catalog))
    far += [sign.values_fr.get("phases", {}).get(phase, phase) for phase in uptake.get("phases", ())]
    return near, far


def _attribute(name: str, value: Any, sign: FindingDef, phrase: NounPhrase, catalog: Catalog) -> tuple[str, str]:
    """(position, French text) of an attribute value."""
    key = str(value).lower() if isinstance(value, bool) else str(value)
    values = catalog.lexicon.get("attributes", {}).get(name, {})
    said = sign.values_fr.get(name, {}).get(key)
    spec = values.get(key) or values.get("*") or {"adjective": said or key}
    position, pattern = next(iter(spec.items()))
    if position == "adjective":
        return position, said or french.agree(pattern, phrase)
    return position, pattern.format(v=said or key)


def _severity(code: str, sign: FindingDef, phrase: NounPhrase, catalog: Catalog) -> str:
    return sign.severity_fr.get(code) or catalog.severities[code][phrase.gender] + ("s" if phrase.plural else "")


def _measures(finding: Mapping[str, Any], catalog: Catalog) -> Iterator[str]:
    words = catalog.lexicon.get("measures", {})
    for measure in finding.get("measures", ()):
        spec = words.get(measure["name"], words.get("default", {"aside": "{q}"}))
        position, pattern = next(iter(spec.items()))
        text = pattern.format(q=french.quantity(measure["value"], measure["unit"]))
        yield f"{catalog.lexicon['measure_list']['one']} {text}" if position == "list" else text


def _signals(finding: Mapping[str, Any], catalog: Catalog) -> Iterator[str]:
    names = catalog.lexicon.get("sequences", {})
    for sequence, value in finding.get("signal", {}).items():
        yield catalog.lexicon["signal"][value].format(v=names.get(sequence, sequence))


def _evolution(finding: Mapping[str, Any], catalog: Catalog) -> Iterator[str]:
    if "evolution" in finding:
        yield catalog.evolutions[finding["evolution"]["change"]].noun
