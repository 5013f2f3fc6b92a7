"""The models as one validator that answers with plain dicts of what was given, and nothing of what was not.

Made from the models' own schema, for one catalogue: codes, texts and flags that are as they should be never leave the
compiled validator. It only says yes: what it refuses goes to the models, which know why, or accept it after all.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, GetCoreSchemaHandler, TypeAdapter, ValidationError

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.intake.fields import READERS
from reporter.intake.models import ExamInput
from reporter.intake.vocabulary import Vocabulary, vocabulary_of

Given = dict[str, Any]
# what a schema says beside how to validate
_ASIDE = ("metadata", "serialization", "ref")


def read(tree: Given, vocabulary: Vocabulary) -> Given:
    """What an exam says, by the names of the models. Raises the ValidationError of the models."""
    quick = _quick(vocabulary.catalog).validator()
    if quick is not None:
        with suppress(ValidationError):
            return quick.validate_python(tree, context=vocabulary)
    return given(ExamInput.model_validate(tree, context=vocabulary))


def given(model: BaseModel) -> Given:
    """A model as a dict of the fields that were set."""
    return {name: _given(getattr(model, name)) for name in model.model_fields_set}


def _given(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return given(value)
    return [_given(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True, eq=False)
class _Schema:
    """Annotation: a schema that is ready."""

    schema: Any

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> Any:
        return self.schema


class _Quick:
    """The validator of a catalogue, made when a second exam is read: for one alone it takes longer than the models."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._asked = False
        self._made: TypeAdapter[Given] | None = None

    def validator(self) -> TypeAdapter[Given] | None:
        """None the first time."""
        if self._made is None and self._asked:
            self._made = TypeAdapter(Annotated[Any, _Schema(_Flat(self._vocabulary).schema())])
        self._asked = True
        return self._made


@per_catalog
def _quick(catalog: Catalog) -> _Quick:
    return _Quick(vocabulary_of(catalog))


class _Flat:
    """The schema of the models with dicts for models, without defaults, and each part where it is used."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.parts: dict[str, Any] = {}

    def schema(self) -> Any:
        """The whole."""
        schema: Mapping[str, Any] = ExamInput.__pydantic_core_schema__
        if schema["type"] == "definitions":
            self.parts = {part["ref"]: part for part in schema["definitions"]}
            schema = schema["schema"]
        return self._plain(schema)

    def _plain(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._plain(item) for item in node]
        if not isinstance(node, Mapping):
            return node
        kind = node.get("type")
        if kind == "definition-ref":
            return self._plain(self.parts[node["schema_ref"]])
        if kind == "model":
            fields = {name: self._field(field) for name, field in node["schema"]["fields"].items()}
            return {"type": "typed-dict", "fields": fields, "extra_behavior": "forbid"}
        if kind == "function-plain":
            return self._quick(node)
        return {key: self._plain(value) for key, value in node.items() if key not in _ASIDE}

    def _field(self, field: Mapping[str, Any]) -> dict[str, Any]:
        """A field of a model; one with a default may be absent."""
        schema, alias = field["schema"], {key: field[key] for key in ("validation_alias",) if key in field}
        optional = schema["type"] == "default"
        inner = self._plain(schema["schema"] if optional else schema)
        return {"type": "typed-dict-field", "schema": inner, "required": not optional, **alias}

    def _quick(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """A reader of ours; where it has one, the schema of what it would leave as it is comes first."""
        reader = {key: value for key, value in node.items() if key not in _ASIDE}
        usual = READERS[node["function"]["function"]].usual
        schema = usual(self.vocabulary) if usual else None
        return {"type": "union", "mode": "left_to_right", "choices": [schema, reader]} if schema else reader
