"""People, places and requests that do not exist: test identifiers only, names that say so."""

from __future__ import annotations

from tools.conformance.draw import TEXTS, Draw, Json

INS_TEST = "urn:oid:1.2.250.1.213.1.4.10"
SURNAMES = ("FICTIVE", "EXEMPLE", "D’ESSAI", "TEST-MODÈLE", "FACTICE")
GIVEN = ("Zoé", "Jean-Essai", "Anne Test", "Öykü", "Léo")
INDICATIONS = (
    "Douleur mécanique depuis trois semaines.",
    "Bilan osseux : suite d’une chute (< 1 m) & contrôle à distance.",
    "Lombalgie aiguë. Recherche d’une fracture « récente ».",
)


def patient(draw: Draw, modality: str) -> Json:
    """Whom the exam is about: by birth date or by age, with or without identity."""
    sex, age = draw.one(draw.codes("sex")), draw.random.randint(18, 95)
    found: Json = {"sex": sex}
    if draw.maybe(0.4):
        found["birth_date"] = f"{2024 - age}-{draw.random.randint(1, 12):02}-{draw.random.randint(1, 28):02}"
    else:
        found["age_years"] = age
    if sex == "female":
        found |= _woman(draw, age, modality)
    if draw.maybe(0.4):
        found |= _identity(draw, sex, age)
    return found | _context(draw)


def _woman(draw: Draw, age: int, modality: str) -> Json:
    found: Json = {"menopausal_status": "postmenopausal" if age > 55 else "premenopausal"}
    if age > 55:
        return found
    status = "not_pregnant" if modality in draw.codes("ionising") else draw.one(draw.codes("pregnancy_status"))
    found["pregnancy_status"] = status
    if status == "pregnant":
        found["gestational_weeks"] = draw.random.randint(6, 41)
    if status == "postpartum":
        found |= {"postpartum_days": draw.random.randint(0, 365), "breastfeeding": draw.maybe()}
    return found


def _identity(draw: Draw, sex: str, age: int) -> Json:
    family, given = draw.one(SURNAMES), draw.one(GIVEN)
    number = f"{draw.number:06}"
    identifiers: list[Json] = [{"value": f"IPP{number}", "type": "IPP", "system": "urn:oid:1.2.250.1.999.1"}]
    if draw.maybe():
        identifiers.append({"value": test_nir(draw, sex, age), "type": "INS-NIR-TEST", "system": INS_TEST})
    return {"family_name": family, "given_names": [given], "identifiers": identifiers, "id": f"patient-{number}"}


def test_nir(draw: Draw, sex: str, age: int) -> str:
    """A number of the form of an INS-NIR with its key, of the test naming system."""
    head = "2" if sex == "female" else "1"
    body = f"{head}{(2024 - age) % 100:02}{draw.random.randint(1, 12):02}99{draw.random.randint(1, 999):03}"
    body += f"{draw.random.randint(1, 999):03}"
    return f"{body}{97 - int(body) % 97:02}"


def luhn(digits: str) -> str:
    """The digits with their Luhn check digit (RPPS and FINESS)."""
    doubled = [int(d) * (2 if index % 2 == 0 else 1) for index, d in enumerate(reversed(digits))]
    return digits + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def team(draw: Draw) -> Json:
    """Who performs and where, by numbers of the right form that nobody holds."""
    found: Json = {"performer": "Dr Exemple FICTIF", "organization": "Centre d’imagerie d’essai"}
    if draw.maybe():
        found["performer_identifiers"] = [{"value": luhn(f"9999{draw.number:06}"), "type": "RPPS"}]
    if draw.maybe():
        found["organization_identifiers"] = [{"value": luhn(f"99{draw.number:06}"), "type": "FINESS"}]
    return found


def _context(draw: Draw) -> Json:
    found: Json = {}
    if draw.maybe(0.4):
        code = draw.one(draw.codes("lab"))
        unit = draw.one(draw.codes(f"lab_unit.{code}"))
        found["labs"] = [{"code": code, "value": draw.decimal("2", "90"), "unit": unit}]
    if draw.maybe(0.3):
        found["risk_factors"] = draw.some(draw.codes("risk_factor"), 4)
    if draw.maybe(0.3):
        found["treatments"] = [{"class": draw.one(draw.codes("treatment_class")), "since": "2021"}]
    if draw.maybe(0.3):
        fracture = {"site": "distal_radius", "laterality": "left", "fragility": draw.maybe(), "date": "2019-06"}
        found["prior_fractures"] = [fracture]
    if draw.maybe(0.3):
        found |= {"height_cm": draw.decimal("140", "190"), "weight_kg": draw.decimal("40", "110")}
    return found


def order(draw: Draw) -> Json:
    """The request."""
    found: Json = {"indication": draw.one(INDICATIONS)}
    for name in ("pain", "trauma", "on_treatment"):
        if draw.maybe(0.3):
            found[name] = draw.maybe()
    if draw.maybe(0.3):
        found["suspicion"] = draw.one(draw.codes("suspicion"))
    if draw.maybe(0.3):
        found["pain_vas"] = draw.decimal("0", "10", 0)
    if draw.maybe(0.3):
        found["question"] = draw.one(TEXTS)
    if draw.maybe(0.3):
        found["requester"] = {"name": "Dr Demandeur FICTIF", "speciality": "Rhumatologie"}
    if draw.maybe(0.3):
        found["identifier"] = f"DEM-{draw.number:06}"
    return found
