import datetime as dt
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from reporter.delivery.store import AlreadySignedError, NewOrder, StaleDraft, Store, UnknownError, dumps, loads
from tests.delivery.store_samples import signed, signing

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from reporter.delivery.store import Store
store = Store(sys.argv[1])
draft = store.create_draft("demo", "mr_pelvis", {"typed": 0})
print(draft.id, flush=True)
version = draft.version
while True:
    version = store.save_draft(draft.id, version, {"typed": version, "text": "œdème " * 500})
    print(version, flush=True)
"""


def test_a_draft_comes_back_after_the_program_ends(url: str) -> None:
    first = Store(url)
    draft = first.create_draft("demo", "dxa", {"input": {"bmd": Decimal("0.780"), "n": 3, "nothing": None}})
    first.close()
    second = Store(url)
    again = second.draft(draft.id)
    second.close()
    assert again.document["input"]["bmd"].as_tuple() == Decimal("0.780").as_tuple()
    assert (again.document["input"]["n"], again.document["input"]["nothing"]) == (3, None)
    assert (again.owner, again.exam_def, again.version) == ("demo", "dxa", 1)
    assert again.updated.tzinfo is not None


def test_saving_counts_versions_and_refuses_the_older_window(store: Store) -> None:
    draft = store.create_draft("demo", "dxa", {"who": "nobody"})
    assert store.save_draft(draft.id, 1, {"who": "first"}) == 2
    with pytest.raises(StaleDraft) as refused:
        store.save_draft(draft.id, 1, {"who": "second"})
    assert (refused.value.given, refused.value.current) == (1, 2)
    assert store.draft(draft.id).document == {"who": "first"}


def test_of_many_simultaneous_saves_one_wins_and_nothing_is_lost(store: Store) -> None:
    draft = store.create_draft("demo", "dxa", {})
    won: list[int] = []

    def save(number: int) -> None:
        for _ in range(200):
            try:
                store.save_draft(draft.id, store.draft(draft.id).version, {"by": number})
            except StaleDraft:
                continue
            won.append(number)
            return

    threads = [threading.Thread(target=save, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(8))
    assert store.draft(draft.id).version == 9


def test_drafts_of_an_owner_last_changed_first(url: str) -> None:
    times = iter(dt.datetime(2024, 1, day, tzinfo=dt.UTC) for day in range(1, 10))
    store = Store(url, clock=lambda: next(times))
    one, two = (store.create_draft("demo", name, {}) for name in ("a", "b"))
    store.create_draft("other", "c", {})
    store.save_draft(one.id, 1, {})
    assert [d.id for d in store.drafts("demo")] == [one.id, two.id]
    store.close()


def test_an_unknown_draft_is_said_unknown(store: Store) -> None:
    for call in (lambda: store.draft("x"), lambda: store.save_draft("x", 1, {}), lambda: store.delete_draft("x", 1)):
        with pytest.raises(UnknownError):
            call()


def test_signing_freezes_and_ends_the_draft(store: Store) -> None:
    draft, version = signed(store, signing())
    assert version.n == 1
    assert version.intact()
    kept = store.version("CR-1", 1)
    assert kept == version
    assert kept.bundle == '{"value": 0.030}'
    assert str(kept.input["dxa"]["lsc"]) == "0.030"
    with pytest.raises(AlreadySignedError) as twice:
        store.sign(draft.id, draft.version, signing())
    assert (twice.value.report_id, twice.value.n) == ("CR-1", 1)
    assert len(store.versions("CR-1")) == 1


def test_a_stale_draft_is_not_signed(store: Store) -> None:
    draft = store.create_draft("demo", "dxa", {})
    store.save_draft(draft.id, 1, {"more": True})
    with pytest.raises(StaleDraft):
        store.sign(draft.id, 1, signing())
    with pytest.raises(UnknownError):
        store.versions("CR-1")


def test_a_correction_is_a_new_version_and_the_first_stays(store: Store) -> None:
    signed(store, signing())
    signed(store, signing(text="Œdème.", status="corrected"))
    first, second = store.versions("CR-1")
    assert (first.text, second.text) == ("Pas d’œdème.", "Œdème.")
    assert first.sha256 != second.sha256
    assert (store.report("CR-1").latest, store.report("CR-1").status) == (2, "corrected")


@pytest.mark.parametrize("act", ["UPDATE versions SET text = 'x'", "DELETE FROM versions"])
def test_the_database_itself_refuses_to_change_a_signed_version(store: Store, act: str) -> None:
    signed(store, signing())
    with pytest.raises(IntegrityError, match="never changes"), store.engine.begin() as connection:
        connection.exec_driver_sql(act)
    assert store.version("CR-1", 1).text == "Pas d’œdème."


def test_reports_of_a_patient_last_exam_first(store: Store) -> None:
    signed(store, signing("CR-1", exam_date="2023-05-01"))
    signed(store, signing("CR-2", exam_date="2024-05-01"))
    signed(store, signing("CR-3", patient_key="IPP|43"))
    assert [r.id for r in store.reports_of_patient("IPP|42")] == ["CR-2", "CR-1"]


@pytest.mark.parametrize(("text", "found"), [("zoe", True), ("DURAND irm", True), ("cr-1", True), ("%", False)])
def test_search_without_accents_or_case(store: Store, text: str, found: bool) -> None:
    signed(store, signing())
    assert [r.id for r in store.search(text)] == (["CR-1"] if found else [])


def test_a_received_request_comes_back(store: Store) -> None:
    order, _ = store.put_order(NewOrder("urn:ris|A9", {"patient": {"sex": "female"}}))
    assert store.request(order.id).payload == {"patient": {"sex": "female"}}
    with pytest.raises(UnknownError):
        store.request("none")


def test_text_of_numbers_is_exact() -> None:
    assert dumps({"a": Decimal("0.030"), "b": [1, True, None, "œ"]}) == '{"a":0.030,"b":[1,true,null,"œ"]}'
    assert loads('{"a": 0.10}')["a"].as_tuple() == Decimal("0.10").as_tuple()


def test_a_killed_server_loses_at_most_the_last_change(url: str) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert writer.stdout is not None
    draft_id = writer.stdout.readline().strip()
    said = [int(writer.stdout.readline()) for _ in range(25)]
    writer.kill()
    rest = writer.communicate()[0].split()
    confirmed = max(said + [int(line) for line in rest[:-1]])
    store = Store(url)
    after = store.draft(draft_id)
    store.close()
    assert after.version >= confirmed
    assert after.document["typed"] == after.version - 1
