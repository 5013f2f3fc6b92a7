"""A densitometry asks only for the vertebrae that its region of interest measures."""

import pytest

from reporter.catalog import load_catalog
from tests.web.window import PATIENT, Browser

CATALOG = load_catalog()
M = "/dxa/measurements/0"


@pytest.fixture
def dxa(browser: Browser) -> Browser:
    browser.open(exam="dxa", region="lumbar_spine", **PATIENT)
    return browser


def boxes(browser: Browser, field: str) -> list[str]:
    return [n.rpartition("/")[2] for n in sorted(browser.names()) if n.startswith(f"{field}/")]


def test_the_catalogue_says_which_vertebrae_a_region_measures() -> None:
    assert CATALOG.rois["lumbar_spine"].levels == ("L1", "L2", "L3", "L4")
    assert not [roi.id for roi in CATALOG.rois.values() if roi.levels and roi.id != "lumbar_spine"]


def test_the_lumbar_spine_has_four_vertebrae(dxa: Browser) -> None:
    for site in ("", "lumbar_spine"):
        dxa.send(**{f"{M}/site": site})
        assert boxes(dxa, f"{M}/vertebrae_included") == ["L1", "L2", "L3", "L4"]
        assert boxes(dxa, f"{M}/prior/vertebrae_included") == ["L1", "L2", "L3", "L4"]
        assert dxa.options(f"{M}/vertebrae_excluded/0/level") == ["L1", "L2", "L3", "L4"]


@pytest.mark.parametrize("other", [roi for roi in sorted(CATALOG.rois) if roi != "lumbar_spine"])
def test_another_region_has_none(dxa: Browser, other: str) -> None:
    dxa.send(**{f"{M}/site": other})
    asked = [name for name in dxa.names() if name.startswith(f"{M}/") and "vertebrae" in name]
    assert asked == []


def test_vertebrae_held_stay_in_view_when_the_region_changes(dxa: Browser) -> None:
    dxa.send(**{f"{M}/site": "lumbar_spine", f"{M}/vertebrae_included/L2": "1"})
    dxa.send(**{f"{M}/site": "total_hip"})
    assert boxes(dxa, f"{M}/vertebrae_included") == ["L2"]


@pytest.mark.parametrize(("typed", "said", "kept"), [
    ("arthrose", "(arthrose)", "arthrose"), ("Arthrose", "(arthrose)", "arthrose"), ("cement", "(ciment)", "ciment"),
    ("clip chirurgical", "(clip chirurgical)", "clip chirurgical")])  # fmt: skip
def test_a_reason_is_a_coded_one_or_own_words(dxa: Browser, typed: str, said: str, kept: str) -> None:
    reason = f"{M}/vertebrae_excluded/0/reason"
    [field] = dxa.page.xpath("//input[@name=$name]", name=reason)
    listed = dxa.page.xpath("//datalist[@id=$list]/option/@value", list=field.get("list"))
    assert set(listed) == set(CATALOG.lexicon["dxa_reasons"].values())
    dxa.send(**{f"{M}/site": "lumbar_spine", f"{M}/bmd": "0,8", f"{M}/t_score": "-2",
                f"{M}/vertebrae_excluded/0/level": "L1", reason: typed})  # fmt: skip
    assert said in dxa.section("findings")
    assert dxa.value(reason) == kept
    assert "FHIR" not in dxa.issues()


def test_measures_that_are_missing_are_asked_at_the_first_region(dxa: Browser) -> None:
    [link] = dxa.page.xpath("//*[@id='issues']//a[contains(text(), 'ensitométri')]/@href")
    target = dxa.page.get_element_by_id(link.removeprefix("#"))
    assert target.get("name") == f"{M}/site"
    assert target.get("aria-invalid") == "true"
