"""A reading → the findings it may mean, in input shape: only what the catalogue allows of each sign."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from reporter.catalog.entries import FindingDef, MeasureDef
from reporter.intake.values import convert
from reporter.model.exam import Site
from reporter.web.quick.context import Context
from reporter.web.quick.index import Index
from reporter.web.quick.phrases import table
from reporter.web.quick.places import Place, places
from reporter.web.quick.reading import Quantity, Reading

_MAX_CHOICES = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """One proposal. `findings` in input shape, without id; `updates`: id of the finding each one completes, or None.

    `missing`: what must still be given (site, level, number, laterality, sequence, prior, word); empty = complete.
    `assumed`: what the user did not type and that is one of several possibilities (sign, site, level, laterality,
    measure): such a candidate is entered only when it is picked itself, never because it comes first.
    """

    label_fr: str
    findings: tuple[dict[str, Any], ...]
    score: float
    missing: tuple[str, ...] = ()
    missing_fr: tuple[str, ...] = ()
    updates: tuple[str | None, ...] = ()
    token: str = ""
    assumed: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Nothing is missing."""
        return not self.missing


@dataclass(slots=True)
class Sketch:
    """Findings of one candidate being made: per sign what is said of it, then where."""

    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Made:
    """What a candidate says, before it is worded; `spare`: numbers that nothing in it uses."""

    findings: tuple[dict[str, Any], ...]
    places: tuple[tuple[str, tuple[Site, ...]], ...]
    missing: tuple[str, ...]
    assumed: tuple[str, ...]
    score: float
    spare: tuple[str, ...] = ()


def made(reading: Reading, index: Index, context: Context) -> Iterator[Made]:
    """Every candidate of a reading."""
    choices = _sign_choices(reading, context)
    for signs, score in choices:
        for sketch in _sketches(signs, reading, index, context):
            if len(choices) > 1:
                sketch.assumed.insert(0, "sign")
            yield from _placed(sketch, reading, context, score)


