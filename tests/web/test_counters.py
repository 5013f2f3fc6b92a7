"""The counts of the rates, and the turns of the threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from reporter.web.auth.counters import Counters
from reporter.web.turn import in_turn


def test_a_window_begins_with_its_first_count_and_ends() -> None:
    counters = Counters()
    assert [counters.incr("a", 60), counters.incr("a", 60), counters.incr("b", 60, 5)] == [1, 2, 5]
    assert (counters.get("a"), counters.get("none")) == (2, 0)
    assert 50 < counters.get_expiry("a") - time.time() <= 60
    assert counters.incr("short", 0.01) == 1  # type: ignore[arg-type]  # so as not to wait a second
    time.sleep(0.02)
    assert (counters.get("short"), counters.incr("short", 60)) == (0, 1)
    counters.clear("a")
    assert (counters.get("a"), counters.check(), counters.reset()) == (0, True, 2)


def test_no_count_is_lost_between_threads() -> None:
    counters = Counters()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: counters.incr("a", 60), range(4000)))
    assert counters.get("a") == 4000


def test_what_is_over_is_forgotten() -> None:
    counters = Counters()
    for number in range(5000):
        counters.incr(f"{number}", 0)
    assert counters.incr("kept", 60) == 1
    assert counters.reset() <= 1001


def test_one_thread_at_a_time_takes_its_turn_and_may_take_it_twice() -> None:
    inside: list[int] = []
    most: list[int] = []

    @in_turn
    def inner() -> None:
        inside.append(threading.get_ident())
        most.append(len(inside))
        time.sleep(0.001)
        inside.pop()

    @in_turn
    def outer(_number: int) -> None:
        inner()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(outer, range(30)))
    assert set(most) == {1}
