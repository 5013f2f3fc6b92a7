"""Choosing findings and diagnoses, reading their attributes, what supports a diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import Diagnosis, Finding, Measure, Site
from reporter.rules.facts import Facts, naming, once, only_with, plain, word
from reporter.rules.held import kinds
from reporter.rules.vocabulary.places import SACRAL_SITES, in_regions, sides, sides_meet, split_level

FRACTURES = (
    "fracture_line", "subchondral_fracture", "trabecular_microfracture", "h_shaped_sacral_fracture",
    "vertebral_fracture", "endplate_fracture", "fracture",
)  # fmt: skip
STRESS = ("bone_marrow_oedema", "fracture_line", "subchondral_fracture", "fracture", "h_shaped_sacral_fracture")
HEADS = (frozenset(("femoral_head", "femoral_epiphysis")), frozenset(("humeral_head", "humeral_epiphysis")))
FIRM = ("retained", "probable")
ASSERTED = (*FIRM, "possible")


def _tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@word
@naming(0, 1)
def having(
    facts: Facts,
    names: str | Sequence[str],
    status: str | Sequence[str] = "present",
    level: str | None = None,
    sites: str | Sequence[str] | None = None,
    side: str | None = None,
) -> tuple[Finding, ...]:
    """Findings of these names and statuses, at this level, on these sites, on this side."""
    if level is not None:
        found = _at_level(facts, names, level)
    else:
        found = facts.named.get(names, ()) if isinstance(names, str) else _named(facts, names)
    if not found:
        return ()
    if isinstance(status, str):
        found = [f for f in found if f.status == status]
    else:
        found = [f for f in found if f.status in status]
    if sites is not None:
        places = _tuple(sites)
        found = [f for f in found if f.site.code in places]
    if side is not None:
        found = [f for f in found if side in sides(f.site.laterality)]
    return tuple(found)


def _named(facts: Facts, names: Sequence[str]) -> Sequence[Finding]:
    """Findings of these signs, in their order."""
    seen = [name for name in names if name in facts.named]
    if len(seen) < 2:
        return facts.named[seen[0]] if seen else ()
    return [f for f in facts.findings if f.finding in seen]


def _at_level(facts: Facts, names: str | Sequence[str], level: str) -> Sequence[Finding]:
    """The same at one vertebral level (a disc touches two)."""
    wanted = _tuple(names)
    return [f for f in at(facts, level) if f.finding in wanted]


def at(facts: Facts, level: str) -> Sequence[Finding]:
    """Whatever is said at one vertebral level (a disc touches two)."""
    return _by_level(facts).get(level, ())


@once
def _by_level(facts: Facts) -> dict[str, list[Finding]]:
    levels: dict[str, list[Finding]] = {}
    for f in facts.findings:
        if f.site.level is not None:
            for level in set(split_level(f.site.level)):
                levels.setdefault(level, []).append(f)
    return levels


@word
@only_with(*FRACTURES, "/diagnoses")
@once
def any_fracture(facts: Facts) -> bool:
    """A fracture is seen, or retained as a diagnosis."""
    if having(facts, FRACTURES):
        return True
    for d in facts.conclusion.diagnoses:
        if d.certainty in FIRM and (d.code.endswith("_fracture") or d.code == "vertebral_pseudarthrosis"):
            return True
    return False


@word
def abnormal(facts: Facts, f: Finding) -> bool:
    """A present sign that is not a normality."""
    entry = facts.catalog.findings.get(f.finding)
    return f.status == "present" and (entry is None or entry.polarity != "normality")


@word
def trait(facts: Facts, f: Finding, name: str) -> Any:
    """A property of the sign in the catalogue; None when the sign is unknown."""
    entry = facts.catalog.findings.get(f.finding)
    return None if entry is None else getattr(entry, name)


@plain
@naming(1)
@only_with("/morphology", without=None)
def attr(f: Finding, name: str) -> Any:
    """A morphology attribute, None when it was not given."""
    return f.morphology.get(name)


@word
@naming(0)
def having_with(facts: Facts, names: str | Sequence[str], attribute: str, value: Any) -> tuple[Finding, ...]:
    """Present findings of these names with this attribute value; none: without the attribute."""
    return tuple([f for f in having(facts, names) if f.morphology.get(attribute) == value])


def measure_of(f: Finding, name: str) -> Decimal | None:
    """Value of a measure of a finding."""
    for m in f.measures:
        if m.name == name:
            return m.value
    return None


@plain
@naming(1)
@only_with("/measures", without=None)
def measure(f: Finding, name: str) -> Decimal | None:
    """Value of a measure, None when it was not given."""
    return measure_of(f, name)


@plain
def measures_of(f: Finding) -> tuple[Measure, ...]:
    """Every measure of a finding."""
    return f.measures


@plain
def ids(found: Iterable[Finding]) -> tuple[str, ...]:
    """Finding ids, as evidence."""
    return tuple([f.id for f in found])


@plain
def firm(d: Diagnosis) -> bool:
    """Retained or probable."""
    return d.certainty in FIRM


@word
@naming(0)
@only_with("/diagnoses")
def diagnosed(
    facts: Facts, codes: str | Sequence[str], certainty: str | Sequence[str] = ASSERTED
) -> tuple[Diagnosis, ...]:
    """Diagnoses of these codes (or of a kind of them) with these certainties."""
    found = facts.conclusion.diagnoses
    if not found:
        return ()
    wanted, certainties = set(_tuple(codes)), _tuple(certainty)
    return tuple([d for d in found if d.certainty in certainties and not wanted.isdisjoint(lineage(facts, d.code))])


@word
def lineage(facts: Facts, code: str) -> tuple[str, ...]:
    """The diagnosis and what it is a kind of, nearest first."""
    return kinds(facts.catalog).get(code) or (code,)


@word
def needs_comparison(facts: Facts, d: Diagnosis) -> bool:
    """The diagnosis rests on a change in time."""
    entry = facts.catalog.diagnoses.get(d.code)
    return entry is not None and entry.needs_comparison


@word
def is_dxa(facts: Facts, d: Diagnosis) -> bool:
    """A densitometric diagnosis, supported by measurements rather than findings."""
    entry = facts.catalog.diagnoses.get(d.code)
    return entry is not None and entry.dxa


@per_catalog
def supports(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Signs that make a diagnosis tenable, inherited when it names none."""
    own = {code: entry.support for code, entry in catalog.diagnoses.items()}
    return {code: next((own[c] for c in known if own.get(c)), ()) for code, known in kinds(catalog).items()}


