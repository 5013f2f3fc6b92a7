"""Settings: one frozen object, from a TOML file or keyword arguments. Each field carries its help text."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reporter.errors import ConfigError

SERVICE_TABLES = frozenset({"service", "targets", "oidc"})
"""Tables of the same file that say how the service runs; they are read where it is started."""


def _option(default: Any, help_text: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": help_text, "choices": choices})


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of a site. Unknown names and wrong types raise ConfigError (see `from_mapping`)."""

    levels: str = _option("anatomical", "thoracic levels T1–T12 or D1–D12", ("anatomical", "traditional"))
    anatomy_terms: str = _option("current", "médial/latéral or interne/externe", ("current", "traditional"))
    ascii: bool = _option(False, "plain ASCII punctuation: hyphen for minus, « e » for superscripts")
    nnbsp_colon: bool = _option(False, "narrow no-break space before a colon")
    strict_fr_dose: bool = _option(False, "missing dosimetry refuses the report (P-DOSE)")
    optional_grades: frozenset[str] = _option(frozenset(), "rules of group L to switch on (O-ARCO, O-DENIS, O-FFP)")
    thoracolumbar_junction: tuple[str, ...] = _option(("T11", "T12", "L1"), "levels of the thoracolumbar junction")
    snomed_licence: bool = _option(False, "the site declares a SNOMED CT licence: codes outside the GPS may ship")


def from_mapping(values: dict[str, Any]) -> Settings:
    """Settings from plain values; every bad one is named in a single ConfigError."""
    known = {f.name: f for f in dataclasses.fields(Settings)}
    problems: list[str] = []
    accepted: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            problems.append(f"réglage inconnu : {name}")
            continue
        try:
            accepted[name] = _convert(known[name], value)
        except ValueError as error:
            problems.append(f"{name} : {error}")
    if problems:
        raise ConfigError(" ; ".join(problems))
    return Settings(**accepted)


def from_file(path: Path) -> Settings:
    """Settings of the report from a TOML file (its top level); raises ConfigError when it cannot be read."""
    import tomllib  # the defaults need no file

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"Réglages illisibles ({path.name}) : {error}") from error
    return from_mapping({name: value for name, value in values.items() if name not in SERVICE_TABLES})


def _convert(option: dataclasses.Field[Any], value: Any) -> Any:
    default = option.default
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ValueError("true ou false attendu")
        return value
    if isinstance(default, (tuple, frozenset)):
        if not isinstance(value, (list, tuple, set, frozenset)) or not all(isinstance(v, str) for v in value):
            raise ValueError("liste de textes attendue")
        return type(default)(value)
    choices = option.metadata["choices"]
    if value not in choices:
        raise ValueError(f"valeurs possibles : {', '.join(choices)}")
    return value
