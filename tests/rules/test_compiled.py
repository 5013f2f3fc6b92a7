"""Rules as compiled functions: names, failures, and which rules an exam concerns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.model.report import Assessment
from reporter.rules import assess
from reporter.rules.conditions import condition
from reporter.rules.facts import NEEDS, NONE_WITHOUT, PLAIN_WORDS, WORDS, Facts
from reporter.rules.program import programs
from reporter.settings import Settings
from tests.rules import build
from tests.rules.test_each_rule import BASES

OEDEMA = {"finding": "bone_marrow_oedema", "site": {"code": "sacral_ala", "laterality": "left"}}
LINE = {"finding": "fracture_line", "site": {"code": "sacral_ala", "laterality": "right"}}
# arguments of the words that take more than the facts
ARGUMENTS: Mapping[str, tuple[Any, ...]] = {
    "aged_fractures": ("recent",),
    "diagnosed": ("stress_fracture",),
    "hip_pairs": ("bmd",),
    "lowest": ("t_score",),
    "treated_with": (["bisphosphonate"],),
}


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
        ("F-SACRUM", {"fracture_line"}),
        ("CE-LUNG", {"cement_leak"}),
        ("VB-RISK", {"vertebral_fracture", "endplate_fracture", "/prior_fractures", "/procedures"}),
        ("DX-FOCAL", {"/dxa"}),
        ("E-MODAL", {"/evolution"}),
        ("E-MIGR", {"bone_marrow_oedema"}),
        ("VB-GENANT", {"/measures"}),
        ("P-GD", {"/pregnancy_status"}),
        ("F-FAT", {"diagnosis:fatigue_fracture"}),
        ("V-EMPTY", None),
        ("V-INDIC", None),
        ("E-GONE-X", {"/findings"}),
    ],
)
def test_what_a_rule_needs_is_read_from_its_expressions(catalog: Catalog, rule: str, needs: set[str] | None) -> None:
    found = condition(next(p for p in programs(catalog) if p.rule.id == rule))
    assert found.needs == (None if needs is None else frozenset(needs))


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
    ],
)
def test_a_rule_that_may_hold_without_a_sign_is_always_tried(tmp_path: Path, when: str) -> None:
    assert said(tmp_path, {"findings": [OEDEMA]}, when=when) == ["1"]


@pytest.mark.parametrize("name", sorted(name for name in NEEDS if name in WORDS and name not in PLAIN_WORDS))
def test_a_word_has_nothing_to_say_without_what_it_needs(catalog: Catalog, name: str) -> None:
    """For an exam that holds everything else there is to ask about."""
    facts = Facts(build.exam({**BASES["mr_pelvis"], "findings": []}), catalog, Settings())
    given = ARGUMENTS.get(name, ()) or (_finding(),) * (name in ("phases_missing", "changed_measures"))
    answer = WORDS[name](facts, *given)
    assert NEEDS[name].isdisjoint(facts.holds)
    assert answer is None if name in NONE_WITHOUT else not answer


@pytest.mark.parametrize("name", sorted(name for name in NEEDS if name in PLAIN_WORDS))
def test_a_word_about_a_finding_says_nothing_of_a_bare_one(name: str) -> None:
    answer = PLAIN_WORDS[name](_finding(), *(["x"] * (name in ("attr", "measure"))))
    assert answer is None if name in NONE_WITHOUT else not answer


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
