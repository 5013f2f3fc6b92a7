"""Write every figure under templates/web/schema."""

from __future__ import annotations

from pathlib import Path

from tools.schema_figures.figures import figures

TARGET = Path(__file__).resolve().parents[2] / "templates" / "web" / "schema"


def main() -> None:
    """One file per figure."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for figure in figures():
        (TARGET / f"{figure.name}.svg").write_text(figure.svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
