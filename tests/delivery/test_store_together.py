"""Lines written at the same time share a transaction; each caller is told what became of its own."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reporter.delivery.store import Entry, Store, StoreError
from reporter.delivery.store.together import Together


class Writer:
    """Keeps words, slowly the first time; a group that holds « bad » is refused whole, « full » by the store."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.begun, self.go = threading.Event(), threading.Event()
        self.together: Together[str, str] = Together(self.write)

    def write(self, words: Sequence[str]) -> list[str]:
        if not self.begun.is_set():
            self.begun.set()
            self.go.wait(10)
        if "bad" in words:
            raise ValueError("bad")
        if "stop" in words:
            raise KeyboardInterrupt
        if "full" in words:
            raise StoreError("full")
        self.groups.append(list(words))
        return [word.upper() for word in words]

    def with_one_before(self, *words: str) -> list[str]:
        """What became of `words`, all given while the first is being written."""

        def told(word: str) -> str:
            try:
                return self.together.add(word)
            except (ValueError, StoreError, KeyboardInterrupt) as error:
                return type(error).__name__

        with ThreadPoolExecutor(len(words) + 1) as pool:
            first = pool.submit(told, "first")
            assert self.begun.wait(10)
            others = [pool.submit(told, word) for word in words]
            while len(self.together._waiting) < len(words):
                time.sleep(0.001)
            self.go.set()
            assert first.result() == "FIRST"
            return [other.result(10) for other in others]


def test_those_who_wait_are_written_together_and_each_has_its_own_answer() -> None:
    writer = Writer()
    assert writer.with_one_before("a", "b", "c") == ["A", "B", "C"]
    assert [sorted(group) for group in writer.groups] == [["first"], ["a", "b", "c"]]


def test_one_that_is_refused_does_not_refuse_the_others() -> None:
    writer = Writer()
    assert writer.with_one_before("a", "bad", "c") == ["A", "ValueError", "C"]
    assert sorted(word for group in writer.groups for word in group) == ["a", "c", "first"]


def test_nobody_waits_for_one_who_was_interrupted_while_writing_for_all() -> None:
    told = Writer().with_one_before("bad", "stop", "c")
    assert len(told) == 3
    assert "KeyboardInterrupt" in told
    assert set(told) <= {"ValueError", "KeyboardInterrupt", "C"}


def test_a_database_that_is_full_is_full_for_all() -> None:
    assert Writer().with_one_before("a", "full") == ["StoreError", "StoreError"]


def test_a_writer_that_holds_the_database_for_a_while_is_waited_for_no_longer_than_that(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'reporter.sqlite'}")
    holder = sqlite3.connect(tmp_path / "reporter.sqlite", isolation_level=None, check_same_thread=False)
    for held in (0.0, 0.4):
        holder.execute("BEGIN IMMEDIATE")
        threading.Timer(held, holder.execute, ("ROLLBACK",)).start()
        store.audit(Entry("view", "success"))
    assert store.verify_audit().count == 2
    store.close()


def test_a_database_that_is_held_too_long_is_told_as_busy(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'reporter.sqlite'}", busy_ms=200)
    holder = sqlite3.connect(tmp_path / "reporter.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StoreError) as refused:
        store.audit(Entry("view", "success"))
    assert refused.value.retryable
    assert time.monotonic() - began >= 0.2
    holder.execute("ROLLBACK")
    assert store.audit(Entry("view", "success")).seq == 1
    store.close()


def test_others_of_the_process_go_on_while_another_process_writes(tmp_path: Path) -> None:
    turn = threading.Lock()
    store = Store(f"sqlite:///{tmp_path / 'reporter.sqlite'}", turn=turn)
    holder = sqlite3.connect(tmp_path / "reporter.sqlite", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        line = pool.submit(store.audit, Entry("view", "success"))
        time.sleep(0.1)
        assert all(taken_and_left(turn) for _ in range(20))
        assert not line.done()
        holder.execute("ROLLBACK")
        assert line.result(10).seq == 1
    store.close()


def taken_and_left(turn: threading.Lock) -> bool:
    taken = turn.acquire(timeout=1)
    if taken:
        turn.release()
    return taken
