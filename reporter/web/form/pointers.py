"""Form fields ↔ input: a field's name is the JSON pointer of its value, with the id of a finding for its index.

Names beyond plain pointers: a code of a list (`/exam/technique/planes/axial`), a sequence in a plane
(`/exam/technique/sequences/T1/axial`, plane « - » for none), a measure (`/findings/F1/measures/height_loss`).
An empty value is a field left empty: it is not in the input.
"""

from __future__ import annotations

import re
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.intake.vocabulary import fold
from reporter.web.form.shape import Node, Shape

Input = dict[str, Any]
NO_PLANE = "-"
_KEPT_EMPTY = frozenset({"technique"})
_FLAGS = {"true": True, "false": False}
_QUANTITY = re.compile(r"([^A-Za-z%µ°]*)([A-Za-z%µ°].*)?\Z", re.DOTALL)
MAX_INDEX = 200
EXCLUDED = "vertebrae_excluded"


class Decoder:
    """Writes posted fields into the input of one draft."""

    def __init__(self, shape: Shape, catalog: Catalog) -> None:
        self._shape = shape
        self._flags = frozenset(catalog.vocabulary.get("attribute_type.boolean", ()))
        self._units = {name: {m.name: m.unit for m in f.measures.values()} for name, f in catalog.findings.items()}
        self._reasons = {fold(text): code for code, text in reasons(catalog).items()}

    def write(self, tree: Input, name: str, value: str) -> None:
        """One field; a name that is no place of the input is ignored."""
        path = split(name)
        text = value.replace("\r\n", "\n").strip()
        if path[:1] == ("findings",) and len(path) > 2:
            self._finding(tree, path, text)
        elif path[:3] == ("exam", "technique", "sequences") and len(path) == 5:
            entry = {"sequence": path[3]} | ({} if path[4] == NO_PLANE else {"plane": path[4]})
            known = self._shape.at((*path[:3], "0", "sequence")).get("enum", ())
            technique = tree.setdefault("exam", {}).setdefault("technique", {})
            _toggle(technique.setdefault("sequences", []), entry, text if path[3] in known else "")
        elif path and self._shape.at(path[:1]):
            self._set(tree, (), path, text)

    def _finding(self, tree: Input, path: tuple[str, ...], text: str) -> None:
        finding = find(tree, path[1])
        if finding is None:
            return
        if path[2] == "measures" and len(path) == 4:
            self._measure(finding, path[3], text)
        elif path[2] == "morphology" and len(path) == 4:
            flag = path[3] in self._flags
            _put(finding.setdefault("morphology", {}), path[3], _FLAGS.get(text, text) if flag else text)
        elif path[2] != "id":
            self._set(finding, ("findings", "0"), path[2:], text)

    def _measure(self, finding: Input, name: str, text: str) -> None:
        """« 40 » is in the unit of the catalogue, « 2,5 cm » in its own."""
        measures = finding.setdefault("measures", [])
        measures[:] = [m for m in measures if m.get("name") != name]
        match = _QUANTITY.match(text)
        if text and match:
            default = self._units.get(str(finding.get("finding")), {}).get(name, "")
            unit = (match[2] or default).strip()
            measures.append({"name": name, "value": match[1].strip(), "unit": unit})

    def _set(self, node: Any, at: tuple[str, ...], rest: tuple[str, ...], text: str) -> None:
        """Walk down, making what is missing; what stays empty is removed by `tidy`."""
        while isinstance(node, dict | list):
            if isinstance(node, list):
                self._in_list(node, at, rest, text)
                return
            key, inner = rest[0], self._shape.at((*at, rest[0]))
            if len(rest) == 1:
                if inner and not self._holds_objects(inner, (*at, key)):
                    said = self._reasons.get(fold(text), text) if at[-2:-1] == (EXCLUDED,) and key == "reason" else text
                    _put(node, key, _typed(inner, said))
                return
            empty = {"array": list, "object": dict}.get(str(inner.get("type")))
            if empty is None:
                return
            if not isinstance(node.get(key), empty):
                node[key] = empty()
            node, at, rest = node[key], (*at, key), rest[1:]

    def _holds_objects(self, shape: Node, at: tuple[str, ...]) -> bool:
        """An object, or a list of objects: no field writes it as a whole."""
        inner = self._shape.at((*at, "0")) if shape.get("type") == "array" else shape
        return inner.get("type") == "object"

    def _in_list(self, node: list[Any], at: tuple[str, ...], rest: tuple[str, ...], text: str) -> None:
        inner = self._shape.at((*at, "0"))
        if inner.get("type") != "object":
            _toggle(node, rest[0], text)
            return
        if not rest[0].isdigit() or len(rest) < 2 or int(rest[0]) > MAX_INDEX:
            return
        index = int(rest[0])
        node.extend({} for _ in range(index + 1 - len(node)))
        self._set(node[index], (*at, "0"), rest[1:], text)


def reasons(catalog: Catalog) -> dict[str, str]:
    """Why a vertebra is left out: code → the words of the report, which are typed for it; other words stay as typed."""
    words = catalog.lexicon.get("dxa_reasons", {})
    return {code: str(words.get(code, code)) for code in catalog.vocabulary.get("exclusion_reason", ())}


def split(name: str) -> tuple[str, ...]:
    """The keys of a pointer (RFC 6901); none when it is not one."""
    if not name.startswith("/"):
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in name[1:].split("/"))


def find(tree: Input, finding_id: str) -> Input | None:
    """The finding of an id."""
    return next((f for f in tree.get("findings", []) if f.get("id") == finding_id), None)


def field_of(tree: Input, pointer: str) -> str:
    """The field of an input path: finding ids for indexes, measures by their name."""
    path = list(split(pointer))
    if len(path) < 2 or path[0] != "findings" or not path[1].isdigit():
        return pointer
    findings = tree.get("findings", [])
    finding = findings[int(path[1])] if int(path[1]) < len(findings) else {}
    path[1] = str(finding.get("id", path[1]))
    if len(path) > 3 and path[2] == "measures" and path[3].isdigit():
        measures = finding.get("measures", [])
        index = int(path[3])
        path[3:] = [str(measures[index].get("name", index))] if index < len(measures) else path[3:4]
    return "/" + "/".join(path)


def tidy(tree: Input) -> None:
    """Remove what is empty: an entry without any field, an object without any entry."""
    for key in list(tree):
        tree[key] = _tidied(tree[key])
        if tree[key] in ("", None, [], {}) and key not in _KEPT_EMPTY:
            del tree[key]


def _tidied(value: Any) -> Any:
    if isinstance(value, dict):
        tidy(value)
    elif isinstance(value, list):
        return [kept for item in value if (kept := _tidied(item)) not in ("", None, [], {})]
    return value


def _typed(shape: Any, text: str) -> Any:
    if shape.get("type") == "boolean":
        return _FLAGS.get(text, "")
    if shape.get("type") == "array":
        return [line.strip() for line in text.split("\n") if line.strip()]
    return text


def _put(node: Input, key: str, value: Any) -> None:
    if value == "" or value == []:
        node.pop(key, None)
    else:
        node[key] = value


def _toggle(items: list[Any], entry: Any, text: str) -> None:
    if text and entry not in items:
        items.append(entry)
    elif not text and entry in items:
        items.remove(entry)
