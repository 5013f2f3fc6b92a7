"""The terminology export: it holds every code a bundle can hold, says how codes relate, and is FHIR R4."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class

from reporter import fhir
from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from reporter.cli import main
from reporter.engine import build_report
from reporter.fhir import terminology
from reporter.intake import parse
from tests.cli.test_overlay import INPUT as ELBOW
from tests.fhir.codings import BASE, LOCAL, Json, extensions, identifier_systems, local, parsed
from tools.golden import CLOCK, SAMPLES, samples

ROOT = Path(__file__).resolve().parents[2]
OVERLAY = ROOT / "tests" / "data" / "overlay"
CATALOG, WITH_ELBOW = load_catalog(), load_catalog(OVERLAY)
SNOMED, RADLEX, LOINC = "http://snomed.info/sct", "http://radlex.org", "http://loinc.org"


def bundles(data: Json, catalog: Catalog) -> Iterator[Json]:
    report = build_report(parse(data, catalog), catalog, clock=lambda: CLOCK)
    for form in ("document", "transaction", "collection"):
        yield parsed(fhir.to_json(report.to_fhir(form)))


EXPORT = terminology.export(CATALOG)
CODES = {r["url"]: {c["code"] for c in r["concept"]} for r in EXPORT.values() if r["resourceType"] == "CodeSystem"}


def sample(name: str) -> list[Json]:
    return list(bundles(json.loads((SAMPLES / name / "input.json").read_text(encoding="utf-8")), CATALOG))


def links(target: str, source: str, code: str, catalog: Catalog = CATALOG) -> list[Json]:
    found = terminology.export(catalog)[f"ConceptMap-to-{target}.json"]
    return [
        link
        for group in found["group"]
        if group["source"] == f"{LOCAL}{source}"
        for element in group["element"]
        if element["code"] == code
        for link in element["target"]
    ]


@pytest.mark.parametrize("directory", samples(), ids=lambda path: path.name)
def test_every_local_code_of_a_bundle_is_exported(directory: Path) -> None:
    for bundle in sample(directory.name):
        missing = {(s, code) for s, code in local(bundle) if code not in CODES.get(f"{LOCAL}{s}", ())}
        assert not missing


@pytest.mark.parametrize("directory", samples(), ids=lambda path: path.name)
def test_every_extension_and_identifier_system_of_a_bundle_is_defined(directory: Path) -> None:
    defined = {r["url"]: r for r in EXPORT.values() if r["resourceType"] == "StructureDefinition"}
    named = {r["uniqueId"][0]["value"] for r in EXPORT.values() if r["resourceType"] == "NamingSystem"}
    for bundle in sample(directory.name):
        for url, place, kind in extensions(bundle):
            allowed = [context["expression"] for context in defined[url]["context"]]
            assert any(place == where or place.endswith(ANYWHERE.get(where, "?")) for where in allowed), place
            (value,) = [e for e in defined[url]["differential"]["element"] if e["id"] == "Extension.value[x]"]
            assert [t["code"].casefold() for t in value["type"]] == [kind.casefold()]
        assert identifier_systems(bundle) <= named


ANYWHERE = {"Annotation": ".note", "Reference": ".hasMember"}


def test_an_overlay_is_part_of_the_export() -> None:
    exported = terminology.export(WITH_ELBOW)
    displays = {
        (name, c["code"]): c.get("display")
        for name, resource in exported.items()
        if resource["resourceType"] == "CodeSystem"
        for c in resource["concept"]
    }
    assert displays["CodeSystem-finding.json", "bone_island"] == "îlot condensant"
    assert displays["CodeSystem-site.json", "olecranon"] == "olécrâne"
    assert displays["CodeSystem-attribute-value.json", "spiculated"] == "spiculé"
    assert displays["CodeSystem-procedure.json", "CT.elbow"] == "scanner, coude"
    assert exported["CodeSystem-finding.json"]["version"] != EXPORT["CodeSystem-finding.json"]["version"]
    codes = {(n.removeprefix("CodeSystem-").removesuffix(".json"), code) for n, code in displays}
    for bundle in bundles(ELBOW, WITH_ELBOW):
        assert local(bundle) <= codes


def test_every_code_has_a_french_name() -> None:
    assert not terminology.lint(CATALOG)
    assert not terminology.lint(WITH_ELBOW)
    concepts = [c for r in EXPORT.values() if r["resourceType"] == "CodeSystem" for c in r["concept"]]
    assert all(concept["display"].strip() for concept in concepts)


def test_a_code_without_french_is_named_by_lint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "terminology" / "planted.yaml"
    file.parent.mkdir()
    file.write_text("vocabulary: {view: [sunrise]}", encoding="utf-8")
    main(["lint", str(tmp_path)])
    (issue,) = json.loads(capsys.readouterr().out)["issues"]
    assert (issue["code"], issue["path"]) == ("RPT-CATALOG-NO-NAME", "code_names.view.sunrise")


def test_wider_and_narrower_say_what_the_target_is() -> None:
    """R4: the target is wider (or narrower) in meaning than the source."""
    (sacrum,) = links("snomed", "site", "sacral_ala")
    assert (sacrum["code"], sacrum["equivalence"]) == ("54735007", "wider")
    (gas,) = links("radlex", "finding", "intravertebral_cleft")
    assert (gas["code"], gas["equivalence"]) == ("RID35311", "narrower")
    assert gas["comment"]
    (effusion,) = links("snomed", "finding", "joint_effusion")
    assert (effusion["code"], effusion["equivalence"]) == ("387637008", "equivalent")


def test_a_composition_is_a_list_of_related_parts() -> None:
    parts = links("snomed", "finding", "bone_marrow_oedema")
    assert {(p["code"], p["equivalence"]) for p in parts} == {("79654002", "relatedto"), ("14016003", "relatedto")}


def test_a_recommendation_is_not_the_exam_it_proposes() -> None:
    assert {link["equivalence"] for link in links("loinc", "recommendation", "R-DXA")} == {"relatedto"}


def test_a_code_that_says_more_is_narrower_or_conditional() -> None:
    knee = {link["code"]: link["equivalence"] for link in links("loinc", "procedure", "MR.knee")}
    assert knee["24802-1"] == "equivalent"
    assert knee["36508-0"] == "narrower"
    bmd = {link["code"]: link for link in links("loinc", "dxa", "bmd")}
    assert bmd["24966-4"]["dependsOn"] == [{"property": f"{LOCAL}site", "value": "lumbar_spine"}]
    honda = [link for link in links("radlex", "attribute-value", "h_shaped") if link["code"] == "RID35279"]
    assert honda[0]["dependsOn"] == [{"property": f"{LOCAL}finding", "value": "increased_uptake"}]


def test_codes_under_licence_are_exported_only_with_the_licence() -> None:
    assert not [link for link in links("snomed", "site", "femoral_neck") if link["code"] == "29627003"]
    licensed = load_catalog(snomed_licence=True)
    assert [link for link in links("snomed", "site", "femoral_neck", licensed) if link["code"] == "29627003"]
    notice = terminology.export(licensed)["ConceptMap-to-snomed.json"]["copyright"]
    assert "Affiliate Licence" in notice
    assert "Affiliate Licence" not in EXPORT["ConceptMap-to-snomed.json"]["copyright"]


def test_icd_codes_have_no_label() -> None:
    targets = [t for g in EXPORT["ConceptMap-to-icd-10.json"]["group"] for e in g["element"] for t in e["target"]]
    assert targets
    assert not [t for t in targets if "display" in t]


@pytest.mark.parametrize("name", [name for name in EXPORT if name.startswith("ConceptMap")])
def test_both_ends_of_every_link_exist(name: str) -> None:
    registered = {}
    for table in ("registry", "structure"):
        with (ROOT / "terminology" / "codes" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            registered |= {(row["system"], row["code"]): row["display"] for row in csv.DictReader(file)}
    for group in EXPORT[name]["group"]:
        for element in group["element"]:
            assert element["code"] in CODES[group["source"]]
            for link in element["target"]:
                display = registered[group["target"], link["code"]]
                assert link.get("display", display) == display


@pytest.mark.parametrize("name", EXPORT)
def test_each_resource_has_the_shape_of_its_type(name: str) -> None:
    """A second opinion: models we did not write."""
    resource = EXPORT[name]
    get_fhir_model_class(resource["resourceType"]).model_validate_json(json.dumps(resource))


def test_ids_and_names_are_ours_and_single() -> None:
    ids = [(r["resourceType"], r["id"]) for r in EXPORT.values()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"fhir-reporter-[a-z0-9.-]{1,50}", identifier) for _, identifier in ids)
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9_]{0,254}", r["name"]) for r in EXPORT.values())
    urls = [r["url"] for r in EXPORT.values() if "url" in r]
    assert len(set(urls)) == len(urls)
    assert all(url.startswith(BASE) for url in urls)


def test_the_command_writes_one_file_a_resource(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "--out", str(tmp_path / "a"), "--overlay", str(OVERLAY)]) == 0
    listed = [Path(name).name for name in json.loads(capsys.readouterr().out)["files"]]
    assert sorted(listed) == sorted(p.name for p in (tmp_path / "a").iterdir())
    finding = json.loads((tmp_path / "a" / "CodeSystem-finding.json").read_text(encoding="utf-8"))
    assert finding["count"] == len(finding["concept"]) == len(WITH_ELBOW.findings)
    assert main(["codes", "--out", str(tmp_path / "b"), "--overlay", str(OVERLAY)]) == 0
    for name in listed:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_command_without_a_directory_prints_one_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes"]) == 0
    bundle = json.loads(capsys.readouterr().out)
    assert bundle["type"] == "collection"
    assert len(bundle["entry"]) == len(EXPORT)
    assert all(entry["fullUrl"].endswith(f"/{entry['resource']['id']}") for entry in bundle["entry"])
