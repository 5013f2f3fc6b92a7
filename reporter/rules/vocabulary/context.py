"""Patient, request and free text."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from reporter.model.dates import PartialDate
from reporter.model.exam import Site
from reporter.rules.facts import Facts, once, only_with, plain, word

# marks of the first block, which are all that French has; letters of French with theirs; and what may hold other marks
# (said by what it is not: a range up to the last character of all takes 4 ms to compile)
_MARKS = re.compile("[\u0300-\u036f]")
_UNMARKED = bytes.maketrans("àâçéèêëîïôùûü".encode("latin-1"), b"aaceeeeiiouuu")
_NO_LETTERS = bytes(byte for byte in range(256) if not chr(byte).isalpha())
_BEYOND = re.compile("[^\0-\u036f]")


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    """The pattern of a rule, compiled; patterns come from rules alone."""
    return re.compile(folded(text))


def folded(text: str) -> str:
    """Lower case, no accents, œ as oe, straight apostrophes: what patterns are written for."""
    usual = text.lower()
    if usual.isascii():
        return usual
    usual = usual.replace("’", "'").replace("œ", "oe")
    unmarked = usual.encode("latin-1", "replace").translate(_UNMARKED)
    if unmarked.isascii() and unmarked.count(b"?") == usual.count("?"):  # else something is not French
        return unmarked.decode("ascii")
    plain = unicodedata.normalize("NFD", text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'"))
    plain = _MARKS.sub("", plain)
    if _BEYOND.search(plain):
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.lower()


@plain
def matches(text: str | None, pattern: str) -> bool:
    """The pattern is found in the text; case and accents do not count."""
    return text is not None and _pattern(pattern).search(folded(text)) is not None


@plain
def sentence_matches(text: str, wanted: list[str], unless: str) -> bool:
    """One sentence of the text has every wanted pattern and not the other."""
    sentences = re.split(r"[.;!?\n]+", folded(text))
    return any(all(_pattern(w).search(s) for w in wanted) and not _pattern(unless).search(s) for s in sentences)


@plain
def letters(text: str) -> int:
    """How many letters the text has."""
    try:
        return len(text.encode("latin-1").translate(None, _NO_LETTERS))
    except UnicodeEncodeError:
        return sum(map(str.isalpha, text))


@word
@once
def request_text(facts: Facts) -> str:
    """Indication and question together."""
    order = facts.exam.order
    return f"{order.indication} {order.question or ''}"


@word
@only_with("pregnant")
def pregnant(facts: Facts) -> bool:
    """A pregnancy is declared."""
    return facts.exam.patient.pregnancy_status == "pregnant"


@word
@only_with("pregnant", "postpartum", without=None)
def peripartum(facts: Facts) -> str | None:
    """Pregnant or postpartum, when one is declared."""
    status = facts.exam.patient.pregnancy_status
    return status if status in ("pregnant", "postpartum") else None


@word
@only_with("/treatments")
def treated_with(facts: Facts, classes: list[str]) -> bool:
    """A drug of these classes is among the treatments."""
    return _named(classes, [t.drug_class for t in facts.patient.treatments])


@word
def has_risk(facts: Facts, factors: list[str]) -> bool:
    """One of these risk factors is declared."""
    return _named(factors, facts.patient.risk_factors)


def _named(names: list[str], texts: Iterable[str]) -> bool:
    return any(name in text for text in map(folded, texts) for name in names)


@word
@only_with("/treatments")
def treatment_started_within(facts: Facts, months: int) -> bool:
    """A treatment was begun in the months before the exam."""
    dates = [d for t in facts.exam.patient.treatments if (d := _date(t.since)) is not None]
    return any(0 <= facts.exam.study.date.months_since(d) < months for d in dates)


def _date(text: str | None) -> PartialDate | None:
    try:
        return None if text is None else PartialDate.parse(text)
    except ValueError:
        return None


@word
def height_lost(facts: Facts, since: str) -> bool:
    """4 cm or more since the age of 20, 2 cm or more since the previous measure."""
    patient = facts.exam.patient
    before, limit = (patient.height_at_20_cm, 4) if since == "at_20" else (patient.height_prior_cm, 2)
    return before is not None and patient.height_cm is not None and before - patient.height_cm >= limit


@word
def scanned_since_delivery(facts: Facts) -> bool:
    """A densitometry was made after the delivery (or is this exam)."""
    exam = facts.exam
    if exam.study.modality == "DXA":
        return True
    if exam.patient.postpartum_days is None:
        return False
    day = exam.study.date
    delivery = dt.date(day.year, day.month, day.day or 28) - dt.timedelta(days=exam.patient.postpartum_days)
    born = PartialDate(delivery.year, delivery.month, delivery.day)
    return any(p.modality == "DXA" and not p.date.before(born) for p in exam.comparisons)


@word
def fragility_known(facts: Facts) -> bool:
    """A fragility fracture, known or seen today."""
    known = any(x.fragility for x in facts.exam.patient.prior_fractures)
    seen = any(
        f.finding in ("vertebral_fracture", "endplate_fracture") and f.status == "present" for f in facts.findings
    )
    return known or seen


@word
def date_problems(facts: Facts) -> list[tuple[str, str]]:
    """(pointer, French detail) of every date that cannot be."""
    exam, found = facts.exam, []
    day, birth = exam.study.date, exam.patient.birth_date
    if birth is not None and day.before(birth):
        found.append(("/exam/date", f"examen du {day} avant la naissance ({birth})"))
    if facts.today is not None and day.year >= facts.today.year and _date_of(facts.today).before(day):
        found.append(("/exam/date", f"examen du {day} dans le futur"))
    if birth is None and not exam.patient.prior_fractures:
        return found
    dated = [(p.path, p.date, "examen de comparaison") for p in exam.comparisons]
    dated += [(p.path, p.date, "geste") for p in exam.patient.procedures if p.date is not None]
    past = [(x.path, x.date, "fracture antérieure") for x in exam.patient.prior_fractures if x.date is not None]
    for path, date, label in (*dated, *past):
        if birth is not None and date.before(birth):
            found.append((f"{path}/date", f"{label} du {date} avant la naissance ({birth})"))
    found += [(f"{path}/date", f"{label} du {date} après l'examen") for path, date, label in past if day.before(date)]
    return found


def _date_of(day: dt.date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


@word
def prior_fracture_sites(facts: Facts) -> tuple[Site, ...]:
    """Sites of the known fractures."""
    return tuple(Site(x.site, x.laterality, x.level, x.number) for x in facts.exam.patient.prior_fractures)


@word
@only_with("/comparisons", "/dxa")
def prior_dates(facts: Facts) -> list[tuple[str, PartialDate]]:
    """(pointer, date) of everything compared with: prior exams, prior densities."""
    exam = facts.exam
    dates = [(p.path, p.date) for p in exam.comparisons]
    if exam.dxa:
        dates += [(m.prior.path, m.prior.date) for m in exam.dxa.measurements if m.prior is not None]
    return dates


@word
def spine_reasons(facts: Facts, risks: list[str]) -> list[str]:
    """Reasons to image a painful spine, in French."""
    vertebral = any(x.site == "vertebra" for x in facts.exam.patient.prior_fractures)
    reasons = (
        ("perte de taille d'au moins 4 cm depuis l'âge de 20 ans", height_lost(facts, "at_20")),
        ("perte de taille d'au moins 2 cm depuis la mesure précédente", height_lost(facts, "prior")),
        ("antécédent de fracture vertébrale", vertebral),
        ("maladie ou traitement à risque", has_risk(facts, risks) or treated_with(facts, risks)),
    )
    return [text for text, holds in reasons if holds]
