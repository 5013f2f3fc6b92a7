"""The anatomical picture: figures whose shapes are catalogue sites, marked with the findings entered so far."""

from reporter.web.schema.drawing import Drawn, Picture, draw, render, standalone
from reporter.web.schema.places import Place

__all__ = ["Drawn", "Picture", "Place", "draw", "render", "standalone"]
