"""Closed-lexicon French: grammar, numbers, sites, typography."""

from reporter.french.agreement import agree, ending, ordinal, plural_phrase, side
from reporter.french.numbers import date_fr, number, of_date, quantity
from reporter.french.sites import (
    a_site,
    adjective_zones,
    de_site,
    is_named,
    level_fr,
    merge_sides,
    region_np,
    roi_np,
    site_np,
    sites_np,
)
from reporter.french.typography import clean, is_single_spaced, plain, single_spaced, typeset
from reporter.french.words import (
    NounPhrase,
    a,
    capital,
    dans,
    de,
    de_bare,
    de_indefinite,
    definite,
    enumeration,
    indefinite,
    none_of,
    np,
)

__all__ = [
    "NounPhrase", "a", "a_site", "adjective_zones", "agree", "capital", "clean", "dans", "date_fr", "de", "de_bare",
    "de_indefinite", "de_site", "definite", "ending", "enumeration", "indefinite", "is_named",
    "is_single_spaced", "level_fr", "merge_sides", "none_of", "np", "number", "of_date", "ordinal", "plain",
    "plural_phrase", "quantity", "region_np", "roi_np", "side", "single_spaced", "site_np", "sites_np", "typeset",
]  # fmt: skip
