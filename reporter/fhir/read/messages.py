"""French messages of reading, by code. Every one is about something that was not read, and says why."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "FHIR-READ-BUNDLE": "Ceci n’est pas une ressource FHIR R4 : un objet JSON avec « resourceType » est attendu.",
    "FHIR-READ-EMPTY": "Rien n’a pu être lu dans ces ressources.",
    "FHIR-READ-ENTRY": "Cette entrée n’a pas de ressource.",
    "FHIR-READ-RESOURCE": "Ressource {kind} non lue : {why}.",
    "FHIR-READ-ELEMENT": "Élément « {name} » non repris.",
    "FHIR-READ-CODE": "Code non reconnu pour « {name} » : {shown}.",
    "FHIR-READ-AMBIGUOUS": "Codes qui ne désignent pas une seule entrée du catalogue pour « {name} » : {shown}.",
    "FHIR-READ-CONFLICT": "Indications contradictoires pour « {name} » : {shown}.",
    "FHIR-READ-UNIT": "Unité « {unit} » incompatible avec « {expected} » : valeur non reprise.",
    "FHIR-READ-VALUE": "Valeur illisible pour « {name} ».",
    "FHIR-READ-REFERENCE": "Référence sans cible dans ces ressources : {shown}.",
    "FHIR-READ-SEVERAL": "Plusieurs ressources {kind} : laquelle décrit ce compte rendu n’est pas dit.",
    "FHIR-READ-SUBJECT": "Ressource {kind} d’un autre patient : non lue.",
    "FHIR-READ-DATE": "Ressource {kind} d’une autre date que l’examen : non lue.",
    "FHIR-READ-STATUS": "Ressource {kind} de statut « {shown} » : non lue.",
    "FHIR-READ-MODIFIER": "Extension qui change le sens de {kind} : non lu.",
}
WHY = {
    "type": "ce type n’est pas utilisé",
    "code": "son code n’est pas reconnu",
    "role": "son rôle dans le compte rendu n’est pas dit",
    "value": "sa valeur n’est pas reconnue",
    "site": "son siège n’est pas reconnu",
    "prior": "son examen antérieur n’est pas dit",
}


def message(code: str, **values: object) -> str:
    """The French message of a code."""
    return MESSAGES[code].format(**values)
