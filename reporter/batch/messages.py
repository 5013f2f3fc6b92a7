"""French messages of the batch."""

from __future__ import annotations

from reporter.errors import ReporterError

MESSAGES = {
    "RPT-LINE": "Ligne trop longue : plus de {maximum} octets.",
    "RPT-INTERNAL": "Erreur interne ({kind}) : {detail}. Merci de la signaler avec l'entrée qui la provoque.",
    "gzip": "Fichier gzip abîmé ou incomplet : {path}. Les lignes lisibles sont traitées.",
    "worker": "Un processus de travail s'est arrêté après la ligne {line} (mémoire épuisée ?). {advice}",
    "interrupted": "Interrompu après la ligne {line}. {advice}",
    "advice": "La même commande avec --resume continue le travail.",
    "no_advice": "Sans fichier de sortie, le travail reprend du début.",
    "same_file": "L'entrée et les sorties doivent être des fichiers différents : {path}.",
    "no_resume": "--resume demande un fichier de sortie.",
    "no_journal": "--resume : aucun journal {path} à côté de la sortie, le travail commence du début.",
    "again": "Le travail interrompu de {path} est recommencé du début (--resume l'aurait continué).",
    "journal": "Journal illisible : {path}. Sans --resume, le travail recommence du début.",
    "changed": "Reprise impossible : {what} ne sont plus ceux du travail interrompu. Sans --resume, il recommence.",
    "input": "Reprise impossible : l'entrée n'est plus celle du travail interrompu. Sans --resume, il recommence.",
    "output": "Reprise impossible : {path} est plus court que le journal ne le dit. Sans --resume, il recommence.",
    "progress": "{lines} examens, {rate}/s, {refused} refusés",
    "remaining": ", reste {time}",
}


class BatchError(ReporterError):
    """A batch that cannot start, go on or be resumed."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(MESSAGES[name].format(**values))
