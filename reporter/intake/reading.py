"""parse and parse_partial: tidy → checks between parts → shape → frozen Exam, every problem reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError

from reporter.catalog.entries import Catalog
from reporter.errors import InvalidExam, Issue
from reporter.intake import links
from reporter.intake.build import build, usual
from reporter.intake.fields import RefusedError, kind_of, shown
from reporter.intake.given import Given
from reporter.intake.messages import KINDS, field_name, message
from reporter.intake.models import ExamInput
from reporter.intake.problems import NoProblems, Path, Problems, UnusualError
from reporter.intake.tidy import tidy
from reporter.intake.vocabulary import Vocabulary, closest, fold, vocabulary_of
from reporter.model.exam import Exam

# Values whose absence no rule takes for a mistake: the entry of a list, or else the field, can be left out.
_DROPPED_ENTRIES = frozenset(
    {"measures", "relations", "diagnoses", "differential", "recommendations", "labs", "treatments", "zones", "suppress"}
)
_KEPT = frozenset(
    {
        "laterality", "level", "number", "sequences", "phases", "dxa", "comparisons", "procedures", "date",
        "birth_date", "age_years", "menopausal_status", "pregnancy_status", "context", "region", "modality",
        "protocol_override", "evolution", "leak_location",
    }
)  # fmt: skip
_NAMES_FINDING = ({"finding"}, {"status"}, {"site", "code"})
_VALUE_CODES = frozenset({"V-CODE", "V-RANGE", "V-UNIT", "RPT-REF"})
_NOTHING = NoProblems()
_EXPECTED = {"model": "object", "dict": "object", "list": "list", "string": "text", "missing": "other"}


def parse(data: object, catalog: Catalog) -> Exam:
    """The frozen Exam; raise InvalidExam with every problem of shape and vocabulary."""
    exam, issues = parse_partial(data, catalog)
    if issues or exam is None:
        raise InvalidExam(issues)
    return exam


def parse_partial(data: object, catalog: Catalog) -> tuple[Exam | None, list[Issue]]:
    """Every problem, and what can be built without the refused entries; None when that would mislead the rules."""
    vocabulary = vocabulary_of(catalog)
    exam = _as_it_stands(data, vocabulary)
    if exam is not None:
        return exam, []
    problems = Problems()
    tree = tidy(data, problems)
    if not isinstance(tree, dict):
        values = {"champ": field_name(""), "attendu": KINDS["object"], "recu": kind_of(tree)}
        problems.add("RPT-TYPE", (), message("RPT-TYPE", **values), fatal=True)
        return None, problems.issues
    links.check(tree, vocabulary, problems)
    exam = _validate(tree, vocabulary, problems)
    if exam is None and not problems.fatal:
        exam = _validate(tree, vocabulary, Problems())
    return (None if problems.fatal else exam), problems.issues


def _as_it_stands(data: object, vocabulary: Vocabulary) -> Exam | None:
    """The exam when there is nothing to tidy, to mend nor to refuse, as nearly always; nothing is changed or copied."""
    if type(data) is not dict:
        return None
    try:
        links.check(data, vocabulary, _NOTHING)
    except UnusualError:
        return None
    return usual(data, vocabulary.catalog)


def _validate(tree: Given, vocabulary: Vocabulary, problems: Problems) -> Exam | None:
    """The exam, or None with the problems recorded and what may be left out removed from the tree."""
    try:
        return _read(tree, vocabulary)
    except ValidationError as refused:
        for error in refused.errors(include_url=False):
            _record(error, tree, problems)
    return None


def _read(tree: Given, vocabulary: Vocabulary) -> Exam:
    """The exam; raises the ValidationError of the models."""
    exam = usual(tree, vocabulary.catalog)
    return exam if exam is not None else build(ExamInput.model_validate(tree, context=vocabulary))


def validate(tree: Given, vocabulary: Vocabulary) -> tuple[Exam | None, list[Path]]:
    """The exam, or None and where it is refused; the tree stays as it is."""
    try:
        return _read(tree, vocabulary), []
    except ValidationError as refused:
        return None, [tuple(k for k in e["loc"] if k != "[key]") for e in refused.errors(include_url=False)]


def _record(error: Any, tree: dict[str, Any], problems: Problems) -> None:
    path: Path = tuple(key for key in error["loc"] if key != "[key]")
    code, text = _explain(error, path)
    removed = code in _VALUE_CODES and _remove(tree, path)
    problems.add(code, path, text, fatal=not removed)


def _explain(error: Any, path: Path) -> tuple[str, str]:
    """Our code and French message for a pydantic error; ours carry both already."""
    kind = error["type"]
    keys = [str(key) for key in reversed(path) if isinstance(key, str)] or [""]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, RefusedError):
        return cause.code, str(cause)
    if kind == "extra_forbidden":
        known = {fold(name): name for name in keys_at(path[:-1])}
        return "RPT-KEY", message("RPT-KEY", cle=shown(keys[0]), suggestion=closest(keys[0], known))
    if kind in ("missing", "too_short"):
        return "V-REQ", message("V-REQ", champ=field_name(".".join(reversed(keys[:2])), keys[0]))
    expected = KINDS[_EXPECTED.get(kind.partition("_")[0], "other")]
    values = {"champ": field_name(*keys), "attendu": expected, "recu": kind_of(error["input"])}
    return "RPT-TYPE", message("RPT-TYPE", **values)


def _remove(tree: dict[str, Any], path: Path) -> bool:
    """Leave a refused value out of the tree; False when the value matters by its absence."""
    if path[0] == "findings" and set(path[2:]) in _NAMES_FINDING:
        return _remove_finding(tree, cast(int, path[1]))
    if _KEPT & set(path):
        return False
    parents = [index for index, key in enumerate(path) if key in _DROPPED_ENTRIES and index + 1 < len(path)]
    target = path[: parents[-1] + 2] if parents else path
    parent = at(tree, target[:-1])
    if isinstance(parent, list):
        parent[cast(int, target[-1])] = None
    elif isinstance(parent, dict):
        parent.pop(cast(str, target[-1]), None)
    return True


def _remove_finding(tree: dict[str, Any], index: int) -> bool:
    """Leave out a sign that cannot be named, with all that could lean on it; False when no sign would be left."""
    tree["findings"][index] = None
    tree.pop("conclusion", None)
    others = [finding for finding in tree["findings"] if isinstance(finding, dict)]
    for finding in others:
        finding.pop("relations", None)
    return bool(others)


def at(tree: Any, path: Path) -> Any:
    """The value at a path; None once it has been removed."""
    for key in path:
        if isinstance(tree, Mapping):
            tree = tree.get(key)
        elif isinstance(tree, list) and isinstance(key, int):
            tree = tree[key]
        else:
            return None
    return tree


def keys_at(path: Path) -> tuple[str, ...]:
    """The keys the model allows at a path; nothing where it takes any."""
    model: type[BaseModel] = ExamInput
    for key in path:
        if isinstance(key, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            inner = _model_in(fields[key].annotation) if key in fields else None
            if inner is None:
                return ()
            model = inner
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside `X | None` or `list[X | None]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