def token_of(text: str) -> str:
    """A short stable name of a candidate, to be sent back by a form."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _sign_choices(reading: Reading, context: Context) -> list[tuple[list[str], float]]:
    """The signs typed; else those of the minimum data set that may be where it was typed."""
    owners = [o for _, quantity in reading.quantities for o in _owners(quantity, context, reading.signs)]
    if reading.signs:
        return [(list(dict.fromkeys([*reading.signs, *owners])), 0.0)]
    if not (reading.site or reading.levels or owners):
        return []
    return [([sign], -0.2) for sign in dict.fromkeys(owners or context.listed) if sign in context.signs]


def _owners(quantity: Quantity, context: Context, signs: list[str]) -> list[str]:
    """The one other sign that a named measure belongs to, when no typed sign has it."""
    if quantity.name is None or any(quantity.name in context.catalog.findings[s].measures for s in signs):
        return []
    found = [s for s in context.signs if quantity.name in context.catalog.findings[s].measures]
    return found if len(found) == 1 else []


def _sketches(signs: list[str], reading: Reading, index: Index, context: Context) -> Iterator[Sketch]:
    """One per way of naming the measures; none when something typed fits no sign."""
    base = Sketch({sign: {} for sign in signs})
    if not (_say(base, signs, reading, context) and _signal(base, signs, reading, context)):
        return
    choices = [_measures(signs, after, quantity, index, context) for after, quantity in reading.quantities]
    for chosen in list(product(*choices))[:_MAX_CHOICES]:
        sketch = Sketch({sign: dict(said) for sign, said in base.details.items()}, list(base.missing))
        for rank, sign, measure in chosen:
            known = sketch.details[sign].get("measures", [])
            sketch.details[sign]["measures"] = [*known, measure]
            sketch.score -= 0.05 * rank
        if any(len(options) > 1 for options in choices):
            sketch.assumed.append("measure")
        yield sketch


def _say(sketch: Sketch, signs: list[str], reading: Reading, context: Context) -> bool:
    for after, kind, value in reading.said:
        sign = next((s for s in _nearest(signs, after) if _takes(context.catalog.findings[s], kind, value)), None)
        if sign is None:
            return False
        _put(sketch.details[sign], kind, value)
    if reading.evolution is None:
        return True
    return all(_evolve(sketch, sign, reading.evolution, context) for sign in signs)


def _nearest(signs: list[str], after: int) -> list[str]:
    """The sign just before first, then the others."""
    near = signs[after : after + 1] if after >= 0 else []
    return [*near, *(sign for sign in signs if sign not in near)]


def _takes(sign: FindingDef, kind: str, value: Any) -> bool:
    if kind == "severity":
        return value in sign.severities
    if kind == "phase":
        return "phases" in sign.values_fr
    name, meant = value
    if name == "pattern":
        return "pattern" in sign.values_fr
    texts = sign.values_fr.get(name)
    return name in sign.attributes and (not texts or str(meant) in texts)


def _put(details: dict[str, Any], kind: str, value: Any) -> None:
    if kind == "severity":
        details["severity"] = value
    elif kind == "phase":
        details.setdefault("uptake", {}).setdefault("phases", []).append(value)
    elif value[0] == "pattern":
        details.setdefault("uptake", {})["pattern"] = value[1]
    else:
        details.setdefault("morphology", {})[value[0]] = value[1]


def _evolve(sketch: Sketch, sign: str, change: str, context: Context) -> bool:
    if not context.catalog.findings[sign].evolution:
        return False
    priors = context.priors()
    evolution = {"change": change}
    if len(priors) == 1:
        evolution["compared_to"] = priors[0]
    elif "prior" not in sketch.missing:
        sketch.missing.append("prior")
    sketch.details[sign]["evolution"] = evolution
    return True


def _signal(sketch: Sketch, signs: list[str], reading: Reading, context: Context) -> bool:
    """Signals go to the sign that allows them all."""
    if reading.unnamed_signal is not None:
        sketch.missing.append("sequence")
    if not reading.signals:
        return True
    for sign in signs:
        allowed = context.catalog.findings[sign].signals
        if all(value in allowed.get(_class(name, context), ()) for name, value in reading.signals.items()):
            sketch.details[sign]["signal"] = dict(reading.signals)
            return True
    return False


def _class(sequence: str, context: Context) -> str:
    prefix = "sequence_class."
    for name, members in context.catalog.vocabulary.items():
        if name.startswith(prefix) and sequence in members:
            return name.removeprefix(prefix)
    return ""


def _measures(
    signs: list[str], after: int, quantity: Quantity, index: Index, context: Context
) -> list[tuple[int, str, dict[str, Any]]]:
    """(rank, sign, measure) of each measure that the number may be, of the nearest sign that has any."""
    named = table(context.catalog).get("named_measures", ())
    for sign in _nearest(signs, after):
        known = context.catalog.findings[sign].measures.values()
        found = [m for m in known if (quantity.name == m.name if quantity.name else m.name not in named)]
        fitting = [shaped for m in found if (shaped := _shaped(m, quantity, index)) is not None]
        if fitting:
            return [(rank, sign, measure) for rank, measure in enumerate(fitting)]
    return []


def _shaped(measure: MeasureDef, quantity: Quantity, index: Index) -> dict[str, Any] | None:
    unit = measure.unit if quantity.unit is None else index.units[quantity.unit]
    value = convert(quantity.value, unit, measure.unit)
    if value is None or not measure.minimum <= value <= measure.maximum:
        return None
    return {"name": measure.name, "value": value, "unit": measure.unit}


def _placed(sketch: Sketch, reading: Reading, context: Context, score: float) -> Iterator[Made]:
    """The sketch at every place that suits all its signs."""
    first, *others = sketch.details
    for place in places(context.catalog.findings[first], reading, context):
        spots = [(first, place), *((sign, _same(sign, place, reading, context)) for sign in others)]
        if any(spot is None for _, spot in spots):
            continue
        known = [(sign, spot) for sign, spot in spots if spot is not None]
        missing = tuple(dict.fromkeys([*sketch.missing, *(m for _, spot in known for m in spot.missing)]))
        findings = tuple(
            f for sign, spot in known for f in _findings(sign, sketch.details[sign], spot, reading, context)
        )
        where = tuple((sign, spot.sites) for sign, spot in known)
        assumed = tuple(dict.fromkeys([*sketch.assumed, *(a for _, spot in known for a in spot.assumed)]))
        total = score + sketch.score + place.score - 0.3 * len(missing)
        yield Made(findings, where, missing, assumed, total, reading.spare)


def _same(sign: str, place: Place, reading: Reading, context: Context) -> Place | None:
    """The same place for another sign: the very sites when allowed, else its own at the same level and side."""
    entry = context.catalog.findings[sign]
    if not entry.sites or {site.code for site in place.sites} <= set(entry.sites):
        return place
    wanted = [(site.level, site.laterality) for site in place.sites]
    found = places(entry, reading, context)
    return next((p for p in found if [(s.level, s.laterality) for s in p.sites] == wanted), None)


def _findings(
    sign: str, details: dict[str, Any], place: Place, reading: Reading, context: Context
) -> Iterator[dict[str, Any]]:
    by_evolution = table(context.catalog)["evolution_status"].get(reading.evolution)
    base = {"finding": sign, "status": reading.status or by_evolution or "present"}
    extra = {**details, **({"count": reading.count} if reading.count else {})}
    for site in place.sites:
        yield {**base, "site": site_dict(site), **extra}
    if not place.sites:
        yield {**base, **extra}


def site_dict(site: Site) -> dict[str, Any]:
    """A site in input shape: only what is given."""
    given = {
        "code": site.code,
        "laterality": site.laterality,
        "level": site.level,
        "number": site.number,
        "part": site.part,
        "zones": list(site.zones) or None,
    }
    return {key: value for key, value in given.items() if value is not None}
