"""STYLE §7: what Conclusion says."""

from tests.narrative.inputs import OEDEMA, conclusion, exam, section, sign

PRIOR = [{"id": "C1", "modality": "MR", "region": "knee", "laterality": "right", "date": "2023-11-02"}]
KNEE = {"region": "knee", "exam": {"laterality": "right"}, "comparisons": PRIOR}
LINE = sign("f", "fracture_line", "sacral_ala", laterality="left")


def diagnosis(code: str, certainty: str, **site: object) -> dict[str, object]:
    return {"code": code, "certainty": certainty, **site}


def left_ala(code: str, certainty: str) -> dict[str, object]:
    return diagnosis(code, certainty, site="sacral_ala", laterality="left")


def test_certainty_frames() -> None:
    frames = {
        "retained": "Fracture de stress de l'aileron sacré gauche.",
        "probable": "Aspect très évocateur d'une fracture de stress de l'aileron sacré gauche.",
        "possible": "Aspect compatible avec une fracture de stress de l'aileron sacré gauche.",
        "discussed": "Une fracture de stress de l'aileron sacré gauche est à discuter.",
        "excluded": "Pas d'argument en faveur d'une fracture de stress de l'aileron sacré gauche.",
    }
    for certainty, expected in frames.items():
        text = conclusion(LINE, conclusion={"diagnoses": [left_ala("stress_fracture", certainty)]})
        assert expected in text, certainty


def test_one_diagnosis_over_sites_is_grouped_in_the_plural() -> None:
    lines = sign("g", "fracture_line", "femoral_epiphysis", laterality="bilateral")
    both = diagnosis("insufficiency_fracture", "probable", site="femoral_epiphysis", laterality="bilateral")
    text = conclusion(LINE, lines, conclusion={"diagnoses": [both, left_ala("insufficiency_fracture", "probable")]})
    assert text.startswith(
        "Aspect très évocateur de fractures par insuffisance osseuse des deux épiphyses fémorales supérieures "
        "et de l'aileron sacré gauche."
    )


def test_alternatives_of_one_site_share_it() -> None:
    entered = [left_ala("bone_contusion", "possible"), left_ala("impaction_fracture", "possible")]
    text = conclusion(LINE, conclusion={"diagnoses": entered})
    assert text.startswith(
        "Aspect compatible avec une contusion osseuse ou une fracture par impaction de l'aileron sacré gauche."
    )


def test_exclusions_differential_and_discussion() -> None:
    entered = {
        "diagnoses": [
            left_ala("osteonecrosis", "excluded"),
            diagnosis("bone_tumour", "excluded"),
            diagnosis("crps1", "discussed"),
        ],
        "differential": ["osteoarthritis", "osteitis", "bone_contusion"],
    }
    text = conclusion(LINE, conclusion=entered)
    assert "Pas d'argument en faveur d'une ostéonécrose de l'aileron sacré gauche ni d'une tumeur osseuse." in text
    assert "Un syndrome douloureux régional complexe de type 1 est à discuter." in text
    assert text.endswith("À discuter : arthrose, ostéite et contusion osseuse.")


def test_recommendations_are_those_entered_once_and_last() -> None:
    text = conclusion(LINE, conclusion={"recommendations": ["R-DXA", "R-RHEUM", "R-DXA"]})
    assert text.count("Ostéodensitométrie") == 1
    assert text.endswith("Ostéodensitométrie. Avis rhumatologique (bilan de fragilité osseuse et traitement).")
    assert "Ostéodensitométrie" not in conclusion(LINE)


def test_pseudarthrosis_is_said_with_its_fracture() -> None:
    place = {"site": "vertebra", "level": "L3"}
    text = conclusion(
        sign("a", "vertebral_fracture", "vertebra", level="L3"),
        sign("b", "intravertebral_cleft", "vertebra", level="L3",
             morphology={"contents": "gas", "orientation": "horizontal"}),
        modality="CT", region="lumbar_spine",
        conclusion={"diagnoses": [diagnosis("osteoporotic_vertebral_fracture", "retained", **place),
                                  diagnosis("vertebral_pseudarthrosis", "retained", **place)]},
    )  # fmt: skip
    assert text == (
        "Fracture vertébrale ostéoporotique de L3 avec fente intravertébrale gazeuse, témoignant d'une pseudarthrose."
    )


