from decimal import Decimal
from typing import Any

import pytest
from lxml import html

from reporter.catalog import Catalog, load_catalog
from reporter.web.plots import dxa_trend, timeline, trends

PRIOR = {"date": "2018-03-09", "bmd": Decimal("0.810"), "device": "Hologic A"}
DXA = {
    "exam": {"modality": "DXA", "date": "2021-03-09", "technique": {"device": "Hologic A"}},
    "dxa": {
        "lsc": {"lumbar_spine": Decimal("0.025")},
        "measurements": [
            {"site": "lumbar_spine", "bmd": "0,780", "prior": PRIOR},
            {"site": "total_hip", "laterality": "left", "bmd": Decimal("0.700")},
        ],
    },
    "comparisons": [
        {"id": "P1", "date": "2015-10", "dxa": {"measurements": [{"site": "lumbar_spine", "bmd": Decimal("0.850")}]}}
    ],
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def finding(code: str, status: str = "present", **site: Any) -> dict[str, Any]:
    return {"finding": "bone_marrow_oedema", "status": status, "site": {"code": code, **site}}


KNEES = {
    "exam": {"date": "2020-06-01"},
    "comparisons": [
        {"id": "P1", "date": "2020-01-15", "findings": [finding("medial_femoral_condyle", laterality="left")]}
    ],
    "findings": [
        finding("medial_femoral_condyle", "absent", laterality="left"),
        finding("lateral_femoral_condyle", laterality="left"),
    ],
}


def test_the_measures_of_a_region_in_order(catalog: Catalog) -> None:
    spine, hip = trends(DXA, catalog)
    assert [(str(p.date), p.bmd) for p in spine.points] == [
        ("2015-10", Decimal("0.850")), ("2018-03-09", Decimal("0.810")), ("2021-03-09", Decimal("0.780")),
    ]  # fmt: skip
    assert spine.lsc == Decimal("0.025")
    assert (hip.lsc, len(hip.points)) == (Decimal("0.03"), 1)


def test_the_trend_says_in_words_what_it_shows(catalog: Catalog) -> None:
    tree = html.fromstring(f"<div>{dxa_trend(DXA, catalog)}</div>")
    (figure,) = tree.findall("figure")
    assert figure.find("svg/title").text == "Évolution de la densité minérale osseuse\u00a0: rachis lombaire"
    assert "± 0,025\u202fg/cm²" in figure.find("svg/desc").text
    rows = [[cell.text_content() for cell in row] for row in figure.iter("tr")]
    assert rows == [
        ["Date", "DMO", "Variation"],
        ["octobre 2015", "0,850\u202fg/cm²", ""],
        ["9 mars 2018", "0,810\u202fg/cm²", ""],
        ["9 mars 2021", "0,780\u202fg/cm²", "\u22120,030"],
    ]


def test_the_band_holds_what_is_no_significant_change(catalog: Catalog) -> None:
    tree = html.fromstring(f"<div>{dxa_trend(DXA, catalog)}</div>")
    band = next(e for e in tree.iter("rect") if e.get("class") == "plot-band")
    top, tall = float(band.get("y")), float(band.get("height"))
    heights = [float(e.get("cy")) for e in tree.iter("circle")]
    assert heights == sorted(heights)
    assert top <= heights[1] <= top + tall
    assert heights[2] > top + tall
    assert heights[1] == pytest.approx(top + tall / 2, abs=0.2)


def test_another_device_draws_no_band_and_says_no_change(catalog: Catalog) -> None:
    other = {**DXA, "exam": {**DXA["exam"], "technique": {"device": "Lunar B"}}}
    tree = html.fromstring(f"<div>{dxa_trend(other, catalog)}</div>")
    assert not [e for e in tree.iter("rect") if e.get("class") == "plot-band"]
    assert [row[2].text for row in tree.iter("tr")][1:] == [None, None, None]
    assert "n’est pas testée" in next(tree.iter("desc")).text


def test_one_measure_draws_nothing(catalog: Catalog) -> None:
    assert dxa_trend({"exam": {"date": "2021-03-09"}, "dxa": {"measurements": [{"site": "total_hip"}]}}, catalog) == ""
    assert dxa_trend({"dxa": "text", "comparisons": [3], "exam": None}, catalog) == ""


def test_the_timeline_shows_sites_over_the_exams(catalog: Catalog) -> None:
    tree = html.fromstring(f"<div>{timeline(KNEES, catalog)}</div>")
    rows = [[cell.text_content() for cell in row] for row in tree.iter("tr")]
    assert rows == [
        ["Site", "15 janvier 2020", "1er juin 2020"],
        ["Condyle fémoral médial gauche", "présent", "absent"],
        ["Condyle fémoral latéral gauche", "–", "présent"],
    ]
    assert len([e for e in tree.iter("path") if e.get("class") == "plot-move"]) == 1


def test_no_timeline_without_a_prior(catalog: Catalog) -> None:
    assert timeline({**KNEES, "comparisons": []}, catalog) == ""
    assert timeline({"findings": 3}, catalog) == ""


def test_plots_carry_no_style_and_no_markup_of_the_user(catalog: Catalog) -> None:
    evil = {**KNEES, "findings": [*KNEES["findings"], finding("<script>", laterality="left")]}
    for markup in (timeline(evil, catalog), dxa_trend(DXA, catalog)):
        assert "style=" not in markup
        assert "<script" not in markup
