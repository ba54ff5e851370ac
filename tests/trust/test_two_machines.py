"""Two real processes in two clones of one bare repository: killed, stopped, unlocked, clocks apart."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event

import pytest

from reconcile_sandbox import Sandbox, running

from .drawing import drawn
from .figures import Pace, counted, figure, replayable, seeds
from .machines import APPLY, Machine, Site, Tenure
from .oracle import twice, unmet

RACES = figure(test=1, mutants=2, deep=40)
"""Races of each kind: five kinds."""

SIDE_BY_SIDE = 3
"""Races that run at once, each with a sandbox of its own: most of a race is waiting."""

TRIES = 12


def site_of(seed: int, sandbox: Sandbox, folder: Path) -> tuple[Site, Machine, Machine, Random]:
    rng = Random(f"machines {seed}")
    site = Site(folder / str(seed), sandbox, drawn(seed, small=True, faulty=False))
    lost = rng.sample(range(8), 2) if rng.random() < 0.5 else ()
    first = site.machine("a", skew=rng.choice((0.0, 600.0, -600.0)), lost=lost)
    second = site.machine("b", skew=rng.choice((0.0, 600.0, -600.0)), lost=rng.sample(range(8), 1))
    for system in ("flexdeploy", "katalon", "foundry", "brpm"):
        sandbox.set_options(f"{system}.delay=0.05")
    return site, first, second, rng


def reached(tenure: Tenure, test: Callable[[], bool]) -> bool:
    """Waits until something is so; whether the process still ran then."""
    pause = Event()
    while tenure.process.poll() is None:
        if test():
            return True
        pause.wait(0.002)
    return False


def until_done(machine: Machine) -> None:
    """Applies again and again, until nothing differs any more."""
    for _ in range(TRIES):
        last = machine.run(*APPLY)
        assert last.code in (0, 3, 4), last
        if last.code == 0:
            return
    raise AssertionError(last)


def settled(site: Site, machine: Machine) -> None:
    """In the end all is as wanted, nothing is there twice, and nobody wrote beside another."""
    until_done(machine)
    assert site.at_once() == []
    assert not twice(site.drawn, site.sandbox.state)
    assert not list(unmet(site.drawn, site.sandbox.state))


def races(kind: str, folder: Path, race: Callable[..., bool]) -> None:
    """Runs so many races, each of which says whether what it is about did happen in it."""
    pace, numbers = Pace(), seeds(RACES)

    def one(seed: int) -> bool:
        with replayable(seed, "test_two_machines.py"), running() as sandbox:
            site, first, second, rng = site_of(seed, sandbox, folder)
            met: bool = race(site, first, second, rng)
            settled(site, second)
            return met

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        met = sum(pool.map(one, numbers))
    counted(f"machines {kind}", races=len(numbers), met=met, seconds=pace.seconds)
    assert met >= len(numbers) // 4, met


def test_of_two_machines_one_writes_and_the_other_is_refused(tmp_path: Path) -> None:
    def race(site: Site, first: Machine, second: Machine, rng: Random) -> bool:
        both = [(machine, machine.begin(*APPLY)) for machine in (first, second)]
        codes = sorted(machine.end(tenure).code for machine, tenure in both)
        assert codes[-1] in (0, 3, 4), [str(tenure.said) for _, tenure in both]
        return codes[-1] == 4

    races("raced", tmp_path, race)


def test_what_a_killed_machine_held_is_taken_over_by_exactly_one(tmp_path: Path) -> None:
    """The killed machine begins anew on a fresh runner, beside the other."""

    def race(site: Site, first: Machine, second: Machine, rng: Random) -> bool:
        held = first.begin(*APPLY)
        at = rng.randrange(2, 14)
        killed = reached(held, lambda: len(site.sandbox.log) >= at)
        if killed:
            held.process.send_signal(signal.SIGKILL)
        first.end(held)
        first.forget()
        both = [(machine, machine.begin(*APPLY)) for machine in (first, second)]
        for machine, tenure in both:
            assert machine.end(tenure).code in (0, 3, 4), tenure.said
        return killed

    races("killed", tmp_path, race)


def test_a_machine_that_was_stopped_past_its_lease_writes_nothing_when_it_wakes(tmp_path: Path) -> None:
    def race(site: Site, first: Machine, second: Machine, rng: Random) -> bool:
        held = first.begin(*APPLY)
        at = rng.randrange(2, 14)
        stopped = reached(held, lambda: len(site.sandbox.log) >= at and bool(site.lock))
        if stopped:
            held.process.send_signal(signal.SIGSTOP)
        until_done(second)
        before = [who for _, who in site.writes()].count("a")
        if stopped:
            held.process.send_signal(signal.SIGCONT)
        said = first.end(held)
        if stopped and said.code != 0:
            assert said.code in (3, 4), said
        after = [who for _, who in site.writes()].count("a")
        assert not stopped or before == after, said
        return stopped

    races("stopped", tmp_path, race)


def test_unlock_in_the_middle_lets_nobody_write_beside_the_holder(tmp_path: Path) -> None:
    def race(site: Site, first: Machine, second: Machine, rng: Random) -> bool:
        held = first.begin(*APPLY)
        at = rng.randrange(2, 14)
        unlocked = reached(held, lambda: len(site.sandbox.log) >= at and bool(site.lock))
        if unlocked:
            assert second.run("unlock", "--yes").code in (0, 4)
        until_done(second)
        assert first.end(held).code in (0, 3, 4), held.said
        return unlocked

    races("unlocked", tmp_path, race)


def test_pushes_whose_answers_are_lost_leave_no_lock_behind(tmp_path: Path) -> None:
    def race(site: Site, first: Machine, second: Machine, rng: Random) -> bool:
        losing = site.machine("c", lost=range(0, 40, 2))
        until_done(losing)
        assert site.lock == ""
        return True

    races("lost", tmp_path, race)


@pytest.mark.parametrize("code", [signal.SIGINT, signal.SIGTERM])
def test_a_machine_that_is_told_to_stop_gives_its_lock_back(
    sandbox: Sandbox, tmp_path: Path, code: signal.Signals
) -> None:
    site, first, second, _ = site_of(1, sandbox, tmp_path)
    sandbox.set_options("flexdeploy.delay=0.5")
    held = first.begin(*APPLY)
    assert reached(held, lambda: bool(site.lock) and len(sandbox.log) >= 1)
    held.process.send_signal(code)
    assert first.end(held).code in (128 + code, 0)
    assert site.lock == ""
    sandbox.set_options("flexdeploy.delay=0")
    settled(site, second)
