"""French messages of the catalogue loader and of its lint: what is wrong, then how to put it right."""

from __future__ import annotations

_MESSAGES = {
    "YAML": "YAML illisible ({problem}) : corriger la syntaxe du fichier.",
    "DUPLICATE": "clé « {key} » en double (déjà ligne {first}) : supprimer l'une des deux.",
    "REPEATED": "« {key} » est déjà défini dans {first} : renommer ou supprimer l'une des deux entrées.",
    "SHAPE": "un ensemble clé: valeur est attendu : réécrire la section sous cette forme.",
    "SECTION": "section inconnue : utiliser l'une de {allowed}.",
    "UNKNOWN-KEY": "clé inconnue : la corriger ou la supprimer (clés admises : {allowed}).",
    "MISSING-KEY": "clé obligatoire absente : l'ajouter.",
    "VALUE": "valeur refusée ({problem}) : la corriger.",
    "ID": "identifiant « {key} » invalide : lettres minuscules sans accent, chiffres et soulignés, en anglais.",
    "LEVEL": "étage « {value} » inconnu : utiliser un étage de la section levels (ou une plage « T1-L5 »).",
    "ENTRY": "entrée rejetée ({problem}) : vérifier ses valeurs.",
    "CSV": "ligne illisible ({problem}) : vérifier les colonnes {allowed}.",
    "NO-FRENCH": "aucun nom français : remplir « noun ».",
    "NO-PLURAL": "pluriel absent : remplir « plural » (nom répété de deux côtés ou sur plusieurs étages).",
    "UNKNOWN-SITE": "site « {value} » inconnu : l'ajouter aux sites ou corriger l'identifiant.",
    "UNKNOWN-FINDING": "signe « {value} » inconnu : l'ajouter aux signes ou corriger l'identifiant.",
    "UNKNOWN-REGION": "région « {value} » inconnue : l'ajouter aux régions ou corriger l'identifiant.",
    "UNKNOWN-DIAGNOSIS": "diagnostic « {value} » inconnu : l'ajouter aux diagnostics ou corriger l'identifiant.",
    "UNKNOWN-RECOMMENDATION": "recommandation « {value} » inconnue : l'ajouter ou corriger l'identifiant.",
    "UNKNOWN-MODALITY": "modalité « {value} » inconnue : utiliser un code du vocabulaire « modality ».",
    "UNKNOWN-VALUE": "« {value} » hors du vocabulaire « {vocabulary} » : l'y ajouter ou corriger la valeur.",
    "UNKNOWN-ATTRIBUTE": "attribut « {value} » sans vocabulaire : déclarer attribute.{value} ou son attribute_type.",
    "UNKNOWN-FIELD": "champ de technique « {value} » inconnu : utiliser un champ de la modalité.",
    "UNIT": "unité « {value} » hors de la liste UCUM admise : {allowed}.",
    "RANGE": "bornes inversées ({low} > {high}) : mettre le minimum avant le maximum.",
    "TRAP": "le code {value} est piégé ({why}) : ne jamais l'employer en ce sens.",
    "VERHOEFF": "le code SNOMED CT {value} est faux (clé de Verhoeff) : le vérifier à la source.",
    "EXTENSION": "le code SNOMED CT {value} appartient à une extension nationale : employer un code international.",
    "MOD10": "le code LOINC {value} est faux (clé modulo 10) : le vérifier à la source.",
    "RELATION": "relation « {value} » : seules equivalent, broader et narrower sont admises.",
    "NOT-EQUIVALENT": "le code {value} est dit équivalent à {first} et à {second} : garder un seul sens équivalent.",
    "SHIP": "diffusion « {value} » : seules yes, code_only et licence sont admises.",
    "LICENCE": "code sous licence dans un fichier livré : le ranger dans {allowed}.",
    "CODE-ONLY": "libellé officiel non diffusable : laisser la colonne display vide.",
    "UNKNOWN-CODED": "code posé sur « {value} », absent du catalogue : corriger l'identifiant.",
    "ALIAS": "l'alias « {value} » désigne {first} et {second} : n'en garder qu'un.",
    "ALIAS-TARGET": "l'alias « {value} » vise « {target} », inconnu : corriger la cible.",
    "EXAM-TWICE": "{value} est déjà décrit par {first} : une seule fiche par modalité et région.",
    "NO-EXAM": "aucune fiche d'examen pour {value} : en ajouter une dans templates/exams.",
    "SUPPORT": "« support » est vide pour un diagnostic qui exige des signes : citer au moins un signe.",
    "CYCLE": "« {value} » se contient elle-même : rompre le cycle.",
    "RULE-MESSAGE": "règle sans texte français : remplir « message » ou « sentence ».",
    "SIGNAL-CLASS": "classe de séquence « {value} » inconnue : T1, T2, FS ou Gd.",
}


def message(name: str, **details: object) -> str:
    """The French text of one problem."""
    return _MESSAGES[name].format(**details)
