"""A saved plan that no longer fits is refused by name, and what it approved is not sent."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from reconcile.planfile.approval import unfit
from reconcile.planfile.json_form import json_text, to_json
from reconcile.planfile.read import read_document
from reconcile.planfile.write import RunInfo

from .drawing import Fields, address_of, drawn
from .figures import Pace, counted, figure, replayable, seeds
from .hands import EDITED, row_of
from .process import Lived, prepared
from .wires import Wire
from .worlds import World

PLANS = figure(test=60, mutants=40, deep=5_000)
SYSTEMS = {"flexdeploy": {"type": "flexdeploy", "url": "https://a.test/x"}}
OF = RunInfo("1", "2026-12-01T09:00:00Z", systems=SYSTEMS)
COLLECTIONS = {"Release": "releases", "Run": "runs", "ScheduleLink": "links"}


def test_a_plan_that_no_longer_fits_is_refused(tmp_path: Path) -> None:
    pace, refused, numbers = Pace(), 0, seeds(PLANS)
    for seed in numbers:
        with replayable(seed, "test_plans.py"):
            refused += _stale(tmp_path / str(seed), seed)
    counted("plans", plans=len(numbers), refused=refused, seconds=pace.seconds)
    assert refused > 0 or len(numbers) == 1


def _stale(folder: Path, seed: int) -> int:
    rng, world = Random(f"stale {seed}"), World(folder, drawn(seed, faulty=False))
    saved = _saved(world)
    way = rng.choice(
        (_live_moved, _live_moved, _manifest_moved, _bytes_moved, _body_moved, _elsewhere, _not_approved)
    )
    return way(world, saved, rng)


def _saved(world: World) -> bytes:
    lived = world.project.apply(approve=lambda plan: False)
    assert not [wire for wire in world.simulation.wires if not wire.safe]
    assert lived.planned is not None
    return json_text(to_json(lived.planned)).encode()


def _applied(world: World, saved: bytes) -> tuple[dict[str, str], Lived, list[Wire]]:
    """What is refused by name, and why; what was lived; what was written."""
    lived = world.project.apply(approve=read_document(saved, "plan.json"))
    refused = {it.address: it.detail for it in lived.outcomes or () if it.status == "refused"}
    run = world.simulation.run
    return refused, lived, [wire for wire in world.simulation.wires if not wire.safe and wire.run == run]


def _live_moved(world: World, saved: bytes, rng: Random) -> int:
    """Somebody changed what an approved operation writes: it is refused, and the object is left alone."""
    operations = [it for it in json.loads(saved)["operations"] if _movable(world, it)]
    if not operations:
        return 0
    chosen = rng.choice(operations)
    field = rng.choice(_movable(world, chosen))
    row = row_of(
        world.simulation.server.state, COLLECTIONS[chosen["address"].split("/")[1]], str(chosen["id"])
    )
    assert row is not None
    row[field] = {"duration": 99, "releaseId": 67889, "scheduleBuildExpression": "0 7 7 7 7 ?"}.get(
        field, "moved"
    )
    return _is_refused(world, saved, chosen["address"], field, f"/{chosen['id']}")


def _movable(world: World, operation: Fields) -> list[str]:
    """The fields of an approved operation's object that somebody may change."""
    kind = operation["address"].split("/")[1]
    if (
        operation["id"] is None
        or kind not in COLLECTIONS
        or operation["address"].startswith("katalon/Release")
    ):
        return []
    spec = next(
        it["spec"] for it in world.simulation.drawn.manifests if address_of(it) == operation["address"]
    )
    return [name for name in EDITED[COLLECTIONS[kind]] if name in spec]


def _is_refused(world: World, saved: bytes, address: str, field: str, part: str) -> int:
    reasons, lived, writes = _applied(world, saved)
    assert address in reasons, f"{address} was not refused though {field} had moved: {reasons}"
    assert field in reasons[address], f"the refusal does not name {field}: {reasons[address]}"
    assert not [wire for wire in writes if f"{part}/" in f"{wire.path}/"], (
        f"{address} was written all the same"
    )
    assert {"refused"} == {it.status for it in lived.outcomes or () if str(it.address) == address}
    return 1


def _manifest_moved(world: World, saved: bytes, rng: Random) -> int:
    """The manifests ask for something else than what was approved."""
    project = world.project
    number, manifest = rng.choice(list(enumerate(world.simulation.drawn.manifests)))
    planned = {operation["address"] for operation in json.loads(saved)["operations"]}
    if "description" not in manifest["spec"] or address_of(manifest) not in planned:
        return 0
    spec = {**manifest["spec"], "description": "not what was approved"}
    (project.folder / "manifests" / f"{number}.yaml").write_text(json.dumps({**manifest, "spec": spec}))
    project.session = prepared(project.folder)
    return _is_refused(world, saved, address_of(manifest), "description", "/no such path")


def _bytes_moved(world: World, saved: bytes, rng: Random) -> int:
    """A byte of the file is another: the file is no plan, or approves no more than the fresh plan holds."""
    data = bytearray(saved)
    for _ in range(rng.choice((1, 1, 3))):
        data[rng.randrange(len(data))] = rng.choice(b'0123456789abcxyz"{}[],: \\\x00\xff')
    try:
        read_document(bytes(data), "plan.json")
    except ValueError:
        return 1
    refused, lived, _ = _applied(world, bytes(data))
    whole = {it.address: it for it in read_document(bytes(data), "plan.json").operations}
    for operation in lived.planned.operations if lived.planned else ():
        if lived.outcomes is not None and operation.address not in refused:
            assert operation.requests == whole[operation.address].requests
    return 1


def _body_moved(world: World, saved: bytes, rng: Random) -> int:
    """What the file says would be sent is not what was written there: its operation is refused."""
    whole = json.loads(saved)
    told = [it for it in whole["operations"] if any(asked["body"] for asked in it["requests"])]
    if not told:
        return 0
    chosen = rng.choice(told)
    body = next(asked["body"] for asked in chosen["requests"] if asked["body"])
    body[rng.choice(list(body))] = "never shown to the reviewer"
    refused, lived, _ = _applied(world, json.dumps(whole).encode())
    assert chosen["address"] in refused
    assert {"refused"} == {it.status for it in lived.outcomes or () if str(it.address) == chosen["address"]}
    return 1


def _not_approved(world: World, saved: bytes, rng: Random) -> int:
    """The fresh plan holds an operation that nobody approved."""
    whole = json.loads(saved)
    if not whole["operations"]:
        return 0
    left = whole["operations"].pop(rng.randrange(len(whole["operations"])))
    refused, lived, _ = _applied(world, json.dumps(whole).encode())
    assert left["address"] in refused
    assert {"refused"} == {it.status for it in lived.outcomes or () if str(it.address) == left["address"]}
    return 1


def _elsewhere(world: World, saved: bytes, rng: Random) -> int:
    """Another environment or another origin: no approval at all."""
    whole = read_document(saved, "plan.json")._replace(systems=SYSTEMS)
    assert not list(unfit(whole, OF))
    for url in ("https://b.test/x", "https://a.test:8443/x", "http://a.test/x"):
        other = OF._replace(systems={"flexdeploy": {"type": "flexdeploy", "url": url}})
        assert any(url.split("/x")[0] in words for words in unfit(whole, other))
    assert any("production" in words for words in unfit(whole, OF._replace(environment="production")))
    return 1


WAYS = (_live_moved, _live_moved, _manifest_moved, _bytes_moved, _body_moved, _elsewhere, _not_approved)
