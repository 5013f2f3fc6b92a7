"""Body sites in French (STYLE §5, §13): [zone] [part/number] site side [level]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reporter.catalog.entries import Catalog, Lexeme, SiteDef
from reporter.catalog.tables import per_catalog
from reporter.french import agreement, words
from reporter.french.words import NounPhrase
from reporter.model.exam import Site
from reporter.settings import Settings

# zones and sides multiply the sites: beyond this many phrases a table keeps what it has
MOST_PHRASES = 10_000
_LEVELLED_BARE = "vertebra"
_OTHER_SIDE = {"left": "right", "right": "left"}
_LATERALITIES = (None, "left", "right", "bilateral")


def level_fr(level: str, settings: Settings) -> str:
    """« T12 » (or « D12 »), « L4-L5 »."""
    if len(level) < 4 and settings.levels != "traditional":
        return level
    parts = [level] if len(level) < 4 else _split_disc(level)
    if settings.levels == "traditional":
        parts = [f"D{p[1:]}" if p.startswith("T") else p for p in parts]
    return "-".join(parts)


def _split_disc(level: str) -> list[str]:
    """The two vertebrae of a disc: T12L1 → T12, L1."""
    second = next(i for i in range(1, len(level)) if level[i].isalpha())
    return [level[:second], level[second:]]


def site_np(
    site: Site, catalog: Catalog, settings: Settings, *, adjectives: bool = True, full: bool = False
) -> NounPhrase:
    """The site without article. `adjectives` False leaves out zones that the sign's noun carries as an adjective.

    `full` names the vertebral body (« corps vertébral de L1 ») where the short form is « L1 ».
    """
    ids = (site.code, site.laterality, site.level, site.number, site.part, site.zones)
    table = _phrases(catalog, settings.levels, settings.anatomy_terms, adjectives, full)
    phrase = table.get(ids)
    if phrase is None:
        phrase = _site_np(site, catalog, settings, adjectives, full)
        if len(table) < MOST_PHRASES and is_named(site, catalog):
            table[ids] = phrase
    return phrase


@per_catalog
def _phrases(_catalog: Catalog, *_manner: object) -> dict[tuple[object, ...], NounPhrase]:
    """Phrases of the sites that the catalogue itself names, as they are asked for, for each manner of saying them."""
    return {}


def is_named(site: Site, catalog: Catalog) -> bool:
    """Every coordinate of a site is one of the catalogue's own: nothing in it was made up by an input."""
    entry = catalog.sites[site.code]
    lowest, highest = entry.number_range or (0, -1)
    return (
        site.laterality in _LATERALITIES
        and (site.level is None or site.level in entry.levels or site.level in catalog.levels)
        and (site.number is None or lowest <= site.number <= highest)
        and (site.part is None or site.part in entry.parts)
        and all(zone in catalog.zones for zone in site.zones)
    )


def _site_np(site: Site, catalog: Catalog, settings: Settings, adjectives: bool, full: bool) -> NounPhrase:
    entry = catalog.sites[site.code]
    nouns = [z for z in site.zones if adjectives or catalog.zones[z].adjective is None]
    phrase = _bone(site, entry, catalog, settings, full)
    if not nouns:
        return phrase
    zone = _zones([catalog.zones[z] for z in nouns])
    return NounPhrase(f"{zone.text} {words.de(phrase)}", zone.gender, zone.plural, zone.h_aspire)


def de_site(site: Site, catalog: Catalog, settings: Settings, *, adjectives: bool = True) -> str:
    """« de l'aileron sacré gauche », « de L1 », « du plateau inférieur de T12 », « des deux hanches »."""
    return words.de(site_np(site, catalog, settings, adjectives=adjectives))


def a_site(site: Site, catalog: Catalog, settings: Settings) -> str:
    """« à l'acétabulum gauche », « au sacrum »."""
    return words.a(site_np(site, catalog, settings))


def adjective_zones(site: Site, catalog: Catalog) -> tuple[str, ...]:
    """Zones said as an adjective of the sign (« sous-chondral »), masculine singular."""
    return tuple(a for z in site.zones if (a := catalog.zones[z].adjective) is not None)


def region_np(region: str, laterality: str | None, catalog: Catalog) -> NounPhrase:
    """« hanche gauche », « deux genoux », « cheville et du pied gauches » (as it follows « de »)."""
    return _region_np(catalog, region, laterality)


def roi_np(roi: str, laterality: str | None, catalog: Catalog) -> NounPhrase:
    """« rachis lombaire », « hanche totale gauche »."""
    return _roi_np(catalog, roi, laterality)


@per_catalog
def _region_np(catalog: Catalog, region: str, laterality: str | None) -> NounPhrase:
    entry = catalog.regions[region]
    lexeme = replace(entry.lexeme, noun=entry.of_phrase or entry.lexeme.noun)
    if laterality is None:
        return words.np(lexeme)
    if laterality == "bilateral" and entry.of_phrase is None:
        return _both(lexeme)
    return NounPhrase(f"{lexeme.noun} {_side(lexeme, laterality)}", lexeme.gender, lexeme.is_plural, lexeme.h_aspire)


@per_catalog
def _roi_np(catalog: Catalog, roi: str, laterality: str | None) -> NounPhrase:
    lexeme = catalog.rois[roi].lexeme
    if laterality is None:
        return words.np(lexeme)
    if laterality == "bilateral":
        return _both(lexeme)
    return words.np(lexeme).plus(_side(lexeme, laterality))