def test_the_age_found_by_the_rules_is_folded_in() -> None:
    place = {"site": "vertebra", "level": "L3"}
    text = conclusion(
        sign("a", "vertebral_fracture", "vertebra", level="L3"),
        sign("b", "bone_marrow_oedema", "vertebra", level="L3", signal=OEDEMA),
        region="lumbar_spine",
        conclusion={"diagnoses": [diagnosis("osteoporotic_vertebral_fracture", "retained", **place)]},
    )
    assert text == "Fracture récente de L3, d'origine ostéoporotique."


def migrating() -> list[dict[str, object]]:
    gone, new = ({"change": c, "compared_to": "C1"} for c in ("complete_regression", "new"))
    return [
        sign("a", "bone_marrow_oedema", "medial_femoral_condyle", "absent", laterality="right", evolution=gone),
        sign("b", "bone_marrow_oedema", "lateral_femoral_condyle", laterality="right", signal=OEDEMA, evolution=new),
    ]


def test_migration_introduces_the_diagnosis_and_evolution_follows() -> None:
    entered = {"diagnoses": [diagnosis("migratory_osteoporosis", "retained")]}
    text = conclusion(*migrating(), **KNEE, order={"trauma": False}, conclusion=entered)
    assert text == (
        "Caractère migrateur des anomalies : ostéoporose régionale transitoire migrante. "
        "Régression complète de l'œdème médullaire du condyle fémoral médial droit et "
        "apparition d'un œdème médullaire du condyle fémoral latéral droit."
    )


def test_a_suppressed_rule_is_not_printed() -> None:
    kept = conclusion(*migrating(), **KNEE, order={"trauma": False})
    assert "Caractère migrateur" in kept
    text = conclusion(*migrating(), **KNEE, order={"trauma": False}, conclusion={"suppress": ["E-MIGR"]})
    assert "migrateur" not in text


def test_normal_exam_names_only_what_was_denied() -> None:
    text = conclusion(
        sign("a", "fracture_line", "sacral_ala", "absent", laterality="bilateral"),
        sign("b", "any_abnormality", "exam_region", "absent"),
        conclusion={"diagnoses": [diagnosis("normal_exam", "retained")]},
    )
    assert text == "Pas de trait de fracture des ailerons sacrés. Pas d'anomalie décelable du bassin."


def test_without_diagnosis_the_signs_conclude_without_signal() -> None:
    text = conclusion(sign("a", "joint_effusion", "hip_joint", laterality="left", severity="minimal"))
    assert text == "Épanchement intra-articulaire minime de la hanche gauche."


def test_conclusion_has_no_signal_word() -> None:
    text = conclusion(sign("a", "bone_marrow_oedema", "sacrum", signal=OEDEMA), LINE)
    assert "signal" not in text
    assert "STIR" not in text


def test_free_text_closes_the_conclusion() -> None:
    assert conclusion(LINE, conclusion={"free_text": "Résultat communiqué au Dr X"}).endswith("communiqué au Dr X")


def test_densitometric_class_with_its_lowest_score() -> None:
    hips = [
        {"site": "total_hip", "laterality": side, "t_score": t, "z_score": -1}
        for side, t in (("left", -2.1), ("right", -1.6))
    ]
    patient = {"sex": "female", "age_years": 70, "menopausal_status": "postmenopausal"}
    data = exam(modality="DXA", region="hip", exam={"laterality": "bilateral"}, patient=patient,
                technique={"device": "D1"}, dxa={"measurements": hips})  # fmt: skip
    assert section(data, "findings") == (
        "Hanche totale gauche : T-score −2,1, Z-score −1,0. "
        "Hanche totale droite : T-score −1,6, Z-score −1,0. Moyenne −1,9."
    )
    assert section(data, "conclusion") == (
        "Ostéopénie densitométrique (T-score le plus bas : −2,1 à la hanche totale gauche)."
    )


def test_a_sign_that_a_rule_names_is_said_once() -> None:
    cleft = sign("c", "intravertebral_cleft", "vertebra", level="L1", morphology={"contents": "fluid"})
    said = "Fente intravertébrale liquidienne de L1, témoignant d'une pseudarthrose."
    text = conclusion(cleft, region="lumbar_spine")
    assert text.count("Fente intravertébrale") == 1 and said in text
    refused = conclusion(cleft, region="lumbar_spine", conclusion={"suppress": ["VB-CLEFT"]})
    assert "Fente intravertébrale liquidienne de L1." in refused
