import datetime as dt
import json

import pytest

from reporter.delivery.store import (
    Criterion,
    Entry,
    Match,
    NewOrder,
    Patient,
    Search,
    StaleOrderError,
    Store,
    UnknownError,
    Words,
    span,
)
from reporter.delivery.store.spans import bounds, moment
from tests.delivery.store_samples import bundle, example, signed, signing

LOINC = "http://loinc.org"


def observation(name: str, day: str, code: str, patient: str = "p1", **more: object) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"urn:uuid:{patient}"},
        "effectiveDateTime": day,
        **more,
    }


def patient(name: str = "p1", family: str = "Lefèvre") -> dict[str, object]:
    identifier = [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": f"ins-{name}"}]
    names = [{"family": family, "given": ["Zoé"]}]
    return {"resourceType": "Patient", "id": name, "identifier": identifier, "name": names, "birthDate": "1960-02"}


def request(accession: str) -> dict[str, object]:
    kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]}
    identifier = [{"type": kind, "system": "urn:ris", "value": accession}]
    return {"resourceType": "ServiceRequest", "id": f"r-{accession}", "identifier": identifier, "status": "active"}


def found(store: Store, kind: str, *criteria: Criterion, **more: object) -> list[str]:
    page = store.search_resources(Search(kind, criteria, **more))  # type: ignore[arg-type]  # values of a test
    return [resource.id for resource in page.resources]


def by(param: str, value: str, system: str | None = None) -> Criterion:
    return Criterion(param, (Match(value, system),))


@pytest.fixture
def filled(store: Store) -> Store:
    first = (patient(), request("A1"), observation("o1", "2024-03-02", "1-8"), observation("o2", "2024-04-10", "2-8"))
    signed(store, signing("CR-1", bundle=bundle(*first)))
    second = (patient("p2", "Le Goff"), request("A2"), observation("o3", "2024-04-10T10:30:00+02:00", "1-8", "p2"))
    signed(store, signing("CR-2", bundle=bundle(*second)))
    return store


def test_every_resource_of_a_real_report_is_read_back_exactly(store: Store) -> None:
    text = example()
    signed(store, signing(bundle=text))
    for entry in json.loads(text)["entry"]:
        wanted = entry["resource"]
        kept = store.resource(wanted["resourceType"], wanted["id"])
        assert json.loads(kept.json, parse_float=str) == json.loads(json.dumps(wanted), parse_float=str)
        assert (kept.version_id, kept.deleted) == (1, False)
        assert store.located([wanted["id"]]) == {wanted["id"]: wanted["resourceType"]}
        assert store.reports_holding(wanted["resourceType"], wanted["id"]) == ["CR-1"]
        assert found(store, wanted["resourceType"], by("_id", wanted["id"])) == [wanted["id"]]


def test_numbers_keep_their_digits(store: Store) -> None:
    signed(
        store,
        signing(
            bundle='{"entry":[{"resource":{"resourceType":"Observation","id":"o","valueQuantity":{"value":0.030}}}]}'
        ),
    )
    assert '"value":0.030' in store.resource("Observation", "o").json


def test_a_correction_replaces_adds_and_removes(filled: Store) -> None:
    before = filled.resource("Observation", "o1")
    changed = observation("o1", "2024-03-02", "9-9")
    signed(
        filled, signing("CR-1", status="corrected", bundle=bundle(patient(), changed, observation("o4", "2024", "1-8")))
    )
    after = filled.resource("Observation", "o1")
    assert (after.version_id, after.last_updated >= before.last_updated) == (2, True)
    assert filled.resource("Patient", "p1").version_id == 1
    gone = filled.resource("Observation", "o2")
    assert (gone.deleted, gone.json, gone.version_id) == (True, "", 2)
    assert found(filled, "Observation", by("code", "1-8"), sort=("_id",)) == ["o3", "o4"]
    assert filled.resources([("Observation", "o2")]) == []
    with pytest.raises(UnknownError):
        filled.resource("Observation", "none")


