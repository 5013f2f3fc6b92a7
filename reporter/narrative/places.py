"""Where a sign is: how its site is attached to its noun (STYLE §5, §6.7)."""

from __future__ import annotations

from dataclasses import dataclass

from reporter import french
from reporter.catalog.entries import FindingDef
from reporter.french import NounPhrase
from reporter.french.sites import MOST_PHRASES
from reporter.model.exam import Site
from reporter.model.quick import quick
from reporter.model.report import Statement
from reporter.narrative.rows import Row
from reporter.narrative.scope import Scope
from reporter.narrative.signwords import SignWords


@quick
@dataclass(frozen=True, slots=True)
class Place:
    """Words of a site: after the noun (`text`), as adjectives, before the site, or between commas.

    `said` are attributes these words already say.
    """

    text: str = ""
    zones: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    outer: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    def adjectives(self, noun: NounPhrase) -> list[str]:
        """Adjectival zones agreed with the sign's noun."""
        return [french.agree(z, noun) for z in self.zones] if self.zones else []


_NOWHERE = Place()


def place(row: Row, words: SignWords, scope: Scope) -> Place:
    """The place of a row."""
    sites, head, entry = row.sites, row.head, words.entry
    for site in sites:
        if not (site.level or site.laterality or site.zones) and _may_go_unsaid(head, entry):
            whole = scope.words["unnamed_in_negatives"]
            sites = tuple([s for s in sites if s.level or s.laterality or s.zones or s.code not in whole])
            break
    if not sites:
        return _NOWHERE
    location = head.attribute(words.locating) if words.locating else None
    leak = None if location is None else str(location)
    negative = head.status == "absent" and row.change is None
    if len(sites) == 1:
        return _of_one(sites[0], entry, leak, negative, scope)
    return _of_all(sorted(sites, key=scope.level_rank), entry, leak, negative, scope)


def _of_one(site: Site, entry: FindingDef, leak: str | None, negative: bool, scope: Scope) -> Place:
    """The place of a sign that has one site: it follows from the catalogue when the site is the catalogue's."""
    where = site.code, site.laterality, site.level, site.number, site.part, site.zones
    ids = (entry.id if leak else entry.attach or entry.id), leak, negative, where
    known = scope.places.get(ids)
    if known is None:
        known = _of_all([site], entry, leak, negative, scope)
        located = leak is None or leak in entry.values_fr.get(scope.word["leak", "attribute"], ())
        if located and len(scope.places) < MOST_PHRASES and french.is_named(site, scope.catalog):
            scope.places[ids] = known
    return known


def _of_all(sites: list[Site], entry: FindingDef, leak: str | None, negative: bool, scope: Scope) -> Place:
    if leak is not None:
        return _leak(leak, sites, entry, scope)
    if entry.attach is None:
        return _implied(sites, entry, scope)
    zones = {french.adjective_zones(s, scope.catalog) for s in sites}
    shared = zones.pop() if len(zones) == 1 else ()
    return Place(attached(sites, entry.attach, scope, adjectives=not shared, negative=negative), shared)


def attached(sites: list[Site], attach: str, scope: Scope, *, adjectives: bool = True, negative: bool = False) -> str:
    """« du talus et du calcanéus gauches », « dans le corps vertébral de L4 », « en regard de L1 »."""
    last = scope.word["nor"] if negative else scope.word["and"]
    if attach == "dans":
        phrases = _bodies(french.merge_sides(sites), scope)
        return french.enumeration([french.dans(_every(p, negative)) for p in phrases], last)
    phrases = french.sites_np(sites, scope.catalog, scope.settings, adjectives=adjectives)
    listed = french.enumeration([french.de(_every(p, negative)) for p in phrases], last)
    prefix = attach.removesuffix("de").strip()
    return f"{prefix} {listed}".strip()


def _bodies(sites: list[Site], scope: Scope) -> list[NounPhrase]:
    """« corps vertébral de L4 », « corps vertébraux de L4 et de L5 »."""
    first = scope.catalog.sites[sites[0].code]
    plain = all(s.code == sites[0].code and s.level and not s.zones and not s.laterality for s in sites)
    if len(sites) == 1 or not plain or first.lexeme.plural is None or first.level_attach != "de":
        return [french.site_np(s, scope.catalog, scope.settings, full=True) for s in sites]
    levels = french.enumeration(f"de {french.level_fr(s.level or '', scope.settings)}" for s in sites)
    return [french.np(first.lexeme, plural=True).plus(levels)]


def _every(phrase: NounPhrase, negative: bool) -> NounPhrase:
    """In a negation « des deux ailerons » would deny only that both are affected: « des ailerons »."""
    if not negative or not phrase.plural:
        return phrase
    return phrase.with_text(phrase.text.removeprefix("deux ").replace(" des deux ", " des "))


def _may_go_unsaid(head: Statement, entry: FindingDef) -> bool:
    """In negatives and normal statements, a site that is the whole explored region is not named."""
    if head.status in ("absent", "not_assessed") or entry.polarity != "finding":
        return True
    return bool(head.attributes) and head.attribute("kind") is not None


def _implied(sites: list[Site], entry: FindingDef, scope: Scope) -> Place:
    """The noun already names the place: only side and level are added, or another bone with « à »."""
    known = (*scope.words["implied_sites"], *entry.sites)
    elsewhere = [s for s in sites if s.code not in known]
    if elsewhere:
        phrases = french.sites_np(elsewhere, scope.catalog, scope.settings)
        return Place(french.enumeration(french.a(p) for p in phrases))
    words = [scope.word["sides", s.laterality] for s in french.merge_sides(sites) if s.laterality]
    levels = [_level(s, scope) for s in sites if s.level]
    return Place(french.enumeration(levels), outer=tuple(words))


def _level(site: Site, scope: Scope) -> str:
    return scope.word["leak", "level"].format(level=french.level_fr(site.level or "", scope.settings))


def _leak(location: str, sites: list[Site], entry: FindingDef, scope: Scope) -> Place:
    """« discale en L4-L5 », « foraminale droite en L4-L5 », « dans les tissus mous prévertébraux en regard de L1 »."""
    name = scope.word["leak", "attribute"]
    words = entry.values_fr.get(name, {}).get(location, location)
    implied = scope.words["leak", "implied", location]
    phrase_like = words.startswith("dans ")
    if any(s.code not in implied for s in sites):
        if phrase_like and all(s.code == "vertebra" for s in sites):
            levels = french.enumeration(french.level_fr(s.level or "", scope.settings) for s in sites)
            return Place(scope.word["leak", "facing"].format(level=levels), inner=(words,), said=(name,))
        return Place(attached(sites, "dans", scope), inner=(words,), said=(name,))
    if phrase_like:
        return Place(attached(sites, "dans", scope), said=(name,))
    return Place(french.enumeration(_sided_levels(sites, scope)), inner=(words,), said=(name,))


def _sided_levels(sites: list[Site], scope: Scope) -> list[str]:
    words = []
    for site in sites:
        side = french.side(site.laterality, "f") if site.laterality in ("left", "right") else ""
        words.append(" ".join(w for w in (side, _level(site, scope) if site.level else "") if w))
    return words
