from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from reporter.catalog import Catalog, load_catalog
from reporter.settings import Settings
from reporter.web.schema import Place, draw, render, standalone
from reporter.web.schema.places import place_of
from reporter.web.schema.shapes import figures
from tools.schema_figures.figures import figures as drawn_figures

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
NOT_A_PLACE_OF_THE_BODY = {"exam_region", "soft_tissue_adjacent", "skeleton"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def finding(sign: str, code: str, status: str = "present", **site: Any) -> dict[str, Any]:
    return {"id": "F1", "finding": sign, "status": status, "site": {"code": code, **site}}


def draft(region: str, *findings: dict[str, Any]) -> dict[str, Any]:
    return {"exam": {"region": region}, "findings": list(findings)}


def link(place: Place) -> str:
    return f"?site={place.key}&x=1"


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(f"<all>{svg}</all>")


def sites(root: etree._Element) -> dict[str, etree._Element]:
    return {e.get("data-site", ""): e for e in root.iter() if e.get("data-site")}


def marked(root: etree._Element) -> list[tuple[str | None, str | None, str | None, str | None]]:
    found = [e for e in root.iter() if e.get("data-status")]
    return [(e.get("data-site"), e.get("data-laterality"), e.get("data-level"), e.get("data-status")) for e in found]


def test_every_shape_is_a_place_the_catalogue_allows(catalog: Catalog) -> None:
    for figure in figures():
        keys = [shape.key for shape in figure.shapes if shape.key]
        assert len(keys) == len(set(keys))
        for key in keys:
            place = place_of(key, catalog)
            assert place is not None, key
            entry = catalog.sites[place.site]
            assert (place.laterality is not None) == (entry.laterality == "paired"), key
            assert place.level is None or place.level in entry.levels, key
            low, high = entry.number_range or (0, -1)
            assert place.number is None or low <= place.number <= high, key


def test_every_site_has_all_its_places_or_is_beside(catalog: Catalog) -> None:
    keys = {shape.key.partition("~")[0] for figure in figures() for shape in figure.shapes if shape.key}
    for code, entry in catalog.sites.items():
        if code in NOT_A_PLACE_OF_THE_BODY:
            continue
        sides = ("left", "right") if entry.laterality == "paired" else (None,)
        low, high = entry.number_range or (0, 0)
        rests: list[Any] = (
            [{"level": v} for v in entry.levels] or [{"number": n} for n in range(low, high + 1) if n] or [{}]
        )
        rests = [{"part": part} for part in entry.parts] or rests
        missing = [p.key for side in sides for rest in rests if (p := Place(code, side, **rest)).key not in keys]
        assert not missing
    beside = {place.site for place in draw({}, catalog).unshown_sites}
    assert beside == NOT_A_PLACE_OF_THE_BODY


def test_left_of_the_patient_is_right_of_the_image() -> None:
    for figure in figures():
        by_key = {shape.key: shape for shape in figure.shapes}
        axis = next(s.box.left for s in figure.shapes if s.side == "left")
        other = next(s.box.left for s in figure.shapes if s.side == "right")
        assert other < axis
        for key, shape in by_key.items():
            if ".left" in key:
                assert shape.box.centre[0] > by_key[key.replace(".left", ".right")].box.centre[0], key


def test_the_levels_of_the_spine_go_down(catalog: Catalog) -> None:
    spine = next(figure for figure in figures() if figure.name == "spine")
    heights = {shape.key: shape.box.centre[1] for shape in spine.shapes}
    order = [heights[f"vertebra.{level}"] for level in catalog.sites["vertebra"].levels]
    assert order == sorted(order)


def test_the_files_are_those_the_tool_draws() -> None:
    for figure in drawn_figures():
        file = ROOT / "templates" / "web" / "schema" / f"{figure.name}.svg"
        assert file.read_text(encoding="utf-8") == figure.svg()


def test_a_finding_is_marked_where_it_is(catalog: Catalog) -> None:
    data = draft(
        "pelvis",
        finding("bone_marrow_oedema", "sacral_ala", laterality="left"),
        finding("bone_marrow_oedema", "femoral_head", "absent", laterality="bilateral"),
    )
    root = parsed(render(data, catalog))
    assert set(marked(root)) == {
        ("sacral_ala", "left", None, "present"),
        ("femoral_head", "left", None, "absent"),
        ("femoral_head", "right", None, "absent"),
    }
    titles = [e.findtext(f"{SVG}title") for e in root.iter() if e.get("data-status") == "present"]
    assert titles == ["Aileron sacré gauche\u00a0: œdème médullaire (présent)"]
    assert len([e for e in root.iter() if "schema-glyph" in e.get("class", "").split()]) == 3


def test_several_signs_at_one_place_are_all_read_and_the_strongest_is_drawn(catalog: Catalog) -> None:
    data = draft(
        "lumbar_spine",
        finding("bone_marrow_oedema", "vertebra", "absent", level="L1"),
        finding("vertebral_fracture", "vertebra", level="D12"),
        finding("intravertebral_cleft", "vertebra", level="L1"),
    )
    root = parsed(render(data, catalog))
    assert set(marked(root)) == {("vertebra", None, "L1", "present"), ("vertebra", None, "T12", "present")}
    one = next(e for e in root.iter() if e.get("data-level") == "L1" and e.get("data-status"))
    assert one.findtext(f"{SVG}title") == (
        "Corps vertébral de L1\u00a0: œdème médullaire (absent), fente intravertébrale (présent)"
    )


def test_shapes_are_links_that_the_keyboard_reaches(catalog: Catalog) -> None:
    root = parsed(render(draft("pelvis"), catalog, link=link))
    ala = next(
        e for e in root.iter(f"{SVG}a") if e.get("data-site") == "sacral_ala" and e.get("data-laterality") == "left"
    )
    assert ala.get("href") == "?site=sacral_ala.left&x=1"
    assert ala.get("aria-label") == "Aileron sacré gauche"
    assert ala.get("tabindex") is None
    assert not list(parsed(render(draft("pelvis"), catalog)).iter(f"{SVG}a"))


def test_the_spine_is_cut_to_the_levels_of_the_exam(catalog: Catalog) -> None:
    root = parsed(render(draft("lumbar_spine"), catalog))
    levels = {e.get("data-level") for e in root.iter() if e.get("data-site") == "vertebra"}
    assert levels == {"T11", "T12", "L1", "L2", "L3", "L4", "L5"}
    full = parsed(render(draft("full_spine"), catalog))
    assert {e.get("data-level") for e in full.iter() if e.get("data-site") == "vertebra"} >= {"C1", "T6", "L5"}


def test_no_style_no_script_and_unique_ids(catalog: Catalog) -> None:
    for region in catalog.regions:
        svg = render(draft(region, finding("fracture", "sacrum")), catalog, link=link)
        root = parsed(svg)
        assert "style=" not in svg
        assert not [
            e for e in root.iter() if e.tag.endswith(("style", "script")) or any(a.startswith("on") for a in e.attrib)
        ]
        ids = [e.get("id") for e in root.iter() if e.get("id")]
        assert len(ids) == len(set(ids))


def test_a_hostile_draft_cannot_write_into_the_picture(catalog: Catalog) -> None:
    evil = '"><script>alert(1)</script>'
    data = draft(
        "pelvis", {**finding("fracture", "sacrum"), "id": evil}, finding(evil, "sacrum"), finding("fracture", evil)
    )
    data["findings"] += [
        "text",
        {"finding": "fracture", "status": "present", "site": {"code": "vertebra", "level": evil}},
    ]
    root = parsed(render(data, catalog))
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert parsed(standalone(data, catalog)) is not None


def test_the_exported_picture_carries_its_style_and_what_it_cannot_draw(catalog: Catalog) -> None:
    data = draft("pelvis", finding("soft_tissue_oedema", "soft_tissue_adjacent"))
    root = etree.fromstring(standalone(data, catalog))
    assert root.find(f"{SVG}style") is not None
    words = " ".join(e.text or "" for e in root.iter(f"{SVG}text"))
    assert "Parties molles adjacentes\u00a0: œdème des parties molles adjacentes (présent)" in words
    assert "Bassin de face" in words
    assert not list(root.iter(f"{SVG}a"))


def test_an_overlay_site_without_shape_is_listed_beside(tmp_path: Path) -> None:
    folder = tmp_path / "terminology" / "sites"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(
        "sites:\n  coccyx:\n    noun: coccyx\n    gender: m\n    laterality: midline\n    regions: [sacrum_region]\n",
        encoding="utf-8",
    )
    picture = draw(draft("pelvis", finding("fracture", "coccyx")), load_catalog(tmp_path))
    assert picture.beside == ("Coccyx\u00a0: fracture (présent)",)
    assert "coccyx" in {place.site for place in picture.unshown_sites}


def test_an_overlay_figure_draws_its_site(tmp_path: Path) -> None:
    sites_folder, schema = tmp_path / "terminology" / "sites", tmp_path / "templates" / "web" / "schema"
    sites_folder.mkdir(parents=True)
    schema.mkdir(parents=True)
    (sites_folder / "mine.yaml").write_text(
        "sites:\n  coccyx:\n    noun: coccyx\n    gender: m\n    laterality: midline\n    regions: [sacrum_region]\n",
        encoding="utf-8",
    )
    (schema / "coccyx.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" data-regions="sacrum_region">'
        '<path id="coccyx" d="M1 1L9 1L5 9Z"/></svg>',
        encoding="utf-8",
    )
    catalog = load_catalog(tmp_path)
    picture = draw(draft("pelvis", finding("fracture", "coccyx")), catalog, overlays=(tmp_path,))
    assert ("coccyx", None, None, "present") in marked(parsed("".join(f.svg for f in picture.figures)))
    assert picture.beside == ()


def test_levels_follow_the_setting(catalog: Catalog) -> None:
    words = [
        e.text for e in parsed(render(draft("lumbar_spine"), catalog, settings=Settings(levels="traditional"))).iter()
    ]
    assert "D12" in words
    assert "T12" not in words