@word
def supported(facts: Facts, d: Diagnosis) -> bool:
    """A supporting sign is present, or gone by complete regression; always true where none is demanded."""
    entry = facts.catalog.diagnoses.get(d.code)
    if entry is None:
        return True
    if entry.needs == "postpartum" and not peripartum(facts):
        return False
    wanted = supports(facts.catalog)[d.code]
    if not wanted or ("dxa_low" in wanted and low_density(facts)):
        return True
    for name in wanted:
        for f in facts.named.get(name, ()):
            if f.status == "present" or _resolved(f):
                return True
    return False


def _resolved(f: Finding) -> bool:
    return f.status == "absent" and f.evolution is not None and f.evolution.change == "complete_regression"


def peripartum(facts: Facts) -> bool:
    """Pregnant, after a delivery, or breastfeeding."""
    patient = facts.exam.patient
    return patient.pregnancy_status in ("pregnant", "postpartum") or bool(patient.breastfeeding)


@word
@once
def low_density(facts: Facts) -> bool:
    """A T-score under −1,0 or a Z-score of −2,0 or less, here or on a prior densitometry."""
    scans = [facts.exam.dxa, *(p.dxa for p in facts.exam.comparisons)]
    measurements = [m for scan in scans if scan is not None for m in scan.measurements]
    return any(
        (m.t_score is not None and m.t_score < -1) or (m.z_score is not None and m.z_score <= -2) for m in measurements
    )


def same_region(first: Site | None, second: Site) -> bool:
    """A diagnosis' site against a finding's: epiphysis and head are one, a missing coordinate matches all."""
    if first is None:
        return True
    family = next((group for group in HEADS if first.code in group), frozenset((first.code,)))
    if second.code not in family:
        return False
    return (first.level is None or first.level == second.level) and sides_meet(first.laterality, second.laterality)


@word
@only_with("fracture_line", "subchondral_fracture")
@only_with("edge_to_edge")
def edge_lines(facts: Facts, d: Diagnosis, complete: bool | None) -> tuple[Finding, ...]:
    """Lines of the diagnosed head that go (or do not go) from edge to edge."""
    lines = () if complete is None else having(facts, ("fracture_line", "subchondral_fracture"))
    at_heads = (
        f for f in lines if f.id in d.findings or (same_region(d.site, f.site) and any(f.site.code in h for h in HEADS))
    )
    return tuple(f for f in at_heads if f.morphology.get("edge_to_edge") is complete)


@word
@naming(1)
def at_diagnosis(facts: Facts, d: Diagnosis, names: str | Sequence[str]) -> tuple[Finding, ...]:
    """Present findings of these names where the diagnosis is."""
    return tuple(f for f in having(facts, names) if same_region(d.site, f.site))


@word
@only_with("fracture_callus", "insufficiency_fracture")
def fragile_bones(facts: Facts) -> tuple[str, ...]:
    """Distinct bones with a callus or an insufficiency fracture; the sacrum is one bone, each side of others counts."""
    sites = [f.site for f in having(facts, "fracture_callus")]
    sites += [d.site for d in diagnosed(facts, "insufficiency_fracture", FIRM) if d.site is not None]
    bones = {bone for site in sites for bone in _bones(site)}
    if any(
        f.count == "multiple" or (isinstance(f.count, int) and f.count > 1) for f in having(facts, "fracture_callus")
    ):
        bones.add("multiple")
    return tuple(sorted(bones))


def _bones(site: Site) -> list[str]:
    if site.code in SACRAL_SITES:
        return ["sacrum"]
    place = "/".join(str(part) for part in (site.code, site.level, site.number, site.part) if part is not None)
    return [f"{place}/{side}" if side else place for side in sides(site.laterality)]


@word
def abnormal_findings(facts: Facts) -> tuple[Finding, ...]:
    """Every present sign that is not a normality."""
    return tuple(f for f in facts.findings if abnormal(facts, f))


@word
def differential_codes(facts: Facts) -> str:
    """The differential given, else the catalogue's for a marrow oedema; diagnosis codes as one text."""
    return " ".join(facts.exam.conclusion.differential or facts.catalog.differential_oedema)


@word
@only_with(*STRESS, "stress_fracture")
@once
def pelvic_stress(facts: Facts) -> tuple[Finding | Diagnosis, ...]:
    """Oedema, fracture lines or stress fractures of the hip, pelvis or sacrum."""
    signs = having(facts, STRESS)
    stress = diagnosed(facts, "stress_fracture", FIRM)
    found: tuple[Finding | Diagnosis, ...] = (*signs, *stress)
    return tuple([x for x in found if in_regions(facts, x.site, ("hip", "pelvis", "sacrum_region"))])


@word
def pelvic_stress_ids(facts: Facts) -> tuple[str, ...]:
    """Finding ids behind `pelvic_stress`."""
    return tuple([x.id for x in pelvic_stress(facts) if isinstance(x, Finding)])
