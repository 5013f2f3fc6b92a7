"""Whatever characters a user types, in whatever field: the bundle that comes out of an accepted input is clean."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from reporter import fhir
from reporter.fhir.check import check
from reporter.intake.build import build
from reporter.intake.models import ExamInput
from reporter.intake.vocabulary import Vocabulary
from reporter.model.exam import Exam
from tests.fhir import samples
from tests.fhir.whole_inputs import WHOLE, Json

# no-break, narrow no-break and ideographic spaces, byte order mark, bell, delete, a C1 control
TYPED = "\u00a0{}\u202fx\u3000y\ufeff\x07\x7f\x85"
UNCLEAN = re.compile(r"[^\S \t\r\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]|\A\s|\s\Z|\A\Z")
# said in the report, so they must be among those that a user may fill with anything
FREE = {
    "/patient/name",
    "/patient/family_name",
    "/patient/given_names/0",
    "/patient/identifiers/2/value",
    "/patient/identifiers/2/type",
    "/order/indication",
    "/order/question",
    "/order/requester/name",
    "/order/requester/speciality",
    "/order/identifier",
    "/exam/accession_number",
    "/exam/performer",
    "/exam/organization",
    "/exam/device",
    "/exam/limitations/0",
    "/exam/contrast/agent",
    "/comparisons/0/summary",
    "/findings/0/comment",
    "/free_text/findings",
}
Path = tuple[str | int, ...]


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every string of an input, with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from texts(item, (*path, place))


def changed(data: Json, path: Path, text: str) -> Json:
    made = copy.deepcopy(data)
    node: Any = made
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = text
    return made


def exam(data: Json) -> Exam:
    """The exam of an input, without the rules: these inputs fill every field, whatever the modality."""
    return build(ExamInput.model_validate(data, context=Vocabulary(samples.catalog())))


def accepted(data: Json) -> bool:
    try:
        exam(data)
    except ValidationError:
        return False
    return True


def free(data: Json) -> dict[Path, str]:
    """The strings of an input that may be any text, with what is typed there instead.

    A naming system is a URL, the name of a measure a code of the catalogue: the rules say so, which are left out here.
    """
    typed = {path: TYPED.format(text) for path, text in texts(data) if path[-1] != "system" and "measures" not in path}
    return {path: text for path, text in typed.items() if accepted(changed(data, path, text))}


def unclean(bundle: Json) -> list[tuple[Path, str]]:
    return [(path, text) for path, text in texts(bundle) if path[-1] != "div" and UNCLEAN.search(text)]


@pytest.fixture(scope="module")
def typed() -> dict[str, tuple[Json, set[str]]]:
    """Each whole input with strange characters in all its free texts at once, and where those are."""
    made = {}
    for name, data in WHOLE.items():
        places = free(data)
        for path, text in places.items():
            data = changed(data, path, text)
        made[name] = data, {"/" + "/".join(map(str, path)) for path in places}
    return made


def test_every_field_for_words_takes_any_character(typed: dict[str, tuple[Json, set[str]]]) -> None:
    assert FREE - {place for _, places in typed.values() for place in places} == set()


@pytest.mark.parametrize("make", [fhir.document_bundle, fhir.transaction_bundle, fhir.collection_bundle])
@pytest.mark.parametrize("name", WHOLE)
def test_no_special_space_nor_control_comes_out(
    name: str, make: Callable[..., Json], typed: dict[str, tuple[Json, set[str]]]
) -> None:
    report = samples.data(exam(typed[name][0]))
    bundle = make(report, samples.narrative(report), samples.catalog(), ids=samples.ids)
    assert unclean(bundle) == []
    assert [issue for issue in check(bundle, samples.catalog()) if issue.severity == "error"] == []
