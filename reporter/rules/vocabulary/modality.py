"""What a modality and its technique allow to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import Finding
from reporter.rules.facts import Facts, once, only_with, plain, word
from reporter.rules.vocabulary.french import sign_fr
from reporter.rules.vocabulary.places import SACRAL_SITES, bone, same_bone, share_side
from reporter.rules.vocabulary.selection import having, measure_of

CLASSES = {
    "T1": "T1", "T2": "T2", "PD": "T2", "T2FS": "FS", "STIR": "FS", "PDFS": "FS", "DIXON_W": "FS",
    "T1GD": "Gd", "T1GDFS": "Gd",
}  # fmt: skip
_DOSE = {"CT": (("ctdivol_mgy", "CTDIvol"), ("dlp_mgy_cm", "DLP")), "XR": (("dap_mgy_cm2", "PDS"),)}
_NUCLEAR = (
    ("tracer", "radiopharmaceutique"),
    ("activity_mbq", "activité administrée"),
    ("route", "voie d'administration"),
)
_OWN_MESSAGE = {
    "bone_marrow_oedema": ("T1", "FS"), "fracture_line": ("T1",), "subchondral_fracture": ("T1",),
    "cement": ("T1", "T2", "FS", "Gd"),
}  # fmt: skip


@word
def allowed(facts: Facts, f: Finding) -> bool:
    """The catalogue lets this modality state this sign, given its technique."""
    entry, study = facts.catalog.findings.get(f.finding), facts.exam.study
    if entry is None:
        return True
    condition = entry.conditional.get(study.modality)
    if condition is not None:
        return bool(getattr(study.technique, condition, None))
    return study.modality in entry.modalities


@plain
def sequence_class(sequence: str) -> str:
    """T1, T2, FS (fat-suppressed, fluid-sensitive) or Gd."""
    return CLASSES.get(sequence, sequence)


@word
@once
def acquired_classes(facts: Facts) -> frozenset[str]:
    """Classes of the sequences acquired."""
    return frozenset([CLASSES.get(s.sequence, s.sequence) for s in facts.technique.sequences])


@word
@once
def acquired_sequences(facts: Facts) -> frozenset[str]:
    """Names of the sequences acquired."""
    return frozenset([s.sequence for s in facts.technique.sequences])


@word
def planes(facts: Facts) -> frozenset[str]:
    """Planes acquired or reconstructed."""
    technique = facts.exam.study.technique
    return frozenset(technique.planes) | {s.plane for s in technique.sequences if s.plane is not None}


@word
def missing_planes(facts: Facts, needed: list[str]) -> list[str]:
    """Planes of the list that were not acquired."""
    acquired = planes(facts)
    return [plane for plane in needed if plane not in acquired]


@plain
@only_with("/signal")
def signal(f: Finding, sequence_class: str | None = None) -> list[str]:
    """Signal values of a finding, of one sequence class or all."""
    if not f.signal:
        return []
    if sequence_class is None:
        return list(f.signal.values())
    return [value for name, value in f.signal.items() if CLASSES.get(name, name) == sequence_class]


@word
def signal_allowed(facts: Facts, f: Finding, sequence: str, value: str) -> bool:
    """The catalogue allows this value, or another rule has its own words for it."""
    return _is_allowed(_judged_signals(facts.catalog).get(f.finding, {}), sequence, value)


def _is_allowed(judged: Mapping[str, tuple[str, ...]], sequence: str, value: str) -> bool:
    values = judged.get(CLASSES.get(sequence, sequence))
    return values is None or value in values


@per_catalog
def _judged_signals(catalog: Catalog) -> dict[str, dict[str, tuple[str, ...]]]:
    """Sign → sequence class → signals it may have, where no other rule says so in its own words."""
    return {
        sign: {kind: values for kind, values in entry.signals.items() if kind not in _OWN_MESSAGE.get(sign, ())}
        for sign, entry in catalog.findings.items()
    }


@word
def misplaced(facts: Facts, f: Finding) -> list[str]:
    """Descriptors of a finding that its modality cannot give, in French."""
    modality, found = facts.modality, []
    if f.signal and modality != "MR":
        found.append("signal")
    if f.density and modality not in ("CT", "XR", "NM", "PT"):
        found.append("densité")
    if modality not in ("NM", "PT"):
        if f.uptake:
            found.append("fixation")
        if f.measures and measure_of(f, "suv_max") is not None:
            found.append("SUV")
    return found


@word
def density_without_ct(facts: Facts, f: Finding) -> bool:
    """A CT density given on a nuclear medicine exam without its CT."""
    study = facts.exam.study
    fused = study.technique.spect_ct or study.technique.ct
    return f.density is not None and study.modality in ("NM", "PT") and not fused


@word
def wrong_tracer(facts: Facts) -> bool:
    """A fluorine tracer in scintigraphy, or a technetium tracer in PET."""
    study = facts.exam.study
    tracer = (study.technique.tracer or "").replace(" ", "").replace("-", "").upper()
    if study.modality == "NM":
        return tracer.startswith(("18F", "F18", "NAF", "FDG"))
    return study.modality == "PT" and tracer.startswith(("99M", "TC99", "99TC"))


@word
@only_with("/uptake")
def phases_missing(facts: Facts, f: Finding) -> list[str]:
    """Phases described but not acquired; a bone scan without stated phases is a delayed one."""
    study = facts.exam.study
    if f.uptake is None or (study.modality != "NM" and not study.technique.phases):
        return []
    acquired = study.technique.phases or ("delayed",)
    return [phase for phase in f.uptake.phases if phase not in acquired]


@word
@only_with("T1GD", "T1GDFS", "enhanced", trait="needs_contrast")
def enhancement(facts: Facts, f: Finding) -> bool:
    """The finding describes an enhancement."""
    entry = facts.catalog.findings.get(f.finding)
    if entry is not None and entry.needs_contrast and f.status != "not_assessed":
        return True
    if not f.signal:
        return False
    return any(CLASSES.get(name) == "Gd" or value == "enhanced" for name, value in f.signal.items())


@word
@only_with("CT", "XR", "NM", "PT")
@once
def missing_dose(facts: Facts) -> list[str]:
    """Dosimetric facts the exam lacks, in French."""
    study = facts.exam.study
    if study.modality in ("NM", "PT"):
        return [label for name, label in _NUCLEAR if getattr(study.technique, name) in (None, "")]
    wanted = _DOSE.get(study.modality, ())
    return [label for name, label in wanted if study.dose is None or getattr(study.dose, name) is None]


@word
def contrast_given(facts: Facts) -> bool:
    """Contrast was injected."""
    contrast = facts.exam.study.contrast
    return contrast is not None and contrast.given


@word
def misplaced_descriptors(facts: Facts) -> list[tuple[str, str]]:
    """(pointer, French name) of descriptors the modality cannot give, or values the catalogue does not know."""
    found: list[tuple[str, str]] = []
    for f in facts.findings:
        if f.measures or f.signal or f.density or f.uptake:
            found += [(f.path, field) for field in misplaced(facts, f)]
    if facts.dxa is not None and facts.modality != "DXA":
        found.append(("/dxa", "T-score"))
    if facts.modality == "MR":
        judged = _judged_signals(facts.catalog)
        found += [
            (f"{f.path}/signal/{sequence}", f"signal {sequence} de « {sign_fr(facts, f.finding)} »")
            for f in facts.findings
            if f.signal and f.finding in judged
            for sequence, value in f.signal.items()
            if not _is_allowed(judged[f.finding], sequence, value)
        ]
    return found


@word
@only_with("NM", "PT")
def tracer_problems(facts: Facts) -> list[str]:
    """Pointers of a tracer of the other modality, and of CT densities without a CT."""
    if facts.modality not in ("NM", "PT"):
        return []
    found = ["/exam/technique/tracer"] if wrong_tracer(facts) else []
    return found + [f"{f.path}/density" for f in facts.findings if density_without_ct(facts, f)]


@plain
def has_other(values: list[str], usual: str) -> bool:
    """Some value is not the usual one."""
    return any(value != usual for value in values)


def _uptakes(facts: Facts) -> tuple[Finding, ...]:
    return having(facts, "increased_uptake")


@word
@only_with("increased_uptake")
def three_phase(facts: Facts) -> tuple[Finding, ...]:
    """Uptakes of one bone that cover the three phases, said together or one by one."""
    tried = set()
    for f in _uptakes(facts):
        place = bone(f.site), f.site.laterality
        if place in tried:
            continue
        tried.add(place)
        same = tuple(g for g in _uptakes(facts) if g.uptake and same_bone(f.site, g.site))
        if {phase for g in same if g.uptake for phase in g.uptake.phases} >= {"flow", "blood_pool", "delayed"}:
            return same
    return ()


@word
@only_with("increased_uptake")
def h_uptake(facts: Facts) -> tuple[Finding, ...]:
    """H-shaped uptakes of the sacrum."""
    shaped = (
        f
        for f in _uptakes(facts)
        if "h_shaped" in (f.uptake.pattern if f.uptake else None, f.morphology.get("pattern"))
    )
    return tuple(f for f in shaped if f.site.code in SACRAL_SITES)


@word
@only_with("increased_uptake")
def uncorrelated_uptake(facts: Facts) -> tuple[Finding, ...]:
    """Uptakes that no CT sign explains, at the same bone or by a stated relation."""
    uptakes = _uptakes(facts)
    if not uptakes:
        return ()
    correlates = [f for f in facts.findings if f.status == "present" and not _nuclear_only(facts, f)]
    related = {r.target for g in correlates for r in g.relations}
    known = {g.id for g in correlates}
    bones: dict[Any, list[Finding]] = {}
    for g in correlates:
        bones.setdefault(bone(g.site), []).append(g)
    return tuple(
        f
        for f in uptakes
        if f.id not in related
        and not any(r.target in known for r in f.relations)
        and not any(share_side(f.site, g.site) for g in bones.get(bone(f.site), ()))
    )


def _nuclear_only(facts: Facts, f: Finding) -> bool:
    entry = facts.catalog.findings.get(f.finding)
    return entry is None or entry.modalities <= {"NM", "PT"}
