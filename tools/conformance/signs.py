"""Signs: every sign of the catalogue at every site it allows, with all that may be said about it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from reporter.catalog.entries import Catalog, FindingDef, RegionDef, SiteDef
from reporter.intake.vocabulary import vocabulary_of
from tools.conformance.draw import TEXTS, Draw, Json, covers, shows
from tools.conformance.studies import PRIOR

CHANGES = {
    "present": ("new", "increased", "unchanged", "partial_regression", "recurrent"),
    "absent": ("complete_regression",),
}
Place = tuple[FindingDef, SiteDef]


def places(catalog: Catalog, modality: str) -> list[Place]:
    """Every pair of a sign the modality may show and a site where the sign is allowed."""
    signs = [f for f in catalog.findings.values() if modality in {*f.modalities, *f.conditional} and not f.derived]
    return [(sign, catalog.sites[site]) for sign in signs for site in (sign.sites or catalog.sites)]


def regions(catalog: Catalog, modality: str, site: SiteDef) -> list[RegionDef]:
    """The regions an exam of the modality may have so that it shows the site."""
    names = {name for exam in catalog.exams.values() if exam.modality == modality for name in exam.regions}
    return [catalog.regions[name] for name in sorted(names) if covers(catalog.regions[name], site)]


class Plan:
    """Goes through all places of a modality, sign after sign, in an order the seed decides; then from the start."""

    def __init__(self, draw: Draw, modality: str) -> None:
        self._draw = draw
        self._all = places(draw.catalog, modality)
        self._waiting: list[Place] = []

    def first(self) -> Place:
        """The next place."""
        if not self._waiting:
            self._waiting = self._order()
        return self._waiting.pop()

    def others(self, region: RegionDef, count: int) -> Iterator[Place]:
        """The next places that the region shows."""
        seen = [place for place in reversed(self._waiting) if covers(region, place[1])]
        for place in seen[:count]:
            self._waiting.remove(place)
            yield place

    def _order(self) -> list[Place]:
        """One place of each sign, then a second one of each that has two, and so on; taken from the end."""
        of_sign: dict[str, list[Place]] = {}
        for place in self._draw.random.sample(self._all, len(self._all)):
            of_sign.setdefault(place[0].id, []).append(place)
        rounds = itertools.zip_longest(*of_sign.values())
        return [place for turn in rounds for place in turn if place is not None][::-1]


def finding(draw: Draw, number: int, place: Place, region: RegionDef, data: Json) -> Json:
    """One sign at one place, as the input says it."""
    sign, site = place
    statuses = ("absent",) if sign.polarity == "negative_only" else ("present", "present", *draw.codes("status"))
    status = draw.one(statuses)
    found: Json = {"id": f"F{number}", "finding": sign.id, "status": status, "site": _site(draw, site, region, data)}
    if status == "present":
        found |= _description(draw, sign, data)
        if number > 1 and draw.maybe(0.2):
            found["relations"] = [{"type": draw.one(draw.codes("relation")), "target": f"F{number - 1}"}]
    if "comparisons" in data and sign.evolution and status in CHANGES and draw.maybe():
        found["evolution"] = {"change": draw.one(CHANGES[status]), "compared_to": PRIOR}
    if draw.maybe(0.1):
        found["comment"] = draw.one(TEXTS)
    return found


def _site(draw: Draw, site: SiteDef, region: RegionDef, data: Json) -> Json:
    found: Json = {"code": site.id}
    if site.laterality == "paired":
        side = data["exam"].get("laterality")
        found["laterality"] = side if side in {"left", "right"} else draw.one(draw.codes("laterality"))
    if site.levels:
        found["level"] = draw.one([level for level in site.levels if shows(region, level)] or site.levels)
    if site.number_range:
        found["number"] = draw.random.randint(*site.number_range)
    if site.parts:
        found["part"] = draw.one(site.parts)
    if draw.maybe(0.2):
        found["zones"] = draw.some(sorted(draw.catalog.zones), 2)
    return found


def _description(draw: Draw, sign: FindingDef, data: Json) -> Json:
    modality = data["exam"]["modality"]
    found: Json = {"morphology": _morphology(draw, sign)}
    if modality == "MR" and sign.signals:
        found["signal"] = _signals(draw, sign, data["exam"]["technique"])
    if modality in {"CT", "XR"} and draw.maybe(0.2):
        found["density"] = draw.one(draw.codes("density"))
    if modality in {"NM", "PT"} and draw.maybe():
        found["uptake"] = {"pattern": draw.one(draw.codes("uptake_pattern"))}
        found["uptake"] |= {"phases": data["exam"]["technique"]["phases"]} if modality == "NM" and draw.maybe() else {}
    if sign.severities and draw.maybe():
        found["severity"] = draw.one(sign.severities)
    if draw.maybe(0.1):
        found["count"] = draw.one([2, 3, "multiple"])
    measures = [
        {"name": m.name, "value": draw.decimal(m.minimum, m.maximum), "unit": m.unit} for m in sign.measures.values()
    ]
    if measures and draw.maybe(0.6):
        found["measures"] = draw.some(measures, 3)
    return {key: value for key, value in found.items() if value}


def _signals(draw: Draw, sign: FindingDef, technique: Json) -> Json:
    classes = {name: kind for kind in ("T1", "T2", "FS", "Gd") for name in draw.codes(f"sequence_class.{kind}")}
    done = [entry["sequence"] for entry in technique["sequences"]]
    allowed = [(name, sign.signals[classes[name]]) for name in done if classes.get(name) in sign.signals]
    return {name: draw.one(values) for name, values in allowed if draw.maybe(0.7)}


def _morphology(draw: Draw, sign: FindingDef) -> Json:
    found: Json = {}
    for name in sign.attributes:
        values = vocabulary_of(draw.catalog).attribute_values(sign, name)
        if not draw.maybe(0.4):
            continue
        if name in draw.codes("attribute_type.boolean"):
            found[name] = draw.maybe()
        elif values:
            value = draw.one(values)
            found[name] = int(value) if name in draw.codes("attribute_type.integer") else value
    return found
