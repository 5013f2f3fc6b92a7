"""Vertebral fractures: height, grade, age, risk, kyphosis."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reporter.model.exam import Finding, PriorExam
from reporter.model.quick import quick
from reporter.rules import measures
from reporter.rules.facts import Facts, naming, once, only_with, plain, word
from reporter.rules.vocabulary.context import sentence_matches
from reporter.rules.vocabulary.places import at_level, level_ranks, neighbours, spinal, split_level
from reporter.rules.vocabulary.selection import ASSERTED, at, having, measure_of

BODY = ("vertebral_fracture", "endplate_fracture")
_HEIGHTS = ("anterior_height", "middle_height", "posterior_height")
_CEMENTING = ("vertebroplasty", "kyphoplasty", "cementoplasty")
_CORRECTIONS = ("partial_regression", "complete_regression")


@quick
@dataclass(frozen=True, slots=True)
class Change:
    """One measure today and before."""

    name: str
    current: Decimal
    prior: Decimal

    @property
    def value(self) -> Decimal:
        """Current minus prior: points or degrees."""
        return self.current - self.prior


@plain
@only_with("reference_height", without=None)
def measured_loss(f: Finding) -> Decimal | None:
    """Height loss computed from the measured heights."""
    reference = measure_of(f, "reference_height")
    if reference is None:
        return None
    heights = [value for name in _HEIGHTS if (value := measure_of(f, name)) is not None]
    return measures.height_loss(heights, reference)


@plain
@only_with("height_loss", "reference_height", without=None)
def height_loss(f: Finding) -> Decimal | None:
    """Height loss as declared, else computed."""
    declared = measure_of(f, "height_loss")
    return measured_loss(f) if declared is None else declared


@plain
def genant(loss: Decimal) -> int:
    """Genant grade of a height loss."""
    return measures.genant(loss)


@once
def fractured_levels(facts: Facts) -> tuple[str, ...]:
    """Levels with a vertebral or endplate fracture seen today, head to tail."""
    return _head_to_tail(facts, {split_level(f.site.level)[0] for f in having(facts, BODY) if f.site.level is not None})


def _head_to_tail(facts: Facts, levels: set[str]) -> tuple[str, ...]:
    if len(levels) < 2:
        return tuple(levels)
    ranks = level_ranks(facts.catalog)
    return tuple(sorted(levels, key=lambda level: ranks.get(level, len(ranks))))


@word
def spinal_having(facts: Facts, names: str) -> tuple[Finding, ...]:
    """Present findings of this name on the spine, here or on a prior exam."""
    prior = (f for p in facts.exam.comparisons for f in p.findings)
    return tuple(
        f for f in (*facts.findings, *prior) if f.finding in names and f.status == "present" and spinal(facts, f.site)
    )


@word
@naming(0)
@only_with("absent")
def denied(facts: Facts, name: str, level: str) -> bool:
    """The sign is denied at the level, or for the whole spine or region."""
    absent = having(facts, name, "absent")
    return any(at_level(f.site, level) or f.site.code in ("spinal_segment", "exam_region") for f in absent)


@word
@only_with(*BODY, "/prior_fractures", "/procedures")
@once
def prevalent_levels(facts: Facts) -> tuple[str, ...]:
    """Distinct fractured levels: seen today, known before, or already cemented."""
    levels = set(fractured_levels(facts))
    for x in facts.patient.prior_fractures:
        if x.level and x.site in ("vertebra", "superior_endplate", "inferior_endplate"):
            levels.add(x.level)
    for done in facts.patient.procedures:
        if done.level and done.type in ("vertebroplasty", "kyphoplasty"):
            levels.add(done.level)
    return _head_to_tail(facts, levels)


@word
@only_with(*BODY)
def junction_levels(facts: Facts) -> tuple[str, ...]:
    """Levels fractured today that belong to the thoracolumbar junction."""
    junction = facts.settings.thoracolumbar_junction
    return tuple([level for level in fractured_levels(facts) if level in junction])


@word
@once
def cemented_levels(facts: Facts) -> tuple[str, ...]:
    """Levels cemented before or on the day of the exam, or holding cement today."""
    done = [
        p.level
        for p in facts.exam.patient.procedures
        if p.type in _CEMENTING and p.level and not (p.date and facts.exam.study.date.before(p.date))
    ]
    return tuple(
        dict.fromkeys((*done, *(level for f in having(facts, "cement") for level in split_level(f.site.level))))
    )


@word
@only_with("cement", "/procedures", without=None)
def cemented_neighbour(facts: Facts, level: str) -> str | None:
    """The cemented level just above or below."""
    cemented = cemented_levels(facts)
    if level in cemented:
        return None
    return next((n for n in neighbours(facts.catalog, level) if n in cemented), None)


@word
def new_fracture(facts: Facts, level: str) -> bool:
    """A fracture said new or recent, or oedematous, at this level."""
    found = having(facts, BODY, level=level)
    if any((f.evolution and f.evolution.change == "new") or f.morphology.get("age") == "recent" for f in found):
        return True
    aged = [d for d in facts.exam.conclusion.diagnoses if d.site and d.site.level == level and d.age == "recent"]
    return bool(aged) or bool(having(facts, "bone_marrow_oedema", level=level))


@word
def shown_intact_before(facts: Facts, level: str) -> bool:
    """A prior exam denies a fracture at this level, or today's finding is new against it."""
    prior = [f for p in facts.exam.comparisons for f in p.findings]
    intact = (f for f in prior if f.status == "absent" and f.finding in (*BODY, "fracture", "any_abnormality"))
    if any(at_level(f.site, level) or f.site.code in ("spinal_segment", "exam_region") for f in intact):
        return True
    return any(f.evolution is not None and f.evolution.change == "new" for f in having(facts, BODY, level=level))


