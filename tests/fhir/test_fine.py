"""The quick check: it says « fine » of every good bundle, and never of one with a fault, whatever the fault."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reporter.catalog import load_catalog
from reporter.fhir import desk, house, layouts, primitives, profile_check, shapes, xhtml
from reporter.fhir.check import check, check_resource
from reporter.fhir.fine import fine
from tests.fhir import samples
from tests.fhir.test_check import DEFECTS
from tests.fhir.test_faults import BUNDLES, FAULTS

Bundle = dict[str, Any]
SMALLEST = min(BUNDLES, key=lambda path: path.stat().st_size)
BOOK = house.book(load_catalog(snomed_licence=True))
OPEN = '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr" lang="fr">'


def load(path: Path) -> Bundle:
    loaded: Bundle = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return loaded


@pytest.fixture(scope="module")
def good() -> Bundle:
    return samples.document(samples.dxa_exam(), samples.change())


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_golden_bundle_is_fine_at_once(path: Path) -> None:
    assert fine(load(path), BOOK)


@pytest.mark.parametrize(("rule", "plant"), DEFECTS, ids=[f"{n}-{d[0]}" for n, d in enumerate(DEFECTS)])
def test_a_planted_defect_is_never_fine(good: Bundle, rule: str, plant: Callable[[Bundle], Any]) -> None:
    bundle = copy.deepcopy(good)
    plant(bundle)
    assert not fine(bundle, BOOK)


@pytest.mark.parametrize(("rule", "plant"), FAULTS, ids=[f"{n}-{f[0]}" for n, f in enumerate(FAULTS)])
def test_a_fault_planted_in_a_golden_bundle_is_never_fine(rule: str, plant: Callable[[Bundle], Any]) -> None:
    for path in BUNDLES[::4]:
        bundle = load(path)
        try:
            plant(bundle)
        except (IndexError, StopIteration, KeyError):
            continue
        assert not fine(bundle, BOOK), path


Place = tuple[Any, Any]


def places(node: Any) -> Iterator[Place]:
    """Every place of a bundle, as the object or list that holds it and its key."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from places(node[key])


# Wrong wherever it stands: no element is null, empty, a number with a blank, or a list within a list.
WRONG: list[Any] = [None, "", " ", {}, [], [[]], "a\u202fb", " \u00a0", "\x00", Decimal("NaN"), b"x", object()]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_what_is_wrong_anywhere_is_fine_nowhere(wrong: Any) -> None:
    bundle = load(SMALLEST)
    for holder, key in places(bundle):
        kept = holder[key]
        holder[key] = wrong
        assert not fine(bundle, BOOK), (key, kept)
        holder[key] = kept
    assert fine(bundle, BOOK)


def test_one_for_many_and_many_for_one_are_fine_nowhere() -> None:
    bundle = load(SMALLEST)
    for holder, key in places(bundle):
        kept = holder[key]
        if isinstance(holder, dict):
            holder[key] = kept[0] if isinstance(kept, list) else [kept]
            assert not fine(bundle, BOOK), (key, kept)
            holder[key] = tuple(kept) if isinstance(kept, list) else (kept,)
            assert not fine(bundle, BOOK), (key, kept)
        holder[key] = kept


def test_an_unknown_element_is_fine_nowhere() -> None:
    bundle = load(SMALLEST)
    for holder, _ in list(places(bundle)):
        if isinstance(holder, dict):
            for name in ("laterality", "_laterality", "", "x"):
                holder[name] = "left"
                assert not fine(bundle, BOOK), name
                del holder[name]
    assert fine(bundle, BOOK)


def test_a_required_element_is_missed_everywhere(good: Bundle) -> None:
    bundle = copy.deepcopy(good)
    kinds = [("Composition", name) for name in ("status", "type", "date", "author", "title")]
    kinds += [("Observation", name) for name in ("status", "code", "resourceType")]
    for kind, name in [*kinds, ("Narrative", "status"), ("Narrative", "div"), ("Extension", "url")]:
        for holder in objects(bundle, kind):
            kept = dict(holder)
            del holder[name]
            assert not fine(bundle, BOOK), (kind, name)
            holder.clear()
            holder.update(kept)


def objects(bundle: Bundle, kind: str) -> list[Bundle]:
    """The resources of a type, the narratives, the extensions."""
    held = [entry["resource"] for entry in bundle["entry"]]
    if kind == "Narrative":
        return [holder for holder, key in places(bundle) if key == "div"]
    if kind == "Extension":
        return [extension for resource in held for extension in resource.get("extension", ())]
    return [resource for resource in held if resource["resourceType"] == kind]


def test_a_reference_to_nothing_is_fine_nowhere(good: Bundle) -> None:
    bundle = copy.deepcopy(good)
    for holder, key in places(bundle):
        if key == "reference":
            kept = holder[key]
            for wrong in ("urn:uuid:00000000-0000-4000-8000-000000000000", "Patient/1", "#a", "https://a.example/b"):
                holder[key] = wrong
                assert not fine(bundle, BOOK), (wrong, kept)
            holder[key] = kept


