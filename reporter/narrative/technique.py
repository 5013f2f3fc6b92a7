"""Technique, by modality (STYLE §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.french import NounPhrase
from reporter.model.exam import Dose, Study
from reporter.narrative import context, dxa, findings
from reporter.narrative.frame import xr_views
from reporter.narrative.lexicon import lexicon
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer


def write(writer: Writer, scope: Scope) -> None:
    """Acquisition, dose, pregnancy, limits, lifted rules, signs that could not be assessed."""
    study = scope.exam.study
    for sentence in ACQUISITIONS.get(study.modality, _other)(study, scope):
        writer.say(sentence, ["technique", *_dxa_ids(scope)])
    if study.dose is not None:
        writer.say(_dose(study.dose, scope), ["technique"])
    pregnancy = context.in_pregnancy(scope)
    if pregnancy is not None:
        writer.say(*pregnancy)
    if study.limitations:
        frame = scope.word["limits", "one" if len(study.limitations) == 1 else "several"]
        writer.say(frame.format(list=french.enumeration(study.limitations)), ["technique"])
    for issue in scope.report.assessment.issues:
        if issue.code in scope.report.assessment.overridden:
            writer.say(issue.message, ["technique"], rules=[issue.code])
    for text, ids in findings.not_assessed(scope):
        writer.say(text, ids)


def _dxa_ids(scope: Scope) -> list[str]:
    return [s.id for s in scope.of_kind("dxa")] if scope.exam.study.modality == "DXA" else []


def _other(study: Study, scope: Scope) -> Iterable[str]:
    yield french.capital(scope.word["titles", study.modality, "noun"])


def _mr(study: Study, scope: Scope) -> Iterable[str]:
    contrast = study.contrast
    if contrast is None:
        injected = ""
    elif not contrast.given:
        injected = scope.word["mr", "no_contrast"]
    else:
        injected = _agent(scope.word["mr", "contrast"], contrast.agent, contrast.volume_ml)
    if study.technique.field_t is not None:
        yield scope.word["mr", "field"].format(q=french.quantity(study.technique.field_t, "T"))
    yield ", ".join(p for p in (_sequences(study, scope), injected) if p)


def _agent(words: str, agent: str | None, volume: Decimal | None) -> str:
    details = ", ".join(d for d in (agent, french.quantity(volume, "mL") if volume is not None else "") if d)
    return f"{words} ({details})" if details else words


def _sequences(study: Study, scope: Scope) -> str:
    """« séquences T1 et STIR sagittales », « séquences T1 coronale et sagittale et T2 axiale »."""
    planes: dict[str, dict[str, None]] = {}
    names_of = _acquired(scope.catalog)
    for sequence in study.technique.sequences:
        seen = planes.setdefault(names_of.get(sequence.sequence, ""), {})
        if sequence.plane:
            seen[sequence.plane] = None
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, shown in planes.items():
        groups.setdefault(tuple(shown), []).append(name)
    items = [_sequence_group(names, seen_in, scope) for seen_in, names in groups.items()]
    if not items:
        return ""
    listed = ", ".join(items) if " et " in "\n".join(items[:-1]) else french.enumeration(items)
    number = "sequence" if len(study.technique.sequences) == 1 else "sequences"
    return scope.word["mr", number].format(list=listed)


@per_catalog
def _acquired(catalog: Catalog) -> dict[str, str]:
    """The name of each sequence as it is acquired."""
    words = lexicon(catalog)
    names = {code: str(name) for code, name in words.table["sequences"].items()}
    return names | {code: str(name) for code, name in words.table["acquired_sequences"].items() if name}


@per_catalog
def _planes(catalog: Catalog) -> dict[tuple[str, bool], str]:
    """Planes as adjectives of one sequence, or of several."""
    table = lexicon(catalog).table["planes"].items()
    return {(p, many): french.agree(str(w), NounPhrase("", "f", many)) for p, w in table for many in (False, True)}


def _sequence_group(names: list[str], planes: tuple[str, ...], scope: Scope) -> str:
    """Several sequences in the same planes share the adjective in the plural."""
    known, many = _planes(scope.catalog), len(names) > 1
    shown = french.enumeration([known.get((p, many), "") for p in planes])
    return f"{french.enumeration(names)} {shown}".strip()


def _ct(study: Study, scope: Scope) -> Iterable[str]:
    words = scope.table["ct"]
    technique = study.technique
    parts = [str(words["acquisition"])]
    if technique.dual_energy:
        parts[0] += f" {words['dual_energy']}"
    if study.contrast is not None and study.contrast.given:
        parts[0] += f" {_agent(str(words['contrast']), study.contrast.agent, study.contrast.volume_ml)}"
    elif study.contrast is not None:
        parts[0] += f" {words['no_contrast']}"
    planes = [p for p in technique.planes if p != scope.word["native_plane"]]
    if planes:
        known = _planes(scope.catalog)
        listed = french.enumeration([known.get((p, True), "") for p in planes])
        parts.append(str(words["reconstructions"]).format(list=listed))
    if technique.slice_mm is not None:
        parts.append(str(words["slice"]).format(q=french.quantity(technique.slice_mm, "mm")))
    yield ", ".join(parts)


def _xr(study: Study, scope: Scope) -> Iterable[str]:
    views = study.technique.views
    if views:
        yield scope.word["xr", "view" if len(views) == 1 else "views"].format(list=xr_views(views, scope))
    else:
        yield scope.word["xr", "none"]
    if study.technique.eos:
        yield scope.word["xr", "eos"]


def _nm(study: Study, scope: Scope) -> Iterable[str]:
    technique, words = study.technique, scope.table["nm"]
    yield injection(study, scope)
    parts = [str(words["whole_body" if technique.whole_body else "acquisitions"]) + _at_phases(technique.phases, scope)]
    faces = _faces(technique.views, scope)
    if faces:
        parts.append(faces)
    noun = NounPhrase("", "m" if technique.whole_body else "f", not technique.whole_body)
    for name in ("spect_ct", "spect"):
        if getattr(technique, name):
            done, _, rest = str(words[name]).partition(" ")
            parts.append(f"{french.agree(done, noun)} {rest}")
            break
    if technique.quantitative:
        parts.append(str(words["quantitative"]))
    yield ", ".join(parts)


def injection(study: Study, scope: Scope) -> str:
    """« Injection intraveineuse de 600 MBq de diphosphonates marqués au technétium 99m »."""
    technique, words = study.technique, scope.table["nm"]
    if technique.tracer is None:
        return ""
    tracer = scope.word["tracers", technique.tracer] or technique.tracer
    if technique.activity_mbq is None and technique.route is None:
        return str(words["tracer_only"]).format(tracer=tracer)
    route = scope.table["routes"].get(technique.route or "", technique.route or "")
    quantity = "" if technique.activity_mbq is None else french.quantity(technique.activity_mbq, "MBq")
    activity = str(words["activity"]).format(q=quantity) if quantity else ""
    return french.single_spaced(str(words["injection"]).format(route=route, activity=activity, tracer=tracer))


def _at_phases(phases: tuple[str, ...], scope: Scope) -> str:
    words = scope.table["phases", "words"]
    named = [str(words[p]) for p in words if p in phases]
    if not named:
        return ""
    frame = scope.word["phases", "one" if len(named) == 1 else "several"]
    return " " + frame.format(v=french.enumeration(named))


def _faces(views: tuple[str, ...], scope: Scope) -> str:
    """« en faces antérieure et postérieure et de profil »."""
    words = scope.table["nm_views"]
    faces = [str(words[v]) for v in views if v in ("anterior", "posterior")]
    others = [str(words[v]) for v in views if v in words and v not in ("anterior", "posterior")]
    frame = scope.word["nm_faces", "one" if len(faces) == 1 else "several"]
    shown = [frame.format(v=french.enumeration(faces))] if faces else []
    return " et ".join([*shown, *others])


def _pt(study: Study, scope: Scope) -> Iterable[str]:
    technique, words = study.technique, scope.table["pt"]
    yield injection(study, scope)
    parts = [str(words["acquisition_pet" if technique.ct is False else "acquisition"])]
    if technique.whole_body or study.region == "whole_body":
        parts.append(str(words["whole_body"]))
    if technique.uptake_min is not None:
        parts.append(str(words["delay"]).format(q=french.quantity(technique.uptake_min, "min")))
    yield " ".join(parts)


def _dxa(study: Study, scope: Scope) -> Iterable[str]:
    """« Absorptiométrie biphotonique (DXA), appareil X. Rachis lombaire (L2-L4) et hanche gauche »."""
    technique, words = study.technique, scope.table["dxa"]
    named = technique.device not in (None, *scope.words["dxa", "generic_devices"])
    parts = [str(words["method"])]
    for key, value in (("device", technique.device if named else None), ("software", technique.software),
                       ("reference", technique.reference_db)):  # fmt: skip
        if value:
            parts.append(str(words[key]).format(**{key: value}))
    yield ", ".join(parts)
    regions = dict.fromkeys([region for region, _ in dxa.regions(scope)])
    yield french.enumeration([r if n == 0 else r[:1].lower() + r[1:] for n, r in enumerate(regions)])


def _us(study: Study, scope: Scope) -> Iterable[str]:
    words = scope.table["us"]
    probe = study.technique.probe
    yield str(words["method"]) + (f", {str(words['probe']).format(probe=probe)}" if probe else "")


def _dose(dose: Dose, scope: Scope) -> str:
    """« Dose : IDSV 11 mGy, PDL 380 mGy·cm »."""
    shown = (("ctdivol", dose.ctdivol_mgy, "mGy"), ("dlp", dose.dlp_mgy_cm, "mGy.cm"),
             ("dap", dose.dap_mgy_cm2, "mGy.cm2"))  # fmt: skip
    parts = [scope.word["dose", k].format(q=french.quantity(v, unit)) for k, v, unit in shown if v is not None]
    return scope.word["dose", "intro"].format(list=", ".join(parts)) if parts else ""


ACQUISITIONS: dict[str, Callable[[Study, Scope], Iterable[str]]] = {
    "MR": _mr, "CT": _ct, "XR": _xr, "NM": _nm, "PT": _pt, "DXA": _dxa, "US": _us,
}  # fmt: skip
