"""Random choices that the seed alone decides, and the catalogue they are made from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from reporter.catalog.entries import Catalog, RegionDef, SiteDef

T = TypeVar("T")
Json = dict[str, Any]
TEXTS = (
    "Gêne à l’appui ; pas de fièvre (37,2 °C).",
    "Cotation « 3 < 4 » & bilan d’œdème : à revoir.",
    "Ligne 1\nLigne 2 – tiret demi-cadratin — cadratin…",
    "Ø 12 mm ± 0,5 ; α = 45° ; 10³ cellules/µl ; <b>gras</b> ; &amp; ; ]]> ; 100 %.",
    'Guillemets "droits" et ‘courbes’ ; barre \\ oblique / inverse ; e\u0301 décomposé ; idéogramme 骨 ; 𝛽.',
)
"""Free text that a careless writer of JSON, XML or XHTML gets wrong."""


@dataclass(slots=True)
class Draw:
    """The random source of one exam."""

    random: random.Random
    catalog: Catalog
    number: int = 0
    counters: dict[str, int] = field(default_factory=dict)

    def maybe(self, chance: float = 0.5) -> bool:
        """Whether to say something optional."""
        return self.random.random() < chance

    def one(self, values: Sequence[T]) -> T:
        """One of the values."""
        return self.random.choice(values)

    def some(self, values: Sequence[T], most: int) -> list[T]:
        """One to `most` of the values, in their order."""
        count = self.random.randint(1, min(most, len(values)))
        chosen = set(self.random.sample(range(len(values)), count))
        return [value for index, value in enumerate(values) if index in chosen]

    def decimal(self, low: str | Decimal, high: str | Decimal, places: int = 1) -> Decimal:
        """A number as a person types it, trailing zeros kept."""
        scale = Decimal(10) ** places
        first, last = (Decimal(low) * scale).to_integral_value(), (Decimal(high) * scale).to_integral_value()
        return Decimal(self.random.randint(int(first), int(last))).scaleb(-places)

    def codes(self, name: str) -> tuple[str, ...]:
        """A code list of the vocabulary."""
        return self.catalog.vocabulary[name]


def shows(region: RegionDef, level: str) -> bool:
    """Whether the region holds the level; a disc needs one of its two vertebrae."""
    return bool(region.levels & {level, level[:2], level[2:]})


def covers(region: RegionDef, site: SiteDef) -> bool:
    """Whether an exam of the region may show the site (rule L-REGION)."""
    by_level = any(shows(region, level) for level in site.levels) or (not site.levels and bool(region.levels))
    direct = "any" in site.regions or bool(region.contains & set(site.regions))
    return direct or ("spine by level" in site.regions and by_level)