def test_a_patient_of_two_reports_stays_when_one_lets_go(filled: Store) -> None:
    signed(filled, signing("CR-3", bundle=bundle(patient(), observation("o5", "2024", "1-8"))))
    signed(filled, signing("CR-1", status="corrected", bundle=bundle(patient("p3"))))
    assert filled.reports_holding("Patient", "p1") == ["CR-3"]
    assert not filled.resource("Patient", "p1").deleted
    signed(filled, signing("CR-3", status="corrected", bundle=bundle(patient("p3"))))
    assert filled.resource("Patient", "p1").deleted
    signed(filled, signing("CR-1", status="corrected", bundle=bundle(patient())))
    assert (filled.resource("Patient", "p1").deleted, filled.resource("Patient", "p1").version_id) == (False, 3)


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        ((by("code", "1-8"),), ["o1", "o3"]),
        ((by("code", "1-8", LOINC),), ["o1", "o3"]),
        ((by("code", "1-8", "urn:other"),), []),
        ((by("code", "1-8", ""),), []),
        ((Criterion("code", (Match(system=LOINC),)),), ["o1", "o2", "o3"]),
        ((Criterion("code", (Match("1-8"), Match("2-8"))), by("patient", "Patient/p1")), ["o1", "o2"]),
        ((Criterion("code", (Match("1-8"),), negate=True),), ["o2"]),
        ((Criterion("value-concept", missing=True),), ["o1", "o2", "o3"]),
        ((Criterion("value-concept", missing=False),), []),
        ((by("accession", "A2"),), ["o3"]),
        ((by("accession", "A2", "urn:ris"),), ["o3"]),
        ((Criterion("patient", chain=by("identifier", "ins-p1")),), ["o1", "o2"]),
        ((Criterion("subject", chain=Criterion("family", (Words("LEF"),)), target="Patient"),), ["o1", "o2"]),
        ((Criterion("patient", chain=by("_id", "p2")),), ["o3"]),
        ((Criterion("date", (span("2024-04"),)),), ["o2", "o3"]),
        ((Criterion("date", (span("ne2024-04"),)),), ["o1"]),
        ((Criterion("date", (span("gt2024-04-10"),)),), []),
        ((Criterion("date", (span("ge2024-04-10"),)),), ["o2", "o3"]),
        ((Criterion("date", (span("lt2024-04-10T08:30:00Z"),)),), ["o1", "o2"]),
        ((Criterion("date", (span("le2024-04-10T08:30:00Z"),)),), ["o1", "o2", "o3"]),
        ((Criterion("date", (span("sa2024-03-02"),)),), ["o2", "o3"]),
        ((Criterion("date", (span("eb2024-04"),)),), ["o1"]),
        ((Criterion("_lastUpdated", (span("gt2000"),)),), ["o1", "o2", "o3"]),
        ((Criterion("_lastUpdated", (span("lt2000"),)),), []),
    ],
)
def test_search(filled: Store, criteria: tuple[Criterion, ...], ids: list[str]) -> None:
    assert found(filled, "Observation", *criteria, sort=("_id",)) == ids


@pytest.mark.parametrize(
    ("words", "ids"),
    [(Words("lefevre"), ["p1"]), (Words("zoe"), ["p1", "p2"]), (Words("goff"), []), (Words("GOFF", "contains"), ["p2"]),
     (Words("Lefèvre", "exact"), ["p1"]), (Words("Lefevre", "exact"), []), (Words("%"), [])],
)  # fmt: skip
def test_search_of_names(filled: Store, words: Words, ids: list[str]) -> None:
    assert found(filled, "Patient", Criterion("name", (words,)), sort=("_id",)) == ids


def test_pages_are_in_order_and_know_the_total(filled: Store) -> None:
    pages = [filled.search_resources(Search("Observation", sort=("-date", "_id"), offset=n, limit=1)) for n in range(3)]
    assert [page.resources[0].id for page in pages] == ["o3", "o2", "o1"]
    assert {page.total for page in pages} == {3}


def test_what_is_referred_to_and_what_refers(filled: Store) -> None:
    page = filled.search_resources(Search("Observation", (by("accession", "A1"),)))
    assert [r.id for r in filled.included(page.resources, "subject")] == ["p1"]
    assert [r.id for r in filled.included(page.resources, "*", "Patient")] == ["p1"]
    assert filled.included(page.resources, "subject", "Group") == []
    patients = filled.included(page.resources, "patient")
    assert [r.id for r in filled.including(patients, "Observation", "subject")] == ["o1", "o2"]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2024", "2024-01-01T00:00:00+00:00", "2025-01-01T00:00:00+00:00"),
        ("2024-12", "2024-12-01T00:00:00+00:00", "2025-01-01T00:00:00+00:00"),
        ("2024-02-29", "2024-02-29T00:00:00+00:00", "2024-03-01T00:00:00+00:00"),
        ("2024-02-29T10:30", "2024-02-29T10:30:00+00:00", "2024-02-29T10:31:00+00:00"),
        ("2024-02-29T10:30:00.5+02:00", "2024-02-29T08:30:00.500000+00:00", "2024-02-29T08:30:00.600000+00:00"),
    ],
)
def test_the_span_of_a_date(text: str, low: str, high: str) -> None:
    assert [moment(number).isoformat() for number in bounds(text)] == [low, high]


