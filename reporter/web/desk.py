"""What every page works with: catalogue, settings, words, store, clock; one per application."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import current_app

from reporter import engine
from reporter.catalog import Catalog, load_catalog
from reporter.delivery.store import Store
from reporter.errors import Issue
from reporter.web import contradiction
from reporter.web.config import WebConfig
from reporter.web.drafts import edits_of
from reporter.web.drawn import Drawn
from reporter.web.form.labels import Labels
from reporter.web.form.shape import Shape
from reporter.web.ops_metrics import PREVIEW
from reporter.web.protocols import Protocol
from reporter.web.protocols import load as load_protocols
from reporter.web.texts import Texts, load_texts
from reporter.web.turn import TURN, in_turn

_KEY = "reporter"


@dataclass(frozen=True, eq=False)
class Desk:
    """Read-only, shared by the threads of the server."""

    config: WebConfig
    catalog: Catalog
    texts: Texts
    labels: Labels
    store: Store
    protocols: tuple[Protocol, ...]
    drawn: Drawn = field(default_factory=Drawn)

    def now(self) -> dt.datetime:
        """The time of the server's clock."""
        return self.config.clock()

    def shape(self, exam_def: str) -> Shape:
        """The schema of an exam."""
        return _shape(self, exam_def)

    @in_turn
    @PREVIEW.time()
    def preview(self, document: dict[str, Any]) -> tuple[engine.Report | None, list[Issue]]:
        """The report of a draft as it would be signed now, and every problem."""
        report, found = engine.preview(
            document["input"],
            self.catalog,
            settings=self.config.settings,
            clock=self.config.clock,
            edits=edits_of(document),
        )
        return report, [*found, *contradiction.issues(document["input"], self.labels, found)]


@lru_cache(maxsize=256)
def _shape(desk: Desk, exam_def: str) -> Shape:
    return Shape(desk.catalog, exam_def)


@lru_cache(maxsize=4)
def _catalog(overlays: tuple[Path, ...], licence: bool) -> Catalog:
    """Read once by process: every application of it shares the frozen catalogue."""
    return load_catalog(*overlays, snomed_licence=licence)


def open_desk(config: WebConfig) -> Desk:
    """Load everything once."""
    catalog = _catalog(config.overlays, config.settings.snomed_licence)
    texts = load_texts(*config.overlays)
    labels = Labels(catalog, texts, config.settings)
    wait_ms = config.database_wait_s * 1000
    store = Store(config.database(), clock=config.clock, targets=config.targets, busy_ms=wait_ms, turn=TURN)
    return Desk(config, catalog, texts, labels, store, load_protocols(*config.overlays))


def install(app: Any, desk: Desk) -> None:
    """Make it the desk of an application."""
    app.extensions[_KEY] = desk


def desk() -> Desk:
    """The desk of the application that answers."""
    return cast(Desk, current_app.extensions[_KEY])
