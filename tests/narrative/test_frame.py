"""Title, indication and its context, technique, comparison."""

import pytest

from tests.narrative.inputs import exam, section, sign

OEDEMA = sign("a", "bone_marrow_oedema", "talus", laterality="left")
NORMAL = sign("a", "any_abnormality", "exam_region", "absent")


@pytest.mark.parametrize(
    ("modality", "region", "side", "technique", "expected"),
    [
        ("MR", "ankle_foot", "left", None, "IRM de la cheville et du pied gauches"),
        ("MR", "shoulder", "right", None, "IRM de l'épaule droite"),
        ("CT", "lumbar_spine", None, {"dual_energy": True}, "Scanner du rachis lombaire en double énergie"),
        ("XR", "knee", "right", {"views": ["AP"]}, "Radiographie du genou droit de face"),
        ("XR", "thoracolumbar_spine", None, {"views": ["AP", "lateral"]},
         "Radiographies du rachis thoraco-lombaire de face et de profil"),
        ("NM", "whole_body", None, {"tracer": "99mTc-HDP", "spect_ct": True}, "Scintigraphie osseuse avec TEMP-TDM"),
        ("PT", "whole_body", None, {"tracer": "18F-NaF"}, "TEP-TDM au fluorure (18F-NaF)"),
    ],
)  # fmt: skip
def test_titles(
    modality: str, region: str, side: str | None, technique: dict[str, object] | None, expected: str
) -> None:
    more = {"technique": technique} if technique is not None else {}
    study = {"exam": {"laterality": side}} if side else {}
    assert section(exam(NORMAL, modality=modality, region=region, **more, **study), "title") == expected


def sequences(*pairs: tuple[str, str]) -> dict[str, object]:
    return {"sequences": [{"sequence": s, "plane": p} for s, p in pairs]}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((("T1", "sagittal"), ("STIR", "sagittal")), "Séquences T1 et STIR sagittales, sans injection de gadolinium."),
        ((("T1", "axial"), ("T2FS", "coronal")),
         "Séquences T1 axiale et T2 avec saturation de la graisse coronale, sans injection de gadolinium."),
        ((("T1", "coronal"), ("T1", "sagittal"), ("T2", "axial")),
         "Séquences T1 coronale et sagittale, T2 axiale, sans injection de gadolinium."),
        ((("STIR", "coronal"),), "Séquence STIR coronale, sans injection de gadolinium."),
    ],
)  # fmt: skip
def test_sequences_are_grouped_by_plane(pairs: tuple[tuple[str, str], ...], expected: str) -> None:
    assert section(exam(NORMAL, technique=sequences(*pairs)), "technique") == expected


def test_gadolinium_and_dose() -> None:
    injected = sequences(("T1", "axial"), ("T1GDFS", "axial"))
    data = exam(NORMAL, technique=injected, exam={"contrast": {"given": True}})
    assert section(data, "technique").endswith("avant et après injection de gadolinium.")
    ct = exam(NORMAL, modality="CT", technique={"planes": ["axial", "sagittal"]},
              exam={"dose": {"ctdivol_mgy": 2.1, "dlp_mgy_cm": 1500}})  # fmt: skip
    assert section(ct, "technique") == (
        "Acquisition volumique sans injection de produit de contraste, reconstructions sagittales. "
        "Dose : IDSV 2,1 mGy, PDL 1 500 mGy·cm."
    )


def test_bone_scan() -> None:
    technique = {"tracer": "99mTc-diphosphonate", "activity_mbq": 600, "route": "IV", "phases": ["delayed"],
                 "views": ["anterior", "posterior"], "whole_body": True, "spect_ct": True}  # fmt: skip
    data = exam(NORMAL, modality="NM", region="whole_body", technique=technique)
    assert section(data, "technique") == (
        "Injection intraveineuse de 600 MBq de diphosphonates marqués au technétium 99m. Balayage corps entier "
        "au temps osseux, en faces antérieure et postérieure, complété par une TEMP-TDM (SPECT-CT)."
    )


def test_pregnancy_limits_and_lifted_rule() -> None:
    override = {"rule": "P-NM", "reason": "urgence", "by": "Dr X"}
    data = exam(
        NORMAL, modality="NM", region="whole_body", technique={"tracer": "99mTc-HDP"},
        patient={"sex": "female", "age_years": 30, "pregnancy_status": "pregnant", "gestational_weeks": 39},
        exam={"limitations": ["artefacts de mouvement"], "protocol_override": override},
    )  # fmt: skip
    text = section(data, "technique")
    assert "Examen réalisé pendant la grossesse (39 SA)." in text
    assert "artefacts de mouvement." in text
    assert text.endswith("Examen scintigraphique réalisé pendant la grossesse par dérogation : urgence.")


def test_comparisons_are_newest_first() -> None:
    priors = [
        {"id": "old", "modality": "NM", "region": "whole_body", "date": "2013-10", "summary": "Normale."},
        {"id": "new", "modality": "MR", "region": "pelvis", "date": "2018-03-09"},
    ]
    assert section(exam(NORMAL, comparisons=priors), "comparison") == (
        "IRM du bassin du 9 mars 2018 ; scintigraphie osseuse d'octobre 2013 : normale."
    )
    assert section(exam(NORMAL), "comparison") == "Pas d'examen antérieur disponible."


def test_context_names_no_drug() -> None:
    patient = {
        "sex": "female", "age_years": 66, "menopausal_status": "postmenopausal",
        "risk_factors": ["tobacco", "chute récente"],
        "treatments": [{"class": "denosumab", "since": "2021-03"}, {"class": "bisphosphonate", "since": "2021-03"}],
        "labs": [{"code": "25OHD", "value": 26.1, "unit": "ng/mL"}],
        "prior_fractures": [{"site": "vertebra", "level": "T12", "fragility": True, "date": "2019-02"}],
    }  # fmt: skip
    assert section(exam(NORMAL, patient=patient), "indication") == (
        "Douleur mécanique récente. Femme ménopausée. Facteurs de risque : tabagisme et chute récente. "
        "Traitement de l'ostéoporose depuis mars 2021. 25-OH vitamine D : 26,1 ng/mL (objectif ≥ 30). "
        "Antécédent de fracture de fragilité de T12 (février 2019)."
    )


def test_indication_is_cleaned() -> None:
    data = exam(NORMAL, order={"indication": "gonalgie d'effort, T-score -2.5", "question": "fracture ?"})
    assert section(data, "indication") == "Gonalgie d'effort, T-score −2,5. Fracture ?"
