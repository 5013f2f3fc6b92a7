import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

from reporter.delivery.store import (
    AlreadySignedError,
    Entry,
    NewUser,
    StaleDraft,
    Store,
    StoreBusyError,
    StoreDownError,
    StoreFullError,
    Version,
)
from reporter.delivery.store.auditing import append
from tests.delivery.store_samples import ROOT, bundle, signed, signing
from tests.postgres import Cluster, cluster_or_skip

HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 't%'"
SIGNER = """
import sys
from reporter.delivery.store import Entry, Store
from tests.delivery.store_samples import bundle, signing
store = Store(sys.argv[1], targets=("ris", "his"))
print("ready", flush=True)
for number in range(10000):
    report = f"{sys.argv[2]}-{number // 2}"
    draft = store.create_draft("demo", "mr_pelvis", {})
    content = bundle({"resourceType": "Patient", "id": "shared"}, {"resourceType": "Observation", "id": report})
    done = store.sign(draft.id, 1, signing(report, bundle=content), Entry("report.sign", "success", entity_id=report))
    print(report, done.n, flush=True)
"""


@pytest.fixture
def nodes(url: str) -> Iterator[list[Store]]:
    made = [Store(url, targets=("ris",)) for _ in range(4)]
    yield made
    for node in made:
        node.close()


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each act returned or raised, all begun together."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = acts[place]()
        except (AlreadySignedError, StaleDraft) as refused:
            results[place] = refused

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_signatures_at_once_one_wins_and_the_other_is_told(nodes: list[Store]) -> None:
    for turn in range(8):
        draft = nodes[0].create_draft("demo", "mr_pelvis", {})
        what = signing(f"CR-{turn}")
        results = at_once([partial(node.sign, draft.id, 1, what) for node in nodes])
        assert sorted(type(r).__name__ for r in results) == ["AlreadySignedError"] * 3 + ["Version"]
        assert {r.report_id for r in results if isinstance(r, AlreadySignedError)} == {f"CR-{turn}"}
    assert nodes[0].delivery_counts() == {("ris", "pending"): 8}


def test_versions_signed_on_several_nodes_have_no_gap(nodes: list[Store]) -> None:
    shared = bundle({"resourceType": "Patient", "id": "p1"}, {"resourceType": "Organization", "id": "o1"})

    def sign(node: Store) -> list[int]:
        return [signed(node, signing(bundle=shared))[1].n for _ in range(5)]

    numbers = at_once([partial(sign, node) for node in nodes])
    assert sorted(n for each in numbers for n in each) == list(range(1, 21))
    queued = [d.n for d in nodes[0].deliveries()]
    assert queued == list(range(20, 0, -1))
    assert nodes[0].report("CR-1").latest == 20


def test_what_is_saved_while_it_is_signed_is_never_lost(nodes: list[Store]) -> None:
    for turn in range(8):
        draft = nodes[0].create_draft("demo", "mr_pelvis", {"text": "old"})
        save = partial(nodes[0].save_draft, draft.id, 1, {"text": "new"})
        saved, done = at_once([save, partial(nodes[1].sign, draft.id, 1, signing(f"CR-{turn}"))])
        if isinstance(done, Version):
            assert isinstance(saved, AlreadySignedError)
        else:
            assert isinstance(done, StaleDraft)
            assert nodes[2].draft(draft.id).document == {"text": "new"}


def test_workers_share_the_queue_and_keep_the_order_of_each_report(nodes: list[Store]) -> None:
    for _ in range(4):
        for report in ("CR-1", "CR-2", "CR-3"):
            signed(nodes[0], signing(report))
    sent: list[tuple[str, int]] = []

    def work(node: Store) -> None:
        while len(sent) < 12:
            delivery = node.claim("ris")
            if delivery is not None:
                sent.append((delivery.report_id, delivery.n))
                node.mark_delivered(delivery)

    at_once([partial(work, node) for node in nodes])
    assert len(sent) == len(set(sent)) == 12
    for report in ("CR-1", "CR-2", "CR-3"):
        assert [n for name, n in sent if name == report] == [1, 2, 3, 4]


def test_the_trail_of_several_nodes_is_one_chain(nodes: list[Store]) -> None:
    at_once([lambda node=node: [node.audit(Entry("view", "success")) for _ in range(10)] for node in nodes])
    verdict = nodes[0].verify_audit()
    assert (verdict.intact, verdict.count) == (True, 40)


def test_of_many_first_starts_one_makes_the_administrator(nodes: list[Store]) -> None:
    made = at_once(
        [lambda node=node: node.create_first_user(NewUser(f"a{id(node)}", "A", "administrator")) for node in nodes]
    )
    assert len([user for user in made if user is not None]) == len(nodes[0].users()) == 1


