"""What an assessment holds: overrides, suppression, derived facts, messages, order, overlays, bad rules."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.errors import CatalogError
from reporter.model.exam import Site
from reporter.model.report import Assessment, Derived
from reporter.rules import assess, lint, proposable
from reporter.settings import Settings
from tests.rules import build
from tests.rules.test_each_rule import BASES

OEDEMA = {"finding": "bone_marrow_oedema", "site": {"code": "sacral_ala", "laterality": "left"}}
LINE = {"finding": "fracture_line", "site": {"code": "sacral_ala", "laterality": "left"}}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def run(catalog: Catalog, base: str, change: Mapping[str, Any], settings: Settings | None = None) -> Assessment:
    return assess(build.exam(build.merged(BASES[base], change)), catalog, settings or Settings())


def fact(result: Assessment, name: str) -> Derived:
    return next(d for d in result.derived if d.name == name)


def test_an_override_turns_the_error_into_a_warning_with_its_sentence(catalog: Catalog) -> None:
    override = {"rule": "P-DXA", "reason": "essai clinique", "by": "Dr A"}
    change = {"patient": {"pregnancy_status": "pregnant"}, "exam": {"protocol_override": override}}
    result = run(catalog, "dxa_young", change)
    assert (result.errors, result.overridden) == ((), ("P-DXA",))
    assert "P-DXA" in result.fired
    assert [i.message for i in result.issues if i.code == "P-DXA"] == [
        "Ostéodensitométrie réalisée pendant la grossesse par dérogation : essai clinique."
    ]


@pytest.mark.parametrize("override", [{"rule": "P-DXA", "reason": "  "}, {"rule": "P-NM", "reason": "essai"}])
def test_an_override_needs_a_reason_and_the_right_rule(catalog: Catalog, override: dict[str, str]) -> None:
    change = {"patient": {"pregnancy_status": "pregnant"}, "exam": {"protocol_override": override}}
    assert [i.code for i in run(catalog, "dxa_young", change).errors] == ["P-DXA"]


def test_a_plain_error_cannot_be_overridden(catalog: Catalog) -> None:
    change = {"findings": [], "exam": {"protocol_override": {"rule": "V-EMPTY", "reason": "essai"}}}
    assert [i.code for i in run(catalog, "mr_knee", change).errors] == ["V-EMPTY"]


def test_a_suppressed_conclusion_derives_nothing(catalog: Catalog) -> None:
    findings = {"findings": [OEDEMA, LINE]}
    assert fact(run(catalog, "mr_pelvis", findings), "sacral_stress_fracture").concluded
    result = run(catalog, "mr_pelvis", {**findings, "conclusion": {"suppress": ["F-SACRUM"]}})
    assert result.suppressed == ("F-SACRUM",)
    assert "F-SACRUM" not in result.fired
    assert not [d for d in result.derived if d.rule == "F-SACRUM"]


def test_errors_come_all_at_once_with_their_pointers(catalog: Catalog) -> None:
    change = {
        "order": {"laterality": "left"},
        "findings": [{"finding": "increased_uptake", "site": {"code": "patella"}}],
    }
    found = {i.code: i.path for i in run(catalog, "mr_knee", change).errors}
    assert found == {"L-REQ": "/findings/0/site", "L-ORDER": "/exam/laterality", "M-SIGN": "/findings/0"}


def test_messages_name_sites_in_french(catalog: Catalog) -> None:
    rows = [{**LINE, "id": "A"}, {**LINE, "id": "B", "status": "absent"}]
    message = next(i.message for i in run(catalog, "mr_pelvis", {"findings": rows}).errors)
    assert message == "Contradiction : trait de fracture de l'aileron sacré gauche est à la fois présent et absent."


def test_densitometry_facts(catalog: Catalog) -> None:
    prior = {"date": "2021-03-01", "bmd": "0.873", "device": "Lunar iDXA"}
    rows = [
        {"site": "lumbar_spine", "bmd": "0.828", "t_score": "-3.1", "prior": prior},
        {"site": "total_hip", "laterality": "left", "t_score": "-2.1"},
        {"site": "total_hip", "laterality": "right", "t_score": "-1.6"},
    ]
    result = run(catalog, "dxa", {"dxa": {"measurements": rows}, "order": {"on_treatment": True}})
    change = fact(result, "bmd_change")
    assert (change.value, change.unit, change.site, change.evidence) == (
        Decimal("-0.045"), "g/cm2", Site("lumbar_spine"), ("dxa/0",),
    )  # fmt: skip
    values = {d.name: d.value for d in result.derived}
    assert values["bmd_change_class"] == "loss"
    assert values["who_class"] == "osteoporosis"
    assert values["mean_t_score"] == Decimal("-1.9")
    assert fact(result, "lowest_t_score").site == Site("lumbar_spine")
    assert (fact(result, "target_reached").value, fact(result, "target_reached").site) == (True, Site("hip"))


def test_the_lowest_score_of_a_young_adult_keeps_its_side(catalog: Catalog) -> None:
    rows = [{"site": "total_hip", "laterality": s, "t_score": t} for s, t in (("left", "-2.1"), ("right", "-1.6"))]
    result = run(catalog, "dxa_young", {"dxa": {"measurements": rows}})
    assert fact(result, "lowest_t_score").site == Site("total_hip", "left")
    assert "who_class" not in {d.name for d in result.derived}


def test_comparing_devices_is_refused_only_when_a_change_is_concluded(catalog: Catalog) -> None:
    prior = {"date": "2021-03-01", "bmd": "0.9", "device": "Hologic"}
    rows = {"dxa": {"measurements": [{"site": "total_hip", "laterality": "left", "bmd": "0.7", "prior": prior}]}}
    assert not run(catalog, "dxa", rows).errors
    concluded = {**rows, "conclusion": {"diagnoses": [{"code": "dxa_significant_loss"}]}}
    assert [i.code for i in run(catalog, "dxa", concluded).errors] == ["DX-DEVICE"]


def test_height_loss_against_the_exam_before_the_procedure(catalog: Catalog) -> None:
    row = {"finding": "vertebral_fracture", "site": {"code": "vertebra", "level": "L3"}}
    before = {**row, "measures": [{"name": "height_loss", "value": 35, "unit": "%"}]}
    change = {
        "patient": {
            "procedures": [{"type": "vertebroplasty", "site": "vertebra", "level": "L3", "date": "2023-06-01"}]
        },
        "comparisons": [{"modality": "CT", "date": "2023-05-01", "region": "lumbar_spine", "findings": [before]}],
        "findings": [{**row, "measures": [{"name": "height_loss", "value": 15, "unit": "%"}]}],
    }
    found = fact(run(catalog, "ct_spine", change), "height_loss_change")
    assert found.value == -20
    assert {p.name: p.value for p in found.params} == {"current": 15, "prior": 35, "since": "procedure"}


def test_missing_dosimetry_refuses_when_the_site_says_so(catalog: Catalog) -> None:
    change = {"exam": {"dose": None}}
    assert not run(catalog, "ct_spine", change).errors
    assert [i.code for i in run(catalog, "ct_spine", change, Settings(strict_fr_dose=True)).errors] == ["P-DOSE"]


def test_a_proposal_is_only_a_proposal(catalog: Catalog) -> None:
    result = run(catalog, "mr_spine", {"conclusion": {"diagnoses": [{"code": "osteoporotic_vertebral_fracture"}]}})
    assert ("R-RHEUM", "VB-RX") in result.proposed


def test_optional_grades_are_off_by_default(catalog: Catalog) -> None:
    change = {
        "findings": [{"finding": "fracture_line", "site": {"code": "superior_pubic_ramus", "laterality": "left"}}]
    }
    assert "O-FFP" not in run(catalog, "mr_pelvis", change).fired
    assert (
        fact(run(catalog, "mr_pelvis", change, Settings(optional_grades=frozenset({"O-FFP"}))), "ffp_type").value == "I"
    )


def test_the_junction_is_a_setting(catalog: Catalog) -> None:
    settings = Settings(thoracolumbar_junction=("L2", "L3"))
    assert fact(run(catalog, "mr_spine", {}, settings), "thoracolumbar_junction").value is True


def overlay(folder: Path, text: str) -> Path:
    file = folder / "terminology" / "rules" / "site.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return folder


def test_a_site_adds_a_rule_without_python(tmp_path: Path) -> None:
    rule = """