def sites_np(
    sites: Sequence[Site], catalog: Catalog, settings: Settings, *, adjectives: bool = True
) -> list[NounPhrase]:
    """Noun phrases of several sites: left and right of one bone become both; a shared side is said once, last."""
    if len(sites) == 1:
        return [site_np(sites[0], catalog, settings, adjectives=adjectives)]
    merged = merge_sides(sites)
    shared = _shared_side(merged, catalog)
    if shared is None:
        return [site_np(s, catalog, settings, adjectives=adjectives) for s in merged]
    phrases = [site_np(_sided(s, None), catalog, settings, adjectives=adjectives) for s in merged]
    masculine = any(_side_gender(catalog.sites[s.code].lexeme) != "f" for s in merged)
    phrases[-1] = phrases[-1].plus(agreement.side(shared, "m" if masculine else "f", plural=True))
    return phrases


def merge_sides(sites: Sequence[Site]) -> list[Site]:
    """Right and left of the same bone become one bilateral site, at the place of the first."""
    if len(sites) < 2:
        return list(sites)
    result: list[Site] = []
    places: dict[Site, int] = {}
    for site in sites:
        other = _OTHER_SIDE.get(site.laterality or "")
        place = places.pop(_sided(site, other), None) if other else None
        if place is not None:
            result[place] = site.on("bilateral")
            places.setdefault(result[place], place)
        elif site not in places:
            places[site] = len(result)
            result.append(site)
    return result


def _sided(site: Site, laterality: str | None) -> Site:
    """The same place on another side."""
    return Site(site.code, laterality, site.level, site.number, site.part, site.zones)


def _shared_side(sites: Sequence[Site], catalog: Catalog) -> str | None:
    """The one side of at least two different sites whose side can be said at the very end."""
    sides = {s.laterality for s in sites}
    if len(sites) < 2 or len(sides) != 1 or any(s.level or catalog.sites[s.code].lexeme.is_plural for s in sites):
        return None
    side = sides.pop()
    return side if side in ("left", "right") else None


def _bone(site: Site, entry: SiteDef, catalog: Catalog, settings: Settings, full: bool) -> NounPhrase:
    """Number or part, noun, side, level."""
    if site.level and site.code == _LEVELLED_BARE and not full:
        return NounPhrase(level_fr(site.level, settings), "m", bare=True)
    lexeme = _worded(site, entry.lexeme, catalog, settings)
    if site.laterality == "bilateral":
        phrase = _both(lexeme)
    else:
        phrase = words.np(lexeme).plus(_side(lexeme, site.laterality) if site.laterality else "")
    return phrase.plus(_level(site, entry, settings))


def _worded(site: Site, lexeme: Lexeme, catalog: Catalog, settings: Settings) -> Lexeme:
    """The lexeme with its traditional name, its part and its number."""
    if settings.anatomy_terms == "traditional" and lexeme.traditional:
        gender = catalog.lexicon.get("traditional_gender", {}).get(site.code, lexeme.gender)
        plural = agreement.plural_phrase(lexeme.traditional)
        lexeme = Lexeme(lexeme.traditional, gender, plural, side_gender=lexeme.side_gender)
    if site.part:
        part = catalog.lexicon["parts"].get(site.part, site.part)
        many = agreement.agree(part, NounPhrase("", lexeme.gender, True))
        one = agreement.agree(part, NounPhrase("", lexeme.gender))
        lexeme = replace(lexeme, noun=f"{lexeme.noun} {one}", plural=lexeme.plural and f"{lexeme.plural} {many}")
    if site.number is not None:
        rank = agreement.ordinal(site.number, lexeme.gender)
        lexeme = replace(lexeme, noun=f"{rank} {lexeme.noun}", plural=lexeme.plural and f"{rank} {lexeme.plural}")
    return lexeme


def _both(lexeme: Lexeme) -> NounPhrase:
    """« deux ailerons sacrés », « toits des deux acétabulums », « 9ᵉ côtes droite et gauche »."""
    if lexeme.both:
        return NounPhrase(lexeme.both, lexeme.gender, True, lexeme.h_aspire)
    plural = lexeme.plural or (lexeme.noun if lexeme.is_plural else None)
    if plural is None or lexeme.is_plural:
        return words.np(lexeme).plus(agreement.side("bilateral", _side_gender(lexeme), lexeme.is_plural))
    if plural[0].isdigit():
        return NounPhrase(f"{plural} {agreement.side('bilateral', _side_gender(lexeme))}", lexeme.gender, True)
    return NounPhrase(f"deux {plural}", lexeme.gender, True)


def _side_gender(lexeme: Lexeme) -> str:
    return lexeme.side_gender or lexeme.gender


def _side(lexeme: Lexeme, laterality: str) -> str:
    return agreement.side(laterality, _side_gender(lexeme), lexeme.is_plural and lexeme.side_gender is None)


def _level(site: Site, entry: SiteDef, settings: Settings) -> str:
    """« de T12 », « L4-L5 », « en L4-L5 », « en regard de L1 »."""
    if site.level is None:
        return ""
    level = level_fr(site.level, settings)
    return level if entry.level_attach == "bare" else f"{entry.level_attach} {level}"


def _zones(zones: Sequence[Lexeme]) -> NounPhrase:
    """« partie antérieure », « versants antérieur et médian », « base et de la tête »."""
    heads = {z.noun.partition(" ")[0] for z in zones}
    if len(zones) > 1 and len(heads) == 1 and all(" " in z.noun for z in zones):
        rest = words.enumeration(z.noun.partition(" ")[2] for z in zones)
        return NounPhrase(f"{agreement.plural_word(heads.pop())} {rest}", zones[0].gender, True)
    first = words.np(zones[0])
    return first.with_text(words.enumeration([first.text, *(words.de(words.np(z)) for z in zones[1:])]))
