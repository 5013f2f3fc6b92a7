"""Whole exams: drawn rich, then relieved of what the rules refuse, one place after the other."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reporter import engine, fhir, intake
from reporter.catalog.entries import Catalog
from reporter.errors import ERROR, Issue
from tools.conformance import people, signs, studies
from tools.conformance.draw import TEXTS, Draw, Json

CLOCK = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC)
ROUNDS = 12
NEVER_ALONE = {"", "/patient", "/order", "/exam", "/exam/technique", "/exam/contrast", "/dxa", "/findings"}


@dataclass(slots=True)
class Count:
    """How often the engine said yes: at once, after something was taken out, or never."""

    drawn: int = 0
    at_once: int = 0
    mended: int = 0
    refused: int = 0

    def __str__(self) -> str:
        """The acceptance ratio, in words."""
        share = (self.at_once + self.mended) / max(self.drawn, 1)
        done = f"{self.at_once} at once, {self.mended} once what was refused was taken out, {self.refused} never"
        return f"{self.drawn} drawn, {share:.0%} accepted ({done})"


def exams(catalog: Catalog, seed: int, count: int, tally: Count) -> Iterator[Json]:
    """`count` valid inputs, modalities in turn; the same seed gives the same exams."""
    draw = Draw(random.Random(seed), catalog)  # noqa: S311 - repeatable test data
    modalities = catalog.vocabulary["modality"]
    plans = {modality: signs.Plan(draw, modality) for modality in modalities}
    made = 0
    while made < count:
        modality = modalities[made % len(modalities)]
        draw.number += 1
        tally.drawn += 1
        accepted = _accepted(_exam(draw, modality, plans[modality]), catalog, tally)
        if accepted is not None:
            made += 1
            yield accepted


def _exam(draw: Draw, modality: str, plan: signs.Plan) -> Json:
    first = plan.first()
    possible = signs.regions(draw.catalog, modality, first[1])
    names = sorted({name for exam in draw.catalog.exams.values() if exam.modality == modality for name in exam.regions})
    region = draw.one(possible) if possible else draw.catalog.regions[draw.one(names)]
    data: Json = {
        "schema_version": "1.0",
        "patient": people.patient(draw, modality),
        "order": people.order(draw),
        "exam": studies.study(draw, modality, region),
    }
    if draw.maybe():
        data["comparisons"] = [studies.prior(draw, data["exam"])]
    if modality == "DXA":
        data["dxa"] = studies.densitometry(draw, data["exam"]["technique"]["device"])
    wanted = draw.random.randint(0, 7)
    found = [first, *plan.others(region, wanted)] if possible else []
    data["findings"] = [signs.finding(draw, n, place, region, data) for n, place in enumerate(found, 1)]
    _needs(draw, found, data)
    data["conclusion"] = _conclusion(draw, data)
    if draw.maybe(0.3):
        data["free_text"] = {section: draw.one(TEXTS) for section in draw.some(draw.codes("section"), 3)}
    return data


def _needs(draw: Draw, found: list[signs.Place], data: Json) -> None:
    """What a sign asks of the exam: an injection, a past procedure, a dual-energy acquisition."""
    technique = data["exam"]["technique"]
    if any(sign.needs_contrast for sign, _ in found) and not data["exam"]["contrast"]["given"]:
        data["exam"]["contrast"] = {"given": True}
        technique.setdefault("sequences", []).append({"sequence": "T1GDFS", "plane": "axial"})
    for (sign, _), finding in zip(found, data["findings"], strict=True):
        if sign.needs_procedure:
            data["patient"].setdefault("procedures", []).append(_procedure(draw, finding["site"]))
    for sign, _ in found:
        condition = sign.conditional.get(data["exam"]["modality"])
        if condition:
            technique[condition] = True


def _procedure(draw: Draw, place: Json) -> Json:
    """What was done where cement or an implant is seen; at a disc, in the vertebra above."""
    found: Json = {"type": draw.one(draw.codes("procedure")), "site": place["code"], "date": "2023-02-01"}
    if "level" in place:
        found |= {"site": "vertebra", "level": place["level"][:2]}
    elif "laterality" in place:
        found["laterality"] = place["laterality"]
    if draw.maybe():
        found |= {"guidance": draw.one(draw.codes("guidance")), "cement_volume_ml": draw.decimal("1", "8")}
    return found


def _conclusion(draw: Draw, data: Json) -> Json:
    catalog = draw.catalog
    present = {f["finding"]: f for f in data["findings"] if f["status"] == "present"}
    supported = [d for d in catalog.diagnoses.values() if set(d.support) & set(present)]
    found: Json = {}
    if supported and draw.maybe(0.8):
        chosen = draw.some(supported, 3)
        found["diagnoses"] = [
            {"code": d.id, "certainty": draw.one(draw.codes("certainty")), **_evidence(draw, d.support, present)}
            for d in chosen
        ]
    if draw.maybe(0.2):
        found["differential"] = draw.some(sorted(catalog.diagnoses), 3)
    if draw.maybe(0.4):
        found["recommendations"] = draw.some(sorted(catalog.recommendations), 3)
    if draw.maybe(0.3):
        found["free_text"] = draw.one(TEXTS)
    return found


def _evidence(draw: Draw, support: tuple[str, ...], present: dict[str, Json]) -> Json:
    signs_ = [present[name] for name in support if name in present]
    evidence: Json = {"findings": [sign["id"] for sign in signs_]}
    if draw.maybe(0.6):
        place = signs_[0]["site"]
        evidence |= {"site": place["code"], **{k: place[k] for k in ("laterality", "level", "number") if k in place}}
    return evidence


def _accepted(data: Json, catalog: Catalog, tally: Count) -> Json | None:
    """The exam once nothing in it is refused; None when that cannot be had."""
    for turn in range(ROUNDS):
        refused = errors(data, catalog)
        if not refused:
            tally.at_once += turn == 0
            tally.mended += turn > 0
            return data
        if not _relieve(data, refused):
            break
    tally.refused += 1
    return None


def errors(data: Json, catalog: Catalog) -> list[Issue]:
    """What the engine refuses in an input, as it would reach it: through JSON text."""
    read = intake.load_json(fhir.to_json(data).encode())
    return [issue for issue in engine.check(read, catalog, clock=lambda: CLOCK) if issue.severity == ERROR]


def _relieve(data: Json, refused: list[Issue]) -> bool:
    """Take out what is refused; a sign wholly when its own place is named. False when nothing can be taken out."""
    paths = sorted({_target(issue.path) for issue in refused}, key=_order, reverse=True)
    taken = [_remove(data, path) for path in paths if path not in NEVER_ALONE]
    if not data["findings"] and "dxa" not in data:
        site = {"code": "exam_region"}
        data["findings"].append({"id": "F99", "finding": "any_abnormality", "status": "absent", "site": site})
    return any(taken)


def _target(path: str) -> str:
    parts = path.split("/")
    if parts[1:2] == ["findings"] and (len(parts) <= 3 or parts[3] in {"site", "finding", "status", "id"}):
        return "/".join(parts[:3])
    if parts[1:2] == ["dxa"] and parts[2:3] == ["measurements"]:
        return "/".join(parts[:5])
    if parts[1:3] == ["conclusion", "diagnoses"] or parts[1:2] == ["comparisons"]:
        return "/".join(parts[:4])
    return path


def _order(path: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in path.split("/")]


def _remove(data: Json, path: str) -> bool:
    *way, last = path.strip("/").split("/")
    holder: Any = data
    for part in way:
        holder = _step(holder, part)
    if isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
        del holder[int(last)]
        return True
    if isinstance(holder, dict) and last in holder:
        del holder[last]
        return True
    return False


def _step(holder: Any, part: str) -> Any:
    if isinstance(holder, list) and part.isdigit() and int(part) < len(holder):
        return holder[int(part)]
    return holder.get(part) if isinstance(holder, dict) else None
