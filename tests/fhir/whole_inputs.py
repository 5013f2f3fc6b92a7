"""Two inputs that fill every field of the model, written by hand in the form the reader gives back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Json = dict[str, Any]
D = Decimal

PATIENT: Json = {
    "sex": "female",
    "id": "P 12",
    "name": "Dominique Pat-Trois",
    "family_name": "PAT-TROIS",
    "given_names": ["DOMINIQUE", "Ève"],
    "identifiers": [
        {"value": "279035121518989", "type": "INS-NIR-TEST", "system": "urn:oid:1.2.250.1.213.1.4.10"},
        {"value": "8000123", "type": "IPP", "system": "urn:oid:1.2.3"},
        {"value": "X-1", "type": "dossier"},
        {"value": "bare"},
    ],
    "birth_date": "1979-03",
    "pregnancy_status": "postpartum",
    "gestational_weeks": 39,
    "postpartum_days": 4,
    "breastfeeding": False,
    "menopausal_status": "unknown",
    "height_cm": D("165.50"),
    "height_at_20_cm": D("168"),
    "height_prior_cm": D("166.0"),
    "weight_kg": D("60.0"),
    "risk_factors": ["corticosteroids", "autre facteur, écrit", "motsimple"],
    "treatments": [{"class": "denosumab", "since": "2019-03"}, {"class": "phytothérapie"}],
    "labs": [
        {"code": "25OHD", "value": D("12.0"), "unit": "ng/mL"},
        {"code": "dosage maison", "value": D("3"), "unit": "mg/L"},
    ],
    "prior_fractures": [
        {"site": "distal_radius", "laterality": "left", "fragility": True, "date": "2018-05"},
        {"site": "vertebra", "level": "L1", "fragility": False},
        {"site": "rib", "laterality": "bilateral", "number": 9},
    ],
    "procedures": [
        {
            "type": "vertebroplasty",
            "site": "vertebra",
            "level": "T12",
            "date": "2021-06-15",
            "approach": "transpedicular",
            "guidance": "fluoroscopy",
            "device": "balloon",
            "cement_volume_ml": D("5.0"),
        },
        {"type": "fixation", "laterality": "right", "level": "L5"},
        {"type": "kyphoplasty"},
    ],
}
ORDER: Json = {
    "indication": "Gonalgie gauche.\nAprès une chute.",
    "question": "Fracture ?",
    "site": "knee",
    "laterality": "left",
    "pain": True,
    "pain_refractory": False,
    "trauma": True,
    "pain_vas": D("7.5"),
    "suspicion": "stress_fracture",
    "on_treatment": False,
    "requester": {"name": "Dr Demandeur", "speciality": "rhumatologie"},
    "identifier": "DEM-1",
}
MR: Json = {
    "schema_version": "1.0",
    "patient": PATIENT,
    "order": ORDER,
    "exam": {
        "modality": "MR",
        "date": "2024-05",
        "region": "knee",
        "laterality": "bilateral",
        "context": "emergency",
        "technique": {
            "sequences": [{"sequence": "T1", "plane": "coronal"}, {"sequence": "STIR"}, {"sequence": "T1GDFS"}],
            "planes": ["coronal", "axial"],
            "field_t": D("1.5"),
        },
        "contrast": {"given": True, "agent": "acide gadotérique", "volume_ml": D("12.0")},
        "limitations": ["artefacts de mouvement", "examen écourté"],
        "protocol_override": {"rule": "M-GD", "reason": "Décision collégiale.", "by": "Dr Test"},
        "performer": "Dr Test",
        "performer_identifiers": [
            {"value": "99700000005", "type": "RPPS", "system": "https://rpps.esante.gouv.fr"},
        ],
        "organization": "Centre d’essai",
        "organization_identifiers": [{"value": "990000001", "type": "interne"}],
        "device": "Aimant 3",
        "accession_number": "A 1|2",
        "study_uid": "1.2.840.1",
    },
    "comparisons": [
        {
            "id": "C1",
            "modality": "XR",
            "date": "2023-10",
            "region": "knee",
            "laterality": "left",
            "summary": "Normale.",
            "findings": [
                {
                    "id": "un œdème",
                    "finding": "bone_marrow_oedema",
                    "status": "present",
                    "site": {"code": "medial_tibial_plateau", "laterality": "bilateral"},
                    "measures": [{"name": "extent", "value": D("8.50"), "unit": "mm"}],
                    "comment": "Déjà là.",
                    "relations": [{"type": "associated", "target": "autre"}],
                },
                {
                    "id": "autre",
                    "finding": "joint_effusion",
                    "status": "absent",
                    "site": {"code": "knee_joint", "laterality": "left"},
                },
                {"finding": "synovitis", "status": "indeterminate", "site": {"code": "knee_joint"}},
            ],
        },
        {
            "id": "C2",
            "modality": "DXA",
            "date": "2022-01-05",
            "region": "hip",
            "dxa": {
                "measurements": [
                    {
                        "site": "total_hip",
                        "laterality": "left",
                        "bmd": D("0.750"),
                        "t_score": D("-1.0"),
                        "prior": {"date": "2020-01", "bmd": D("0.760"), "laterality": "left"},
                    },
                    {"site": "lumbar_spine", "z_score": D("-0.5"), "vertebra_t_scores": {"L1": D("-2.0")}},
                ],
                "lsc": {"total_hip": D("0.030"), "radius_33": D("0.020")},
                "tbs": D("1.250"),
                "frax_major": D("12.0"),
                "frax_hip": D("3"),
            },
        },
    ],
    "findings": [
        {
            "id": "F1",
            "finding": "bone_marrow_oedema",
            "status": "present",
            "site": {
                "code": "medial_femoral_condyle",
                "laterality": "bilateral",
                "zones": ["subchondral", "median_slope"],
            },
            "signal": {"T1": "hypo", "STIR": "hyper"},
            "density": "sclerotic",
            "uptake": {"pattern": "focal", "phases": ["flow", "delayed"]},
            "morphology": {"extent": "focal", "margins": "ill_defined"},
            "measures": [{"name": "extent", "value": D("12.50"), "unit": "mm"}],
            "severity": "marked",
            "count": 2,
            "evolution": {"change": "increased", "compared_to": "C1"},
            "relations": [{"type": "abuts", "target": "F2"}, {"type": "associated", "target": "F3"}],
            "comment": "Aspect <inhabituel> & net.",
        },
        {
            "id": "F2",
            "finding": "fracture_line",
            "status": "absent",
            "site": {"code": "medial_tibial_plateau", "laterality": "bilateral"},
        },
        {
            "id": "F3",
            "finding": "vertebral_fracture",
            "status": "present",
            "site": {"code": "vertebra", "level": "L4"},
            "morphology": {"genant": 2, "osteoporotic": True, "shape": "wedge"},
            "count": "multiple",
        },
        {
            "id": "F4",
            "finding": "fracture",
            "status": "not_assessed",
            "site": {"code": "metatarsal", "laterality": "right", "number": 5, "zones": ["base"]},
            "evolution": {"change": "new"},
        },
        {
            "id": "F5",
            "finding": "bone_marrow_oedema",
            "status": "indeterminate",
            "site": {"code": "cuneiform", "laterality": "left", "part": "medial"},
        },
    ],
    "conclusion": {
        "diagnoses": [
            {
                "code": "stress_fracture",
                "certainty": "retained",
                "site": "medial_femoral_condyle",
                "laterality": "bilateral",
                "age": "recent",
                "findings": ["F1", "F2"],
            },
            {"code": "osteonecrosis", "certainty": "excluded"},
            {
                "code": "osteoporotic_vertebral_fracture",
                "certainty": "possible",
                "site": "vertebra",
                "level": "L4",
                "findings": ["F3"],
            },
            {"code": "osteonecrosis", "certainty": "discussed", "site": "rib", "laterality": "left", "number": 3},
        ],
        "differential": ["osteonecrosis", "crps1"],
        "recommendations": ["R-DXA"],
        "free_text": "Avis du radiologue.",
        "suppress": ["F-SACRUM", "F-BME-DD"],
    },
    "free_text": {
        "indication": "Texte de l’indication.",
        "technique": "Texte de la technique.",
        "comparison": "Texte de la comparaison.",
        "findings": "Kyste poplité : 3 < 4 mm.\nSecond paragraphe.",
        "conclusion": "Texte de la conclusion.",
    },
}
DXA: Json = {
    "schema_version": "1.0",
    "patient": {"sex": "unknown", "age_years": 61, "pregnancy_status": "not_applicable"},
    "order": {"indication": "Ménopause précoce.", "requester": {"speciality": "gynécologie"}},
    "exam": {
        "modality": "DXA",
        "date": "2024-03-08",
        "region": "hip",
        "laterality": "left",
        "technique": {"device": "Hologic A", "software": "13.6", "reference_db": "NHANES III"},
        "contrast": {"given": False},
    },
    "dxa": {
        "measurements": [
            {
                "site": "femoral_neck",
                "laterality": "left",
                "bmd": D("0.720"),
                "bmc": D("3.50"),
                "area": D("4.860"),
                "t_score": D("-2.0"),
                "prior": {
                    "date": "2022-03-01",
                    "bmd": D("0.750"),
                    "device": "Hologic A",
                    "laterality": "left",
                    "vertebrae_included": ["L1", "L2"],
                },
            },
            {
                "site": "lumbar_spine",
                "bmd": D("0.900"),
                "z_score": D("0.0"),
                "vertebrae_included": ["L1", "L2", "L4"],
                "vertebrae_excluded": [{"level": "L3", "reason": "fracture"}, {"level": "L5", "reason": "vis: oui"}],
                "vertebra_t_scores": {"L1": D("-2.5"), "L2": D("-2.0")},
            },
        ],
        "lsc": {"femoral_neck": D("0.030"), "radius_33": D("0.020")},
        "tbs": D("1.300"),
        "frax_major": D("20.5"),
        "frax_hip": D("4.0"),
    },
    "conclusion": {"diagnoses": [{"code": "dxa_osteoporosis", "certainty": "probable", "findings": ["dxa/1"]}]},
}
NM: Json = {
    "schema_version": "1.0",
    "patient": {"sex": "male", "birth_date": "1979-03-28", "breastfeeding": True},
    "order": {"indication": "Douleur du pied."},
    "exam": {
        "modality": "NM",
        "date": "2024-03-08",
        "region": "ankle_foot",
        "laterality": "left",
        "technique": {
            "tracer": "99mTc-HDP",
            "activity_mbq": D("640.0"),
            "route": "intraveineuse",
            "phases": ["flow", "blood_pool", "delayed"],
            "views": ["anterior", "lateral"],
            "whole_body": True,
            "spect": False,
            "spect_ct": True,
            "quantitative": False,
        },
        "dose": {"ctdivol_mgy": D("3.10"), "dlp_mgy_cm": D("120"), "dap_mgy_cm2": D("4100.0")},
    },
    "findings": [
        {
            "id": "F1",
            "finding": "increased_uptake",
            "status": "present",
            "site": {"code": "talus", "laterality": "left"},
        }
    ],
}
OTHERS: Json = {
    **NM,
    "exam": {
        **NM["exam"],
        "technique": {
            "planes": ["axial"],
            "dual_energy": True,
            "slice_mm": D("0.60"),
            "eos": True,
            "uptake_min": D("45"),
            "ct": True,
            "probe": "linéaire",
        },
    },
}
WHOLE: dict[str, Json] = {"mr": MR, "dxa": DXA, "nm": NM, "others": OTHERS}
