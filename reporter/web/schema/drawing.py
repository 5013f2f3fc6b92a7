"""Figures + marks → SVG. Colours are CSS classes only; each mark has a pattern and a glyph, never colour alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.settings import Settings
from reporter.web.schema import export
from reporter.web.schema.marks import Mark, marks
from reporter.web.schema.places import Place, names_of
from reporter.web.schema.shapes import Box, Figure, Shape, figures

Link = Callable[[Place], str]
_MARGIN = 6.0
_GLYPHS = {
    "present": "M0 -6L6 0L0 6L-6 0Z",
    "indeterminate": "",
    "not_assessed": "M-4 -4L4 4M-4 4L4 -4",
    "absent": "M-4 0L4 0",
}
_PATTERNS = {
    "present": '<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5"/>',
    "indeterminate": '<circle cx="3" cy="3" r="1.1"/>',
    "not_assessed": '<path d="M0 3H6M3 0V6"/>',
    "absent": '<path d="M0 3H3"/>',
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure: its name, its French title, its SVG, its size."""

    name: str
    title: str
    svg: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The figures of an exam, and the places of findings that no figure shows, in French."""

    figures: tuple[Drawn, ...]
    beside: tuple[str, ...]
    unshown_sites: tuple[Place, ...]


def draw(
    data: Mapping[str, Any],
    catalog: Catalog,
    *,
    link: Link | None = None,
    settings: Settings | None = None,
    overlays: tuple[Path, ...] = (),
) -> Picture:
    """The picture of a draft. `link` gives the address of a place: shapes become links; without it nothing is one."""
    pen = _Pen(data, catalog, link, settings or Settings())
    shown = pen.chosen(figures(*overlays))
    drawn = tuple(pen.figure(figure) for figure in shown)
    keys = {shape.key.partition("~")[0] for figure in shown for shape in figure.shapes if shape.key}
    return Picture(drawn, tuple(pen.beside(keys)), tuple(pen.unshown(figures(*overlays))))


def render(data: Mapping[str, Any], catalog: Catalog, **options: Any) -> str:
    """The figures, one SVG element after the other, to be put in a page."""
    return "\n".join(figure.svg for figure in draw(data, catalog, **options).figures)


def standalone(data: Mapping[str, Any], catalog: Catalog, *, settings: Settings | None = None) -> str:
    """One SVG document with its own style: what is kept with the signed report."""
    picture = draw(data, catalog, settings=settings)
    words = catalog.lexicon.get("schema", {})
    beside = words.get("beside", "{list}").format(list=", ".join(picture.beside)) if picture.beside else ""
    parts = [(drawn.svg, drawn.width, drawn.height, drawn.title) for drawn in picture.figures]
    return export.document(parts, french.typeset(beside, settings), _legend(words))


def _legend(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(glyph(status, 0, 0, 1), str(words.get("status", {}).get(status, status))) for status in _GLYPHS]


class _Pen:
    """Draws the figures of one draft."""

    def __init__(self, data: Mapping[str, Any], catalog: Catalog, link: Link | None, settings: Settings) -> None:
        self._catalog, self._link, self._settings = catalog, link, settings
        self._names = names_of(catalog, settings)
        self._words: Mapping[str, Any] = catalog.lexicon.get("schema", {})
        self._marks = marks(data, catalog, settings)
        study = data.get("exam")
        region = study.get("region") if isinstance(study, Mapping) else None
        self._region = catalog.regions.get(region) if isinstance(region, str) else None
        self._levels = {p.level for p in self._marks if p.level} | (self._region.levels if self._region else set())

    def chosen(self, known: Iterable[Figure]) -> list[Figure]:
        """Figures of the exam's own region, of the regions it covers, then those that a finding elsewhere needs."""
        region = self._region
        ranked = sorted(known, key=lambda figure: region is not None and region.id not in figure.regions)
        shown = [figure for figure in ranked if region is None or region.contains & figure.regions]
        for figure in ranked:
            drawn = {shape.key for one in shown for shape in one.shapes}
            own = {shape.key for shape in figure.shapes}
            if any(place.key in own - drawn for place in self._marks):
                shown.append(figure)
        return shown

    def figure(self, figure: Figure) -> Drawn:
        """One figure, cut to the levels that the exam shows."""
        view = self._view(figure)
        shapes = [shape for shape in figure.shapes if self._seen(shape, view)]
        width, height = view.right - view.left, view.bottom - view.top
        title = str(self._words.get("figures", {}).get(figure.name, figure.name))
        body = [self._shape(shape, figure.name, view) for shape in shapes]
        glyphs = [self._glyph(shape, min(height / 320, 1.35)) for shape in shapes]
        name = f"schema-{figure.name}"
        described = self._words.get("description" if self._link else "description_frozen", "")
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="schema-figure" id="{name}" role="group" '
            f'aria-labelledby="{name}-title" aria-describedby="{name}-desc" '
            f'viewBox="{view.left:g} {view.top:g} {width:g} {height:g}">'
            f'<title id="{name}-title">{escape(title)}</title>'
            f'<desc id="{name}-desc">{escape(french.typeset(str(described), self._settings))}</desc>'
        )
        svg = "\n".join([head, _patterns(figure.name), *body, *filter(None, glyphs), "</svg>"])
        return Drawn(figure.name, title, svg, width, height)

    def beside(self, keys: set[str]) -> Iterable[str]:
        """Findings at places that no shown figure has."""
        for place, mark in self._marks.items():
            if place.key not in keys:
                yield self._label(place, mark)

    def unshown(self, known: Iterable[Figure]) -> Iterable[Place]:
        """Sites of the catalogue that no figure has at all: a page lists them beside the picture."""
        drawn = {shape.key.partition("~")[0].partition(".")[0] for figure in known for shape in figure.shapes}
        return (Place(code) for code in self._catalog.sites if code not in drawn)

    def _view(self, figure: Figure) -> Box:
        """The whole drawing, or the part of a spine whose levels the exam shows."""
        whole = Box(0, 0, figure.width, figure.height)
        if self._region is None or not self._region.contains & figure.regions or not self._region.levels:
            return whole
        placed = [(place, shape) for shape in figure.shapes if (place := self._place(shape)) is not None]
        wanted = self._levels
        boxes = [
            shape.box
            for place, shape in placed
            if place.level in wanted and place.site in ("vertebra", "sacral_segment")
        ]
        every = [shape for place, shape in placed if place.site == "vertebra"]
        if not boxes or not every:
            return whole
        top, bottom = min(box.top for box in boxes) - 2 * _MARGIN, max(box.bottom for box in boxes) + _MARGIN
        return Box(0, max(0.0, top), figure.width, min(figure.height, bottom))

    def _seen(self, shape: Shape, view: Box) -> bool:
        """In the view; of a cut spine, only the levels shown and what touches them."""
        if shape.side or view.top == 0.0:
            return True
        place = self._place(shape)
        level = shape.words or (place.level if place is not None else None)
        if level in self._catalog.levels and level not in self._levels:
            return False
        return view.top <= shape.box.centre[1] <= view.bottom

    def _place(self, shape: Shape) -> Place | None:
        return self._names.place(shape.key) if shape.key else None

    def _shape(self, shape: Shape, figure: str, view: Box) -> str:
        if shape.kind == "text":
            return self._text(shape, view)
        place = self._place(shape)
        if place is None:
            kind = "schema-context" if shape.kind == "site" else f"schema-{shape.kind}"
            return f'<path class="{kind}" d="{shape.d}"/>'
        return self._site(shape, place, figure)

    def _text(self, shape: Shape, view: Box) -> str:
        side = str(self._words.get("sides", {}).get(shape.side, "")) if shape.side else ""
        tall = view.bottom - view.top
        x, y = shape.box.left, max(shape.box.top, view.top + tall * 0.04) if side else shape.box.top
        kind, size = ("schema-side", min(16.0, tall * 0.045)) if side else ("schema-level", min(9.0, tall * 0.034))
        words = escape(side or self._level(shape.words))
        place = f'x="{x:g}" y="{y:g}" font-size="{size:.1f}" text-anchor="{escape(shape.anchor)}"'
        return f'<text class="{kind}" {place}>{words}</text>'

    def _level(self, words: str) -> str:
        return french.level_fr(words, self._settings) if words in self._catalog.levels else words

    def _site(self, shape: Shape, place: Place, figure: str) -> str:
        """A site: a link when there is where to go, with its French name and what was found there."""
        mark = self._marks.get(place)
        label = self._label(place, mark)
        paths = f'<path id="schema-{figure}-{escape(shape.key)}" class="schema-shape" d="{shape.d}"/>'
        if mark is not None:
            fill = f"url(#schema-{figure}-{mark.status})"
            paths += f'<path class="schema-mark schema-{mark.status}" fill="{fill}" d="{shape.d}"/>'
        inside = f"<title>{escape(label)}</title>{paths}"
        kind = "schema-site schema-minor" if shape.minor else "schema-site"
        attributes = f'class="{kind}{" schema-marked" if mark else ""}"{_data(place, mark)}'
        if self._link is None:
            return f"<g {attributes}>{inside}</g>"
        stop = ' tabindex="-1"' if shape.minor or "~" in shape.key else ""
        href = escape(self._link(place), quote=True)
        return f'<a {attributes} href="{href}" aria-label="{escape(label, quote=True)}"{stop}>{inside}</a>'

    def _label(self, place: Place, mark: Mark | None) -> str:
        name = self._names.label(place)
        return french.typeset(f"{name} : {', '.join(mark.signs)}", self._settings) if mark else name

    def _glyph(self, shape: Shape, scale: float) -> str:
        place = self._place(shape)
        mark = self._marks.get(place) if place is not None else None
        if mark is None:
            return ""
        return glyph(mark.status, *shape.spot, scale * (0.6 if shape.minor else 1.0))


