"""Annotated pydantic types: each reads tolerantly, and refuses with one of our codes and a French message.

The validation context is the `Vocabulary`. `MARK` puts a vocabulary name in the JSON Schema, replaced later by codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, ValidationInfo

from reporter.catalog.entries import MeasureDef
from reporter.french.numbers import number
from reporter.intake import leaves, values
from reporter.intake.messages import KINDS, field_name, message
from reporter.intake.vocabulary import Vocabulary
from reporter.model.dates import PartialDate

MARK = "x-vocabulary"
_NUMBER_TYPES: dict[str, Any] = {"type": ["number", "string"]}
_DATE: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}
_KNOWN_LEVEL: dict[str, Any] = {"type": "string", MARK: "level"}
_COUNT: dict[str, Any] = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}
_MAX_COUNT = 999


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Annotation of a model field: how its value is read, and its JSON Schema.

    `usual`: the same for the name of a field in one catalogue, without a word on what it refuses (see `leaves`).
    `blank`: it may read a text in which there is nothing to see, which says no more than none.
    """

    read: Callable[[Any, ValidationInfo], Any]
    schema: dict[str, Any]
    usual: Callable[[Vocabulary, str], leaves.Read]
    blank: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return PlainValidator(self.read).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


class RefusedError(ValueError):
    """A refused value: our code and a finished French message."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def vocabulary(info: ValidationInfo) -> Vocabulary:
    """The vocabulary of the catalogue in use."""
    return cast(Vocabulary, info.context)


def label(info: ValidationInfo) -> str:
    """French name of the field being read."""
    return field_name(info.field_name or "")


def kind_of(value: object) -> str:
    """French name of a JSON type."""
    if value is None:
        return KINDS["null"]
    if isinstance(value, bool):
        return KINDS["boolean"]
    names = ((str, "text"), ((int, float, Decimal), "number"), (Mapping, "object"), (list, "list"))
    return next((KINDS[name] for kind, name in names if isinstance(value, kind)), KINDS["other"])


def wrong_type(info: ValidationInfo, expected: str, value: object) -> RefusedError:
    """RPT-TYPE."""
    return RefusedError(
        "RPT-TYPE", message("RPT-TYPE", champ=label(info), attendu=KINDS[expected], recu=kind_of(value))
    )


def _text(value: Any, info: ValidationInfo) -> str:
    if not isinstance(value, str):
        raise wrong_type(info, "text", value)
    return value


def _filled(value: Any, info: ValidationInfo) -> str:
    text = _text(value, info).strip()
    if not text:
        raise RefusedError("V-REQ", message("V-REQ", champ=label(info)))
    return text


def _boolean(value: Any, info: ValidationInfo) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(info, "boolean", value)
    return value


def _decimal(value: Any, info: ValidationInfo) -> Decimal:
    parsed = values.to_decimal(value)
    if parsed is not None:
        return parsed
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise wrong_type(info, "number", value)
    raise RefusedError("RPT-TYPE", message("RPT-TYPE/number", champ=label(info), valeur=shown(value)))


def _integer(value: Any, info: ValidationInfo) -> int:
    _decimal(value, info)
    parsed = values.to_integer(value)
    if parsed is None:
        raise wrong_type(info, "integer", value)
    return parsed


def shown(value: object) -> str:
    """A refused value, short enough for a message."""
    text = value if isinstance(value, str) else format(value, ".6g") if isinstance(value, float | Decimal) else "…"
    return text[:60]


def out_of_range(code: str, name: str, value: Decimal | int, minimum: Decimal | int, maximum: Decimal | int) -> str:
    """The message of V-RANGE and DX-RANGE."""
    limits = {"mini": number(Decimal(minimum)), "maxi": number(Decimal(maximum))}
    return message(code, mesure=name, valeur=number(Decimal(value)), **limits)


def _dxa_limits(known: Vocabulary, name: str) -> tuple[str, MeasureDef | None]:
    """The measure a field gives, and what is plausible."""
    key = "t_score" if name == "vertebra_t_scores" else name
    return key, known.catalog.dxa_measures.get(key)


def _dxa(value: Any, info: ValidationInfo) -> Decimal:
    parsed = _decimal(value, info)
    key, limits = _dxa_limits(vocabulary(info), info.field_name or "")
    if limits and not limits.minimum <= parsed <= limits.maximum:
        text = out_of_range("DX-RANGE", field_name(key), parsed, limits.minimum, limits.maximum)
        raise RefusedError("DX-RANGE", text)
    return parsed


def _date(value: Any, info: ValidationInfo) -> PartialDate:
    text = _filled(value, info)
    try:
        return PartialDate.parse(text)
    except ValueError:
        raise RefusedError("V-DATE", message("V-DATE", detail=shown(text))) from None


def _level(value: Any, info: ValidationInfo) -> str:
    return values.level_code(_filled(value, info))


def _known_level(value: Any, info: ValidationInfo) -> str:
    return _resolve("level", _level(value, info), info)


def _resolve(kind: str, text: str, info: ValidationInfo) -> str:
    known = vocabulary(info)
    found = known.resolve(kind, text)
    if found is None:
        suggestion = known.suggestion(kind, text)
        raise RefusedError("V-CODE", message("V-CODE", code=shown(text), champ=label(info), suggestion=suggestion))
    return found


def code(kind: str, *, mark: str | None = None, free: bool = False) -> Reader:
    """A code of a vocabulary, or any text when `free`; `mark` names a narrower list in the JSON Schema of one exam."""

    def read(value: Any, info: ValidationInfo) -> str:
        text = _filled(value, info)
        return (vocabulary(info).resolve(kind, text) or text) if free else _resolve(kind, text, info)

    def usual(known: Vocabulary, _name: str) -> leaves.Read:
        return leaves.codes(known, kind, free=free)

    return Reader(read, {"type": "string"} if free else {"type": "string", MARK: mark or kind}, usual)


def limited(maximum: int) -> Reader:
    """Text of at most `maximum` characters, kept verbatim."""

    def read(value: Any, info: ValidationInfo) -> str:
        text = _text(value, info)
        if len(text) > maximum:
            details = message("RPT-TYPE/long", champ=label(info), longueur=len(text), maximum=maximum)
            raise RefusedError("RPT-TYPE", details)
        return text

    return Reader(read, {"type": "string", "maxLength": maximum}, _always(leaves.limited(maximum)), blank=True)


def between(minimum: str, maximum: str, *, integer: bool = False) -> Reader:
    """A number, whole when `integer`, refused with V-RANGE outside the limits."""
    low, high = Decimal(minimum), Decimal(maximum)

    def read(value: Any, info: ValidationInfo) -> Decimal | int:
        parsed = _integer(value, info) if integer else _decimal(value, info)
        if not low <= parsed <= high:
            raise RefusedError("V-RANGE", out_of_range("V-RANGE", label(info), parsed, low, high))
        return parsed

    types = ["integer", "string"] if integer else ["number", "string"]
    usual = leaves.whole(int(low), int(high)) if integer else leaves.between(low, high)
    return Reader(read, {"type": types, "minimum": int(low), "maximum": int(high)}, _always(usual))


def _count(value: Any, info: ValidationInfo) -> int | str:
    if isinstance(value, str) and values.to_decimal(value) is None:
        return _resolve("count", value, info)
    parsed = _integer(value, info)
    if not 1 <= parsed <= _MAX_COUNT:
        raise RefusedError("V-RANGE", out_of_range("V-RANGE", label(info), parsed, 1, _MAX_COUNT))
    return parsed


def _always(read: leaves.Read) -> Callable[[Vocabulary, str], leaves.Read]:
    return lambda _vocabulary, _name: read


def _usual_dxa(known: Vocabulary, name: str) -> leaves.Read:
    _, limits = _dxa_limits(known, name)
    return leaves.between(limits.minimum, limits.maximum) if limits else leaves.decimal


Text = Annotated[str, Reader(_text, {"type": "string"}, _always(leaves.text), blank=True)]
Name = Annotated[str, Reader(_text, {"type": "string"}, _always(leaves.text))]
Filled = Annotated[str, Reader(_filled, {"type": "string", "minLength": 1}, _always(leaves.filled), blank=True)]
Flag = Annotated[bool, Reader(_boolean, {"type": "boolean"}, _always(leaves.flag))]
Number = Annotated[Decimal, Reader(_decimal, _NUMBER_TYPES, _always(leaves.decimal))]
DxaNumber = Annotated[Decimal, Reader(_dxa, _NUMBER_TYPES, _usual_dxa)]
Date = Annotated[PartialDate, Reader(_date, _DATE, _always(leaves.date))]
Level = Annotated[str, Reader(_level, {"type": "string"}, lambda known, _: leaves.levels(known, free=True), blank=True)]
KnownLevel = Annotated[str, Reader(_known_level, _KNOWN_LEVEL, lambda known, _: leaves.levels(known))]
Count = Annotated[int | str, Reader(_count, _COUNT, lambda known, _: leaves.count(known, _MAX_COUNT))]