def test_killed_at_random_moments_nothing_acknowledged_is_lost(url: str) -> None:
    chance, acknowledged = random.Random(5), {}  # noqa: S311 - moments, not secrets
    for turn in range(5):
        command = [sys.executable, "-c", SIGNER, url, f"T{turn}"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.05, 0.6))
        process.kill()
        lines = process.communicate()[0].splitlines(keepends=True)
        for line in (line for line in lines if line.endswith("\n")):
            report, n = line.split()
            acknowledged[report] = max(int(n), acknowledged.get(report, 0))
    store = Store(url)
    assert acknowledged
    for report, n in acknowledged.items():
        assert store.report(report).latest >= n
    kept = store.search(limit=10_000)
    written = [version for report in kept for version in store.versions(report.id)]
    assert all(version.intact() for version in written)
    assert [v.n for v in store.versions(kept[0].id)] == list(range(1, kept[0].latest + 1))
    queued = sorted((d.target, d.report_id, d.n) for d in store.deliveries(limit=100_000))
    assert queued == sorted((target, v.report_id, v.n) for v in written for target in ("ris", "his"))
    assert sorted(line.entity_id for line in store.audit_iter()) == sorted(v.report_id for v in written)
    assert (store.verify_audit().intact, store.verify_audit().count) == (True, len(written))
    assert set(store.reports_holding("Patient", "shared")) == {report.id for report in kept}
    store.close()


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/full.db", targets=("ris",))
    signed(store, signing())
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=100").close())
    draft = store.create_draft("demo", "mr_pelvis", {})
    with pytest.raises(StoreFullError) as refused:
        store.sign(draft.id, 1, signing("CR-2", text="x" * 2_000_000))
    assert refused.value.retryable
    assert "plein" in str(refused.value)
    assert store.draft(draft.id).version == 1
    assert [r.id for r in store.search()] == ["CR-1"]
    assert [d.report_id for d in store.deliveries()] == ["CR-1"]
    store.sign(draft.id, 1, signing("CR-2"))
    store.close()


@pytest.fixture
def small() -> Iterator[str]:
    """A database on a small disk, on a server of its own: a full disk disturbs every database of a server."""
    cluster = cluster_or_skip()
    try:
        yield cluster.small_database("32m")
    finally:
        cluster.stop()


def test_a_full_disk_of_the_server_is_said_and_what_was_there_stays(small: str) -> None:
    store = Store(small, targets=("ris",))
    signed(store, signing())
    draft = store.create_draft("demo", "mr_pelvis", {})
    noise = random.Random(1).randbytes(20_000_000).hex()  # noqa: S311 - what cannot be compressed
    with pytest.raises(StoreFullError):
        store.sign(draft.id, 1, signing("CR-2", text=noise))
    assert [r.id for r in store.search()] == ["CR-1"]
    store.sign(draft.id, 1, signing("CR-2"))
    assert [d.report_id for d in store.deliveries()] == ["CR-2", "CR-1"]
    store.close()


def test_a_locked_database_is_said_and_then_works(url: str) -> None:
    holder, store = Store(url), Store(url, busy_ms=200)
    draft = store.create_draft("demo", "mr_pelvis", {})
    with holder.engine.begin() as connection:
        if holder.engine.dialect.name != "sqlite":
            connection.exec_driver_sql("LOCK TABLE drafts, reports IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreBusyError) as refused:
            store.save_draft(draft.id, 1, {"text": "new"})
    assert refused.value.retryable
    assert store.save_draft(draft.id, 1, {"text": "new"}) == 2
    holder.close()
    store.close()


def test_a_line_waits_for_the_one_who_writes_another_at_most_so_long(url: str) -> None:
    holder, store = Store(url), Store(url, busy_ms=300)
    draft = holder.create_draft("demo", "mr_pelvis", {})
    began = time.monotonic()
    with holder.engine.begin() as connection:
        append(connection, Entry("first", "success", entity_id=draft.id), draft.created)
        with pytest.raises(StoreBusyError) as refused:
            store.audit(Entry("refused", "success"))
        assert 0.3 <= time.monotonic() - began < 5
    assert refused.value.retryable
    assert store.audit(Entry("second", "success")).seq == 2
    assert [line.action for line in holder.audit_lines()] == ["first", "second"]
    assert store.verify_audit().intact
    holder.close()
    store.close()


def test_a_server_that_hangs_up_is_called_again(postgres: Cluster) -> None:
    url = postgres.database()
    store = Store(url)
    draft = store.create_draft("demo", "mr_pelvis", {})
    postgres.run(HANG_UP)
    assert store.save_draft(draft.id, 1, {}) == 2
    postgres.run(HANG_UP)
    assert store.token_by_hash("none") is None
    postgres.run(HANG_UP)
    assert store.audit(Entry("view", "success")).seq == 1
    store.close()
    postgres.drop(url)


def test_a_server_that_hangs_up_in_the_middle_is_told_as_down(postgres: Cluster) -> None:
    url = postgres.database()
    store = Store(url)
    event.listen(store.engine, "checkout", lambda *_: postgres.run(HANG_UP))
    for act in (lambda: store.token_by_hash("none"), lambda: store.audit(Entry("view", "success"))):
        with pytest.raises(StoreDownError) as refused:
            act()
        assert refused.value.retryable
    store.close()
    postgres.drop(url)


def test_a_database_that_went_away_is_told_as_down(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    store = Store(f"sqlite:///{home / 'reports.db'}")
    store.close()
    home.rename(away)
    for act in (lambda: store.token_by_hash("none"), lambda: store.audit(Entry("view", "success"))):
        with pytest.raises(StoreDownError):
            act()
    away.rename(home)
    assert store.audit(Entry("view", "success")).seq == 1
    store.close()


def test_a_server_that_stopped_is_told_as_down() -> None:
    cluster = cluster_or_skip()
    store = Store(cluster.database())
    store.close()
    cluster.stop()
    for act in (lambda: store.token_by_hash("none"), lambda: store.audit(Entry("view", "success"))):
        with pytest.raises(StoreDownError) as refused:
            act()
        assert refused.value.retryable
    store.close()


def test_a_server_that_is_not_there_is_said(postgres: Cluster) -> None:
    with pytest.raises(StoreDownError) as refused:
        Store("postgresql://reporter:secret@127.0.0.1:1/none")
    assert refused.value.retryable
    assert "secret" not in str(refused.value)
