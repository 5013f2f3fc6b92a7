"""All figures, in the order they are shown."""

from __future__ import annotations

from tools.schema_figures.drawing import Figure
from tools.schema_figures.foot import foot
from tools.schema_figures.knee import knee
from tools.schema_figures.pelvis import pelvis
from tools.schema_figures.skeleton import skeleton
from tools.schema_figures.spine import spine


def figures() -> list[Figure]:
    """Every figure, drawn."""
    return [spine(), pelvis(), knee(), foot(), skeleton()]
