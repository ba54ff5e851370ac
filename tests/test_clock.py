"""A clock that only grows, and the notice that this process was stopped."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from reconcile.clock import UNNOTICED, Pulse, now


@dataclass
class Hand:
    """A clock that a test moves."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def test_the_clock_counts_the_sleep_of_the_machine_where_one_does() -> None:
    if hasattr(time, "CLOCK_BOOTTIME"):
        assert abs(now() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 60.0
    assert now() <= now()


def test_a_process_that_beats_on_has_run_all_the_time() -> None:
    hand = Hand()
    pulse, begun = Pulse(hand), hand.at
    for _ in range(100):
        hand.at += UNNOTICED
        pulse.beat()
    assert pulse.ran_since(begun)


def test_a_process_that_was_stopped_has_run_only_since_then() -> None:
    hand = Hand()
    pulse, before = Pulse(hand), hand.at
    hand.at += 8.0
    pulse.beat()
    after = hand.at
    hand.at += 0.1
    pulse.beat()
    assert not pulse.ran_since(before)
    assert pulse.ran_since(after)


def test_a_stop_is_noticed_by_who_asks_first_when_it_is_over() -> None:
    """The thread of the pulse may run on later than the one that reads an answer."""
    hand = Hand()
    pulse, before = Pulse(hand), hand.at
    hand.at += 8.0
    assert not pulse.ran_since(before)


def test_each_stop_counts() -> None:
    hand = Hand()
    pulse = Pulse(hand)
    for _ in range(3):
        before = hand.at
        hand.at += UNNOTICED + 0.01
        assert not pulse.ran_since(before)
        assert pulse.ran_since(hand.at)


def test_a_pulse_ends_with_its_block() -> None:
    with Pulse() as pulse:
        assert pulse.ran_since(now())
        assert "reconcile-pulse" in {thread.name for thread in threading.enumerate()}
    assert "reconcile-pulse" not in {thread.name for thread in threading.enumerate()}
