"""Usual acquisition protocols of a site: data that one act writes into a draft, where every field can be changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from reporter.resources import data_roots
from reporter.web.drafts import Document

FILE = "templates/web/protocols.yaml"


@dataclass(frozen=True, slots=True)
class Protocol:
    """`exam` is the part of the input it writes: technique, contrast."""

    id: str
    label: str
    exams: tuple[str, ...]
    exam: Mapping[str, Any]


def load(*overlays: Path) -> tuple[Protocol, ...]:
    """Those of the overlays first; one of the same id replaces ours."""
    found: dict[str, Protocol] = {}
    for root in data_roots(*overlays):
        path = root / FILE
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
        for name, entry in (entries or {}).get("protocols", {}).items():
            found.setdefault(name, Protocol(name, entry["label"], tuple(entry["exams"]), entry["exam"]))
    return tuple(found.values())


def of_exam(protocols: tuple[Protocol, ...], exam_def: str) -> list[Protocol]:
    """The protocols of an exam."""
    return [p for p in protocols if exam_def in p.exams]


def apply(document: Document, protocol: Protocol) -> Document:
    """Write the protocol: what it does not name stays."""
    made = copy.deepcopy(document)
    exam = made["input"].setdefault("exam", {})
    for key, value in protocol.exam.items():
        merge = isinstance(value, Mapping) and isinstance(exam.get(key), dict)
        exam[key] = {**exam[key], **copy.deepcopy(dict(value))} if merge else copy.deepcopy(value)
    return made
