"""Title, indication, comparison (STYLE §1–§3)."""

from __future__ import annotations

from collections.abc import Sequence

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.french import NounPhrase
from reporter.model.exam import PriorBmd, PriorExam, Study
from reporter.model.report import Statement
from reporter.narrative import context, dxa
from reporter.narrative.lexicon import lexicon
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer

_WHOLE_BODY = "whole_body"


def title(writer: Writer, scope: Scope) -> None:
    """« IRM de la cheville et du pied gauches »."""
    writer.say(title_text(scope.exam.study, scope), ["technique"])


def title_text(study: Study, scope: Scope) -> str:
    """Modality, region, side, and what singles the acquisition out."""
    technique = study.technique
    if study.modality == "DXA":
        return scope.word["title_dxa"]
    name = _exam_name(scope.catalog, study.modality, study.region, study.laterality, len(technique.views) > 1)
    if study.modality == "PT":
        return name
    parts = [name]
    if study.modality == "XR":
        parts.append(xr_views(technique.views, scope).removesuffix(scope.word["views_shared_tail"]).strip())
    if technique.dual_energy:
        parts.append(scope.word["title_dual_energy"])
    if technique.spect_ct:
        parts.append(scope.word["title_spect_ct"])
    return _join(*parts)


@per_catalog
def _exam_name(catalog: Catalog, modality: str, region: str, laterality: str | None, several: bool) -> str:
    """« IRM du bassin », « radiographies de la hanche droite »; `several` views are said in the plural."""
    head = lexicon(catalog).word["title_pt"] if modality == "PT" else exam_noun(modality, catalog, plural=several).text
    whole = region == _WHOLE_BODY and modality in ("NM", "PT")
    return head if whole else _join(head, french.de(french.region_np(region, laterality, catalog)))


def xr_views(views: Sequence[str], scope: Scope) -> str:
    """« de face et de profil »; words that several views share at their end are said once."""
    words, tail = [scope.word["views", v] for v in views], scope.word["views_shared_tail"]
    sharing = [n for n, w in enumerate(words) if w.endswith(tail)]
    for n in sharing[:-1]:
        words[n] = words[n].removesuffix(tail).strip()
    words = [w for n, w in enumerate(words) if n not in sharing] + [words[n] for n in sharing]
    return french.enumeration(words)


def exam_noun(modality: str, catalog: Catalog, *, plural: bool = False) -> NounPhrase:
    """« IRM » (f), « radiographies » (f, plural)."""
    words = lexicon(catalog).table["titles", modality]
    many = plural and "plural" in words
    return NounPhrase(str(words["plural" if many else "noun"]), str(words["gender"]), many)


def _join(*parts: str) -> str:
    return " ".join([part for part in parts if part])


def indication(writer: Writer, scope: Scope) -> None:
    """The request, cleaned; then the patient's context in short sentences."""
    order = scope.exam.order
    writer.say(french.clean(order.indication), ["order"])
    if order.question:
        writer.say(french.clean(order.question), ["order"])
    if order.pain_vas is not None:
        words = scope.word["context", "pain_vas"]
        writer.say(words.format(q=french.quantity(order.pain_vas, "[EVA]")), ["order"])
    context.write(writer, scope)


def comparison(writer: Writer, scope: Scope) -> None:
    """Prior exams, newest first; then earlier densitometries known only by their values."""
    priors = sorted(scope.exam.comparisons, key=_when, reverse=True)
    parts = [_prior(p, scope) for p in priors]
    ids = [f"comparison/{p.id}" for p in priors]
    for prior, statements in _dxa_priors(scope):
        if not any(p.modality == "DXA" and p.date.same(prior.date) for p in priors):
            parts.append(_prior_bmd(prior, scope))
            ids += [s.id for s in statements]
    if not parts:
        writer.say(scope.word["comparison", "none"], ["technique"])
    else:
        writer.say(" ; ".join([parts[0], *map(_inside, parts[1:])]), ids)


def _when(prior: PriorExam) -> tuple[int, int, int]:
    return prior.date.year, prior.date.month, prior.date.day or 0


def _inside(text: str) -> str:
    """A capital only for a name in capitals: « scintigraphie … », « IRM … »."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _prior(prior: PriorExam, scope: Scope) -> str:
    title = _prior_title(scope.catalog, prior.modality, prior.region, prior.laterality)
    words, date = scope.table["comparison"], french.of_date(prior.date)
    if not prior.summary:
        return str(words["prior"]).format(title=title, date=date)
    summary = _inside(french.clean(prior.summary).rstrip("."))
    return str(words["prior_summary"]).format(title=title, date=date, summary=summary)


@per_catalog
def _prior_title(catalog: Catalog, modality: str, region: str, laterality: str | None) -> str:
    """« IRM du bassin », « Scintigraphie osseuse »."""
    named = modality != "DXA" and (modality not in ("NM", "PT") or region != _WHOLE_BODY)
    where = french.de(french.region_np(region, laterality, catalog)) if named else ""
    return french.capital(_join(exam_noun(modality, catalog).text, where))


def _dxa_priors(scope: Scope) -> list[tuple[PriorBmd, list[Statement]]]:
    """Distinct earlier measurements by date and device, with the statements of the regions they concern."""
    found: list[tuple[PriorBmd, list[Statement]]] = []
    measurements = scope.exam.dxa.measurements if scope.exam.dxa else ()
    values = dxa.by_source(scope) if any(m.prior is not None for m in measurements) else {}
    for index, measurement in enumerate(measurements):
        prior = measurement.prior
        if prior is None:
            continue
        statements = list(values.get(f"dxa/{index}", ()))
        known = next((f for f in found if f[0].date == prior.date and f[0].device == prior.device), None)
        if known is None:
            found.append((prior, statements))
        else:
            known[1].extend(statements)
    return sorted(found, key=lambda f: (f[0].date.year, f[0].date.month, f[0].date.day or 0), reverse=True)


def _prior_bmd(prior: PriorBmd, scope: Scope) -> str:
    words = scope.table["comparison"]
    title_words = french.capital(exam_noun("DXA", scope.catalog).text)
    text = str(words["prior"]).format(title=title_words, date=french.of_date(prior.date))
    if not prior.device:
        return text
    same = prior.device == scope.exam.study.technique.device
    return f"{text}, {words['same_device'] if same else str(words['other_device']).format(device=prior.device)}"