@pytest.mark.parametrize("text", ["", "ge", "2024-13", "2024-02-30", "24-02-01", "2024-02-01T25:00", "９999", "9999"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar|month|day|hour|year"):
        span(text)


def test_the_work_list(store: Store) -> None:
    person = Patient("IPP|1", "LE GOFF Zoé", "1960-02-01", "female", (("urn:ipp", "1"),))
    new = NewOrder("urn:ris|A9", {"patient": {"sex": "female"}}, accession="A9", patient=person, title="IRM du bassin")
    order, created = store.put_order(new, [patient("p9"), request("A9")])
    assert (created, order.status, order.version) == (True, "received", 1)
    assert store.request(order.id).payload == {"patient": {"sex": "female"}}
    assert store.patient("IPP|1").identifiers == (("urn:ipp", "1"),)
    assert [p.key for p in store.patients("goff zoe")] == ["IPP|1"]
    assert found(store, "ServiceRequest", by("accession", "A9")) == ["r-A9"]
    again, created = store.put_order(
        NewOrder("urn:ris|A9", {"patient": {}}, accession="A9", patient=person), [patient("p9")]
    )
    assert (created, again.id, again.version) == (False, order.id, 2)
    assert store.request(order.id).payload == {"patient": {}}
    assert store.resource("ServiceRequest", "r-A9").deleted
    assert store.order_by_key("urn:ris|A9") == store.order(order.id) == again
    assert [o.id for o in store.orders(text="goff", accession="A9", patient_key="IPP|1")] == [order.id]


def test_an_order_is_started_reported_cancelled(store: Store) -> None:
    order, _ = store.put_order(NewOrder("urn:ris|A9", {}))
    draft = store.create_draft("demo", "mr_pelvis", {})
    assert store.start_order(order.id, draft.id).status == "started"
    assert store.put_order(NewOrder("urn:ris|A9", {}))[0].status == "started"
    store.sign(draft.id, 1, signing(order_id=order.id))
    done = store.order(order.id)
    assert (done.status, done.report_id, done.draft_id) == ("reported", "CR-1", None)
    assert store.orders() == []
    assert [o.id for o in store.orders(statuses=("reported",))] == [order.id]
    assert store.put_order(NewOrder("urn:ris|A9", {}, status="cancelled"))[0].status == "cancelled"
    signed(store, signing("CR-2", order_id="a link"))
    with pytest.raises(UnknownError):
        store.order("none")


def test_an_order_that_changed_meanwhile_is_not_overwritten_nor_audited(store: Store) -> None:
    new, act = NewOrder("urn:ris|A9", {"a": 1}), lambda order, _new: Entry("order.put", "success", entity_id=order.id)
    order, _ = store.put_order(new, audit=act)
    store.put_order(new, expected=1, audit=act)
    with pytest.raises(StaleOrderError) as refused:
        store.put_order(NewOrder("urn:ris|A9", {"a": 2}), expected=1, audit=act)
    assert (refused.value.given, refused.value.current) == (1, 2)
    assert store.request(order.id).payload == {"a": 1}
    assert [line.entity_id for line in store.audit_lines()] == [order.id] * 2


def test_last_updated_never_goes_back(url: str) -> None:
    times = iter([dt.datetime(2024, 5, day, tzinfo=dt.UTC) for day in (9, 9, 2, 2, 2)])
    store = Store(url, clock=lambda: next(times))
    signed(store, signing(bundle=bundle(patient())))
    first = store.resource("Patient", "p1").last_updated
    signed(store, signing(status="corrected", bundle=bundle(patient(family="Autre"))))
    assert store.resource("Patient", "p1").last_updated == first
    store.close()
