"""Search parameters as the store understands them. FHIR R4 « Search ».

A parameter or modifier that is not served is refused: leaving a filter out would show other patients' data. With
`Prefer: handling=lenient` it is left out, and the `self` link says what was searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reporter.delivery.store import Criterion, Match, Search, Span, Words, search_params, span
from reporter.web.api import prefer
from reporter.web.api.kinds import KINDS
from reporter.web.api.outcome import ApiError

Pairs = Sequence[tuple[str, str]]
MAX_COUNT, COUNT = 200, 50
MAX_PARAMETERS, MAX_LENGTH, MAX_VALUES, MAX_OFFSET = 60, 2000, 100, 1_000_000
OFFSET = "_offset"
_IGNORED = ("_format", "_pretty", "_total", "_totalMethod")  # the last one is what fhirpy sends with a count
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffd-\uffff]")
_NUMBER = re.compile(r"[0-9]{1,7}\Z")
_PARTS = re.compile(r"(?:\\.|[^\\,])+")
_WORDS = {"": "starts", "exact": "exact", "contains": "contains"}
# the type a reference names when the value is a bare id
_TARGETS = {
    "patient": "Patient", "subject": "Patient", "based-on": "ServiceRequest", "basedon": "ServiceRequest",
    "result": "Observation", "has-member": "Observation", "derived-from": "Observation", "practitioner": "Practitioner",
    "organization": "Organization", "results-interpreter": "PractitionerRole", "author": "PractitionerRole",
    "requester": "PractitionerRole",
}  # fmt: skip


@dataclass(slots=True)
class Query:
    """What was asked: the search itself, and how its results are shown. `used`: the parameters of the `self` link."""

    type: str
    criteria: list[Criterion] = field(default_factory=list)
    sort: tuple[str, ...] = ()
    count: int = COUNT
    offset: int = 0
    only_count: bool = False
    includes: list[tuple[str, str | None]] = field(default_factory=list)
    reverse: list[tuple[str, str]] = field(default_factory=list)
    used: list[tuple[str, str]] = field(default_factory=list)

    def search(self) -> Search:
        """For the store."""
        limit = 0 if self.only_count else self.count
        return Search(self.type, tuple(self.criteria), self.sort, self.offset, limit)


def parse(kind: str, pairs: Pairs, base: str = "") -> Query:
    """The search of a type. Raises ApiError 400 with the parameter that is not understood."""
    if len(pairs) > MAX_PARAMETERS:
        raise ApiError("API-VALUE", name="?", value=f"> {MAX_PARAMETERS}")
    query = Query(kind)
    for name, value in pairs:
        if len(value) > MAX_LENGTH or _CONTROL.search(name + value):
            raise ApiError("API-VALUE", name=name, value=value)
        if name in _IGNORED or not value:
            continue
        try:
            _read(query, name, value, base)
        except ApiError as error:
            if error.code != "API-PARAMETER" or not prefer.lenient():
                raise
            continue
        if name != OFFSET:
            query.used.append((name, value))
    return query


def _read(query: Query, name: str, value: str, base: str) -> None:
    head = name.partition(":")[0]
    if head in _RESULT:
        _RESULT[head](query, name, value)
    else:
        query.criteria.append(criterion(query.type, name, value, base))


# --- parameters of the result


def _count(query: Query, name: str, value: str) -> None:
    query.count = min(_whole(name, value), MAX_COUNT)
    query.only_count = query.only_count or query.count == 0


def _offset(query: Query, name: str, value: str) -> None:
    query.offset = min(_whole(name, value), MAX_OFFSET)


def _whole(name: str, value: str) -> int:
    if not _NUMBER.match(value):
        raise ApiError("API-VALUE", name=name, value=value)
    return int(value)


def _summary(query: Query, name: str, value: str) -> None:
    if value not in ("count", "false"):
        raise ApiError("API-VALUE", name=name, value=value)
    query.only_count = query.only_count or value == "count"


def _sort(query: Query, _name: str, value: str) -> None:
    known = search_params(query.type)
    names = tuple(value.split(","))
    for each in names:
        if each.removeprefix("-") not in known:
            raise ApiError("API-VALUE", name="_sort", value=each)
    query.sort = names


def _include(query: Query, name: str, value: str) -> None:
    source, _, rest = value.partition(":")
    param, _, target = rest.partition(":")
    if name != "_include" or source != query.type or param not in KINDS[query.type].includes:
        raise ApiError("API-PARAMETER", value=f"{name}={value}")
    query.includes.append((param, target or None))


def _revinclude(query: Query, name: str, value: str) -> None:
    source, _, param = value.partition(":")
    if name != "_revinclude" or value not in KINDS[query.type].reverse:
        raise ApiError("API-PARAMETER", value=f"{name}={value}")
    query.reverse.append((source, param))


_RESULT = {
    "_count": _count,
    OFFSET: _offset,
    "_summary": _summary,
    "_sort": _sort,
    "_include": _include,
    "_revinclude": _revinclude,
}


# --- criteria


def criterion(kind: str, name: str, value: str, base: str = "") -> Criterion:
    """One parameter with its modifier: `code`, `code:not`, `patient:identifier`, `patient.identifier`."""
    head, _, chained = name.partition(".")
    param, _, modifier = head.partition(":")
    form = search_params(kind).get(param)
    if form is None:
        raise ApiError("API-PARAMETER", value=name)
    if modifier == "missing" and value in ("true", "false") and not chained and not param.startswith("_"):
        return Criterion(param, missing=value == "true")
    if form == "reference":
        return _reference(param, modifier, chained, value, base)
    if chained:
        raise ApiError("API-PARAMETER", value=name)
    return _simple(form, param, modifier, value)


def _reference(param: str, modifier: str, chained: str, value: str, base: str) -> Criterion:
    target = modifier if modifier in KINDS else _TARGETS.get(param, "")
    if chained:
        if not target or "." in chained:
            raise ApiError("API-PARAMETER", value=f"{param}.{chained}")
        return Criterion(param, chain=criterion(target, chained, value, base), target=target)
    if modifier == "identifier":
        return Criterion(f"{param}:identifier", tuple(map(_token, values(param, value))))
    if modifier and modifier not in KINDS:
        raise ApiError("API-PARAMETER", value=f"{param}:{modifier}")
    return Criterion(param, tuple(Match(_target(one, target, base)) for one in values(param, value)))


def _target(value: str, target: str, base: str) -> str:
    """`Type/id` of a reference written in full, relative, as UUID or as a bare id."""
    local = value.removeprefix(base).removeprefix("urn:uuid:").partition("/_history/")[0]
    return local if "/" in local or not target else f"{target}/{local}"


def _simple(form: str, param: str, modifier: str, value: str) -> Criterion:
    given = values(param, value)
    if form == "token" and modifier in ("", "not"):
        return Criterion(param, tuple(map(_token, given)), negate=modifier == "not")
    if form == "string" and modifier in _WORDS:
        return Criterion(param, tuple(Words(_plain(one), _WORDS[modifier]) for one in given))
    if form == "date" and not modifier:
        return Criterion(param, tuple(_dates(param, given)))
    raise ApiError("API-PARAMETER", value=f"{param}:{modifier}" if modifier else param)


def values(name: str, text: str) -> list[str]:
    """The values between commas, still escaped: a comma after a backslash is part of its value."""
    found = _PARTS.findall(text)
    if not found or len(found) > MAX_VALUES:
        raise ApiError("API-VALUE", name=name, value=text)
    return found


def _token(text: str) -> Match:
    """`code`, `system|code`, `system|`, `|code`."""
    parts = re.split(r"(?<!\\)\|", text, maxsplit=1)
    if len(parts) == 1:
        return Match(_plain(parts[0]))
    if parts == ["", ""]:
        raise ApiError("API-VALUE", name="token", value=text)
    return Match(_plain(parts[1]) or None, _plain(parts[0]))


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _dates(name: str, given: Iterable[str]) -> list[Span]:
    try:
        return [span(one.replace(" ", "+")) for one in given]
    except ValueError as error:
        raise ApiError("API-VALUE", name=name, value=",".join(given)) from error
