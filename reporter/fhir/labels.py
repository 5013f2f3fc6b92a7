"""French texts of codes: from the catalogue where it has them, else from the tables below. Unknown means no text."""

from __future__ import annotations

from collections.abc import Mapping

from reporter.catalog.entries import Catalog
from reporter.french import sites, words
from reporter.model.exam import Site, Study
from reporter.settings import Settings

SECTIONS = {
    "exam": "Examen",
    "order": "Indication",
    "history": "Antécédents",
    "technique": "Technique",
    "comparison": "Comparaison",
    "findings": "Résultats",
    "conclusion": "Conclusion",
    "recommendation": "Recommandations",
}
EMPTY_SECTION = "Non renseigné."
ADDENDUM = "Addendum"
CODED_DATA = "Données codées"
NO_PRIOR = "Pas d’examen antérieur disponible."
PROPOSED = "proposée"
YES_NO = {True: "oui", False: "non"}
SOFTWARE = "fhir-reporter"
UNNAMED = "Identité non renseignée"
SEX = {"female": "féminin", "male": "masculin", "other": "autre", "unknown": "non précisé"}
STATUS = {
    "preliminary": "provisoire",
    "final": "définitif",
    "amended": "modifié",
    "corrected": "corrigé",
    "appended": "complété",
    "cancelled": "annulé",
    "entered-in-error": "saisi par erreur",
}
VERSIONS = {"software": "Version", "catalogue": "Catalogue", "catalogue-hash": "Empreinte du catalogue"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "finding-status": {
        "present": "présent", "absent": "absent", "indeterminate": "indéterminé", "not_assessed": "non évalué",
    },
    "certainty": {
        "retained": "retenu", "probable": "probable", "possible": "possible", "discussed": "discuté",
        "excluded": "écarté",
    },
    "laterality": {"left": "gauche", "right": "droit", "bilateral": "bilatéral"},
    "signal": {
        "hypo": "hyposignal", "iso": "isosignal", "hyper": "hypersignal", "void": "vide de signal",
        "enhanced": "rehaussement", "not_enhanced": "absence de rehaussement", "heterogeneous": "signal hétérogène",
    },
    "density": {
        "lucent": "clarté", "sclerotic": "condensation", "gas": "densité gazeuse", "fluid": "densité liquidienne",
        "cement": "ciment", "fat_loss": "perte de la densité graisseuse",
    },
    "severity": {"minimal": "minime", "moderate": "modéré", "marked": "marqué"},
    "evolution": {
        "new": "apparition", "increased": "majoration", "unchanged": "stabilité",
        "partial_regression": "régression partielle", "complete_regression": "régression complète",
        "recurrent": "récidive",
    },
    "part": {"medial": "médial", "intermediate": "intermédiaire", "lateral": "latéral"},
    "uptake.pattern": {"focal": "focale", "diffuse": "diffuse", "linear": "linéaire", "h_shaped": "en H"},
    "uptake.phases": {
        "flow": "phase vasculaire", "blood_pool": "phase tissulaire", "delayed": "phase tardive",
    },
    "attribute": {
        "laterality": "côté", "level": "niveau", "number": "numéro", "part": "partie", "zone": "zone",
        "density": "densité", "uptake.pattern": "type de fixation", "uptake.phases": "phase de fixation",
        "severity": "intensité", "evolution": "évolution", "compared_to": "comparé à", "count": "nombre",
        "extent": "étendue", "margins": "limites", "orientation": "orientation",
        "edge_to_edge": "étendu d’un bord à l’autre", "double_line": "double ligne", "contents": "contenu",
        "shape": "forme", "age": "ancienneté", "genant": "grade de Genant", "of_class": "classe OF",
        "osteoporotic": "origine ostéoporotique", "filling": "remplissage", "leak_location": "siège de la fuite",
        "device": "dispositif", "location": "siège", "compartment": "compartiment",
        "sphericity_lost": "perte de sphéricité", "complete": "complet", "displacement": "déplacement",
        "kind": "type", "planes": "plans", "subchondral": "sous-chondral", "vertebrae_included": "vertèbre mesurée",
        "vertebrae_excluded": "vertèbre exclue", "fragility": "fragilité", "date": "date", "approach": "voie d’abord",
        "guidance": "guidage", "cement_volume_ml": "volume de ciment", "since": "depuis",
        "current": "valeur actuelle", "prior": "valeur antérieure", "differential": "diagnostic à discuter",
        "bones": "nombre d’os", "context": "contexte", "ng_ml": "25-OH vitamine D",
    },
    "no-answer": {"unknown": "inconnu", "not_applicable": "sans objet"},
    "measure": {
        "thickness": "épaisseur", "extent": "étendue", "depth": "profondeur", "length": "longueur",
        "displacement": "déplacement", "depression": "enfoncement", "offset": "décalage",
        "height_loss": "perte de hauteur", "angle": "angle", "angle_before": "angle antérieur",
        "anterior_height": "hauteur antérieure", "middle_height": "hauteur moyenne",
        "posterior_height": "hauteur postérieure", "reference_height": "hauteur de référence",
        "retropulsion": "recul", "volume": "volume", "suv_max": "SUV maximal", "ratio": "rapport",
        "lsc": "plus petit changement significatif",
    },
    "dxa": {
        "bmd": "densité minérale osseuse", "bmc": "contenu minéral osseux", "area": "surface", "t_score": "T-score",
        "z_score": "Z-score", "tbs": "score d’os trabéculaire (TBS)", "frax_major": "FRAX, fracture majeure",
        "frax_hip": "FRAX, fracture de hanche",
    },
    "derived": {
        "mean_t_score": "T-score moyen", "lowest_t_score": "T-score le plus bas",
        "who_class": "classe densitométrique de l’OMS", "z_class": "classe selon le Z-score",
        "bmd_change": "variation de densité", "bmd_change_class": "sens de la variation de densité",
        "bmd_change_pct": "variation de densité en pourcentage", "target_reached": "objectif densitométrique atteint",
        "side_difference": "différence entre les côtés", "height_loss": "perte de hauteur vertébrale",
        "genant": "grade de Genant", "of_class": "classe OF",
        "height_loss_change": "variation de la perte de hauteur", "kyphosis_change": "variation de la cyphose",
        "h_shaped_sacral_fracture": "fracture du sacrum en H",
        "prevalent_vertebral_fractures": "fractures vertébrales prévalentes",
        "thoracolumbar_junction": "charnière thoraco-lombaire",
        "adjacent_to_cemented": "adjacente à une vertèbre cimentée", "migration": "migration",
        "multifocal_fragility": "fragilité multifocale", "arco_stage": "stade ARCO", "denis_zone": "zone de Denis",
        "ffp_type": "type FFP", "recent": "fracture récente", "old": "fracture ancienne",
        "peripartum_osteoporosis": "ostéoporose de la grossesse ou du post-partum à évoquer",
        "vitamin_d_deficiency_context": "contexte de carence en vitamine D",
        "vitamin_d_class": "statut en vitamine D", "three_phase_uptake": "hyperfixation aux trois temps",
        "h_shaped_uptake": "hyperfixation en H", "sacral_stress_fracture": "fracture de stress du sacrum",
        "nonspecific_marrow_oedema": "œdème médullaire non spécifique",
        "vertebral_pseudarthrosis": "pseudarthrose vertébrale",
        "nerve_compression_risk": "risque de compression nerveuse",
        "vertebral_fracture_risk": "facteurs de risque de nouvelle fracture vertébrale",
        "minor_venous_leak": "fuite veineuse minime", "transient_resolution": "régression d’une atteinte transitoire",
        "very_low_bmd": "densité minérale osseuse très basse",
    },
    "derived-value": {
        "normal": "normale", "osteopenia": "ostéopénie", "osteoporosis": "ostéoporose",
        "below_expected": "basse pour l’âge", "within_expected": "dans les limites attendues pour l’âge",
        "loss": "perte", "none": "pas de variation significative", "gain": "gain", "sufficient": "suffisante",
        "insufficiency": "insuffisance", "deep_insufficiency": "carence",
    },
    "context": {
        "pregnancy_status": "statut gravidique", "gestational_weeks": "terme (semaines d’aménorrhée)",
        "postpartum_days": "jours depuis l’accouchement", "breastfeeding": "allaitement",
        "menopausal_status": "statut ménopausique", "height_cm": "taille", "height_at_20_cm": "taille à 20 ans",
        "height_prior_cm": "taille antérieure", "weight_kg": "poids", "risk_factor": "facteur de risque",
        "treatment": "traitement", "prior_fracture": "fracture antérieure", "procedure": "geste antérieur",
        "age_years": "âge", "order.pain": "douleur", "order.pain_refractory": "douleur réfractaire",
        "order.trauma": "traumatisme", "order.pain_vas": "douleur (EVA)", "order.on_treatment": "sous traitement",
        "order.question": "question posée",
    },
    "context-value": {
        "pregnant": "enceinte", "postpartum": "post-partum", "not_pregnant": "non enceinte",
        "premenopausal": "non ménopausée", "perimenopausal": "périménopause", "postmenopausal": "ménopausée",
        "vertebroplasty": "vertébroplastie", "kyphoplasty": "cyphoplastie", "sacroplasty": "sacroplastie",
        "cementoplasty": "cimentoplastie", "fixation": "ostéosynthèse", "arthroplasty": "arthroplastie",
    },
    "technique": {
        "acquisition": "acquisition", "planes": "plan", "field_t": "champ magnétique",
        "dual_energy": "double énergie", "slice_mm": "épaisseur de coupe", "views": "incidence", "eos": "système EOS",
        "tracer": "traceur", "activity_mbq": "activité injectée", "route": "voie d’administration",
        "phases": "temps d’acquisition", "whole_body": "balayage du corps entier", "spect": "tomoscintigraphie",
        "spect_ct": "tomoscintigraphie couplée au scanner", "quantitative": "quantification",
        "uptake_min": "délai après injection", "ct": "scanner couplé", "software": "logiciel",
        "reference_db": "base de référence", "probe": "sonde", "contrast": "produit de contraste",
        "contrast_agent": "nom du produit de contraste", "contrast_volume": "volume de produit de contraste",
        "limitation": "limite", "context": "contexte de l’examen", "protocol_override": "règle levée",
        "protocol_override_by": "dérogation décidée par", "device": "appareil",
        "prior_acquisition": "acquisition de l’examen antérieur",
    },
    "modality": {
        "MR": "IRM", "CT": "scanner", "DX": "radiographie", "NM": "scintigraphie", "PT": "TEP",
        "BMD": "ostéodensitométrie", "US": "échographie",
    },
    "dose": {"ctdivol_mgy": "IDSV", "dlp_mgy_cm": "PDL", "dap_mgy_cm2": "PDS"},
}  # fmt: skip
DOSE = "Dosimétrie"
PRIOR_BMD = "densité minérale osseuse antérieure"
PRIOR = "{} (examen antérieur)"
PATIENT_ID = "identifiant local"


