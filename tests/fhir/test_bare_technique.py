"""An acquisition of which only the device, or nothing at all, was given: no empty Observation."""

from typing import Any

import pytest

from reporter import engine, intake
from reporter.catalog import load_catalog

CATALOG = load_catalog()
BASE: dict[str, Any] = {
    "schema_version": "1.0",
    "patient": {"sex": "female", "birth_date": "1950-03-02", "menopausal_status": "postmenopausal"},
    "order": {"indication": "Bilan osseux."},
}
SPINE = {"site": "lumbar_spine", "t_score": "-2.9", "vertebrae_included": ["L2", "L3", "L4"]}
ANKLE = {"code": "ankle_joint", "laterality": "left"}
DXA = {
    **BASE,
    "exam": {"modality": "DXA", "region": "lumbar_spine", "date": "2024-06-03", "technique": {"device": "Horizon W"}},
    "dxa": {"measurements": [SPINE]},
}
US = {
    **BASE,
    "exam": {"modality": "US", "region": "ankle_foot", "laterality": "left", "date": "2024-06-03", "technique": {}},
    "findings": [{"id": "F1", "finding": "joint_effusion", "status": "absent", "site": ANKLE}],
}


@pytest.mark.parametrize("data", [DXA, US], ids=["device only", "nothing"])
@pytest.mark.parametrize("kind", ["document", "transaction"])
def test_every_observation_says_something(data: dict[str, Any], kind: str) -> None:
    bundle = engine.build_report(intake.parse(data, CATALOG), CATALOG).to_fhir(kind)
    observations = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Observation"]
    assert observations
    for one in observations:
        assert any(key.startswith("value") for key in one) or {"component", "hasMember", "dataAbsentReason"} & set(one)
