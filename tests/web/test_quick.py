import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reporter import engine
from reporter.catalog import Catalog, load_catalog
from reporter.web.quick import Candidate, suggest

LUMBAR = {"exam": {"region": "lumbar_spine"}}
PRIOR = {"comparisons": [{"id": "P1"}]}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def first(text: str, exam: str, catalog: Catalog, draft: dict[str, Any] | None = None) -> Candidate:
    return suggest(text, exam, catalog, draft or {})[0]


def site(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, **more}


def measure(name: str, value: str, unit: str) -> list[dict[str, Any]]:
    return [{"name": name, "value": Decimal(value), "unit": unit}]


L1 = site("vertebra", level="L1")
ONE = [
    ("omo aileron g", "mr_pelvis", "bone_marrow_oedema", "present", site("sacral_ala", laterality="left"), {}),
    ("ŒDÈME aileron GAUCHE", "mr_pelvis", "bone_marrow_oedema", "present", site("sacral_ala", laterality="left"), {}),
    ("fente gaz l1", "mr_spine", "intravertebral_cleft", "present", L1, {"morphology": {"contents": "gas"}}),
    ("oedeme tete femorale droite absent", "mr_hip", "bone_marrow_oedema", "absent",
     site("femoral_head", laterality="right"), {}),
    ("pas de fracture col fem g", "mr_hip", "fracture", "absent", site("femoral_neck", laterality="left"), {}),
    ("tassement 40% l1", "mr_spine", "vertebral_fracture", "present", L1,
     {"measures": measure("height_loss", "40", "%")}),
    ("epanchement modere genou d", "mr_knee", "joint_effusion", "present", site("knee_joint", laterality="right"),
     {"severity": "moderate"}),
    ("fv d12", "mr_spine", "vertebral_fracture", "present", site("vertebra", level="T12"), {}),
    ("recul 4mm l1", "mr_spine", "posterior_wall_retropulsion", "present", L1,
     {"measures": measure("retropulsion", "4", "mm")}),
    ("épanchement 2,5 mm hanche g", "mr_hip", "joint_effusion", "present", site("hip_joint", laterality="left"),
     {"measures": measure("depth", "2.5", "mm")}),
    ("épanchement 1.2cm hanche g", "mr_hip", "joint_effusion", "present", site("hip_joint", laterality="left"),
     {"measures": measure("depth", "12", "mm")}),
    ("cyphose 30° l1", "ct_spine", "kyphosis", "present", L1, {"measures": measure("angle", "30", "deg")}),
    ("omo l1 non évalué", "mr_spine", "bone_marrow_oedema", "not_assessed", L1, {}),
    ("omo l1 ?", "mr_spine", "bone_marrow_oedema", "indeterminate", L1, {}),
    ("omo aileron g hypo t1 hyper t2fs", "mr_pelvis", "bone_marrow_oedema", "present",
     site("sacral_ala", laterality="left"), {"signal": {"T1": "hypo", "T2FS": "hyper"}}),
    ("omo meta 2 g", "mr_ankle_foot", "bone_marrow_oedema", "present", site("metatarsal", laterality="left", number=2),
     {}),
    ("fracture cote 9 d", "ct_chest", "fracture", "present", site("rib", laterality="right", number=9), {}),
    ("omo cunei med g", "mr_ankle_foot", "bone_marrow_oedema", "present",
     site("cuneiform", laterality="left", part="medial"), {}),
    ("trait horizontal s2", "mr_pelvis", "fracture_line", "present", site("sacral_segment", level="S2"),
     {"morphology": {"orientation": "horizontal"}}),
    ("fuite discale l1l2", "ct_spine", "cement_leak", "present", site("intervertebral_disc", level="L1L2"),
     {"morphology": {"leak_location": "disc"}}),
    ("fsc tete fem bilat bord a bord", "mr_hip", "subchondral_fracture", "present",
     site("femoral_head", laterality="bilateral"), {"morphology": {"edge_to_edge": True}}),
    ("hyperfix aileron g intense", "nm_sacrum", "increased_uptake", "present", site("sacral_ala", laterality="left"),
     {"severity": "marked"}),
    ("pas de lyse", "mr_spine", "bone_erosion", "absent", site("exam_region"), {}),
    ("fv l1 genant 2 récente", "mr_spine", "vertebral_fracture", "present", L1,
     {"morphology": {"genant": 2, "age": "recent"}}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "exam", "sign", "status", "where", "more"), ONE, ids=[row[0] for row in ONE])
def test_a_few_words_make_one_finding(
    text: str, exam: str, sign: str, status: str, where: dict[str, Any], more: dict[str, Any], catalog: Catalog
) -> None:
    best = first(text, exam, catalog)
    assert list(best.findings) == [{"finding": sign, "status": status, "site": where, **more}]
    assert best.complete


