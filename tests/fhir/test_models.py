"""A second opinion on shapes: the public R4B models accept every resource."""

from __future__ import annotations

import importlib
import json
import warnings
from typing import Any

import pytest

from reporter import fhir
from tests.fhir import samples

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    MODELS = importlib.import_module("fhir.resources.R4B")


@pytest.mark.parametrize("exam", [samples.mr_exam, samples.dxa_exam], ids=["mr", "dxa"])
def test_every_resource_is_accepted(exam: Any) -> None:
    bundle = json.loads(fhir.to_json(samples.document(exam(), samples.change())))
    for entry in bundle["entry"]:
        resource = entry["resource"]
        model = MODELS.get_fhir_model_class(resource["resourceType"])
        model.model_validate_json(json.dumps(resource))
