"""Finds the data trees: a checkout, an installed wheel, and site overlay directories (searched first)."""

from __future__ import annotations

from pathlib import Path

from reporter.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent


def built_in_root() -> Path:
    """Where `terminology/` and `templates/` are: `reporter/data` in a wheel, the repository otherwise."""
    for root in (_PACKAGE / "data", _PACKAGE.parent):
        if (root / "terminology").is_dir() and (root / "templates").is_dir():
            return root
    raise ConfigError("Données introuvables : les dossiers terminology/ et templates/ manquent.")


def data_roots(*overlays: Path) -> list[Path]:
    """Overlays in the order given, then our own data. Raises ConfigError when an overlay is not a directory."""
    for overlay in overlays:
        if not overlay.is_dir():
            raise ConfigError(f"Dossier de surcharge introuvable : {overlay}")
    return [*overlays, built_in_root()]
