"""The fields of one sign: only what the catalogue allows for it, in this modality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reporter.catalog.entries import FindingDef
from reporter.web.desk import Desk
from reporter.web.form.fields import Builder, Field, Group, choice, pointer

_SIGNAL, _DENSITY, _UPTAKE = ("MR",), ("CT", "XR"), ("NM", "PT")


def finding_group(desk: Desk, builder: Builder, tree: Mapping[str, Any], finding: Mapping[str, Any]) -> Group:
    """Place, signal, attributes, measures, intensity, evolution, relations, comment of a sign."""
    name = str(finding.get("id", ""))
    definition = desk.catalog.findings.get(str(finding.get("finding", "")))
    path = ("findings", name)
    groups = [_site(desk, builder, path, finding)]
    if definition is not None and finding.get("status") != "not_assessed":
        groups += _details(desk, builder, path, tree, finding, definition)
    only = ("severity", "count", "comment") if definition and definition.severities else ("count", "comment")
    plain = builder.group(path, finding, only=only).fields
    if definition is not None and definition.severities:
        plain = tuple(_severity(desk, f, finding, definition) if f.name.endswith("/severity") else f for f in plain)
    return Group(pointer(path), desk.labels.field("finding"), plain, tuple(groups), True)


def _severity(desk: Desk, field: Field, finding: Mapping[str, Any], definition: FindingDef) -> Field:
    codes = [(c, definition.severity_fr.get(c) or desk.labels.code("severity", c)) for c in definition.severities]
    return choice(field.name, field.label, codes, str(finding.get("severity", "")))


def _site(desk: Desk, builder: Builder, path: tuple[str, ...], finding: Mapping[str, Any]) -> Group:
    """The place: its side, level, number or part only when it has one."""
    site = finding.get("site", {})
    known = desk.catalog.sites.get(str(site.get("code", "")))
    only = ["code"]
    if known is None or known.laterality != "midline" or site.get("laterality"):
        only.append("laterality")
    only += ["zones"] if site.get("code") else []
    group = builder.group((*path, "site"), site, only=only)
    extra: list[Field] = []
    if known is not None and (known.levels or site.get("level")):
        codes = [(level, level) for level in known.levels]
        extra.append(choice(pointer((*path, "site", "level")), desk.labels.field("level"), codes, _text(site, "level")))
    if known is not None and known.number_range:
        first, last = known.number_range
        numbers = [(str(n), str(n)) for n in range(first, last + 1)]
        extra.append(
            choice(pointer((*path, "site", "number")), desk.labels.field("number"), numbers, _text(site, "number"))
        )
    if known is not None and known.parts:
        parts = [(p, desk.labels.code("part", p)) for p in known.parts]
        extra.append(choice(pointer((*path, "site", "part")), desk.labels.field("part"), parts, _text(site, "part")))
    return Group(group.name, group.label, (*group.fields, *extra), (), True)


def _details(
    desk: Desk,
    builder: Builder,
    path: tuple[str, ...],
    tree: Mapping[str, Any],
    finding: Mapping[str, Any],
    definition: FindingDef,
) -> list[Group]:
    modality = str(tree.get("exam", {}).get("modality", ""))
    found = [
        _signals(desk, path, tree, finding, definition) if modality in _SIGNAL else None,
        _one(builder, path, finding, ("density",)) if modality in _DENSITY else None,
        builder.group((*path, "uptake"), finding.get("uptake")) if modality in _UPTAKE else None,
        _attributes(desk, path, finding, definition),
        _measures(desk, path, finding, definition),
        _evolution(desk, path, tree, finding) if definition.evolution and tree.get("comparisons") else None,
        _relations(desk, path, tree, finding),
    ]
    return [group for group in found if group is not None]


def _one(builder: Builder, path: tuple[str, ...], finding: Mapping[str, Any], names: Iterable[str]) -> Group:
    return builder.group(path, finding, only=names)


def _signals(
    desk: Desk, path: tuple[str, ...], tree: Mapping[str, Any], finding: Mapping[str, Any], definition: FindingDef
) -> Group | None:
    """A signal per sequence acquired, with the values the catalogue allows for its class."""
    acquired = [s.get("sequence") for s in tree.get("exam", {}).get("technique", {}).get("sequences", [])]
    given = finding.get("signal", {})
    fields = []
    for sequence in dict.fromkeys([*(str(s) for s in acquired if s), *given]):
        allowed = definition.signals.get(_class_of(desk, sequence), ())
        if allowed or sequence in given:
            codes = [(v, desk.labels.code("signal", v)) for v in allowed]
            label = desk.labels.code("sequence", sequence)
            fields.append(choice(pointer((*path, "signal", sequence)), label, codes, _text(given, sequence)))
    return Group(pointer((*path, "signal")), desk.labels.field("signal"), tuple(fields)) if fields else None


def _class_of(desk: Desk, sequence: str) -> str:
    table = desk.catalog.vocabulary
    names = (name for name in table if name.startswith("sequence_class.") and sequence in table[name])
    return next(names, "").rpartition(".")[2]


def _attributes(desk: Desk, path: tuple[str, ...], finding: Mapping[str, Any], definition: FindingDef) -> Group | None:
    given = finding.get("morphology", {})
    names = dict.fromkeys([*definition.attributes, *given])
    fields = tuple(_attribute(desk, (*path, "morphology", name), definition, given) for name in names)
    return Group(pointer((*path, "morphology")), desk.labels.field("morphology"), fields) if fields else None


def _attribute(desk: Desk, path: tuple[str, ...], definition: FindingDef, given: Mapping[str, Any]) -> Field:
    name, vocabulary = path[-1], desk.catalog.vocabulary
    value = given.get(name)
    text = {True: "true", False: "false"}.get(value, str(value)) if value is not None else ""
    label = desk.labels.field(name)
    if name in vocabulary.get("attribute_type.boolean", ()):
        flags = [(flag, desk.labels.code("boolean", flag)) for flag in ("true", "false")]
        return choice(pointer(path), label, flags, text)
    allowed = tuple(definition.values_fr.get(name, {})) or vocabulary.get(f"attribute.{name}", ())
    if allowed:
        codes = [(code, desk.labels.attribute(definition.id, name, code)) for code in allowed]
        return choice(pointer(path), label, codes, text)
    kind = "number" if name in vocabulary.get("attribute_type.integer", ()) else "text"
    return Field(pointer(path), label, kind, text)


def _measures(desk: Desk, path: tuple[str, ...], finding: Mapping[str, Any], definition: FindingDef) -> Group | None:
    given = {m.get("name"): m for m in finding.get("measures", [])}
    fields = []
    for name, known in definition.measures.items():
        measure = given.get(name, {})
        own = measure.get("unit", known.unit)
        text = str(measure.get("value", "")) + (f" {own}" if own != known.unit else "")
        hint = desk.texts.form.range.format(low=known.minimum, high=known.maximum)
        label = desk.labels.field(name)
        fields.append(Field(pointer((*path, "measures", name)), label, "number", text, unit=known.unit, hint=hint))
    return Group(pointer((*path, "measures")), desk.labels.field("measures"), tuple(fields)) if fields else None


def _evolution(desk: Desk, path: tuple[str, ...], tree: Mapping[str, Any], finding: Mapping[str, Any]) -> Group:
    given = finding.get("evolution", {})
    changes = [(c, desk.labels.code("change", c)) for c in desk.catalog.evolutions]
    priors = [(str(p.get("id", "")), prior_label(desk, p)) for p in tree.get("comparisons", [])]
    fields = (
        choice(pointer((*path, "evolution", "change")), desk.labels.field("change"), changes, _text(given, "change")),
        choice(
            pointer((*path, "evolution", "compared_to")),
            desk.labels.field("compared_to"),
            priors,
            _text(given, "compared_to"),
            own=True,
        ),
    )
    return Group(pointer((*path, "evolution")), desk.labels.field("evolution"), fields)


def prior_label(desk: Desk, prior: Mapping[str, Any]) -> str:
    """« IRM du genou, 2020-03-14 »."""
    modality = desk.labels.code("modality", str(prior.get("modality", "")))
    return f"{modality} {desk.labels.code('region', str(prior.get('region', '')))}, {prior.get('date', '')}"


def _relations(desk: Desk, path: tuple[str, ...], tree: Mapping[str, Any], finding: Mapping[str, Any]) -> Group | None:
    """Links to the other signs entered."""
    others = [f for f in tree.get("findings", []) if f.get("id") != finding.get("id")]
    if not others:
        return None
    targets = [(str(f["id"]), desk.labels.sign(str(f.get("finding", "")), f.get("site", {}))) for f in others]
    kinds = [(c, desk.labels.code("relation", c)) for c in desk.catalog.vocabulary.get("relation", ())]
    fields: list[Field] = []
    for n, relation in enumerate([*finding.get("relations", []), {}]):
        at = (*path, "relations", str(n))
        fields.append(choice(pointer((*at, "type")), desk.labels.field("relations"), kinds, _text(relation, "type")))
        target = _text(relation, "target")
        fields.append(choice(pointer((*at, "target")), desk.labels.field("target"), targets, target, own=True))
    return Group(pointer((*path, "relations")), desk.labels.field("relations"), tuple(fields))


def _text(node: Mapping[str, Any], key: str) -> str:
    value = node.get(key)
    return "" if value is None else str(value)
