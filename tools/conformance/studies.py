"""The acquisition: technique of each modality, contrast, dose, earlier exams, densitometry."""

from __future__ import annotations

from collections.abc import Callable

from reporter.catalog.entries import RegionDef
from tools.conformance import people
from tools.conformance.draw import TEXTS, Draw, Json

PRIOR = "P1"
DEVICES = ("Appareil A (modèle 1)", "Appareil B")
GADOLINIUM = ("T1GD", "T1GDFS")


def study(draw: Draw, modality: str, region: RegionDef) -> Json:
    """The `exam` object."""
    found: Json = {
        "modality": modality,
        "region": region.id,
        "date": draw.one(["2024-05-01", "2024-12-31", "2024-05"]),
        "technique": _TECHNIQUES[modality](draw),
        "contrast": _contrast(draw, modality),
    }
    if region.laterality == "paired":
        found["laterality"] = draw.one(draw.codes("laterality"))
    if draw.maybe():
        found |= people.team(draw)
    found |= _references(draw)
    dose = draw.catalog.vocabulary.get(f"dose.{modality}")
    if dose and draw.maybe():
        found["dose"] = {name: draw.decimal("0.1", "900", 2) for name in draw.some(dose, 2)}
    if draw.maybe(0.2):
        found["limitations"] = ["artéfacts de mouvement"]
    if found["contrast"]["given"] and modality == "MR":
        found["technique"]["sequences"].append({"sequence": draw.one(GADOLINIUM), "plane": "axial"})
    return found


def _contrast(draw: Draw, modality: str) -> Json:
    if modality not in {"MR", "CT"} or not draw.maybe(0.4):
        return {"given": False}
    found: Json = {"given": True}
    if draw.maybe():
        found |= {"agent": "Produit d’essai", "volume_ml": draw.decimal("5", "100")}
    return found


def _references(draw: Draw) -> Json:
    found: Json = {}
    if draw.maybe():
        found["accession_number"] = f"ACC{draw.number:07}"
    if draw.maybe():
        found["study_uid"] = f"2.25.{draw.random.randint(1, 2**120)}"
    if draw.maybe(0.3):
        found["context"] = draw.one(draw.codes("context"))
    if draw.maybe(0.3):
        found["device"] = draw.one(DEVICES)
    return found


def _mr(draw: Draw) -> Json:
    names = [name for name in draw.codes("sequence") if name not in GADOLINIUM]
    planes = draw.codes("plane")
    sequences: list[Json] = [{"sequence": name, "plane": draw.one(planes)} for name in ("T1", "STIR")]
    sequences += [{"sequence": name} for name in draw.some(names, 4) if name not in {"T1", "STIR"}]
    return {"sequences": sequences} | ({"field_t": draw.one(["1.5", "3"])} if draw.maybe() else {})


def _ct(draw: Draw) -> Json:
    found: Json = {"planes": draw.some(draw.codes("plane"), 3)}
    if draw.maybe():
        found |= {"dual_energy": draw.maybe(), "slice_mm": draw.decimal("0.5", "3", 2)}
    return found


def _xr(draw: Draw) -> Json:
    return {"views": draw.some(draw.codes("view.XR"), 3)} | ({"eos": draw.maybe()} if draw.maybe(0.3) else {})


def _nm(draw: Draw) -> Json:
    found: Json = {"tracer": draw.one(draw.codes("tracer.NM")), "phases": draw.some(draw.codes("phase"), 3)}
    found |= {"views": draw.some(draw.codes("view.NM"), 2), "spect_ct": draw.maybe()}
    return found | _activity(draw)


def _pt(draw: Draw) -> Json:
    found: Json = {"tracer": "18F-NaF", "ct": draw.maybe()}
    if draw.maybe():
        found["uptake_min"] = draw.decimal("30", "90", 0)
    return found | _activity(draw)


def _activity(draw: Draw) -> Json:
    if not draw.maybe():
        return {}
    return {"activity_mbq": draw.decimal("100", "740"), "route": "intraveineuse", "quantitative": draw.maybe()}


def _dxa(draw: Draw) -> Json:
    found: Json = {"device": draw.one(DEVICES)}
    if draw.maybe():
        found |= {"software": "Logiciel 1.0", "reference_db": "NHANES III"}
    return found


def _us(draw: Draw) -> Json:
    return {"probe": draw.one(["linéaire 12 MHz", "linéaire"])}


_TECHNIQUES: dict[str, Callable[[Draw], Json]] = {
    "MR": _mr,
    "CT": _ct,
    "XR": _xr,
    "NM": _nm,
    "PT": _pt,
    "DXA": _dxa,
    "US": _us,
}


def prior(draw: Draw, exam: Json) -> Json:
    """An earlier exam of the same region and side."""
    found: Json = {"id": PRIOR, "modality": exam["modality"], "region": exam["region"]}
    found["date"] = draw.one(["2023-11-02", "2022-03"])
    if "laterality" in exam:
        found["laterality"] = exam["laterality"]
    if draw.maybe():
        found["summary"] = draw.one(TEXTS)
    return found


def densitometry(draw: Draw, device: str) -> Json:
    """Spine, hips and radius, with excluded vertebrae, earlier densities, TBS and FRAX."""
    measurements = [_spine(draw, device)] if draw.maybe(0.8) else []
    for site in ("total_hip", "femoral_neck", "radius_33"):
        sides = [side for side in ("left", "right") if draw.maybe(0.4)]
        measurements += [{"site": site, "laterality": side, **_scores(draw, device, side)} for side in sides]
    found: Json = {"measurements": measurements or [_spine(draw, device)]}
    for name, high in (("tbs", "1.6"), ("frax_major", "50"), ("frax_hip", "20")):
        if draw.maybe(0.4):
            found[name] = draw.decimal("0.9", high, 3 if name == "tbs" else 1)
    if draw.maybe(0.3):
        found["lsc"] = {"total_hip": draw.decimal("0.02", "0.05", 3)}
    return found


def _spine(draw: Draw, device: str) -> Json:
    levels = ["L1", "L2", "L3", "L4"]
    excluded = draw.some(levels, 2) if draw.maybe() else []
    included = [level for level in levels if level not in excluded]
    found: Json = {"site": "lumbar_spine", "vertebrae_included": included, **_scores(draw, device, None)}
    if excluded:
        reasons = draw.codes("exclusion_reason")
        found["vertebrae_excluded"] = [{"level": level, "reason": draw.one(reasons)} for level in excluded]
    if draw.maybe(0.3):
        found["vertebra_t_scores"] = {level: draw.decimal("-4.5", "2.5") for level in included}
    if "prior" in found:
        found["prior"]["vertebrae_included"] = included
    return found


def _scores(draw: Draw, device: str, side: str | None) -> Json:
    values: Json = {"bmd": draw.decimal("0.5", "1.4", 3), "t_score": draw.decimal("-4.5", "2.5")}
    if draw.maybe():
        values["z_score"] = draw.decimal("-3.5", "2.5")
    if draw.maybe(0.3):
        values |= {"bmc": draw.decimal("10", "70", 2), "area": draw.decimal("20", "60", 2)}
    if draw.maybe(0.4):
        values["prior"] = {"date": "2022-03-01", "bmd": draw.decimal("0.5", "1.4", 3), "device": device}
        values["prior"] |= {"laterality": side} if side else {}
    return values
