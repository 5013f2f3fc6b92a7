"""What the store tests sign: small contents, and the bundle of a real report."""

import json
from decimal import Decimal
from pathlib import Path

from reporter.delivery.store import Draft, Signing, Store, Version

ROOT = Path(__file__).resolve().parents[2]


def signing(report_id: str = "CR-1", text: str = "Pas d’œdème.", **more: object) -> Signing:
    values = {
        "report_id": report_id,
        "status": "final",
        "signer": "Dr Martin",
        "input": {"dxa": {"lsc": Decimal("0.030")}},
        "text": text,
        "html": "<p>Pas d’œdème.</p>",
        "bundle": '{"value": 0.030}',
        "patient_key": "IPP|42",
        "patient_name": "DURAND Zoé",
        "title": "IRM du bassin",
        "exam_def": "mr_pelvis",
        "exam_date": "2024-03-02",
    }
    return Signing(**{**values, **more})  # type: ignore[arg-type]  # values of a test


def signed(store: Store, what: Signing) -> tuple[Draft, Version]:
    draft = store.create_draft("demo", "mr_pelvis", {})
    return draft, store.sign(draft.id, draft.version, what)


def bundle(*resources: dict[str, object]) -> str:
    entries = [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "document", "entry": entries}, ensure_ascii=False)


def example(name: str = "mr_pelvis_sacral_stress_fracture") -> str:
    return (ROOT / "fhir_examples" / name / "bundle.json").read_text(encoding="utf-8")