def test_several_levels_make_several_findings(catalog: Catalog) -> None:
    for text, levels in (("fv l1 t12", ["L1", "T12"]), ("fv l1-l3", ["L1", "L2", "L3"])):
        assert [f["site"]["level"] for f in first(text, "mr_spine", catalog).findings] == levels


def test_two_signs_share_the_level(catalog: Catalog) -> None:
    best = first("fente liq l1 hauteur 40", "mr_spine", catalog)
    assert list(best.findings) == [
        {"finding": "intravertebral_cleft", "status": "present", "site": L1, "morphology": {"contents": "fluid"}},
        {
            "finding": "vertebral_fracture",
            "status": "present",
            "site": L1,
            "measures": measure("height_loss", "40", "%"),
        },
    ]


def test_a_paired_site_without_a_side_offers_each_side_and_chooses_none(catalog: Catalog) -> None:
    found = suggest("omo aileron", "mr_pelvis", catalog, {})
    sides = [c.findings[0]["site"].get("laterality") for c in found if c.findings[0]["finding"] == "bone_marrow_oedema"]
    assert set(sides) == {"left", "right", "bilateral", None}
    assert found[0].score == found[1].score
    assert all(("laterality" in c.assumed) != ("laterality" in c.missing) for c in found)
    assert "laterality" in next(c for c in found if not c.assumed).missing


@pytest.mark.parametrize(
    ("text", "exam", "assumed"),
    [
        ("omo aileron g", "mr_pelvis", ()),
        ("fv l1", "mr_spine", ()),
        ("pas de lyse", "mr_spine", ()),
        ("cyphose 30° l1", "ct_spine", ()),
        ("fv 1", "mr_spine", ("level",)),
        ("l1", "mr_spine", ("sign",)),
        ("omo g", "mr_knee", ("site",)),
        ("épanchement g", "mr_knee", ()),
    ],
)
def test_what_was_not_typed_is_never_taken_by_default(
    text: str, exam: str, assumed: tuple[str, ...], catalog: Catalog
) -> None:
    assert first(text, exam, catalog).assumed == assumed


def test_a_missing_level_is_asked(catalog: Catalog) -> None:
    best = first("fv", "mr_spine", catalog)
    assert (best.findings[0]["site"], best.missing, best.complete) == ({"code": "vertebra"}, ("level",), False)
    assert best.missing_fr == ("niveau à préciser",)


def test_a_bare_number_is_every_level_the_exam_shows(catalog: Catalog) -> None:
    def levels(draft: dict[str, Any]) -> set[str]:
        return {c.findings[0]["site"]["level"] for c in suggest("fv 1", "mr_spine", catalog, draft)}

    assert levels(LUMBAR) == {"L1"}
    assert levels({"exam": {"region": "thoracic_spine"}}) == {"T1", "L1"}


def test_a_midline_site_takes_no_side_and_a_far_site_is_not_offered(catalog: Catalog) -> None:
    assert suggest("fv l1 g", "mr_spine", catalog, {}) == []
    assert suggest("fv c3", "mr_spine", catalog, LUMBAR) == []
    far = suggest("omo genou g", "mr_hip", catalog, {})
    assert all(c.missing_fr == ("mot non reconnu : genou",) for c in far)
    assert "knee_joint" not in {f["site"]["code"] for c in far for f in c.findings}


def test_only_what_the_sign_allows(catalog: Catalog) -> None:
    assert suggest("omo l1", "xr_spine", catalog, {}) == []
    assert suggest("omo aileron g hyper t1", "mr_pelvis", catalog, {}) == []
    assert suggest("tassement 4000% l1", "mr_spine", catalog, {}) == []
    dual = {"exam": {"technique": {"dual_energy": True}}}
    assert first("omo aileron g", "ct_sacrum", catalog, dual).findings[0]["finding"] == "bone_marrow_oedema"


def test_evolution_needs_a_prior(catalog: Catalog) -> None:
    alone = first("omo condyle med g stable", "mr_knee", catalog)
    assert "prior" in alone.missing
    known = first("omo condyle med g stable", "mr_knee", catalog, PRIOR)
    assert known.findings[0]["evolution"] == {"change": "unchanged", "compared_to": "P1"}
    gone = first("omo condyle med g disparu", "mr_knee", catalog, PRIOR).findings[0]
    assert (gone["status"], gone["evolution"]["change"]) == ("absent", "complete_regression")


