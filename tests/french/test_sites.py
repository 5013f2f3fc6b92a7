"""STYLE §5 and §13: sites with side, level, number, zone; several sites together."""

import pytest

from reporter import french
from reporter.catalog import load_catalog
from reporter.model.exam import Site
from reporter.settings import Settings

CATALOG = load_catalog()
SETTINGS = Settings()


def de(site: Site, settings: Settings = SETTINGS) -> str:
    return french.de_site(site, CATALOG, settings)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (Site("sacral_ala", "left"), "de l'aileron sacré gauche"),
        (Site("sacral_ala", "bilateral"), "des deux ailerons sacrés"),
        (Site("femoral_head", "right"), "de la tête fémorale droite"),
        (Site("hip_joint", "left"), "de la hanche gauche"),
        (Site("proximal_femur", "right"), "de l'extrémité supérieure du fémur droit"),
        (Site("proximal_femur", "bilateral"), "des extrémités supérieures des deux fémurs"),
        (Site("acetabular_roof", "bilateral"), "des toits des deux acétabulums"),
        (Site("superior_pubic_ramus", "left"), "de la branche supérieure du pubis gauche"),
        (Site("metatarsal", "left", number=3), "du 3ᵉ métatarsien gauche"),
        (Site("metatarsal", "left", number=1), "du 1er métatarsien gauche"),
        (Site("metatarsal", "left", number=3, zones=("base",)), "de la base du 3ᵉ métatarsien gauche"),
        (Site("rib", "right", number=1), "de la 1re côte droite"),
        (Site("rib", "left", number=9, zones=("posterior_arc",)), "de l'arc postérieur de la 9ᵉ côte gauche"),
        (Site("cuneiform", "left", part="medial"), "de l'os cunéiforme médial gauche"),
        (Site("calcaneus", "left", zones=("anterior",)), "de la partie antérieure du calcanéus gauche"),
        (Site("medial_femoral_condyle", "right", zones=("anterior_slope", "median_slope")),
         "des versants antérieur et médian du condyle fémoral médial droit"),
        (Site("medial_femoral_condyle", "right", zones=("subchondral",)),
         "de l'os sous-chondral du condyle fémoral médial droit"),
        (Site("vertebra", level="L1"), "de L1"),
        (Site("inferior_endplate", level="T12"), "du plateau inférieur de T12"),
        (Site("pedicle", "right", level="L1"), "du pédicule droit de L1"),
        (Site("pedicle", "bilateral", level="L1"), "des deux pédicules de L1"),
        (Site("intervertebral_disc", level="L4L5"), "du disque L4-L5"),
        (Site("intervertebral_disc", level="T12L1"), "du disque T12-L1"),
        (Site("intervertebral_foramen", "right", level="L4L5"), "du foramen intervertébral droit en L4-L5"),
        (Site("sacral_segment", level="S2"), "de la pièce sacrée S2"),
        (Site("sacral_foramen", "left", level="S1"), "du trou sacré gauche S1"),
        (Site("epidural_space", level="L1"), "de l'espace épidural en L1"),
        (Site("prevertebral_soft_tissue", level="L1"), "des tissus mous prévertébraux en regard de L1"),
        (Site("paravertebral_soft_tissue", "right", level="L1"),
         "des tissus mous latéro-vertébraux droits en regard de L1"),
        (Site("paravertebral_soft_tissue", "bilateral", level="L1"),
         "des tissus mous latéro-vertébraux droits et gauches en regard de L1"),
        (Site("soft_tissue_adjacent"), "des parties molles adjacentes"),
        (Site("exam_region"), "de la région explorée"),
    ],
)  # fmt: skip
def test_de_site(site: Site, expected: str) -> None:
    assert de(site) == expected


def test_traditional_names_and_levels() -> None:
    old = Settings(levels="traditional", anatomy_terms="traditional")
    assert de(Site("vertebra", level="T12"), old) == "de D12"
    assert de(Site("intervertebral_disc", level="T12L1"), old) == "du disque D12-L1"
    assert de(Site("acetabulum", "left"), old) == "du cotyle gauche"
    assert de(Site("fibula", "left"), old) == "du péroné gauche"
    assert de(Site("medial_femoral_condyle", "bilateral"), old) == "des deux condyles fémoraux internes"