def _earlier(facts: Facts, f: Finding, name: str) -> tuple[Decimal, PriorExam] | None:
    """The same measure at the same place on the named comparison, else on the newest that has it."""
    wanted = f.evolution.compared_to if f.evolution else None
    for prior, g in _measured_before(facts).get((f.finding, f.site.code, f.site.level), ()):
        value = _measured(g, name) if wanted in (None, prior.id) else None
        if value is not None:
            return value, prior
    return None


@once
def _measured_before(facts: Facts) -> dict[tuple[str, str, str | None], list[tuple[PriorExam, Finding]]]:
    """Present findings of the comparisons, newest first, by sign, site and level."""
    found: dict[tuple[str, str, str | None], list[tuple[PriorExam, Finding]]] = {}
    for prior in facts.comparisons:
        for g in prior.findings:
            if g.status == "present":
                found.setdefault((g.finding, g.site.code, g.site.level), []).append((prior, g))
    return found


def _measured(f: Finding, name: str) -> Decimal | None:
    return height_loss(f) if name == "height_loss" else measure_of(f, name)


@word
def prior_measure(facts: Facts, f: Finding, name: str) -> Decimal | None:
    """The measure on the comparison exam; an angle may be given with the finding itself (angle_before)."""
    found = _earlier(facts, f, name)
    if found is not None:
        return found[0]
    return measure_of(f, "angle_before") if name == "angle" else None


@word
def change_context(facts: Facts, f: Finding, name: str) -> str:
    """Procedure when this level was treated between the two exams (or since an unnamed one), else prior."""
    found = _earlier(facts, f, name)
    for done in facts.exam.patient.procedures:
        since = found is None or done.date is None or not done.date.before(found[1].date)
        if since and done.level is not None and at_level(f.site, done.level):
            return "procedure"
    return "prior"


@word
@only_with("endplate_fracture", "bone_marrow_oedema", "shape", "distraction", without=None)
def of_inputs(facts: Facts, level: str) -> int | None:
    """OF class of a level from its endplates, its posterior wall and its oedema."""
    seen = [f for f in at(facts, level) if f.status == "present"]
    bodies = [f for f in seen if f.finding == "vertebral_fracture"]
    shares = [v for f in bodies if isinstance(v := f.morphology.get("posterior_wall_share"), Decimal)]
    shapes = [f.morphology.get("shape") for f in bodies]
    return measures.of_class(
        endplates=len({f.site.code for f in seen if f.finding == "endplate_fracture"}),
        wall_share=shares[0] if shares else None,
        frame_loss="biconcave" in shapes or "crush" in shapes,
        distraction=True in [f.morphology.get("distraction") is True for f in bodies],
        oedema="bone_marrow_oedema" in [f.finding for f in seen] and all(height_loss(f) == 0 for f in bodies),
    )


@word
@only_with("bone_marrow_oedema", "intravertebral_cleft")
@only_with(*BODY, "intravertebral_cleft")
@once
def painful_levels(facts: Facts) -> tuple[str, ...]:
    """Levels with a cleft, or with a fracture and oedema."""
    oedema = {x for f in having(facts, "bone_marrow_oedema") for x in split_level(f.site.level)}
    cleft = {x for f in having(facts, "intravertebral_cleft") for x in split_level(f.site.level)}
    return tuple(sorted(cleft | (oedema & set(fractured_levels(facts)))))


@word
@only_with("height_loss", "reference_height", "angle")
@only_with("/comparisons", "angle_before")
def changed_measures(facts: Facts, f: Finding) -> list[Change]:
    """Height loss or kyphosis angle of a finding against the comparison."""
    found: list[Change] = []
    for name in ("height_loss", "angle") if f.measures else ():
        current = _measured(f, name)
        prior = None if current is None else prior_measure(facts, f, name)
        if current is not None and prior is not None:
            found.append(Change(name, current, prior))
    return found


@word
@only_with(*BODY, "/diagnoses")
@only_with("age")
def aged_fractures(facts: Facts, age: str | None) -> list[tuple[str, str]]:
    """(pointer, level) of vertebral fractures given this age, as findings or as diagnoses."""
    if age is None:
        return []
    found = [(f.path, f.site.level) for f in having(facts, BODY) if f.morphology.get("age") == age]
    diagnoses = (d for d in facts.exam.conclusion.diagnoses if d.age == age and d.certainty in ASSERTED)
    found += [(d.path, d.site.level) for d in diagnoses if d.site is not None]
    return [(path, level) for path, level in found if level is not None]


@word
@only_with("/comparisons")
def prior_modality(facts: Facts, modality: str) -> bool:
    """A comparison of this modality is at hand."""
    return any(p.modality == modality for p in facts.exam.comparisons)


@word
def kyphosis_text(facts: Facts, pattern: str) -> bool:
    """A sentence of the conclusion or of a kyphosis' comment says this of the kyphosis."""
    texts = [facts.conclusion.free_text, *(f.comment for f in facts.named.get("kyphosis", ()))]
    return any(sentence_matches(text, ["cyphose", pattern], "pas d|sans |absence") for text in texts if text)


@word
def wedge_at(facts: Facts, level: str) -> bool:
    """A wedge fracture at this level."""
    return any(f.morphology.get("shape") == "wedge" for f in having(facts, "vertebral_fracture", level=level))


@word
@only_with("kyphosis")
def corrected_kyphosis(facts: Facts, level: str) -> bool:
    """The kyphosis of this level (or of the whole segment) is said corrected."""
    found = having(facts, "kyphosis", ("present", "absent"))
    return any(
        f.evolution is not None and f.evolution.change in _CORRECTIONS and f.site.level in (None, level) for f in found
    )