rules:
  - id: SITE-EFFUSION
    kind: warning
    group: E
    scope: finding
    when: f.finding == 'joint_effusion' and f.status == 'present' and measure(f, 'depth') > dec('20.5')
    params: {mm: "measure(f, 'depth')", site: de_site_fr(f.site)}
    message: "Épanchement {site} de {mm} mm : ponction à discuter."
    source: site
"""
    catalog = load_catalog(overlay(tmp_path, rule))
    row = {"finding": "joint_effusion", "site": {"code": "knee_joint", "laterality": "right"}}
    change = {"findings": [{**row, "measures": [{"name": "depth", "value": "22.5", "unit": "mm"}]}]}
    issues = run(catalog, "mr_knee", change).issues
    assert [(i.severity, i.path, i.message) for i in issues if i.code == "SITE-EFFUSION"] == [
        ("warning", "/findings/0", "Épanchement du genou droit de 22,5 mm : ponction à discuter.")
    ]


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ("f.status == presnt", "nom inconnu « presnt »"),
        ("f.status ==", "expression illisible"),
        ("measure(f, 'depth') > 20.5", "nombre décimal binaire"),
        ("m.bmd > 1", "nom inconnu « m »"),
    ],
)
def test_a_badly_written_rule_is_refused_with_its_place(tmp_path: Path, when: str, problem: str) -> None:
    keys = "id: BAD, kind: warning, group: E, scope: finding, message: Non., source: site"
    catalog = load_catalog(overlay(tmp_path, f'rules:\n  - {{{keys}, when: "{when}"}}\n'))
    (issue,) = lint(catalog)
    assert problem in issue.message
    assert "site.yaml:2" in issue.path
    with pytest.raises(CatalogError):
        run(catalog, "mr_knee", {})


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("exam.__class__.__mro__", "attribut interdit « __class__ »"),
        ("'{0.__class__}'.format(exam)", "attribut interdit « format »"),
        ("[f for f in findings]", "ListComp n'est pas permis"),
        ("(lambda: true)()", "Lambda n'est pas permis"),
        ("2 ** 99", "Pow n'est pas permis"),
        ("f'{exam}'", "JoinedStr n'est pas permis"),
        ("(x := exam)", "NamedExpr n'est pas permis"),
        ("__import__('os')", "nom inconnu « __import__ »"),
        ("open('secret')", "nom inconnu « open »"),
        ("age > 0.5", "nombre décimal binaire"),
        ("age >", "expression illisible"),
    ],
)
def test_a_rule_cannot_reach_out_of_its_language(tmp_path: Path, when: str, why: str) -> None:
    rule = f'rules:\n  - {{id: BAD, kind: warning, group: E, when: "{when}", message: Non., source: site}}\n'
    with pytest.raises(CatalogError) as refused:
        run(load_catalog(overlay(tmp_path, rule)), "mr_knee", {})
    assert any("rules.BAD.when" in i.path and why in i.message for i in refused.value.issues), refused.value.issues


def test_a_rule_that_fails_on_an_exam_refuses_it(tmp_path: Path) -> None:
    rule = 'rules:\n  - {id: BAD, kind: warning, group: E, when: "exam.nothing > 1", message: Non., source: site}\n'
    result = run(load_catalog(overlay(tmp_path, rule)), "mr_knee", {})
    assert [i.code for i in result.errors] == ["RPT-RULE"]


def test_rules_are_in_order_structure_first(catalog: Catalog) -> None:
    change = {
        "findings": [{**LINE, "evolution": {"change": "new"}}, {**OEDEMA, "signal": {"T1": "hyper"}}],
        "order": {"indication": "?"},
    }
    groups = [catalog.rules[i.code].group for i in run(catalog, "mr_pelvis", change).issues]
    assert groups == sorted(groups)


def test_the_shipped_rules_are_well_written(catalog: Catalog) -> None:
    assert lint(catalog) == ()
    assert len(catalog.rules) == 135
    assert all(rule.source for rule in catalog.rules.values())


def test_a_diagnosis_is_offered_only_when_its_own_conditions_hold(catalog: Catalog) -> None:
    def offered(base: str, change: Mapping[str, Any]) -> frozenset[str]:
        return proposable(build.exam(build.merged(BASES[base], change)), catalog, Settings())

    bare = offered("mr_pelvis", {})
    assert "stress_fracture" in bare
    assert not bare & {"adjacent_vertebral_fracture", "postpartum_osteoporosis", "migratory_osteoporosis"}
    assert "postpartum_osteoporosis" in offered("mr_pelvis", {"patient": {"pregnancy_status": "postpartum"}})
    cemented = {"patient": {"procedures": [{"type": "vertebroplasty", "site": "vertebra", "level": "L2"}]}}
    assert "adjacent_vertebral_fracture" in offered("mr_pelvis", cemented)