def test_inside_a_vertebra_names_its_body() -> None:
    assert french.site_np(Site("vertebra", level="L4"), CATALOG, SETTINGS, full=True).text == "corps vertébral de L4"
    assert french.a_site(Site("acetabulum", "left"), CATALOG, SETTINGS) == "à l'acétabulum gauche"


def several(*sites: Site) -> str:
    return french.enumeration(french.de(p) for p in french.sites_np(sites, CATALOG, SETTINGS))


def test_a_shared_side_is_said_once_in_the_plural() -> None:
    feet = [Site("talus", "left"), Site("calcaneus", "left"), Site("navicular", "left")]
    assert several(*feet) == "du talus, du calcanéus et de l'os naviculaire gauches"
    heads = [Site("femoral_head", "right"), Site("femoral_epiphysis", "right")]
    assert several(*heads) == "de la tête fémorale et de l'épiphyse fémorale supérieure droites"


def test_different_sides_keep_their_own() -> None:
    assert several(Site("talus", "left"), Site("calcaneus", "right")) == "du talus gauche et du calcanéus droit"


def test_right_and_left_become_both() -> None:
    both = [Site("ischium", "right"), Site("ischium", "left"), Site("sacrum")]
    assert several(*both) == "des deux ischions et du sacrum"


@pytest.mark.parametrize("code", sorted(CATALOG.sites))
def test_every_site_can_be_said(code: str) -> None:
    entry = CATALOG.sites[code]
    side = {"paired": "right", "midline": None, "none": None}[entry.laterality]
    level = entry.levels[0] if entry.levels and code != "thoracolumbar_junction" else None
    number = entry.number_range[0] if entry.number_range else None
    words = de(Site(code, side, level, number))
    assert words.startswith(("de ", "du ", "des ", "de l'"))
    assert "None" not in words
    assert not words.startswith(("de le ", "de les "))


def test_regions_as_titles() -> None:
    assert french.de(french.region_np("ankle_foot", "left", CATALOG)) == "de la cheville et du pied gauches"
    assert french.de(french.region_np("shoulder", "right", CATALOG)) == "de l'épaule droite"
    assert french.de(french.region_np("pelvis", None, CATALOG)) == "du bassin"
    assert french.de(french.region_np("knee", "bilateral", CATALOG)) == "des deux genoux"


def _remembered(value: object) -> int:
    """How many entries the tables of the catalogue hold, those inside others included."""
    return 1 + sum(map(_remembered, value.values())) if isinstance(value, dict) else 1


def test_a_site_made_up_by_an_input_is_said_and_not_remembered() -> None:
    de(Site("metatarsal", "left", number=3))
    before = _remembered(CATALOG.tables)
    said = [de(Site("metatarsal", "left", number=n)) for n in range(20, 90)]
    said += [de(Site("vertebra", level=f"L{n}")) for n in range(20, 90)]
    assert said[0] == "du 20ᵉ métatarsien gauche"
    assert said[-1] == "de L89"
    assert _remembered(CATALOG.tables) == before


def test_the_manner_of_saying_a_site_is_that_of_each_report() -> None:
    for _ in range(2):
        assert de(Site("vertebra", level="T12")) == "de T12"
        assert de(Site("vertebra", level="T12"), Settings(levels="traditional")) == "de D12"
        whole = french.site_np(Site("vertebra", level="L4"), CATALOG, SETTINGS, full=True)
        assert whole.text == "corps vertébral de L4"
        assert french.site_np(Site("vertebra", level="L4"), CATALOG, SETTINGS).text == "L4"


def test_sides_of_many_sites_are_merged_at_the_place_of_the_first() -> None:
    left, right, other = Site("talus", "left"), Site("talus", "right"), Site("calcaneus", "left")
    assert french.merge_sides([left, other, right, left]) == [Site("talus", "bilateral"), other, left]
    assert french.merge_sides([left, left]) == [left]
    assert french.merge_sides([]) == []