def test_a_known_finding_is_completed_not_doubled(catalog: Catalog) -> None:
    draft = {"findings": [{"id": "F7", "finding": "vertebral_fracture", "status": "present", "site": L1}]}
    assert first("tassement 40% l1", "mr_spine", catalog, draft).updates == ("F7",)
    assert first("tassement 40% l2", "mr_spine", catalog, draft).updates == (None,)


def test_an_unknown_word_is_said(catalog: Catalog) -> None:
    best = first("omo xyzzy aileron g", "mr_pelvis", catalog)
    assert (best.missing, best.missing_fr) == (("word",), ("mot non reconnu : xyzzy",))
    assert suggest("xyzzy", "mr_pelvis", catalog, {}) == []
    assert suggest("", "mr_pelvis", catalog, {}) == []


def test_labels_are_french(catalog: Catalog) -> None:
    assert first("omo aileron g", "mr_pelvis", catalog).label_fr == "Œdème médullaire de l’aileron sacré gauche"
    assert first("pas omo aileron g", "mr_pelvis", catalog).label_fr.startswith("Pas d’œdème médullaire")
    assert first("tassement 40% l1", "mr_spine", catalog).label_fr.endswith("perte de hauteur de 40\u202f%")


def test_an_overlay_sign_is_found_without_code(tmp_path: Path) -> None:
    folder = tmp_path / "terminology" / "findings"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(
        "findings:\n  geode:\n    noun: géode sous-chondrale\n    gender: f\n    plural: géodes sous-chondrales\n"
        "    attach: de\n    modalities: [MR, CT]\n    rank: 80\n    measures: {length: [mm, 1, 60]}\n",
        encoding="utf-8",
    )
    best = suggest("geo cotyle g 8 mm", "mr_hip", load_catalog(tmp_path), {})[0]
    assert list(best.findings) == [
        {
            "finding": "geode",
            "status": "present",
            "site": site("acetabulum", laterality="left"),
            "measures": measure("length", "8", "mm"),
        }
    ]


def test_every_sign_of_every_exam_is_reached_by_its_name(catalog: Catalog) -> None:
    for exam in catalog.exams.values():
        for item in exam.checklist:
            found = suggest(catalog.findings[item.finding].lexeme.noun, exam.id, catalog, {})
            assert item.finding in {f["finding"] for c in found for f in c.findings}, (exam.id, item.finding)


def test_what_is_proposed_as_complete_is_accepted(catalog: Catalog) -> None:
    """Only what another part of the exam must still say may be missing: a sequence, an earlier procedure."""
    elsewhere = {"M-NEEDFS", "CE-PROC"}
    head = {
        "schema_version": "1.0",
        "patient": {"sex": "female", "age_years": 60},
        "order": {"indication": "Douleur lombaire."},
    }
    for exam in catalog.exams.values():
        region = exam.regions[0]
        study = {"modality": exam.modality, "region": region, "date": "2024-01-02", "contrast": {"given": True}}
        side = {"laterality": "bilateral"} if catalog.regions[region].laterality == "paired" else {}
        study.update({"technique": {}, **side})
        for sign in catalog.findings.values():
            for one in suggest(sign.lexeme.noun, exam.id, catalog, {"exam": study}):
                if one.complete:
                    rows = [{"id": f"F{n}", **finding} for n, finding in enumerate(one.findings)]
                    issues = engine.check({**head, "exam": study, "findings": rows}, catalog)
                    errors = [i for i in issues if i.severity == "error" and i.path.startswith("/findings")]
                    assert not [i for i in errors if i.code not in elsewhere], (exam.id, one.findings)


def test_it_answers_in_less_than_five_milliseconds(catalog: Catalog) -> None:
    texts = [row[0][:n] for row in ONE for n in range(1, len(row[0]) + 1)]
    exams = [row[1] for row in ONE for _ in range(len(row[0]))]
    suggest("omo", "mr_pelvis", catalog, {})
    started = time.perf_counter()
    for text, exam in zip(texts, exams, strict=True):
        suggest(text, exam, catalog, {})
    mean = (time.perf_counter() - started) / len(texts)
    print(f"mean of {len(texts)} suggestions: {mean * 1e3:.2f} ms")
    assert mean < 0.005


def test_a_number_that_nothing_uses_is_not_dropped(catalog: Catalog) -> None:
    candidate = first("fv l1 40", "mr_spine", catalog)
    assert not candidate.complete and "mot non reconnu : 40" in candidate.missing_fr


@pytest.mark.parametrize("text", ["omo aileron g hypo t1 hyper stir", "omo aileron g t1 hypo stir hyper"])
def test_a_signal_is_read_before_or_after_its_sequence(catalog: Catalog, text: str) -> None:
    assert first(text, "mr_pelvis", catalog).findings[0]["signal"] == {"T1": "hypo", "STIR": "hyper"}
