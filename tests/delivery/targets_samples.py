"""Signed versions made by the engine, as the store holds them."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from reporter import engine, fhir, intake
from reporter.catalog import load_catalog
from reporter.delivery.store import Draft, Signing, Store, Version
from reporter.delivery.targets import Letter
from reporter.model.exam import Identifier
from reporter.model.lifecycle import DRAFT, Addendum, Lifecycle, RelatesTo, Signature

ROOT = Path(__file__).resolve().parents[2]
SIGNED = dt.datetime(2026, 1, 2, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
CLOCK = dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC)
Json = dict[str, Any]
INDICATION = r"Douleur | brutale ^ Œdème ~ 38° & \ ≥ 2 é."


def exam(accession: str = "ACC-1", **more: Any) -> Json:
    """A whole input; `more` replaces top-level parts."""
    data = intake.load_json((ROOT / "fhir_examples" / "ct_hip_dual_energy" / "input.json").read_bytes())
    data["exam"] |= {"accession_number": accession}
    data["order"] |= {"indication": INDICATION, "identifier": "PL-1", "requester": {"name": "Dr Ruiz"}}
    data["patient"] |= {
        "family_name": "MARTIN",
        "given_names": ["Zoé", "Anne"],
        "birth_date": "1940-02-03",
        "identifiers": [
            {"value": "279035121518989", "type": "INS-NIR-TEST", "system": "urn:oid:1.2.250.1.213.1.4.10"},
            {"value": "42", "type": "IPP", "system": "urn:oid:1.2.250.1.213.9.9"},
        ],
    }
    return {**copy.deepcopy(data), **more}


def lifecycle(status: str = "final", n: int = 1, accession: str = "ACC-1") -> Lifecycle:
    """A signed version."""
    relation = "appends" if status == "appended" else "replaces"
    earlier = (RelatesTo(relation, accession, n - 1),) if n > 1 else ()
    signature = Signature(SIGNED, "Dr Signataire", (Identifier("801234564895", "RPPS"),))
    addenda = (Addendum("Complément : pas d’hématome.", SIGNED, "Dr Signataire"),) if status == "appended" else ()
    return Lifecycle(status, n, signature, earlier, addenda)


def made(data: Json, state: Lifecycle = DRAFT) -> tuple[Json, str]:
    """The document bundle as it reads back from its text, and the French report."""
    report = engine.build_report(intake.parse(data, load_catalog()), load_catalog(), clock=lambda: CLOCK)
    return intake.load_json(fhir.to_json(report.to_fhir(lifecycle=state)).encode()), report.text(lifecycle=state)


def letter(document: Json, text: str, key: str = "key-1", n: int = 1, earlier: tuple[Json, ...] = ()) -> Letter:
    return Letter(key, "R-1", n, SIGNED, text, document, earlier, correlation="7-1")


def signed(store: Store, signing: Signing) -> Version:
    """One more version of a report."""
    draft: Draft = store.create_draft("demo", signing.exam_def, {})
    return store.sign(draft.id, draft.version, signing)


def signing(document: Json, text: str, report_id: str = "ACC-1", status: str = "final") -> Signing:
    return Signing(
        report_id=report_id,
        status=status,
        signer="Dr Signataire",
        input={},
        text=text,
        html="<p></p>",
        bundle=fhir.to_json(document),
        title="Scanner",
        exam_def="ct_hip",
        exam_date="2024-01-23",
    )


def numbered(template: Signing, report_id: str, n: int) -> Signing:
    """The same report under another name, which says its version in its text and in its conclusion."""
    bundle = intake.load_json(template.bundle.encode())
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] in ("DiagnosticReport", "Composition"):
            held = resource["identifier"]
            (held[0] if isinstance(held, list) else held)["value"] = report_id
        if resource["resourceType"] == "DiagnosticReport":
            resource["conclusion"] = str(n)
        if resource["resourceType"] == "ServiceRequest":
            resource["identifier"] = [i for i in resource["identifier"] if "type" not in i]
    return dataclasses.replace(
        template, report_id=report_id, text=f"v{n}\n{template.text}", bundle=fhir.to_json(bundle)
    )