def glyph(status: str, x: float, y: float, scale: float) -> str:
    """◆ present, ? indeterminate, × not assessed, – absent, in a disc."""
    sign = f'<path d="{_GLYPHS[status]}"/>' if _GLYPHS[status] else '<text y="3.6" text-anchor="middle">?</text>'
    disc = '<circle r="7.5"/>'
    place = f'transform="translate({x:.1f} {y:.1f}) scale({scale:.2f})"'
    return f'<g class="schema-glyph schema-glyph-{status}" aria-hidden="true" {place}>{disc}{sign}</g>'


def _data(place: Place, mark: Mark | None) -> str:
    values: dict[str, object] = {
        "site": place.site, "laterality": place.laterality, "level": place.level, "number": place.number,
        "part": place.part, "status": mark.status if mark else None, "findings": " ".join(mark.ids) if mark else None,
    }  # fmt: skip
    return "".join(f' data-{name}="{escape(str(value))}"' for name, value in values.items() if value not in (None, ""))


def _patterns(figure: str) -> str:
    tiles = (
        f'<pattern id="schema-{figure}-{status}" class="schema-pattern schema-pattern-{status}" width="6" height="6" '
        f'patternUnits="userSpaceOnUse">{lines}</pattern>'
        for status, lines in _PATTERNS.items()
    )
    return f"<defs>{''.join(tiles)}</defs>"
