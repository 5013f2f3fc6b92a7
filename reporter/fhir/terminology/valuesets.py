"""CodeSystems, ValueSets and NamingSystems of our codes and identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reporter.catalog.entries import Catalog, Coding
from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json
from reporter.fhir.terminology.frame import ISSUED, PREFIX, canonical, computer_name, resource, text
from reporter.fhir.terminology.licences import OWN, copyright_of
from reporter.fhir.terminology.systems import Codes

TITLES = {
    "finding": "Signes",
    "prior-finding": "Signes de l’examen antérieur",
    "site": "Sites anatomiques",
    "region": "Régions examinées",
    "zone": "Zones d’un site",
    "part": "Parties d’un site",
    "level": "Étages vertébraux",
    "laterality": "Côtés",
    "finding-status": "Statuts d’un signe",
    "attribute": "Attributs",
    "attribute-value": "Valeurs des attributs",
    "signal": "Signaux IRM",
    "density": "Densités",
    "severity": "Intensités",
    "evolution": "Évolutions",
    "relation": "Relations entre signes",
    "measure": "Mesures",
    "dxa": "Résultats de densitométrie",
    "prior-dxa": "Résultats de densitométrie de l’examen antérieur",
    "diagnosis": "Diagnostics",
    "certainty": "Degrés de certitude",
    "recommendation": "Recommandations",
    "recommendation-status": "Statuts d’une recommandation",
    "rule": "Règles",
    "derived": "Faits déduits",
    "derived-value": "Valeurs des faits déduits",
    "context": "Contexte clinique",
    "context-value": "Valeurs du contexte clinique",
    "no-answer": "Absences de réponse",
    "suspicion": "Hypothèses du demandeur",
    "exam-context": "Circonstances de l’examen",
    "procedure": "Examens",
    "technique": "Paramètres d’acquisition",
    "plane": "Plans",
    "view": "Incidences",
    "phase": "Temps d’acquisition",
    "tracer": "Traceurs",
    "dose": "Grandeurs dosimétriques",
    "section": "Sections propres à fhir-reporter",
    "identifier-type": "Types d’identifiant",
}
IDENTIFIERS = {
    "report": "Numéro du compte rendu, le même pour toutes ses versions",
    "document": "Numéro d’une version du compte rendu",
    "statement": "Identifiant d’un énoncé dans le compte rendu",
    "prior-finding": "Identifiant d’un signe dans l’examen antérieur",
    "order": "Numéro de la demande d’examen",
    "accession": "Numéro d’accès de l’examen",
}


def code_systems(catalog: Catalog, systems: Mapping[str, Codes]) -> Iterator[Json]:
    """One complete CodeSystem for each of our systems."""
    for name, codes in systems.items():
        yield resource(
            "CodeSystem",
            name,
            TITLES[name],
            catalog,
            description=f"{TITLES[name]} : codes du catalogue de fhir-reporter.",
            copyright=OWN,
            caseSensitive=True,
            valueSet=canonical("ValueSet", name),
            content="complete",
            count=len(codes),
            concept=[_concept(name, code, french, catalog) for code, french in codes.items()],
        )


def _concept(system: str, code: str, french: str | None, catalog: Catalog) -> Json:
    """A code with its French name, and the other French words for it."""
    return {
        "code": code,
        "display": french,
        "designation": [{"language": "fr", "value": word} for word in _synonyms(system, code, catalog)],
    }


def _synonyms(system: str, code: str, catalog: Catalog) -> tuple[str, ...]:
    tables: dict[str, Mapping[str, object]] = {
        "finding": catalog.findings,
        "site": catalog.sites,
        "diagnosis": catalog.diagnoses,
    }
    found: tuple[str, ...] = getattr(tables.get(system, {}).get(code), "synonyms", ())
    return tuple(dict.fromkeys(found))


def value_sets(catalog: Catalog, systems: Mapping[str, Codes]) -> Iterator[Json]:
    """All codes of each of our systems, and the standard codes the bundles use for status, side and exam."""
    for name in systems:
        include = [{"system": canonical("CodeSystem", name)}]
        yield _value_set(catalog, name, TITLES[name], include, OWN)
    licensed = any(e.ship == "licence" for entries in catalog.codes.values() for e in entries)
    for name, (title, include) in _standard(catalog).items():
        notice = copyright_of((str(part["system"]) for part in include), licensed)
        yield _value_set(catalog, name, title, include, notice)


def _value_set(catalog: Catalog, name: str, title: str, include: list[Json], notice: str) -> Json:
    return resource("ValueSet", name, title, catalog, copyright=notice, compose={"include": include})


def _standard(catalog: Catalog) -> dict[str, tuple[str, list[Json]]]:
    sides = {code: display for side, (code, display) in c.SIDES.items() if side != "bilateral"}
    exams = [entry for (kind, _), entries in catalog.codes.items() if kind == "procedure" for entry in entries]
    return {
        "standard-status": ("Statuts en SNOMED CT", [_listed(c.SNOMED, dict(c.STATUS.values()).items())]),
        "standard-laterality": ("Côtés en SNOMED CT", [_listed(c.SNOMED, sides.items())]),
        "standard-procedure": (
            "Examens en LOINC et actes de la CCAM",
            [_listed(system, _equivalent(exams, system)) for system in (c.LOINC, c.CCAM)],
        ),
    }


def _equivalent(entries: Iterable[Coding], system: str) -> Iterable[tuple[str, str | None]]:
    same = (entry for entry in entries if entry.system == system and entry.relation == "equivalent")
    return sorted({entry.code: entry.display for entry in same}.items())


def _listed(system: str, codes: Iterable[tuple[str, str | None]]) -> Json:
    return {"system": system, "concept": [{"code": code, "display": display} for code, display in codes]}


def naming_systems(systems: Mapping[str, Codes]) -> Iterator[Json]:
    """The URL that names each of our code systems and identifier systems."""
    named = {canonical("CodeSystem", name): ("codesystem", name, TITLES[name]) for name in systems}
    named |= {f"{c.IDENTIFIER}{name}": ("identifier", name, title) for name, title in IDENTIFIERS.items()}
    for url, (kind, name, title) in named.items():
        yield {
            "resourceType": "NamingSystem",
            "id": f"{PREFIX}{kind}-{name}",
            "language": "fr",
            "text": text(title),
            "name": computer_name(kind, name),
            "status": "active",
            "kind": kind,
            "date": ISSUED,
            "publisher": "fhir-reporter",
            "description": title,
            "uniqueId": [{"type": "uri", "value": url, "preferred": True}],
        }
