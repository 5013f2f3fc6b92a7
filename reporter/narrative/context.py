"""The patient's context, after the indication: short sentences, no drug name (STYLE §3, §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from reporter import french
from reporter.french import NounPhrase
from reporter.model.dates import PartialDate
from reporter.model.report import Statement
from reporter.narrative.derived import of
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer

_DAYS_AS_J = 31
_STATUS = ("menopausal_status", "pregnancy_status", "breastfeeding", "postpartum_days")
_PREGNANCY = ("pregnancy_status", "gestational_weeks")
NounOf = Callable[[Statement, Scope], str]


def write(writer: Writer, scope: Scope) -> None:
    """One sentence per kind of context."""
    facts = scope.of_kind("context")
    if not facts:
        return
    kinds: dict[str, list[Statement]] = {}
    for fact in facts:
        kinds.setdefault(fact.concept, []).append(fact)
    _status(writer, scope, {name: kinds[name][-1] for name in _STATUS if name in kinds})
    _body(writer, scope, facts)
    if "risk_factor" in kinds:
        _listed(writer, scope, kinds["risk_factor"])
    if "treatment" in kinds:
        _treatments(writer, scope, kinds["treatment"])
    for fact in facts:
        if fact.concept.startswith("lab."):
            writer.say(*_lab(fact, scope))
    if "prior_fracture" in kinds:
        _history(writer, scope, kinds["prior_fracture"], _fracture_noun)
    if "procedure" in kinds:
        _history(writer, scope, kinds["procedure"], _procedure_noun)


def in_pregnancy(scope: Scope) -> tuple[str, tuple[str, ...]] | None:
    """« Examen réalisé pendant la grossesse (39 SA) », for Technique."""
    facts = {f.concept: f for f in scope.of_kind("context") if f.concept in _PREGNANCY}
    status = facts.get("pregnancy_status")
    if status is None or status.value != "pregnant":
        return None
    weeks = facts.get("gestational_weeks")
    if weeks is None:
        return scope.word["pregnant_unknown_term"], (status.id,)
    shown = french.quantity(int(str(weeks.value)), weeks.unit or "wk")
    return scope.word["pregnant"].format(weeks=shown), (status.id, weeks.id)


def _status(writer: Writer, scope: Scope, by_name: Mapping[str, Statement]) -> None:
    """Menopause, post-partum, breastfeeding; a pregnancy is said in Technique, days make « post-partum » plain."""
    days = by_name.get("postpartum_days")
    for name, fact in by_name.items():
        if name == "postpartum_days" or (name == "pregnancy_status" and fact.value == "pregnant"):
            continue
        text = scope.word["context", name, _key(fact)]
        if scope.exam.patient.sex != "female":
            text = text.removeprefix(scope.word["context", "woman"])
        if name == "pregnancy_status" and days is not None and fact.value == "postpartum":
            writer.say(_postpartum(int(str(days.value)), scope), [fact.id, days.id])
            days = None
        else:
            writer.say(text, [fact.id])
    if days is not None:
        writer.say(_postpartum(int(str(days.value)), scope), [days.id])


def _key(fact: Statement) -> str:
    return str(fact.value).lower() if isinstance(fact.value, bool) else str(fact.value)


def _postpartum(days: int, scope: Scope) -> str:
    if days < _DAYS_AS_J:
        return scope.word["context", "postpartum_days"].format(v=days)
    return scope.word["context", "postpartum_months"].format(v=days * 12 // 365)


def _body(writer: Writer, scope: Scope, facts: Iterable[Statement]) -> None:
    words = scope.table["context", "body"]
    found = [f for f in facts if f.concept in words]
    if found:
        parts = [str(words[f.concept]).format(q=_quantity(f)) for f in found]
        writer.say(", ".join(parts), [f.id for f in found])


def _quantity(fact: Statement) -> str:
    value = fact.value if isinstance(fact.value, (int, Decimal)) else Decimal(str(fact.value))
    return french.quantity(value, fact.unit or "1")


def _listed(writer: Writer, scope: Scope, facts: list[Statement]) -> None:
    names = dict.fromkeys(_name(scope, "risk_factors", str(f.value)) for f in facts)
    frame = scope.word["context", "risk_factor" if len(names) == 1 else "risk_factors"]
    writer.say(frame.format(list=french.enumeration(names)), [f.id for f in facts])


def _name(scope: Scope, table: str, code: str) -> str:
    """The French of a code; a free text stays as it is."""
    found = scope.table[table].get(code)
    return str(found) if found else code.replace("_", " ")


def _treatments(writer: Writer, scope: Scope, facts: list[Statement]) -> None:
    """The kind of treatment, once each, without the drug."""
    table = scope.table["treatments"]
    said: dict[str, list[str]] = {}
    for fact in facts:
        kind = str(table.get(str(fact.value), table.get("default", "")))
        since = fact.attribute("since")
        frame = scope.word["context", "treatment_since" if since else "treatment"]
        said.setdefault(frame.format(v=kind, since=_since(str(since))), []).append(fact.id)
    for text, ids in said.items():
        writer.say(text, ids)


def _since(text: str) -> str:
    try:
        return french.date_fr(PartialDate.parse(text))
    except ValueError:
        return text


def _lab(fact: Statement, scope: Scope) -> tuple[str, list[str]]:
    """« 25-OH vitamine D : 10 ng/mL (objectif ≥ 30) », with the class the rules derive from it."""
    code = fact.concept.removeprefix("lab.")
    name = _name(scope, "labs", code)
    text = scope.word["context", "lab"].format(name=name, q=_quantity(fact))
    if code not in scope.words["labs_with_target"]:
        return text, [fact.id]
    derived = [s.id for s in scope.derived if s.concept == "vitamin_d_class"]
    target = scope.word["context", "lab_target", str(fact.unit)]
    return text + target, [fact.id, *derived]


def _history(writer: Writer, scope: Scope, facts: list[Statement], noun_of: NounOf) -> None:
    """« Antécédent de fracture de fragilité de L1 et de L2 », facts of one kind together."""
    groups: dict[str, list[Statement]] = {}
    for fact in facts:
        groups.setdefault(noun_of(fact, scope), []).append(fact)
    for noun, members in groups.items():
        details = [_details(f, scope) for f in members]
        shared = details[0] if len(set(details)) == 1 else ""
        places = [of(f.site, scope) if f.site else "" for f in members]
        if not shared:
            places = [f"{p} ({d})" if d else p for p, d in zip(places, details, strict=True)]
        listed = french.enumeration([p.strip() for p in places if p])
        text = scope.word["context", "history"].format(np=french.de_bare(noun), de_site=listed)
        writer.say(text + (f" ({shared})" if shared else ""), [f.id for f in members])


def _fracture_noun(fact: Statement, scope: Scope) -> str:
    fragility = fact.attribute("fragility")
    return scope.word["context", "fracture", "default" if fragility is None else str(fragility).lower()]


def _procedure_noun(fact: Statement, scope: Scope) -> str:
    return NounPhrase(str(scope.table["procedures", str(fact.value)].get("noun", fact.value))).text


def _details(fact: Statement, scope: Scope) -> str:
    """« 5 juin 2012, 4 mL de ciment »."""
    parts: list[str] = []
    for attribute in fact.attributes:
        value = attribute.value
        words = scope.table["procedure_details"].get(attribute.name)
        if attribute.name == "date":
            parts.append(_since(str(value)))
        elif isinstance(words, str) and isinstance(value, Decimal):
            parts.append(words.format(q=french.quantity(value, "mL")))
        elif words is not None:
            parts.append(str(words.get(str(value), value)))
    return ", ".join(parts)
