"""STYLE §6: what Résultats says of the findings."""

import pytest

from tests.narrative.inputs import MR, OEDEMA, conclusion, exam, findings, section, sign

PRIOR = [{"id": "C1", "modality": "MR", "region": "pelvis", "date": "2023-11-02"}]
FOOT = {"region": "ankle_foot", "exam": {"laterality": "left"}}


def evolved(change: str) -> dict[str, dict[str, str]]:
    return {"evolution": {"change": change, "compared_to": "C1"}}


def test_signal_then_relation_with_the_related_sign_inside() -> None:
    text = findings(
        sign("a", "bone_marrow_oedema", "sacral_ala", laterality="left", signal=OEDEMA,
             relations=[{"type": "abuts", "target": "b"}]),
        sign("b", "fracture_line", "sacral_ala", laterality="left", signal={"T1": "hypo"}),
    )  # fmt: skip
    assert text == (
        "Œdème médullaire de l'aileron sacré gauche, en hyposignal T1 et en hypersignal STIR, "
        "au contact d'un trait de fracture en hyposignal T1."
    )


def test_oedema_extends_to_another_bone() -> None:
    text = findings(
        sign("a", "bone_marrow_oedema", "femoral_epiphysis", laterality="left", signal=OEDEMA,
             relations=[{"type": "continuous_with", "target": "b"}]),
        sign("b", "bone_marrow_oedema", "acetabulum", laterality="left", signal=OEDEMA),
    )  # fmt: skip
    assert text.endswith("étendu à l'acétabulum gauche.")
    assert text.count("Œdème") == 1


def test_a_relation_to_a_sign_already_said_is_definite() -> None:
    text = findings(
        sign("a", "bone_marrow_oedema", "sacral_ala", laterality="left"),
        sign("b", "fracture_line", "sacral_ala", laterality="left", relations=[{"type": "within", "target": "a"}]),
    )
    assert text.endswith("Trait de fracture de l'aileron sacré gauche, au sein de l'œdème médullaire.")


def test_same_sign_of_several_sites_is_said_once() -> None:
    text = findings(
        sign("a", "bone_marrow_oedema", "talus", laterality="left", signal=OEDEMA),
        sign("b", "bone_marrow_oedema", "metatarsal", laterality="left", number=3, zones=["base"], signal=OEDEMA),
        **FOOT,
    )
    assert text == (
        "Œdème médullaire du talus et de la base du 3ᵉ métatarsien gauches, en hyposignal T1 et en hypersignal STIR."
    )


def test_other_words_keep_sites_apart() -> None:
    text = findings(
        sign("a", "bone_marrow_oedema", "talus", laterality="left", severity="marked"),
        sign("b", "bone_marrow_oedema", "calcaneus", laterality="left"),
        **FOOT,
    )
    assert text == "Œdème médullaire marqué du talus gauche. Œdème médullaire du calcanéus gauche."


def test_two_sides_are_both_and_the_worse_is_named() -> None:
    left = sign("a", "bone_marrow_oedema", "ischium", laterality="left", severity="moderate")
    right = sign("b", "bone_marrow_oedema", "ischium", laterality="right", severity="marked")
    assert findings(left, right) == "Œdème médullaire des deux ischions, modéré à gauche et plus marqué à droite."
    both = sign("a", "bone_marrow_oedema", "ischium", laterality="bilateral")
    assert findings(both) == "Œdème médullaire des deux ischions."


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"orientation": "vertical"}, "Trait de fracture vertical de l'aileron sacré gauche."),
        ({"compartment": "cancellous"}, "Trait de fracture de l'os spongieux de l'aileron sacré gauche."),
        ({"complete": False}, "Trait de fracture incomplet de l'aileron sacré gauche."),
        ({"displacement": False}, "Trait de fracture non déplacé de l'aileron sacré gauche."),
    ],
)
def test_attributes_of_a_line(attributes: dict[str, object], expected: str) -> None:
    assert findings(sign("a", "fracture_line", "sacral_ala", laterality="left", morphology=attributes)) == expected


def test_edge_to_edge_crosses_the_head() -> None:
    line = sign("a", "subchondral_fracture", "femoral_head", laterality="right", morphology={"edge_to_edge": False})
    assert findings(line) == (
        "Fracture sous-chondrale de la tête fémorale droite, n'allant pas d'un bord à l'autre de la tête."
    )


