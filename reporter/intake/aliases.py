"""What the user may write instead of our codes. Keys are compared folded: no accents, no case, œ opened."""

from __future__ import annotations

_SIDES = {
    "gauche": "left", "g": "left", "l": "left", "droit": "right", "droite": "right", "d": "right", "r": "right",
    "bilaterale": "bilateral", "les deux": "bilateral",
}  # fmt: skip

ALIASES: dict[str, dict[str, str]] = {
    "modality": {
        "irm": "MR", "mri": "MR", "tdm": "CT", "scanner": "CT", "radiographie": "XR", "cr": "XR", "dx": "XR",
        "scintigraphie": "NM", "pet": "PT", "tep": "PT", "osteodensitometrie": "DXA", "bmd": "DXA",
        "echographie": "US",
    },
    "sex": {
        "f": "female", "feminin": "female", "femme": "female", "m": "male", "masculin": "male", "homme": "male",
        "autre": "other", "inconnu": "unknown",
    },
    "laterality": _SIDES,
    "status": {
        "indetermine": "indeterminate", "non evalue": "not_assessed",
    },
    "sequence": {
        "dp": "PD", "dp fs": "PDFS", "t2 fs": "T2FS", "t2 fat sat": "T2FS", "t2 fatsat": "T2FS", "t2fatsat": "T2FS",
        "pd fs": "PDFS", "dpfs": "PDFS", "dixon": "DIXON_W", "t1 gd": "T1GD", "t1 gado": "T1GD", "t1 gd fs": "T1GDFS",
        "t1 fs gd": "T1GDFS", "t1fsgd": "T1GDFS",
    },
    "plane": {"frontal": "coronal", "transversal": "axial", "transverse": "axial", "sagittale": "sagittal"},
    "view": {"face": "AP", "profil": "lateral", "profil en extension": "lateral_extension"},
    "tracer": {
        "99mtc hmdp": "99mTc-HDP", "99mtc hdp": "99mTc-HDP", "99mtc oxidronate": "99mTc-HDP",
        "99mtc mdp": "99mTc-MDP", "99mtc medronate": "99mTc-MDP", "99mtc dpd": "99mTc-DPD",
        "99mtc diphosphonate": "99mTc-diphosphonate", "99mtc diphosphonates": "99mTc-diphosphonate",
        "99mtc bisphosphonate": "99mTc-diphosphonate", "18fna": "18F-NaF", "18f na": "18F-NaF", "18f naf": "18F-NaF",
        "18fnaf": "18F-NaF", "naf 18f": "18F-NaF", "fluorure de sodium 18f": "18F-NaF", "na18f": "18F-NaF",
    },
    "lab": {
        "25ohd": "25OHD", "25 oh d": "25OHD", "25 oh vitamine d": "25OHD", "25oh vitamine d": "25OHD",
        "25 oh d3": "25OHD", "25 hydroxyvitamine d": "25OHD", "pal": "ALP", "alp": "ALP", "crp": "CRP",
    },
    "diagnosis": {
        "algodystrophie": "crps1", "sdrc": "crps1", "sdrc 1": "crps1", "sdrc1": "crps1", "sdrc type 1": "crps1",
        "syndrome douloureux regional complexe": "crps1",
    },
    "severity": {
        "minime": "minimal", "discret": "minimal", "discrete": "minimal", "modere": "moderate", "moderee": "moderate",
        "marque": "marked", "marquee": "marked", "important": "marked", "importante": "marked",
    },
}  # fmt: skip

KEYS: dict[str, dict[str, str]] = {
    "/exam": {"accession": "accession_number"},
}

UNITS: dict[str, str] = {
    "cc": "mL", "ml": "mL", "cm3": "mL", "°": "deg", "degre": "deg", "degres": "deg", "degree": "deg", "degrees": "deg",
    "pourcent": "%", "percent": "%", "g/cm²": "g/cm2", "g/cm^2": "g/cm2", "g/ml": "g/mL", "suv": "g/mL",
    "ng/ml": "ng/mL", "µg/l": "ug/L", "μg/l": "ug/L", "ug/l": "ug/L", "nmol/l": "nmol/L", "l": "L",
    "{ratio}": "1", "millimetre": "mm", "millimetres": "mm", "centimetre": "cm", "centimetres": "cm",
}  # fmt: skip

FACTORS: dict[tuple[str, str], str] = {
    ("cm", "mm"): "10", ("m", "mm"): "1000", ("um", "mm"): "0.001", ("mm", "cm"): "0.1", ("L", "mL"): "1000",
    ("uL", "mL"): "0.001", ("dL", "mL"): "100", ("cL", "mL"): "10", ("mm3", "mL"): "0.001", ("kg/L", "g/mL"): "1",
    ("1", "%"): "100", ("%", "1"): "0.01", ("mg/cm2", "g/cm2"): "0.001",
    ("nmol/L", "ng/mL"): "0.4", ("ug/L", "ng/mL"): "1",
}  # fmt: skip

LAB_UNITS: dict[str, str] = {"25OHD": "ng/mL"}
