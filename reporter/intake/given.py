"""The models as plain dicts of what was given, and nothing of what was not."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

Given = dict[str, Any]


def given(model: BaseModel) -> Given:
    """A model as a dict of the fields that were set, by their names."""
    values = {name: getattr(model, name) for name in model.model_fields_set}
    return {name: _given(value) for name, value in values.items() if value is not None}


def _given(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return given(value)
    return [_given(item) for item in value] if isinstance(value, list) else value
