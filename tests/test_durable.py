"""Lines are on the disk before anybody goes on, and what waits together waits once."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from reconcile.execution.durable import Durable

PATIENCE = 30.0


class Disk:
    """A disk that takes its time where it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_asked, self.may_answer = Event(), Event()
        self.refuses = False

    def sync(self) -> None:
        self.asked += 1
        self.is_asked.set()
        assert self.may_answer.wait(PATIENCE)
        if self.refuses:
            self.refuses = False
            raise OSError(errno.EIO, "Input/output error")


@pytest.fixture
def disk() -> Disk:
    return Disk()


def test_lines_that_wait_at_one_time_are_synced_at_one_time(disk: Disk) -> None:
    durable = Durable(disk.sync)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(durable.until, durable.wrote())
        assert disk.is_asked.wait(PATIENCE)
        numbers = [durable.wrote() for _ in range(8)]
        others = [pool.submit(durable.until, number) for number in numbers]
        disk.may_answer.set()
        for waiting in (first, *others):
            waiting.result(PATIENCE)
    assert disk.asked == 2


def test_a_line_that_was_written_during_a_sync_is_not_taken_for_durable(disk: Disk) -> None:
    durable = Durable(disk.sync)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(durable.until, durable.wrote())
        assert disk.is_asked.wait(PATIENCE)
        later = durable.wrote()
        disk.may_answer.set()
        first.result(PATIENCE)
    assert disk.asked == 1
    durable.until(later)
    assert disk.asked == 2


def test_a_disk_that_refused_once_is_believed_no_more(disk: Disk) -> None:
    disk.may_answer.set()
    durable = Durable(disk.sync)
    before = durable.wrote()
    durable.until(before)
    disk.refuses = True
    lost, later = durable.wrote(), durable.wrote()
    for number in (lost, later, durable.wrote()):
        with pytest.raises(OSError, match="Input/output error"):
            durable.until(number)
    assert disk.asked == 2, "what it says after it has refused means nothing"
    durable.until(before)
