"""Sacral and pelvic fracture patterns, optional grades (group L)."""

from __future__ import annotations

from reporter.model.exam import Diagnosis, Finding
from reporter.rules import measures
from reporter.rules.facts import Facts, only_with, word
from reporter.rules.vocabulary.places import split_sides
from reporter.rules.vocabulary.selection import at_diagnosis, diagnosed, having, measure_of

_LINES = ("fracture_line", "fracture", "fracture_callus", "cortical_step")
_ANTERIOR = ("superior_pubic_ramus", "inferior_pubic_ramus", "pubic_symphysis")
_POSTERIOR = ("sacral_ala", "sacrum", "sacral_segment", "sacral_foramen", "sacroiliac_joint", "ilium")


@word
@only_with("fracture_line")
@only_with("orientation")
@only_with("left", "bilateral")
def h_lines(facts: Facts) -> tuple[Finding, ...]:
    """The three lines of an H: vertical in each ala, horizontal through S1–S2; empty when one is missing."""
    lines = having(facts, "fracture_line")
    vertical = [f for f in lines if f.site.code == "sacral_ala" and f.morphology.get("orientation") == "vertical"]
    crossing = [f for f in lines if _crosses(f)]
    both = set(split_sides(vertical)) == {"left", "right"}
    return (*vertical, *crossing) if both and crossing else ()


def _crosses(f: Finding) -> bool:
    upper = f.site.level is None or "S1" in f.site.level or "S2" in f.site.level
    return f.site.code in ("sacrum", "sacral_segment") and f.morphology.get("orientation") == "horizontal" and upper


@word
@only_with(*_LINES)
def fractured_alae(facts: Facts) -> tuple[str, ...]:
    """Sides of the sacral alae with a fracture."""
    return split_sides(having(facts, _LINES, sites="sacral_ala"))


@word
@only_with("fracture_line")
@only_with("bone_marrow_oedema")
def oedematous_fractured_alae(facts: Facts) -> tuple[str, ...]:
    """Sides with both oedema and a fracture line in the ala."""
    lines = split_sides(having(facts, "fracture_line", sites="sacral_ala"))
    oedema = split_sides(having(facts, "bone_marrow_oedema", sites="sacral_ala"))
    return tuple([side for side in lines if side in oedema])


@word
def arco_stage(facts: Facts, d: Diagnosis) -> str | None:
    """ARCO stage of an osteonecrosis of the femoral head."""
    collapse = at_diagnosis(facts, d, ("subchondral_fracture", "epiphyseal_collapse"))
    depths = [v for f in collapse if (v := measure_of(f, "depression")) is not None]
    return measures.arco(
        arthritis=bool(having(facts, "joint_space_narrowing")) or bool(diagnosed(facts, "osteoarthritis")),
        collapse=bool(collapse),
        depression=max(depths, default=None),
        plain_abnormal=_plain_abnormal(facts),
    )


def _plain_abnormal(facts: Facts) -> bool | None:
    """Radiograph or CT abnormal; None when no such exam says so."""
    if facts.exam.study.modality in ("XR", "CT"):
        return True
    plain = [f for p in facts.exam.comparisons if p.modality in ("XR", "CT") for f in p.findings]
    return any(f.status == "present" for f in plain) if plain else None


@word
def denis_zone(facts: Facts) -> int | None:
    """Highest Denis zone of the sacral fracture lines."""
    if h_lines(facts) or having(facts, "h_shaped_sacral_fracture"):
        return 3
    zones = {"sacral_ala": 1, "sacral_foramen": 2, "sacrum": 3, "sacral_segment": 3}
    found = [zones[f.site.code] for f in having(facts, ("fracture_line", "fracture")) if f.site.code in zones]
    return max(found, default=None)


@word
def ffp_type(facts: Facts) -> str | None:
    """Rommens–Hofmann type of the pelvic fracture lines."""
    anterior = having(facts, _LINES, sites=_ANTERIOR)
    posterior = having(facts, _LINES, sites=_POSTERIOR)
    return measures.ffp(
        anterior=bool(anterior),
        posterior_sides=len(split_sides(posterior)) or int(bool(posterior)),
        displaced=any(_displaced(f) for f in (*anterior, *posterior)),
        h_shaped=bool(h_lines(facts) or having(facts, "h_shaped_sacral_fracture")),
    )


def _displaced(f: Finding) -> bool:
    offset = measure_of(f, "displacement")
    return f.morphology.get("displacement") not in (None, False, "none") or (offset is not None and offset > 0)
