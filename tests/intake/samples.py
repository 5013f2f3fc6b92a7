"""A small valid input to change in each test."""

from __future__ import annotations

import copy
from typing import Any

from reporter.catalog import load_catalog
from reporter.errors import Issue
from reporter.intake import parse_partial

CATALOG = load_catalog()
Json = dict[str, Any]

_MR: Json = {
    "schema_version": "1.0",
    "patient": {"sex": "female", "age_years": 54},
    "order": {"indication": "Douleur mécanique du genou droit."},
    "exam": {
        "modality": "MR",
        "date": "2024-02-12",
        "region": "knee",
        "laterality": "right",
        "technique": {"sequences": [{"sequence": "T1", "plane": "coronal"}, {"sequence": "STIR", "plane": "sagittal"}]},
        "contrast": {"given": False},
    },
    "findings": [
        {
            "id": "F1",
            "finding": "bone_marrow_oedema",
            "status": "present",
            "site": {"code": "medial_femoral_condyle", "laterality": "right"},
            "signal": {"T1": "hypo", "STIR": "hyper"},
        }
    ],
}
_DXA: Json = {
    "schema_version": "1.0",
    "patient": {"sex": "female", "age_years": 71},
    "order": {"indication": "Recherche d'une fragilité osseuse."},
    "exam": {"modality": "DXA", "date": "2024-02-12", "region": "hip", "laterality": "left", "technique": {}},
    "dxa": {"measurements": [{"site": "total_hip", "laterality": "left", "bmd": 0.742, "t_score": -2.1}]},
}


def mr() -> Json:
    return copy.deepcopy(_MR)


def dxa() -> Json:
    return copy.deepcopy(_DXA)


def finding(**changes: Any) -> Json:
    """The sample with its finding changed."""
    data = mr()
    data["findings"][0] |= changes
    return data


def issues(data: object) -> list[Issue]:
    return parse_partial(data, CATALOG)[1]


def codes(data: object) -> list[tuple[str, str]]:
    """(code, path) of every issue."""
    return [(issue.code, issue.path) for issue in issues(data)]