def word(table: str, code: str) -> str | None:
    """The French word of a code, None when no table has it."""
    return WORDS.get(table, {}).get(code)


def edition(version: int, status: str) -> str:
    """« Version 1, compte rendu définitif »."""
    return f"Version {version}, compte rendu {STATUS[status]}"


def component(name: str) -> str | None:
    """The French name of a component: « signal T2FS », « niveau »."""
    if name.startswith("signal."):
        return f"signal {name.removeprefix('signal.')}"
    if name.startswith("t_score."):
        return f"T-score {name.removeprefix('t_score.')}"
    if name.startswith("exclusion_reason."):
        return f"motif d’exclusion {name.removeprefix('exclusion_reason.')}"
    return word("attribute", name) or word("measure", name)


def technique(name: str) -> str | None:
    """The French name of an acquisition parameter: « plus petit changement significatif femoral_neck »."""
    if name.startswith("lsc."):
        return f"{word('measure', 'lsc')} {name.removeprefix('lsc.')}"
    return word("technique", name)


def sequence(code: str) -> str:
    """The French name of a sequence component."""
    return f"séquence {code}"


def site(place: Site, catalog: Catalog, settings: Settings) -> str | None:
    """The full French site, with side and level; a densitometry region is named as such."""
    if place.code in catalog.sites:
        return sites.site_np(place, catalog, settings, full=True).text
    if place.code in catalog.rois:
        return sites.roi_np(place.code, place.laterality, catalog).text
    if place.code in catalog.regions:
        return region(place.code, place.laterality, catalog)
    return None


def region(code: str, laterality: str | None, catalog: Catalog) -> str:
    """The French region of an exam, with its side."""
    return sites.region_np(code, laterality, catalog).text


def exam(study: Study, title: str, catalog: Catalog) -> str:
    """The title of the report, or modality and region when there is none."""
    return title or f"{study.modality} {words.capital(region(study.region, study.laterality, catalog))}"