def test_rim_and_its_thickness_are_one_clause() -> None:
    text = findings(
        sign("a", "soft_tissue_oedema", "soft_tissue_adjacent", morphology={"shape": "rim"}, severity="minimal",
             measures=[{"name": "thickness", "value": 2, "unit": "mm"}])
    )  # fmt: skip
    assert text == "Œdème minime des parties molles adjacentes, sous la forme d'un fin liseré de 2 mm d'épaisseur."


def test_zone_adjective_goes_to_the_sign() -> None:
    text = findings(
        sign("a", "bone_marrow_oedema", "lateral_femoral_condyle", laterality="right", zones=["subchondral"]),
        region="knee", exam={"laterality": "right"},
    )  # fmt: skip
    assert text == "Œdème médullaire sous-chondral du condyle fémoral latéral droit."


def test_derived_height_loss_is_inside_the_fracture_sentence() -> None:
    heights = (("anterior_height", 14), ("posterior_height", 24), ("reference_height", 26))
    text = findings(
        sign("a", "vertebral_fracture", "vertebra", level="L1", morphology={"shape": "wedge"},
             measures=[{"name": n, "value": v, "unit": "mm"} for n, v in heights]),
        modality="CT", region="lumbar_spine",
    )  # fmt: skip
    assert text == (
        "Fracture vertébrale cunéiforme de L1, avec une perte de hauteur de 46 % (grade 3 de Genant), "
        "hauteurs antérieure de 14 mm, postérieure de 24 mm et de référence de 26 mm."
    )


def test_kyphosis_is_a_measure_sentence() -> None:
    angle = sign("a", "kyphosis", "vertebra", level="L1", morphology={"kind": "vertebral"},
                 measures=[{"name": "angle", "value": 25, "unit": "deg"}])  # fmt: skip
    assert findings(angle, modality="XR", region="lumbar_spine") == "Angle de cyphose vertébrale de L1 de 25°."


def test_evolution_before_new_and_regressed_signs_are_not_negatives() -> None:
    text = findings(
        sign("n", "bone_marrow_oedema", "femoral_neck", laterality="left", **evolved("new")),
        sign("g", "bone_marrow_oedema", "femoral_head", "absent", laterality="left", **evolved("complete_regression")),
        sign("m", "trabecular_microfracture", "femoral_head", laterality="left", **evolved("new")),
        comparisons=PRIOR,
    )
    assert text == (
        "Régression complète de l'œdème médullaire de la tête fémorale gauche. "
        "Apparition d'un œdème médullaire du col fémoral gauche. "
        "Apparition de microfractures trabéculaires de la tête fémorale gauche."
    )


def test_indeterminate_agrees() -> None:
    doubt = sign("a", "fracture_line", "sacral_ala", "indeterminate", laterality="right")
    assert findings(doubt) == (
        "Trait de fracture de l'aileron sacré droit douteux, ne pouvant être affirmé sur cet examen."
    )
    several = sign("a", "trabecular_microfracture", "femoral_head", "indeterminate", laterality="right")
    assert findings(several).endswith("douteuses, ne pouvant être affirmées sur cet examen.")


def test_not_assessed_goes_to_technique_and_is_not_denied() -> None:
    data = exam(
        sign("a", "joint_effusion", "hip_joint", "not_assessed", laterality="left", comment="artefact métallique"),
        sign("b", "bone_marrow_oedema", "femoral_head", laterality="left"),
    )
    shown = "Épanchement intra-articulaire de la hanche gauche non évaluable (artefact métallique)."
    assert section(data, "technique").endswith(shown)
    assert "panchement" not in section(data, "findings")


def test_negatives_are_grouped_and_sided() -> None:
    text = findings(
        sign("a", "bone_marrow_oedema", "femoral_head", "absent", laterality="bilateral"),
        sign("b", "epiphyseal_collapse", "femoral_head", "absent", laterality="bilateral"),
        sign("c", "fracture", "sacral_ala", "absent", laterality="left"),
    )
    assert text == (
        "Pas de fracture de l'aileron sacré gauche. "
        "Pas d'œdème médullaire ni de perte de sphéricité des têtes fémorales."
    )


