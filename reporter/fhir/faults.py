"""What the check says: one French line per fault, with the id of its rule (R4, profile, or FHIR-… of ours)."""

from __future__ import annotations

from reporter.errors import ERROR, WARNING, Issue

# Where something is: the path above, a name, and an index in a list. Text only when a fault needs it.
Path = tuple["Path | None", str, int | None]

MESSAGES = {
    # structure
    "FHIR-TYPE": "type de ressource inconnu : {value}",
    "FHIR-ELEMENT": "{type} n'a pas d'élément « {value} »",
    "FHIR-MIN": "l'élément obligatoire manque",
    "FHIR-MAX.list": "une liste est attendue",
    "FHIR-MAX.one": "un seul élément est attendu, pas une liste",
    "FHIR-CHOICE": "un seul type est permis pour {value}[x]",
    "FHIR-VALUE": "{value} n'est pas une valeur de type {type}",
    "FHIR-BINDING": "le code {value} est hors du jeu de valeurs obligatoire",
    "FHIR-NULL": "« {value} » : la liste des extensions ne correspond pas à celle des valeurs",
    "ele-1": "un élément ne peut pas être vide",
    # operators of the invariant tables
    "implies": "{first} demande {second}",
    "any": "il faut au moins un de : {names}",
    "not-both": "{first} et {second} s'excluent",
    # invariants
    "ext-1": "une extension a soit une valeur, soit des extensions",
    "per-1": "une période finit après son début",
    "rng-2": "la borne basse dépasse la borne haute",
    "rat-1": "un rapport demande numérateur et dénominateur, ou une extension",
    "age-1": "un âge est positif, codé en UCUM",
    "cnt-3": "un compte est entier, de code UCUM « 1 »",
    "dis-1": "une distance est codée en UCUM",
    "drt-1": "une durée codée est en UCUM et a une valeur",
    "obs-7": "un composant répète le code d'une observation qui a une valeur",
    "org-2": "l'adresse d'une organisation n'est pas un domicile",
    "org-3": "les coordonnées d'une organisation ne sont pas celles d'un domicile",
    "con-4": "une affection qui a cessé n'est pas active",
    "con-5": "une affection saisie par erreur n'a pas de statut clinique",
    "ait-1": "une allergie demande un statut clinique, sauf saisie par erreur",
    "ait-2": "une allergie saisie par erreur n'a pas de statut clinique",
    "app-3": "un rendez-vous a un début et une fin, sauf proposé, annulé ou en attente",
    "grp-1": "seul un groupe réel a des membres",
    "lst-2": "« deleted » est réservé aux listes de changements",
    "lst-3": "« date » est réservé aux listes de travail",
    "inv-1": "un paramètre a soit une valeur, soit une ressource, soit des parties",
    "dom-2": "une ressource contenue n'en contient pas d'autre",
    "dom-3": "rien ne renvoie à la ressource contenue #{value}",
    "dom-4": "une ressource contenue n'a ni version ni date de mise à jour",
    "dom-5": "une ressource contenue n'a pas d'étiquette de sécurité",
    "ref-1": "aucune ressource contenue ne s'appelle {value}",
    "txt-1.syntax": "le récit n'est pas du XHTML bien formé",
    "txt-1.div": "le récit n'est pas un élément div de XHTML",
    "txt-1.element": "l'élément <{value}> n'est pas permis dans un récit",
    "txt-1.attribute": "l'attribut « {value} » n'est pas permis dans un récit",
    "txt-1.id": "l'identifiant « {value} » est répété dans le récit",
    "txt-2": "le récit est vide",
    # bundle
    "bdl-1": "« total » est réservé aux résultats de recherche et aux historiques",
    "bdl-2": "« search » est réservé aux résultats de recherche",
    "bdl-3": "« request » va dans une transaction, un lot ou un historique, et seulement là",
    "bdl-4": "« response » va dans une réponse ou un historique, et seulement là",
    "bdl-5": "une entrée demande une ressource, une requête ou une réponse",
    "bdl-7": "l'adresse {value} est répétée",
    "bdl-8": "fullUrl ne désigne pas une version",
    "bdl-9": "un document a un identifiant, avec système et valeur",
    "bdl-10": "un document a une date (timestamp)",
    "bdl-11": "un document commence par une Composition",
    "bdl-12": "un message commence par un MessageHeader",
    "FHIR-FULLURL.missing": "une entrée de document, de message ou de collection a un fullUrl",
    "FHIR-FULLURL.form": "fullUrl n'est ni une URL absolue ni un UUID en minuscules : {value}",
    "FHIR-FULLURL.id": "fullUrl et l'identifiant de la ressource diffèrent",
    "FHIR-FULLURL.uuid": "un fullUrl de nos bundles est un UUID",
    "FHIR-REFERENCE": "{value} n'est pas dans le bundle",
    "FHIR-REFERENCE.conditional": "une référence conditionnelle n'a de sens que dans une transaction",
    "FHIR-REFERENCE.type": "le type annoncé {value} n'est pas celui de la ressource référencée",
    "FHIR-TARGET": "une référence à {value} n'est pas permise ici (permis : {allowed})",
    "FHIR-DOCUMENT": "rien dans le document ne mène à cette entrée",
    # codes and identifiers
    "FHIR-LOINC": "le code LOINC {value} est mal formé ou sa clé est fausse",
    "FHIR-SNOMED": "le code SNOMED CT {value} est mal formé ou sa clé est fausse",
    "FHIR-UCUM": "l'unité « {value} » n'est pas connue en UCUM",
    "FHIR-OID": "l'OID {value} est mal formé",
    "FHIR-UID": "l'UID DICOM {value} est mal formé",
    "FHIR-INS": "le matricule INS {value} est mal formé ou sa clé est fausse",
    "FHIR-RPPS": "le numéro RPPS {value} est mal formé ou sa clé est fausse",
    "FHIR-FINESS": "le numéro FINESS {value} est mal formé",
    "FHIR-CODING": "un code est donné sans son système",
    "FHIR-LOCAL": "le code {value} n'existe pas dans notre système {type}",
    "FHIR-DISPLAY": "le libellé « {value} » n'est pas celui du code {code} (« {known} »)",
    "FHIR-SOURCE": "le code {value} n'a pas de source dans le registre des codes",
    # house
    "FHIR-CONTAINED": "nos ressources n'en contiennent pas d'autres",
    "FHIR-OBSERVATION": "une observation demande une valeur, des composants, des membres ou une raison d'absence",
    "FHIR-COMPONENT": "un composant demande une valeur ou une raison de son absence",
    "FHIR-LINK": "aucune phrase du récit à l'adresse {value}",
    "eu-imaging-composition-1": "une section demande entrées, sous-sections, note ou raison d'être vide",
    # claimed profiles
    "PROFILE-MIN": "{profile} : {name} demande au moins {value} élément(s)",
    "PROFILE-MAX": "{profile} : {name} admet au plus {value} élément(s)",
    "PROFILE-FIXED": "{profile} : {name} n'a pas la valeur imposée {value}",
    "PROFILE-RULE": "{profile} : {name} ne respecte pas la règle {value}",
    "PROFILE-TYPE": "{profile} ne s'applique pas à une ressource {value}",
}
_WARNINGS = frozenset(("FHIR-UCUM", "FHIR-UID", "FHIR-INS", "FHIR-RPPS", "FHIR-FINESS", "FHIR-SOURCE"))


def issue(code: str, path: Path, message: str | None = None, /, **values: object) -> Issue:
    """A fault. `code` may carry a variant after a dot, « FHIR-MAX.list »: the rule is what stands before it.

    A warning is a fault that may come from the input (a number as typed, a unit we do not know): it never holds a
    bundle back.
    """
    rule = code.partition(".")[0]
    text = MESSAGES[message or code].format(**{name: f"{value!s:.80}" for name, value in values.items()})
    return Issue(rule, WARNING if rule in _WARNINGS else ERROR, shown(path), text)


def shown(path: Path) -> str:
    """The path as text: Bundle.entry[2].resource.code."""
    steps = []
    step: Path | None = path
    while step is not None:
        parent, name, index = step
        steps.append(name if index is None else f"{name}[{index}]")
        step = parent
    return ".".join(reversed(steps))
