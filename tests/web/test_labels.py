"""Everything a person chooses from is written in French, from the catalogue."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from reporter.catalog import load_catalog
from tests.web.window import PATIENT, Browser

ROOT = Path(__file__).resolve().parents[2]
CATALOG = load_catalog()
CODED_AS_WRITTEN = re.compile(r"[CTLS]\d{1,2}([CTLS]\d{1,2})?|\d+|(99mTc|18F)-\w+|T1|T2|STIR|CRP|PTH", re.ASCII)


def leaves(node: Any) -> Iterator[str]:
    """Every text of a tree of the catalogue's French."""
    if isinstance(node, Mapping):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, str):
        yield node


FRENCH = {
    *leaves(CATALOG.lexicon),
    *leaves(yaml.safe_load((ROOT / "templates" / "web" / "fr.yaml").read_text(encoding="utf-8"))),
    *(entry.lexeme.noun for table in (CATALOG.sites, CATALOG.rois, CATALOG.findings) for entry in table.values()),
    *(zone.noun for zone in CATALOG.zones.values()),
    *(word for f in CATALOG.findings.values() for word in leaves(f.values_fr)),
}


def choices(browser: Browser) -> Iterator[tuple[str, str, str]]:
    """(field, code, label) of every option drawn."""
    for option in browser.page.xpath("//*[@id='draft-form']//select[@name]/option[@value!='']"):
        yield option.getparent().get("name"), option.get("value"), option.text_content().strip()
    for box in browser.page.xpath("//*[@id='draft-form']//input[@type='checkbox']"):
        name = box.get("name")
        yield name, name.rpartition("/")[2], box.getparent().text_content().strip()


def not_french(code: str, label: str) -> bool:
    if CODED_AS_WRITTEN.fullmatch(label):
        return False
    same = label.casefold() in (code.casefold(), code.replace("_", " ").casefold())
    return "_" in label or (same and label not in FRENCH)


@pytest.mark.parametrize("exam", sorted(CATALOG.exams))
def test_no_option_of_any_exam_is_a_code(browser: Browser, exam: str) -> None:
    definition = CATALOG.exams[exam]
    seen = [f for f in CATALOG.findings.values() if definition.modality in (*f.modalities, *f.conditional)]
    findings = [
        {"id": f"F{n}", "finding": f.id, "status": "present", "site": {"code": (f.sites or ("cuneiform",))[0]}}
        for n, f in enumerate(seen)
    ]
    sequences = [{"sequence": s} for s in CATALOG.vocabulary["sequence"]] if definition.modality == "MR" else []
    study = {"technique": {"sequences": sequences}} if sequences else {}
    browser.get("/")
    browser.open(exam=exam, request_json=str({"findings": findings, "exam": study}).replace("'", '"'))
    drawn = list(choices(browser))
    assert len({name for name, _, _ in drawn if name.startswith("/findings/F")}) >= len(findings)
    assert [one for one in drawn if not_french(one[1], one[2])] == []
    assert [g for g in browser.page.xpath("//*[@role='group']/@aria-label") if g.isdigit() or "_" in g] == []


def test_what_is_concluded_is_named_as_the_catalogue_names_it(browser: Browser) -> None:
    browser.open(exam="mr_pelvis", region="pelvis", **PATIENT)
    labels = {(name, code): label for name, code, label in choices(browser)}
    for code, diagnosis in CATALOG.diagnoses.items():
        assert labels[f"/conclusion/differential/{code}", code].replace("’", "'") == diagnosis.lexeme.noun
    for code, known in CATALOG.recommendations.items():
        said = labels[f"/conclusion/recommendations/{code}", code].replace("’", "'").replace("\u00a0", " ")
        assert known.sentence.replace("\u00a0", " ").startswith(said.replace("\u202f", " "))


def test_only_a_rule_that_can_be_lifted_is_offered_with_what_it_says(browser: Browser) -> None:
    browser.open(exam="nm_sacrum", region="pelvis", **PATIENT)
    offered = {code: label for name, code, label in choices(browser) if name == "/exam/protocol_override/rule"}
    assert set(offered) == {rule.id for rule in CATALOG.rules.values() if rule.kind == "error_ov"}
    assert "contre-indiquées pendant la grossesse" in offered["P-NM"]


@pytest.mark.parametrize(("exam", "region", "place", "said"), [
    ("mr_knee", "knee", {"code": "medial_femoral_condyle", "laterality": "right"}, "condyle fémoral médial droit"),
    ("mr_knee", "knee", {"code": "knee_joint", "laterality": "right"}, "genou droit"),
    ("mr_knee", "knee", {"code": "patella", "laterality": "left"}, "patella gauche"),
    ("mr_ankle_foot", "ankle_foot", {"code": "metatarsal", "laterality": "right", "number": "2"},
     "2ᵉ métatarsien droit"),
    ("mr_spine", "lumbar_spine", {"code": "vertebra", "level": "L1"}, "corps vertébral de L1"),
])  # fmt: skip
def test_a_place_is_named_as_the_report_names_it(
    browser: Browser, exam: str, region: str, place: dict[str, str], said: str
) -> None:
    browser.open(exam=exam, region=region, **PATIENT)
    fields = {f"new-{'site' if key == 'code' else key}": value for key, value in place.items()}
    browser.send("/findings", **{"new-finding": "bone_marrow_oedema", **fields})
    if "number" in place:
        browser.send(**{"/findings/F1/site/number": place["number"]})
    [legend] = browser.page.xpath("//*[@id='entry-F1']/legend")
    assert legend.text_content() == f"Œdème médullaire, {said}"


def test_rows_of_a_knee_agree_with_their_side(browser: Browser) -> None:
    browser.open(exam="mr_knee", region="knee", laterality="right", **PATIENT)
    legends = [e.text_content() for e in browser.page.xpath("//fieldset[contains(@class, 'check-row')]/legend")]
    assert "Œdème médullaire, condyle fémoral médial droit" in legends
    assert "Œdème médullaire, patella droite" in legends
    assert "Épanchement intra-articulaire, genou droit" in legends


def test_a_densitometry_has_a_short_title(browser: Browser) -> None:
    browser.open(exam="dxa", region="lumbar_spine", **PATIENT)
    [title] = browser.page.xpath("//h1")
    assert title.text_content().replace("\u00a0", " ") == "Ostéodensitométrie : rachis lombaire"


def test_a_risk_factor_is_said_in_french(browser: Browser) -> None:
    browser.open(exam="mr_pelvis", region="pelvis", **PATIENT)
    codes = CATALOG.vocabulary["risk_factor"]
    browser.send(**{f"/patient/risk_factors/{code}": "1" for code in codes})
    said = browser.section("indication")
    assert [code for code in codes if re.search(rf"\b{code.replace('_', ' ')}\b", said)] == [
        code for code in codes if CATALOG.lexicon["risk_factors"].get(code) == code
    ]
