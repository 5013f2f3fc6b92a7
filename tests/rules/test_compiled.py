"""Rules as compiled functions: names, failures, and which rules an exam concerns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.model.exam import Diagnosis, PastProcedure, Site
from reporter.model.report import Assessment
from reporter.rules import assess
from reporter.rules.assessment import judge
from reporter.rules.conditions import condition
from reporter.rules.facts import NEEDS, NONE_WITHOUT, PLAIN_WORDS, TRUE_WITHOUT, WORDS, Facts
from reporter.rules.program import programs
from reporter.rules.rulebook import rulebook
from reporter.settings import Settings
from tests.rules import build
from tests.rules.test_each_rule import BASES, ENTRIES, GRADES, TODAY

OEDEMA = {"finding": "bone_marrow_oedema", "site": {"code": "sacral_ala", "laterality": "left"}}
LINE = {"finding": "fracture_line", "site": {"code": "sacral_ala", "laterality": "right"}}
DIAGNOSIS = Diagnosis("stress_fracture", "retained", "/conclusion/diagnoses/0", Site("femoral_head", "left"))
# arguments of the words that take more than the facts
ARGUMENTS: Mapping[str, tuple[Any, ...]] = {
    "aged_fractures": ("recent",),
    "diagnosed": ("stress_fracture",),
    "hip_pairs": ("bmd",),
    "lowest": ("t_score",),
    "treated_with": (["bisphosphonate"],),
    "cemented_neighbour": ("L1",),
    "of_inputs": ("L1",),
    "denied": ("bone_marrow_oedema", "L1"),
    "corrected_kyphosis": ("L1",),
    "prior_modality": ("MR",),
    "edge_lines": (DIAGNOSIS, True),
    "within_threshold": (DIAGNOSIS,),
    "misclassified": (DIAGNOSIS,),
    "treatment_started_within": (12,),
    "described": (PastProcedure("fixation", "/patient/procedures/0"),),
}
OF_A_FINDING = (
    *("phases_missing", "changed_measures", "contradictions", "entered_by_side", "procedure_known"),
    "enhancement",
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def with_rule(folder: Path, **keys: Any) -> Catalog:
    entry = {"id": "SITE", "kind": "warning", "group": "E", "message": "{a}", "source": "site", "params": {"a": "1"}}
    entry |= keys
    file = folder / "terminology" / "rules" / "site.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"rules": [entry]}), encoding="utf-8")  # JSON is YAML, and keeps line ends in texts
    return load_catalog(folder)


def run(catalog: Catalog, change: Mapping[str, Any], base: str = "mr_pelvis") -> Assessment:
    return assess(build.exam(build.merged(BASES[base], change)), catalog, Settings())


def said(folder: Path, change: Mapping[str, Any], **keys: Any) -> list[str]:
    """Messages of the rule, or of its failure."""
    return [i.message for i in run(with_rule(folder, **keys), change).issues if i.code in ("SITE", "RPT-RULE")]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"when": "true", "params": {"a": "'true none f having(it)'"}}, "true none f having(it)"),
        ({"when": "true", "params": {"a": "'é' + patient.sex # none"}}, "éfemale"),
        ({"when": "count(\n  findings # two\n) == 2", "params": {"a": "modality"}}, "MR"),
        ({"when": "'R-MRI' not in\tconclusion.recommendations", "params": {"a": "1 if(true)else 2"}}, "1"),
        ({"let": {"a-b": "1", "count": "count(findings)"}, "when": "count == 2", "params": {"a": "count"}}, "2"),
        ({"let": {"modality": "'x' + modality"}, "when": "modality == 'xMR'", "params": {"a": "modality"}}, "xMR"),
        ({"each": "['p', 'q']", "let": {"path": "path + it"}, "when": "it == 'q'", "params": {"a": "path"}}, "q"),
        ({"when": "it is none", "params": {"a": "(status_fr if findings else size)('absent')"}}, "absent"),
        ({"when": "(site_fr if dxa else de_site_fr) is not none", "params": {"a": "text_of(dxa)"}}, "None"),
    ],
)
def test_names_and_texts_of_a_rule_are_those_it_wrote(tmp_path: Path, keys: dict[str, Any], expected: str) -> None:
    assert said(tmp_path, {"findings": [OEDEMA, LINE]}, **keys) == [expected]


@pytest.mark.parametrize(
    ("keys", "failed"),
    [
        ({"when": "exam.nothing"}, "exam.nothing: 'Exam' object has no attribute 'nothing'"),
        ({"each": "dxa.measurements", "when": "true"}, "dxa.measurements: 'NoneType' object has no"),
        ({"let": {"x": "y", "y": "1"}, "when": "true"}, "y: name 'y' is not defined"),
        ({"let": {"x": "1"}, "when": "true and (\n findings[9]\n)"}, "true and (\n findings[9]\n): tuple index out of"),
        ({"when": "true", "params": {"a": "dec('x')"}}, "dec('x'): "),
        ({"when": "true", "path": "1 + 'x'"}, "1 + 'x': unsupported operand"),
    ],
)
def test_a_failure_names_the_expression_that_failed(tmp_path: Path, keys: dict[str, Any], failed: str) -> None:
    (message,) = said(tmp_path, {"findings": [OEDEMA, LINE]}, **keys)
    assert message.startswith(f"Règle SITE inapplicable : {failed}")


def test_what_was_found_before_a_failure_is_kept(tmp_path: Path) -> None:
    keys = {"scope": "finding", "when": "f.site.laterality + 'x' != ''", "params": {"a": "f.finding"}}
    rows = [OEDEMA, {**LINE, "site": {"code": "sacrum"}}]
    first, second = said(tmp_path, {"findings": rows}, **keys)
    assert first == "bone_marrow_oedema"
    assert "inapplicable" in second


def test_terms_on_the_exam_or_the_item_come_before_each_and_let(tmp_path: Path) -> None:
    keys = {"scope": "finding", "let": {"x": "f.site.level[0]"}, "when": "f.finding == 'cement' and x == 'L'"}
    assert said(tmp_path, {"findings": [OEDEMA]}, **keys) == []


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        ("F-SACRUM", [{"bone_marrow_oedema"}, {"fracture_line"}]),
        ("CE-LUNG", [{"cement_leak"}]),
        ("VB-RISK", [{"vertebral_fracture", "endplate_fracture", "/prior_fractures", "/procedures"}]),
        ("DX-FOCAL", [{"/dxa"}]),
        ("E-MODAL", [{"/evolution"}, {"/findings"}]),
        ("E-NEW-X", [{"new"}, {"/findings"}]),
        ("E-MIGR", [{"bone_marrow_oedema"}, {"new"}, {"complete_regression", "partial_regression"}]),
        ("VB-GENANT", [{"height_loss", "reference_height"}, {"present"}, {"/findings"}]),
        ("VB-GENANT-X", [{"genant"}, {"height_loss", "reference_height"}, {"/morphology"}]),
        ("P-GD", [{"pregnant"}]),
        ("F-FAT", [{"fatigue_fracture"}, {"/diagnoses"}]),
        ("F-MRCT", [{"bone_marrow_oedema"}, {"indeterminate"}, {"fracture", "fracture_line", "subchondral_fracture"}]),
        ("CE-PROC", [{"cement", "cement_leak", "implant", "pulmonary_cement_embolus"}, {"indeterminate", "present"}]),
        ("VB-PVP-X", [{"R-VERTEBROPLASTY"}]),
        ("M-TRACER", [{"NM", "PT"}]),
        ("L-BILAT", [{"bilateral"}]),
        ("L-ORDER", [{"/laterality"}]),
        ("V-EMPTY", []),
        ("V-INDIC", []),
        ("E-GONE-X", [{"/evolution"}, {"/findings"}]),
    ],
)
def test_what_a_rule_needs_is_read_from_its_expressions(catalog: Catalog, rule: str, needs: list[set[str]]) -> None:
    found = condition(next(p for p in programs(catalog) if p.rule.id == rule), catalog)
    assert list(found.needs)[: len(needs)] == [frozenset(demand) for demand in needs]
    assert bool(found.needs) == bool(needs)


@pytest.mark.parametrize(
    "when",
    [
        "not having('cement')",
        "having('cement') is not none",
        "count(having('cement')) >= 0",
        "having('cement') or age",
        "count(having('cement')) != 1",
        "comparisons is not none",
        "(having('cement') or true)",
        "evolution_fits(findings[0])",
        "having_with('bone_marrow_oedema', 'shape', value=none)",
        "findings[0].status in 'present absent'",
    ],
)
def test_a_rule_that_may_hold_without_a_sign_is_always_tried(tmp_path: Path, when: str) -> None:
    assert said(tmp_path, {"findings": [OEDEMA]}, when=when) == ["1"]


@pytest.mark.parametrize("when", ["f.status in 'present absent'", f"f.finding in 'x {OEDEMA['finding']}'"])
def test_a_part_of_a_text_is_no_member_of_a_list(tmp_path: Path, when: str) -> None:
    assert said(tmp_path, {"findings": [OEDEMA]}, scope="finding", when=when) == ["1"]


def test_a_sign_of_an_earlier_exam_is_held_too(tmp_path: Path) -> None:
    prior = {"id": "C1", "modality": "MR", "date": "2024-01", "region": "pelvis"}
    prior |= {"findings": [{"finding": "cement", "status": "present", "site": {"code": "sacrum"}}]}
    keys = {"scope": "comparison", "each": "p.findings", "when": "trait(it, 'needs_procedure')"}
    assert said(tmp_path, {"findings": [OEDEMA], "comparisons": [prior]}, **keys) == ["1"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['rule']}-{entry['base']}")
def test_rules_that_are_left_aside_have_nothing_to_say(catalog: Catalog, entry: dict[str, Any]) -> None:
    """Each case of each rule, as the rules chosen for it judge it, and as all rules do."""
    settings = Settings(optional_grades=GRADES)
    for change in ({}, *entry.get("fires", []), *entry.get("silent", [])):
        exam = build.exam(build.merged(BASES[entry["base"]], change))
        facts = Facts(exam, catalog, settings, TODAY)
        everything = {name for rule in rulebook(catalog).all for demand in rule.needs for name in demand}
        tried = list(rulebook(catalog).rules(facts.modality, settings.optional_grades, everything))
        chosen = list(rulebook(catalog).rules(facts.modality, settings.optional_grades, facts.holds))
        assert len(chosen) < len(tried) * 2 / 3
        assert judge(facts, tried) == assess(exam, catalog, settings, today=TODAY)


@pytest.mark.parametrize(
    ("when", "needs"),
    [
        ("having('cement', 'absent') and having_with('cement', 'shape', 'x')", [{"absent"}, {"cement"}]),
        ("having_with('cement', 'shape', none)", []),
        ("having('cement') or diagnosed('fracture')", [{"cement", "fracture"}]),
        ("having('cement') or modality", []),
        ("'R-MRI' in conclusion.recommendations", [{"R-MRI"}]),
        ("not having('cement')", []),
        ("'x' in (dxa or [])", [{"/dxa"}]),
        ("trait(findings[0], 'needs_procedure') == none", []),
    ],
)
def test_what_an_exam_must_hold_for_a_condition(tmp_path: Path, when: str, needs: list[set[str]]) -> None:
    other = with_rule(tmp_path, when=when)
    found = condition(next(p for p in programs(other) if p.rule.id == "SITE"), other)
    assert list(found.needs) == [frozenset(demand) for demand in needs]


def test_a_let_is_evaluated_for_the_first_term_that_needs_it(tmp_path: Path) -> None:
    """And those before it that it needs, so that one that would fail fails only where it is reached."""
    lets = {"n": "count(findings)", "bad": "findings[9]", "more": "n + 1"}
    rows = {"findings": [OEDEMA, LINE]}
    assert said(tmp_path / "a", rows, let=lets, when="more == 4 and bad", params={"a": "n"}) == []
    (message,) = said(tmp_path / "b", rows, let=lets, when="more == 3 and bad", params={"a": "n"})
    assert message.startswith("Règle SITE inapplicable : findings[9]: ")
    (message,) = said(tmp_path / "c", rows, let=lets, when="more == 3", params={"a": "n"})
    assert message.startswith("Règle SITE inapplicable : findings[9]: ")


def test_what_is_asked_again_is_asked_anew_for_each_item(tmp_path: Path) -> None:
    keys = {"scope": "finding", "when": "sign_fr(f.finding) != ''", "params": {"a": "sign_fr(f.finding)"}}
    assert len(set(said(tmp_path, {"findings": [OEDEMA, LINE]}, **keys))) == 2


def test_what_is_asked_again_of_a_list_is_asked_anew_for_each_of_it(tmp_path: Path) -> None:
    keys = {"each": "['left', 'right']", "when": "side_fr(it) != ''", "params": {"a": "side_fr(it)"}}
    assert said(tmp_path, {"findings": [OEDEMA]}, **keys) == ["gauche", "droit"]


@pytest.mark.parametrize("name", sorted(name for name in NEEDS if name in WORDS and name not in PLAIN_WORDS))
def test_a_word_has_nothing_to_say_without_what_it_needs(catalog: Catalog, name: str) -> None:
    """For an exam that holds everything else there is to ask about."""
    facts = Facts(build.exam({**BASES["mr_pelvis"], "findings": []}), catalog, Settings())
    given = ARGUMENTS.get(name, ()) or (_finding(),) * (name in OF_A_FINDING)
    answer = WORDS[name](facts, *given)
    assert any(demand.isdisjoint(facts.holds) for demand, _ in NEEDS[name])
    assert answer is None if name in NONE_WITHOUT else not answer


@pytest.mark.parametrize("name", sorted(name for name in NEEDS if name in PLAIN_WORDS))
def test_a_word_about_a_finding_says_nothing_of_a_bare_one(name: str) -> None:
    answer = PLAIN_WORDS[name](_finding(), *(["x"] * (name in ("attr", "measure"))))
    assert answer is (None if name in NONE_WITHOUT else True) if name in (*NONE_WITHOUT, *TRUE_WITHOUT) else not answer


def _finding() -> Any:
    return build.finding(OEDEMA, "/findings/0", 0)


def test_an_exam_of_a_modality_of_its_own_is_judged_by_the_rules_of_all(catalog: Catalog) -> None:
    found = {i.code for i in run(catalog, {"exam": {"modality": "XX"}, "findings": []}).issues}
    assert "V-EMPTY" in found


def test_contradictions_are_named_in_order_whatever_lies_between(catalog: Catalog) -> None:
    rows = [
        {**LINE, "id": f"F{n}", "status": status} for n, status in enumerate(("present", "absent", "indeterminate"))
    ]
    issues = [i for i in run(catalog, {"findings": [rows[0], OEDEMA, *rows[1:]]}).issues if i.code == "V-CONTRA"]
    assert [(i.path, "présent et absent" in i.message) for i in issues] == [
        ("/findings/2", True),
        ("/findings/3", False),
        ("/findings/3", False),
    ]
    assert ["présent et douteux" in i.message for i in issues[1:]] == [True, False]
