"""Words of the rule language. Importing this package registers them all."""

from reporter.rules.vocabulary import (
    context,
    densitometry,
    evolution,
    french,
    grades,
    modality,
    places,
    procedures,
    repeats,
    selection,
    spine,
    values,
    views,
)

__all__ = [
    "context",
    "densitometry",
    "evolution",
    "french",
    "grades",
    "modality",
    "places",
    "procedures",
    "repeats",
    "selection",
    "spine",
    "values",
    "views",
]
