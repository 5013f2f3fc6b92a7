import datetime as dt
from collections.abc import Iterator

import pytest

from reporter.delivery.store import Delivery, DeliveryOrderError, Entry, LeaseLostError, Store, UnknownError
from tests.delivery.store_samples import signed, signing

NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Watch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store(url: str, watch: Watch) -> Iterator[Store]:
    made = Store(url, clock=watch, targets=("ris", "his"))
    yield made
    made.close()


def claimed(store: Store, target: str = "ris") -> Delivery:
    found = store.claim(target)
    assert found is not None
    return found


def test_a_signature_is_queued_for_each_target_and_an_unsigned_draft_is_not(store: Store) -> None:
    store.create_draft("demo", "mr_pelvis", {})
    signed(store, signing())
    queued = [(d.target, d.report_id, d.n, d.status, d.attempts) for d in store.deliveries()]
    assert sorted(queued) == [("his", "CR-1", 1, "pending", 0), ("ris", "CR-1", 1, "pending", 0)]
    assert store.delivery_counts() == {("his", "pending"): 1, ("ris", "pending"): 1}


def test_versions_of_a_report_go_in_order_and_other_reports_do_not_wait(store: Store) -> None:
    for what in (signing(), signing(status="corrected"), signing("CR-2")):
        signed(store, what)
    first, other = claimed(store), claimed(store)
    assert [(d.report_id, d.n) for d in (first, other)] == [("CR-1", 1), ("CR-2", 1)]
    assert store.claim("ris") is None
    done = store.mark_delivered(first, "MSA-1")
    assert (done.status, done.receipt, done.lease) == ("delivered", "MSA-1", None)
    assert claimed(store).n == 2


def test_a_failed_delivery_waits_then_comes_again_before_what_follows(store: Store, watch: Watch) -> None:
    signed(store, signing())
    signed(store, signing(status="corrected"))
    store.mark_failed(claimed(store), "500", retry_in=MINUTE)
    assert store.claim("ris") is None
    watch.now += MINUTE
    again = claimed(store)
    assert (again.n, again.attempts, again.error) == (1, 2, "500")


def test_a_dead_letter_does_not_hold_a_correction_and_never_goes_over_it(store: Store) -> None:
    signed(store, signing())
    signed(store, signing(status="corrected"))
    dead = store.mark_failed(claimed(store), "400", retry_in=None)
    assert [d.id for d in store.deliveries(status="dead")] == [dead.id]
    assert store.replay(dead.id).status == "pending"
    first = claimed(store)
    assert (first.n, first.attempts) == (1, 1)
    store.mark_failed(first, "400", retry_in=None)
    correction = claimed(store)
    with pytest.raises(DeliveryOrderError):
        store.replay(dead.id)
    store.mark_delivered(correction)
    with pytest.raises(DeliveryOrderError):
        store.replay(dead.id)


def test_what_is_abandoned_is_not_sent(store: Store) -> None:
    signed(store, signing())
    signed(store, signing(status="corrected"))
    store.abandon(store.deliveries(target="ris")[-1].id)
    assert claimed(store).n == 2


def test_the_claim_of_a_dead_worker_comes_back_and_it_can_say_nothing_more(store: Store, watch: Watch) -> None:
    signed(store, signing())
    lost = claimed(store)
    assert store.claim("ris") is None
    watch.now += MINUTE
    taken = claimed(store)
    assert (taken.id, taken.attempts) == (lost.id, 2)
    with pytest.raises(LeaseLostError):
        store.mark_delivered(lost)
    with pytest.raises(LeaseLostError):
        store.mark_failed(lost, "500", retry_in=MINUTE)
    assert store.mark_delivered(taken).status == "delivered"


@pytest.mark.parametrize("jump", [dt.timedelta(days=400), dt.timedelta(hours=20)])
def test_a_clock_that_goes_back_stops_nothing(store: Store, watch: Watch, jump: dt.timedelta) -> None:
    signed(store, signing())
    signed(store, signing("CR-2"))
    store.mark_failed(claimed(store), "500", retry_in=MINUTE)
    assert claimed(store).report_id == "CR-2"
    watch.now -= jump
    assert {claimed(store).report_id, claimed(store).report_id} == {"CR-1", "CR-2"}


def test_order_follows_signatures_even_when_the_clock_goes_back(store: Store, watch: Watch) -> None:
    signed(store, signing())
    watch.now -= dt.timedelta(days=2)
    signed(store, signing(status="corrected"))
    signed(store, signing("CR-2"))
    assert [v.status for v in store.versions("CR-1")] == ["final", "corrected"]
    assert [r.id for r in store.search("")] == ["CR-2", "CR-1"]
    assert [claimed(store).n for _ in range(2)] == [1, 1]
    assert store.report("CR-1").latest == 2


def test_delivery_and_its_audit_line_are_one_act(store: Store) -> None:
    signed(store, signing())
    delivery = claimed(store)
    store.mark_delivered(delivery, audit=Entry("delivery.sent", "success", entity_id="CR-1"))
    with pytest.raises(LeaseLostError):
        store.mark_delivered(delivery, audit=Entry("delivery.sent", "success", entity_id="CR-1"))
    assert [line.entity_id for line in store.audit_lines()] == ["CR-1"]


def test_another_target_later_pages_and_unknown_ids(store: Store) -> None:
    for number in range(5):
        signed(store, signing(f"CR-{number}"))
    store.enqueue("CR-0", 1, ["archive"])
    assert claimed(store, "archive").report_id == "CR-0"
    page = store.deliveries(target="ris", limit=2)
    rest = store.deliveries(target="ris", before=page[-1].id)
    assert [d.report_id for d in page + rest] == ["CR-4", "CR-3", "CR-2", "CR-1", "CR-0"]
    for act in (store.delivery, store.replay, store.abandon):
        with pytest.raises(UnknownError):
            act(10**9)