def test_every_entry_of_a_document_must_be_reached(good: Bundle) -> None:
    """An entry that only leads to itself, or that only another such entry leads to, is reached from nowhere."""
    alone = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueString": "x"}
    first, second = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
    for chain in ([(first, first)], [(first, second), (second, first)]):
        bundle = copy.deepcopy(good)
        bundle["entry"] += [
            {"fullUrl": url, "resource": {**alone, "id": url[9:], "hasMember": [{"reference": to}]}}
            for url, to in chain
        ]
        assert not fine(bundle, BOOK)
        samples.resources(bundle, "Composition")[0]["section"][5]["entry"].append({"reference": first})
        assert fine(bundle, BOOK)


def test_a_code_of_the_catalogue_has_its_own_display_and_system(good: Bundle) -> None:
    bundle = copy.deepcopy(good)
    for holder, key in places(bundle):
        if key == "display" and "system" in holder:
            kept = dict(holder)
            for change in ({"display": "x"}, {"system": "urn:x"}, {"code": "x"}, {"system": kept["code"], "code": "y"}):
                holder.update(change)
                assert not fine(bundle, BOOK), change
                holder.update(kept)


def test_nothing_of_an_input_stays_in_the_book(good: Bundle) -> None:
    """What is kept are codings of the catalogue: all of them are in its registry or in its code systems."""
    bundle = copy.deepcopy(good)
    component = samples.observation(bundle, "dxa/0/bmd")["component"][0]
    local = "https://w3id.org/fhir-reporter/CodeSystem/attribute-value"
    component["valueCodeableConcept"] = {"coding": [{"system": local, "code": "mot-libre"}]}
    known = house.book(load_catalog(snomed_licence=True))
    assert fine(bundle, known)
    for system, code, display, _ in known.sound:
        assert known.displays.get((system, code)) == display or code in known.listed.get(system, ()) or display is None
        assert code != "mot-libre"
    assert known.sound


@pytest.mark.parametrize(
    "content",
    [
        "<p>a</p>",
        "<p>5 &lt; 6 &amp; œdème\u00a0: 3 – 4 > 3</p>",
        '<p><span id="s.a-1">a</span> <span id="s.a-2" class="free-text">b<br/>c</span></p><ul><li id="b">c</li></ul>',
    ],
)
def test_a_narrative_as_we_write_it(content: str) -> None:
    div = f"{OPEN}{content}</div>"
    assert xhtml.read(div).faults == ()
    for divs in ([div], [div, div]):  # of its ids, all are in the group, or only some
        named = xhtml.named(divs, {"": [div]})
        assert named is not None and named[""] == xhtml.read(div).ids


@pytest.mark.parametrize(
    "divs",
    [
        [f"{OPEN}<p>a</div>"],
        [f"{OPEN}<p>a", "</p></div>"],
        [f"{OPEN}<p>a</p></div>\n{OPEN}<p>b</p></div>"],
        [f"{OPEN}<p>a\n", f"{OPEN}b</p></div>"],
        [f"{OPEN}<p> </p></div>"],
        [f"{OPEN}<p>\u00a0</p></div>"],
        [f"{OPEN}<p></p></div>"],
        [f"{OPEN}</div>"],
        [f"{OPEN}<p>a & b</p></div>"],
        [f"{OPEN}<p>a ]]> b</p></div>"],
        [f"{OPEN}<p>a\x07</p></div>"],
        [f"{OPEN}<p>a\ufffe</p></div>"],
        [f"{OPEN}<p>a’\uffff</p></div>"],
        [f'{OPEN}<p onclick="x">a</p></div>'],
        [f'{OPEN}<p><span id="a">b</span><span id="a">c</span></p></div>'],
        [f'{OPEN}<p><script id="a">b</script></p></div>'],
        [f"{OPEN}<p>a</p></div>x"],
        [f"{OPEN}<p>a</p></div><<p>b</p></div>"],
        [f"{OPEN}<p>a", "b</p></div><"],
        [f"{OPEN}<p>a\n</p></div>", f"{OPEN}<p>&nbsp;</p></div>"],
        [f"{OPEN}<p>a &amp b</p></div>"],
        [f"{OPEN}<p>&lt; &#0;</p></div>"],
        [f"{OPEN}<p>a<!-- b --></p></div>", f"{OPEN}<p>b</div>"],
        ["<p>a</p>"],
        [f"{OPEN}<p>a</p></div>", ""],
    ],
)
def test_a_narrative_with_a_fault_is_never_passed(divs: list[str]) -> None:
    for group in ([], divs[:1]):
        assert xhtml.named(divs, {"": group}) is None
        assert xhtml.named([f"{OPEN}<p>good</p></div>", *divs], {"": group}) is None


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("string", ["a", "b c", "d\ne", " f"], ["", " ", "\n", "a\u00a0b", "a\x01", "\ufeffa", 1, None, ["a"]]),
        ("uri", ["urn:a", "http://a.example"], ["", "a b", "a\tb", "a\u2003b", 1, None]),
        ("code", ["a", "b c"], ["", " a", "a ", "a  b", "a\u00a0b", 2]),
        ("id", ["a", "A-1.b", "x" * 64], ["", "a b", "x" * 65, "é", 1, "a\n"]),
        ("base64Binary", ["YQ==", "YWJj"], ["", "é", "YQ", "YQ==\n", b"YQ==", 4]),
        ("boolean", [True, False], [0, 1, "true", None]),
        ("integer", [0, -1], [True, "1", Decimal("1.0"), None]),
        ("decimal", [1, Decimal("1.50")], [True, 1.5, "1", Decimal("NaN"), None]),
        ("dateTime", ["2024", "2024-02-29"], ["2023-02-29", "2024-13", "2024-01-01T00:00", 2024, ""]),
    ],
)
def test_values_are_judged_together_as_one_by_one(kind: str, right: list[Any], wrong: list[Any]) -> None:
    assert primitives.all_plain(kind, right)
    assert all(primitives.plain(kind, value) for value in right)
    for value in wrong:
        assert not primitives.all_plain(kind, [*right, value]), value
        assert not primitives.all_plain(kind, [value, *right]), value
        assert not primitives.plain(kind, value), value


