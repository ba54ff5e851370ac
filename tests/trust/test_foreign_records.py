"""Records that somebody else wrote, or an older version: an undo takes them back, or says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reconcile.planfile.json_form import to_json
from reconcile.planfile.read import read_document

from .drawing import drawn, one_of_each
from .figures import counted, figure, replayable, seeds
from .process import Lived
from .worlds import World

RECORDS = figure(test=120, mutants=60, deep=5_000)
A_WORLD = 20
SHARES = 4
BROKEN = "a fault of reconcile itself"
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 10**30, 1.5, "", "x", "\x00", "\ud800", "../..", "a/b/c", "x" * 300),
    *([], [[]], ["projects"], {}, {"a": []}, [{"a": {}}], [1, "2"]),
    *({"unknown": []}, {"unknown": {}}, {"unknown": "a"}, {"sensitive": True}, {"env": "HOME"}),
)


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_stands_in_a_record_an_undo_ends_in_words(tmp_path: Path, share: int) -> None:
    refused = lived = 0
    for number in seeds(RECORDS)[share::SHARES]:
        with replayable(number, "test_foreign_records.py"):
            found = played(tmp_path / str(number), number)
            lived, refused = lived + 1, refused + bool(found is None or found.unreadable or found.refused)
    counted("foreign records", records=lived, refused=refused)
    assert refused


def played(folder: Path, seed: int) -> Lived | None:
    """An undo of a record in which a few places hold something else; None where it cannot be read at all."""
    rng = Random(f"record {seed}")
    world = World(folder, one_of_each() if seed % 3 == 0 else drawn(seed % A_WORLD, faulty=False))
    world.simulation.faulty = False
    record = world.project.apply().record
    assert record is not None
    text = json.loads(json.dumps(to_json(record)))
    for operation, path in rng.sample([*_places(text["operations"])], 1):
        _put(text["operations"][operation], path, deepcopy(rng.choice(VALUES)))
    try:
        foreign = read_document(json.dumps(text).encode(), "record.json")
    except ValueError:
        return None
    found = world.project.apply(undoes=foreign)
    assert not [each for each in found.outcomes or () if BROKEN in each.detail], found.outcomes
    return found


def _places(operations: list[Any]) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    for number, operation in enumerate(operations):
        yield from ((number, path) for path in _inside(operation, ()) if path)


def _inside(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        if (*path, name)[0] not in {"requests", "live_written"}:
            yield from _inside(each, (*path, name))


def _put(value: Any, path: tuple[str | int, ...], new: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new
