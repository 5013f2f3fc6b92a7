"""What the service refuses: HTTP status, FHIR issue type, French for the user, English for the integrator.

Types: http://hl7.org/fhir/R4/valueset-issue-type.html. Statuses: http://hl7.org/fhir/R4/http.html, RFC 9110.
"""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """One way to refuse a request."""

    status: int
    kind: str
    french: str
    english: str


REFUSALS: dict[str, Refusal] = {
    "API-BODY": Refusal(400, "structure", "Le corps de la demande est vide.", "The request body is empty."),
    "API-DEPTH": Refusal(
        400, "structure", "Données trop imbriquées (au plus {maximum} niveaux).", "Data nested too deeply ({maximum})."
    ),
    "API-TEXT": Refusal(
        400, "value", "Caractère interdit dans un texte.", "A text holds a lone surrogate or a control character."
    ),
    "API-NUMBER": Refusal(400, "value", "Nombre hors limites.", "A number is out of any sensible range."),
    "API-OBJECT": Refusal(400, "structure", "Un objet JSON est attendu.", "A JSON object is expected."),
    "API-BUNDLE": Refusal(
        400, "structure", "Un Bundle est attendu, pas {value}.", "A Bundle is expected here, not {value}."
    ),
    "API-BUNDLE-TYPE": Refusal(
        400,
        "value",
        "Bundle de type « {value} » : transaction, batch, collection ou document attendu.",
        "Bundle of type '{value}': transaction, batch, collection or document expected.",
    ),
    "API-PARAMETER": Refusal(
        400, "not-supported", "Paramètre inconnu : {value}.", "Unknown parameter or modifier: {value}."
    ),
    "API-VALUE": Refusal(
        400, "value", "Valeur non valable pour {name} : {value}.", "Invalid value for {name}: {value}."
    ),
    "API-HEADER": Refusal(
        400, "value", "En-tête {name} non valable.", "Header {name} is not one visible ASCII value of at most 200."
    ),
    "API-LOGIN": Refusal(401, "login", "Authentification nécessaire.", "Authentication is required."),
    "API-FORBIDDEN": Refusal(403, "forbidden", "Action non autorisée.", "This token may not do this."),
    "API-UNKNOWN": Refusal(404, "not-found", "Introuvable : {value}.", "There is no {value}."),
    "API-UNKNOWN-TYPE": Refusal(
        404, "not-supported", "Type de ressource non servi : {value}.", "Resource type {value} is not served."
    ),
    "API-METHOD": Refusal(
        405, "not-supported", "Méthode {value} non permise ici.", "Method {value} is not allowed here."
    ),
    "API-ACCEPT": Refusal(
        406,
        "not-supported",
        "Aucun format demandé n'est disponible : JSON ou XML FHIR R4.",
        "No requested format is available: FHIR R4 JSON or XML.",
    ),
    "API-CONFLICT": Refusal(409, "conflict", "{value}", "The state of the resource does not allow this."),
    "API-DELETED": Refusal(410, "deleted", "Supprimé : {value}.", "{value} has been deleted."),
    "API-VERSION": Refusal(
        412,
        "conflict",
        "La version {value} n'est pas la version actuelle ({current}).",
        "If-Match names version {value}, the current one is {current}.",
    ),
    "API-MULTIPLE": Refusal(
        412,
        "multiple-matches",
        "Plusieurs ressources répondent à la condition {value}.",
        "Several resources meet the condition {value}.",
    ),
    "API-TOO-LARGE": Refusal(413, "too-long", "Données trop volumineuses.", "The request body is too large."),
    "API-TOO-MANY": Refusal(
        413, "too-costly", "Trop d'entrées : au plus {maximum}.", "Too many entries: at most {maximum}."
    ),
    "API-MEDIA": Refusal(
        415,
        "not-supported",
        "Type de contenu non accepté : {value}.",
        "Content type not accepted: {value}. UTF-8 application/fhir+json, application/fhir+xml or application/json.",
    ),
    "API-CONTENT": Refusal(
        422,
        "business-rule",
        "Ni demande d'examen (ServiceRequest) ni constatations (Observation) dans cet envoi.",
        "Neither a request (ServiceRequest) nor findings (Observation) in this Bundle.",
    ),
    "API-ORDERS": Refusal(
        422,
        "business-rule",
        "Une seule demande (ServiceRequest) par envoi ; {value} reçues.",
        "One ServiceRequest per Bundle; {value} received.",
    ),
    "API-PATIENT": Refusal(
        422,
        "business-rule",
        "La demande ne désigne pas un patient de cet envoi.",
        "ServiceRequest.subject does not name one Patient of this Bundle.",
    ),
    "API-ENTRY-METHOD": Refusal(
        422,
        "not-supported",
        "Méthode {value} non acceptée dans un envoi : POST ou PUT.",
        "Entry method {value} is not accepted: POST or PUT.",
    ),
    "API-KEY-REUSED": Refusal(
        422,
        "conflict",
        "Cette clé d'idempotence a déjà servi pour une autre demande.",
        "This Idempotency-Key was used for another request.",
    ),
    "API-THROTTLED": Refusal(429, "throttled", "Trop de demandes : réessayez plus tard.", "Too many requests."),
    "API-BROKEN": Refusal(500, "exception", "Erreur interne ; elle est journalisée.", "Internal error; it is logged."),
    "API-RETRY": Refusal(503, "transient", "{value}", "The database is busy or unavailable: try again."),
}

# A refusal of HTTP itself, when no more is known.
BY_STATUS = {
    400: "API-HTTP",
    408: "API-HTTP",
    414: "API-HTTP",
    401: "API-LOGIN",
    403: "API-FORBIDDEN",
    404: "API-UNKNOWN",
    405: "API-METHOD",
    406: "API-ACCEPT",
    410: "API-DELETED",
    413: "API-TOO-LARGE",
    415: "API-MEDIA",
    429: "API-THROTTLED",
}
REFUSALS["API-HTTP"] = Refusal(400, "invalid", "Demande HTTP non valable.", "Invalid HTTP request.")