def test_every_code_of_a_required_binding_is_a_code() -> None:
    for kind in ("Observation", "Bundle", "Patient", "Composition", "Quantity", "Identifier", "Attachment"):
        for element in shapes.elements(kind).values():
            assert primitives.all_plain("code", list(element.binding or ["a"]))


def test_layouts_know_what_must_be_there_and_what_excludes_each_other() -> None:
    observation = layouts.layouts("Observation")
    base = ("resourceType", "status", "code")
    assert len(observation.of((*base, "valueString"))) == 4
    for names in (base[:2], (*base, "valueString", "valueInteger"), (*base, "valueString", "dataAbsentReason"), ()):
        with pytest.raises(layouts.DoubtError):
            observation.of(names)
    with pytest.raises(KeyError):
        observation.of((*base, "laterality"))


def test_layouts_that_are_not_good_are_not_kept() -> None:
    quantity = desk.Desk().pile("Quantity").lists
    for names, error in ((("code",), layouts.DoubtError), (("value", "a word"), KeyError)):
        with pytest.raises(error):
            quantity.put([dict.fromkeys(names)])
    assert not quantity


def test_what_is_no_type_gets_no_place() -> None:
    mine = desk.Desk()
    with pytest.raises(KeyError):
        mine.kind("a word")
    assert not mine.kinds


def test_a_desk_that_met_every_type_of_r4_still_judges_every_value() -> None:
    """What one bundle holds does not decide what is looked at in the next."""
    mine = desk.Desk()
    known = [layouts.layouts(name) for name in shapes.resource_types()]
    slots = {slot for each in known for slot in each.slots.values() if slot.value and slot.type != layouts.KIND}
    assert {slot.type for slot in slots} > {"string", "uri", "dateTime", "decimal", "code"}
    places = [mine.place(slot) for slot in slots]
    judged = [*mine.plain.values(), *[values for _, values in mine.coded], *[values for values, _ in mine.repeated]]
    assert {id(values) for values in places} <= {id(values) for values in judged} <= {id(v) for v in mine.values}


def test_a_text_that_could_have_been_a_reference_hides_no_other(good: Bundle) -> None:
    before, wrong = copy.deepcopy(good), copy.deepcopy(good)
    samples.resources(before, "Observation")[0]["note"] = [{"authorString": "x", "text": "y"}]
    wrong["identifier"]["value"] = 3
    assert fine(before, BOOK)
    assert not fine(wrong, BOOK)


def test_nothing_of_a_bundle_stays_on_the_desk(good: Bundle) -> None:
    """Whether it is fine or not."""
    bad = copy.deepcopy(good)
    bad["entry"][0]["resource"]["a word"] = "x"
    for bundle in (good, bad):
        fine(bundle, BOOK)
        mine = desk.take()
        places = [*mine.values, *mine.waiting]
        assert len(places) > 50
        assert not any(places)
        assert not any("a word" in names for lists in mine.kinds.values() for names in lists)
        desk.give_back(mine)


def test_a_profile_that_is_claimed_is_fine_when_it_is_met(good: Bundle) -> None:
    """Of each type of resource, and of the bundle itself, one that claims each profile: the answers are the same."""
    told = set()
    for url, tree in profile_check.table().items():
        bundle = copy.deepcopy(good)
        claiming = bundle if tree["type"] == "Bundle" else next(iter(samples.resources(bundle, tree["type"])), None)
        if claiming is not None:
            claiming["meta"] = {"profile": [url]}
            told.add(fine(bundle, BOOK))
            assert fine(bundle, BOOK) is (check_resource(bundle) == []), url
    assert told == {True, False}


def test_a_code_of_two_words_is_left_to_the_explaining_check(good: Bundle) -> None:
    bundle = copy.deepcopy(good)
    samples.resources(bundle, "DiagnosticReport")[0]["presentedForm"][0]["contentType"] = "text/html; a=b"
    assert not fine(bundle, BOOK)
    assert check(bundle) == []


def test_a_fine_bundle_has_no_issue_and_is_not_changed(good: Bundle) -> None:
    before = copy.deepcopy(good)
    assert check(good) == []
    assert good == before
