"""Grammalecte as an outside judge of the printed French (skipped, and said so, where it is not installed)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from reporter import french
from tests.narrative.inputs import CATALOG, OEDEMA, exam, report, section, sign

TOOL = shutil.which("grammalecte-cli")
WORDS = Path(__file__).with_name("words.txt")
# Ordinals are printed « 1er » by rule; « 99m » is an isotope; « faces antérieure et postérieure » is right.
TYPOGRAPHIC = ("unit_nbsp", "typo_ordinaux", "num_grand_nombre")
RIGHT = ("faces antérieure", "antérieure", "faces")


def sample() -> str:
    """Sentences of every kind, and the name of every sign, site and diagnosis."""
    knee = {"region": "knee", "exam": {"laterality": "right"}}
    prior = [{"id": "C1", "modality": "MR", "region": "knee", "laterality": "right", "date": "2023-11-02"}]
    changes = ("new", "increased", "unchanged", "partial_regression", "recurrent")
    bones = ("medial_femoral_condyle", "lateral_femoral_condyle", "medial_tibial_plateau", "patella", "fibula")
    evolved = [
        sign(
            c, "bone_marrow_oedema", b, laterality="right", signal=OEDEMA, evolution={"change": c, "compared_to": "C1"}
        )
        for c, b in zip(changes, bones, strict=True)
    ]
    pelvis = [
        sign("a", "bone_marrow_oedema", "sacral_ala", laterality="bilateral", signal=OEDEMA, severity="marked"),
        sign("b", "fracture_line", "sacral_ala", "indeterminate", laterality="left"),
        sign("c", "joint_effusion", "hip_joint", "absent", laterality="bilateral"),
        sign("d", "trabecular_microfracture", "femoral_head", "absent", laterality="right"),
    ]
    ala = {"site": "sacral_ala", "laterality": "left"}
    diagnosed = {
        "diagnoses": [{"code": "stress_fracture", "certainty": "probable", **ala}],
        "differential": ["osteitis", "bone_tumour"],
        "recommendations": sorted(CATALOG.recommendations)[:6],
    }
    reports = [report(exam(*evolved, comparisons=prior, **knee)), report(exam(*pelvis, conclusion=diagnosed))]
    names = [
        french.typeset(f"{french.capital(french.indefinite(french.np(e.lexeme, plural=many)))}.")
        for table in (CATALOG.findings, CATALOG.sites, CATALOG.diagnoses)
        for e in table.values()
        for many in (False, True)
    ]
    return "\n\n".join([*(r.text().replace("\n", "\n\n") for r in reports), *dict.fromkeys(names)])


@pytest.mark.skipif(
    TOOL is None, reason="grammalecte-cli is not installed: the French is not checked by an outside judge"
)
def test_an_outside_judge_finds_no_fault(tmp_path: Path) -> None:
    assert TOOL is not None
    text = tmp_path / "text.txt"
    text.write_text(sample(), encoding="utf-8")
    run = subprocess.run([TOOL, "-f", str(text), "-j", "-ctx", "-owe"], capture_output=True, text=True, check=True)
    known = set(WORDS.read_text(encoding="utf-8").split())
    faults: list[str] = []
    for paragraph in json.loads(run.stdout[run.stdout.index("{") :])["data"]:
        faults += [
            f"{e['sRuleId']}: {e['sUnderlined']}: {e['sMessage']}"
            for e in paragraph["lGrammarErrors"]
            if not any(name in e["sRuleId"] for name in TYPOGRAPHIC) and e["sUnderlined"] not in RIGHT
        ]
        faults += [f"word: {e['sValue']}" for e in paragraph["lSpellingErrors"] if e["sValue"].lower() not in known]
    assert not faults


def test_the_word_list_is_sorted_and_used() -> None:
    words = WORDS.read_text(encoding="utf-8").split()
    assert words == sorted(set(words))
    assert all(word == word.lower() for word in words)
    assert "œdème" not in words


def test_sample_says_what_it_should() -> None:
    assert "régression partielle" in sample().lower()
    assert section(exam(sign("a", "bone_marrow_oedema", "sacrum")), "findings") == "Œdème médullaire du sacrum."