def test_normality_comes_before_negatives() -> None:
    text = findings(
        sign("a", "joint_effusion", "hip_joint", "absent", laterality="left"),
        sign("b", "joint_space_normal", "hip_joint", laterality="left"),
    )
    assert text == (
        "Interligne articulaire normal de la hanche gauche. Pas d'épanchement intra-articulaire de la hanche gauche."
    )


def test_levels_have_paragraphs_from_top_to_bottom() -> None:
    text = findings(
        *(sign(f"o{n}", "bone_marrow_oedema", "vertebra", level=n, signal=OEDEMA) for n in ("L3", "T12")),
        *(sign(f"f{n}", "vertebral_fracture", "vertebra", level=n) for n in ("L3", "T12")),
        sign("x", "bone_erosion", "spinal_segment", "absent"),
        region="thoracolumbar_spine",
    )
    first, second, last = text.split("\n")
    assert "T12" in first and "L3" not in first
    assert "L3" in second and "T12" not in second
    assert last == "Pas de lyse osseuse."


def test_leak_is_named_by_its_place() -> None:
    place = {"type": "vertebroplasty", "site": "vertebra", "date": "2024-05-01"}
    done = {"procedures": [{**place, "level": level} for level in ("L4", "L5")]}
    text = findings(
        sign("a", "cement_leak", "intervertebral_disc", level="L4L5", morphology={"leak_location": "disc"}),
        sign("b", "cement_leak", "epidural_space", "absent", level="L4", morphology={"leak_location": "epidural"}),
        sign("c", "cement_leak", "prevertebral_soft_tissue", level="L4", morphology={"leak_location": "prevertebral"}),
        modality="CT", region="lumbar_spine", patient=done,
    )  # fmt: skip
    assert text == (
        "Fuite de ciment discale en L4-L5. Fuite de ciment dans les tissus mous prévertébraux en regard de L4. "
        "Pas de fuite de ciment épidurale en L4."
    )


def test_counts() -> None:
    ribs = {"modality": "XR", "region": "chest", "technique": {"views": ["AP"]}}
    three = sign("a", "fracture", "ribs", laterality="left", count=3)
    assert findings(three, **ribs) == "Trois fractures du gril costal gauche."
    many = sign("a", "fracture_callus", "ribs", count="multiple")
    assert findings(many, **ribs) == "Cals fracturaires multiples du gril costal."


def test_all_three_phases() -> None:
    bone = {"tracer": "99mTc-HDP", "phases": ["flow", "blood_pool", "delayed"]}
    hot = sign("a", "increased_uptake", "sacrum", severity="marked",
               uptake={"pattern": "h_shaped", "phases": ["flow", "blood_pool", "delayed"]})  # fmt: skip
    text = findings(hot, modality="NM", region="whole_body", technique=bone)
    assert text == "Hyperfixation intense en H du sacrum, aux trois temps (vasculaire, tissulaire et osseux)."


def test_comment_and_free_text_are_verbatim() -> None:
    comment = "Aspect  stable (cf. série 4)"
    data = exam(
        sign("a", "bone_marrow_oedema", "sacrum", signal=OEDEMA, comment=comment),
        free_text={"findings": "Vu l'image 12"},
    )
    text = section(data, "findings")
    assert comment in text
    assert text.endswith("Vu l'image 12")


def test_nothing_found_is_never_an_empty_section() -> None:
    only = sign("a", "joint_effusion", "hip_joint", "not_assessed", laterality="left")
    assert findings(only) == "Signes recherchés non évaluables."
    assert conclusion(only) == "Signes recherchés non évaluables sur cet examen."


def test_all_sequences_of_the_exam() -> None:
    three = {"sequences": [*MR["sequences"], {"sequence": "T2", "plane": "axial"}]}
    low = sign("a", "cement", "vertebra", level="L1", signal={"T1": "hypo", "T2": "hypo", "STIR": "hypo"})
    done = {"procedures": [{"type": "vertebroplasty", "site": "vertebra", "level": "L1", "date": "2024-01-01"}]}
    text = findings(low, region="lumbar_spine", technique=three, patient=done)
    assert text == "Ciment dans le corps vertébral de L1, en hyposignal sur toutes les séquences."
