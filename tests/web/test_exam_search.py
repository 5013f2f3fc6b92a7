import pytest

from reporter.catalog import Catalog, load_catalog
from reporter.web.exam_search import search


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("irm genou g", ("mr_knee", "knee", "left", "IRM du genou gauche")),
        ("IRM hanche droite", ("mr_hip", "hip", "right", "IRM de la hanche droite")),
        ("irm bassin", ("mr_pelvis", "pelvis", None, "IRM du bassin")),
        ("irm lomb", ("mr_spine", "lumbar_spine", None, "IRM du rachis lombaire")),
        ("tdm rachis thoracique", ("ct_spine", "thoracic_spine", None, None)),
        ("radio épaule g", ("xr_limb", "shoulder", "left", None)),
        ("scinti", ("nm_bone", "whole_body", None, None)),
        ("dmo", ("dxa", "lumbar_spine", None, None)),
    ],
)
def test_the_first_choice(text: str, expected: tuple[str, str, str | None, str | None], catalog: Catalog) -> None:
    best = search(text, catalog)[0]
    assert (best.exam_def, best.region, best.laterality) == expected[:3]
    if expected[3]:
        assert best.label == expected[3]


def test_a_paired_region_without_side_offers_each(catalog: Catalog) -> None:
    assert {c.laterality for c in search("irm genou", catalog)} == {"left", "right", "bilateral"}


def test_a_side_leaves_out_regions_without_sides(catalog: Catalog) -> None:
    assert all(c.laterality == "left" for c in search("irm g", catalog))


def test_a_word_that_names_nothing_finds_nothing(catalog: Catalog) -> None:
    assert search("irm xyzzy", catalog) == []
