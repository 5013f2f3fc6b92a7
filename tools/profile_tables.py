"""Write reporter/fhir/r4/profiles.json from profile snapshots: `python -m tools.profile_tables DIRECTORY...`.

Kept of each profile is what it adds to R4: cardinalities, fixed values, slices that values can tell apart, invariants.
A slice is kept with what tells its elements (`when`): [path, pattern], ["exists", path, bool], ["resource", types], or
["target", types, profiles] of what a reference leads to.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "reporter" / "fhir" / "r4" / "profiles.json"
# Data types and resources our bundles hold; profiles on others are never claimed.
TYPES = frozenset(
    (
        *("Bundle", "Composition", "DiagnosticReport", "Patient", "Practitioner", "PractitionerRole", "Organization"),
        *("ImagingStudy", "ServiceRequest", "Procedure", "Device", "Observation", "BodyStructure", "Condition"),
        *("Identifier", "Address", "Location"),
    )
)
# Invariants that reporter/fhir/profile_check.py knows; those of R4 itself are checked for every resource.
RULES = frozenset(
    (
        *("eu-imaging-composition-1", "eu-imaging-composition-2", "eu-pat-1", "name-or-identifier", "eu-bodysite-1"),
        "dr-comp-author-org",
    )
)
Json = dict[str, Any]
THIS = ("$this", '""$this""')


class Profile:
    """One snapshot as a tree."""

    def __init__(self, definition: Json, all_: dict[str, Json]) -> None:
        self.all = all_
        self.elements = {e["id"]: e for e in definition["snapshot"]["element"]}
        self.type = definition["type"]

    def tree(self) -> Json:
        """What the profile adds to R4."""
        return {"type": self.type, **self._node(self.type)}

    def _node(self, of: str) -> Json:
        element, node = self.elements[of], self._own(self.elements[of])
        children = {self._name(i): self._node(i) for i in self._children(of)}
        slices = [self._slice(element, i) for i in self._slices(of)]
        kept = [s for s in slices if s and set(s) - {"name", "when"}]
        found = {k: v for k, v in children.items() if v}
        return node | ({"children": found} if found else {}) | ({"slices": kept} if kept else {})

    def _own(self, element: Json) -> Json:
        base, found = element.get("base", {}), {}
        if "." in element["id"] and element["min"] > base.get("min", 0):
            found["min"] = element["min"]
        if "." in element["id"] and element["max"] != base.get("max", element["max"]):
            found["max"] = int(element["max"]) if element["max"] != "*" else None
        value = _value(element)
        if value is not None:
            found["fixed"] = value
        rules = [c["key"] for c in element.get("constraint", []) if c["key"] in RULES]
        profiles = [p for t in element.get("type", []) for p in t.get("profile", []) if p in self.all]
        usable = [p for p in profiles if self.all[p]["type"] in TYPES]
        found |= {"rules": rules} if rules else {}
        found |= {"profiles": usable} if usable and "." in element["id"] else {}
        return {k: v for k, v in found.items() if v is not None}

    def _children(self, of: str) -> list[str]:
        return [i for i in self.elements if i.startswith(f"{of}.") and not {".", ":"} & set(i[len(of) + 1 :])]

    def _slices(self, of: str) -> list[str]:
        return [i for i in self.elements if i.startswith(f"{of}:") and not {".", ":", "/"} & set(i[len(of) + 1 :])]

    def _name(self, of: str) -> str:
        return of.rpartition(".")[2]

    def _slice(self, sliced: Json, of: str) -> Json | None:
        tests = [self._when(of, d["type"], d["path"]) for d in sliced["slicing"].get("discriminator", [])]
        if not tests or any(t is None for t in tests):
            return None
        when = [t for n, t in enumerate(tests) if t not in tests[:n]]
        return {"name": self.elements[of]["sliceName"], "when": when, **self._node(of)}

    def _when(self, of: str, kind: str, path: str) -> list[Any] | None:
        element = self.elements[of]
        if element["path"].endswith("xtension") and path == "url":
            profiles = [p for t in element.get("type", []) for p in t.get("profile", [])]
            fixed = _value(self.elements.get(f"{of}.url", {}))
            return ["url", fixed or profiles[0]] if fixed or profiles else None
        if kind == "exists":
            target = self.elements.get(f"{of}.{path}", {})
            return ["exists", path, target.get("max") != "0"]
        if "resolve()" in path or (kind == "profile" and path in THIS):
            targets = [p for t in element["type"] for p in t.get("targetProfile", [])]
            types = self._types("target", targets)
            return types and [*types, [p for p in targets if p in self.all]]
        if path == "resource":
            types = self.elements[f"{of}.resource"]["type"]
            named = [p for t in types for p in t.get("profile", [])]
            return self._types("resource", named or [t["code"] for t in types])
        if kind == "profile":
            return self._of_profile(element, path)
        value = _value(element) if path in THIS else self._deep(f"{of}.{path}")
        return None if value is None else ["" if path in THIS else path, value]

    def _deep(self, of: str) -> Any:
        """A fixed value of an element, or of what is below it."""
        element = self.elements.get(of)
        if element is None:
            return None
        value = _value(element)
        below = {self._name(i): self._deep(i) for i in self._children(of)} if value is None else {}
        return value if value is not None else ({k: v for k, v in below.items() if v is not None} or None)

    def _types(self, kind: str, names: list[str]) -> list[Any] | None:
        types = sorted({self.all[n]["type"] if n in self.all else n.rsplit("/", 1)[-1] for n in names})
        return [kind, types] if types and "Resource" not in types else None

    def _of_profile(self, element: Json, path: str) -> list[Any] | None:
        profiles = [p for t in element.get("type", []) for p in t.get("profile", []) if p in self.all]
        if len(profiles) != 1:
            return None
        other = Profile(self.all[profiles[0]], self.all)
        value = other._deep(f"{other.type}.{path}")
        return None if value is None else [path, value]


def _value(element: Json) -> Any:
    return next((v for k, v in element.items() if k.startswith(("fixed", "pattern"))), None)


def main() -> None:
    """Write the file."""
    paths = [p for folder in sys.argv[1:] for p in sorted(Path(folder).glob("StructureDefinition-*.json"))]
    read = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    all_ = {d["url"]: d for d in read if "snapshot" in d}
    trees = {url: Profile(d, all_).tree() for url, d in sorted(all_.items()) if d["type"] in TYPES}
    lines = [f"{json.dumps(url)}: {json.dumps(tree, ensure_ascii=False)}" for url, tree in trees.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
