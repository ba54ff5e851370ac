"""Worlds in which an apply is taken back after other people edited: their edits stay, all else is back."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reconcile.planfile.document import Document

from .drawing import Fields, drawn
from .figures import counted, figure, replayable, seeds
from .hands import FIELDS, ROWS, row_of
from .worlds import World

WORLDS = figure(test=60, mutants=60, deep=2_000)
SHARES = 4
CHOSEN = "buildEnvironmentId"
"""What the server chooses for an entry that comes back without it."""

LEFT = {"cannot", "needs_prune"}


@pytest.mark.parametrize("share", range(SHARES))
def test_foreign_edits_survive_an_undo_and_every_other_field_is_back(tmp_path: Path, share: int) -> None:
    back = moved = 0
    own = seeds(WORLDS)[share::SHARES]
    for seed in own:
        with replayable(seed, "test_undo.py"):
            for row in undone(tmp_path / str(seed), seed).undo or ():
                back, moved = back + (row.status == "back"), moved + (row.status == "moved")
    counted("undo", worlds=len(own), back=back, moved=moved)
    assert back
    assert moved


def undone(folder: Path, seed: int) -> Document:
    """A world in which an apply is taken back; the record of that."""
    rng, world = Random(f"undo {seed}"), World(folder, drawn(seed, faulty=False))
    simulation = world.simulation
    simulation.faulty = False
    before = deepcopy(simulation.server.state)
    applied = world.project.apply().record
    assert applied is not None
    after = deepcopy(simulation.server.state)
    for _ in range(rng.randrange(4)):
        simulation.hands.edit(rng, simulation.now, simulation.server.state)
    edited = deepcopy(simulation.server.state)
    found = world.project.apply(undoes=applied).record
    assert found is not None
    now = simulation.server.state
    left = {row.address for row in found.undo or () if row.status in LEFT}
    stays = {str(each.kept.id) for each in applied.operations if each.kept and each.address in left}
    for name, system_collection in ROWS.items():
        _holds(name, system_collection, (before, after, edited, now), stays)
    _second_finds_nothing(world, applied)
    return found


def _holds(name: str, where: tuple[str, str, str], states: tuple[Any, ...], stays: set[str]) -> None:
    before, after, edited, now = states
    system, collection, key = where
    assert len(now[system][collection]) <= len(after[system][collection]), "something was created"
    for row in edited[system][collection]:
        id_ = str(row[key])
        sides = [row_of(state, name, id_) for state in (before, after, edited, now)]
        for field in FIELDS[name]:
            _is_right(f"{name} {id_} {field}", [_value(side, field) for side in sides], stays=id_ in stays)


def _is_right(what: str, sides: list[Any], *, stays: bool) -> None:
    before, after, edited, now = sides
    if edited != after:
        assert now == edited, f"{what}: an edit by hand was undone, {sides}"
    elif not stays:
        assert now == before, f"{what} is not as it was, {sides}"


def _value(row: Fields | None, field: str) -> Any:
    value = None if row is None else row.get(field)
    if isinstance(value, list):
        return sorted(str({**entry, CHOSEN: None}) for entry in value)
    return value or None


def _second_finds_nothing(world: World, applied: Document) -> None:
    sent = len([wire for wire in world.simulation.wires if not wire.safe])
    again = world.project.apply(undoes=applied).record
    assert again is not None
    assert "back" not in {row.status for row in again.undo or ()}, "a second undo found something to do"
    assert len([wire for wire in world.simulation.wires if not wire.safe]) == sent
