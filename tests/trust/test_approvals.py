"""What an apply may write: what was approved, while nothing is frozen, and with a journal of its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.history import History
from tests.support.http import Wire, served
from tests.support.lamps import EVENT
from tests.support.projects import release, written
from tests.support.servers import EMPTY, Releases, Row, Server, row
from tests.support.values import HERE, a_release, address, lamp, live_lamp, wanted
from tests.support.worlds import World, applied

from reconcile.execution.attempt import is_tail
from reconcile.live.observation import Observation
from reconcile.model import Address, Json, Live, Ref, Request, Resource, Secret, Spec
from reconcile.planfile.approval import approved
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import from_json, json_text, to_json
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.build import plan
from reconcile.planning.contents import Operation, Plan
from reconcile.provider import Route

PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
"""
OF = RunInfo("1", "2026-12-01T09:00:00Z", systems={"lamps": {"type": "lamps", "url": "https://l.test"}})


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    """The tool in the project's folder."""
    return Tool(tmp_path, monkeypatch, capsys)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server with one release, `train`."""
    said = {**EMPTY, "description": "old", "pipelineName": "P", "properties": []}
    with served({"releaseId": 12101, "releaseName": "train", **said}) as wire:
        yield wire


@pytest.fixture
def project(tmp_path: Path, wire: Wire) -> Path:
    """A project that wants another description of `train`."""
    return _project(tmp_path, wire, "{description: new}")


def _project(folder: Path, wire: Wire, spec: str) -> Path:
    files = {"reconcile.yaml": PROJECT.format(url=wire.url), "manifests/train.yaml": release("train", spec)}
    return written(folder, files)


@pytest.mark.parametrize("more", [[], ["--force"], ["-o", "json"]])
def test_a_freeze_holds_for_a_saved_plan_too(tool: Tool, project: Path, wire: Wire, more: list[str]) -> None:
    assert tool("plan", "--out", "plan.json").code == 0
    ran = tool("apply", "--plan", "plan.json", *more, RECONCILE_FREEZE="year end")
    assert (ran.code, wire.writes) == (4, [])
    assert "frozen: year end" in ran.err
    assert tool("apply", "--plan", "plan.json").code == 0


@pytest.mark.parametrize("name", ["journal.jsonl", "lock", "records/of-somebody.json"])
@pytest.mark.parametrize("folder", [".", "deploy/production"])
def test_a_journal_that_git_tracks_is_refused(tool: Tool, wire: Wire, name: str, folder: str) -> None:
    root = _project(tool.folder / folder, wire, "{description: new}")
    written(root, {"reconcile.yaml": PROJECT.format(url=wire.url), f".reconcile/{name}": ""})
    History(tool.folder).commit()
    ran = tool("-C", str(root), "apply", "--yes")
    assert (ran.code, wire.writes) == (1, [])
    assert "git rm -r --cached .reconcile" in ran.err


CHAIN = (
    Route("PATCH /lamps/{lampId}")("lamps", {"note": "n"}, lampId=1),
    EVENT("lamps", {"to": "WARM"}, lampId=1),
    EVENT("lamps", {"to": "ON"}, lampId=1),
)
NOBODY: Mapping[str, int | None] = {}
LAST = CHAIN[-1]
TO_COME = EVENT("lamps", {"to": "ON"}, lampId=Ref(address("a")))
FOREIGN = {
    "another path": LAST._replace(path="/lamps/2/events"),
    "a longer path": LAST._replace(path="/lamps/1/events/2"),
    "a path beside it, of an id to come": LAST._replace(path="/lamps/{lamps/Lamp/a}/parts"),
    "another body": LAST._replace(body={"to": "WARM"}),
    "more in its body": LAST._replace(body={"to": "ON", "force": True}),
    "no body": LAST._replace(body=None),
    "another query": LAST._replace(query=(("force", "true"),)),
    "another method": LAST._replace(method="PUT"),
}


@pytest.mark.parametrize("request_", FOREIGN.values(), ids=FOREIGN)
def test_only_the_approved_tail_is_sent(request_: Request) -> None:
    """A request with another path, body, query or method is no tail of what was approved."""
    assert is_tail((LAST,), CHAIN)
    assert not is_tail((request_,), CHAIN)
    assert not is_tail((CHAIN[1], request_), CHAIN)
    assert _approves(_chain(*CHAIN), _moved(LAST))
    assert not _approves(_chain(*CHAIN), _moved(request_))


def test_a_tail_whose_id_has_come_since_is_the_approved_one() -> None:
    begun = (*CHAIN[:2], TO_COME)
    assert is_tail((LAST,), begun)
    assert _approves(_chain(*begun), _moved(LAST))
    other = EVENT("lamps", {"to": "ON"}, lampId=Ref(address("b")))
    assert not is_tail((other,), begun)
    assert not _approves(_chain(*begun), _moved(other))


def _chain(*requests: Request, precondition: str = "sha256:1") -> Plan:
    made = Operation(address("a"), "update", 1, "a", HERE, requests, (), precondition=precondition)
    return Plan((made,))


def _moved(*requests: Request) -> Plan:
    """The rest of a chain, seen against another live state than was approved."""
    return _chain(*requests, precondition="sha256:2")


def _saved(of: Plan) -> dict[str, Json]:
    whole: dict[str, Json] = json.loads(json_text(to_json(document(of, OF))))
    return whole


def _approves(saved: Plan | dict[str, Json], now: Plan) -> bool:
    whole = saved if isinstance(saved, dict) else _saved(saved)
    return not approved(from_json(Document, whole), now, OF).refused


def _planned(want: Spec, ids: Mapping[str, int | None] = NOBODY) -> Plan:
    """The plan of one lamp; `ids` are those of other lamps, None for one that is to be made."""
    others = [lamp(name) for name in ids]
    live: dict[Address, Live] = {address(name): live_lamp(id_, name) for name, id_ in ids.items() if id_}
    live[address("a")] = live_lamp(1, power="OFF", watts=3)
    resources: list[Resource] = [lamp("a", want), *others]
    return plan([wanted(each) for each in resources], lambda where: True, Observation(live)).plan


@pytest.mark.parametrize(
    "ids", [{"b": None, "c": None}, {"b": 2, "c": 3}, {"b": 2, "c": 2}], ids=["to come", "two", "one"]
)
def test_a_changed_reference_makes_a_saved_plan_stale(ids: Mapping[str, int | None]) -> None:
    """Also where both mean one live object by now: who approved the one has not seen the other."""
    before = _planned({"room": Ref(address("b"))}, ids)
    assert _approves(before, _planned({"room": Ref(address("b"))}, ids))
    assert not _approves(before, _planned({"room": Ref(address("c"))}, ids))


@pytest.mark.parametrize(
    "want",
    [
        lambda value: {"pin": value},
        lambda value: {"note": value, "power": "ON"},
        lambda value: {"trigger": {"type": "time", "token": value}},
    ],
    ids=["sensitive", "any field", "within a mapping"],
)
def test_a_changed_variable_of_a_secret_makes_a_saved_plan_stale(want: Callable[[Json], Spec]) -> None:
    before = _planned(want(Secret("canary", "ONE")))
    assert _approves(before, _planned(want(Secret("another canary", "ONE"))))
    assert not _approves(before, _planned(want(Secret("canary", "TWO"))))
    assert not _approves(before, _planned(want("canary")))


def test_the_variable_counts_through_the_command_line(tool: Tool, wire: Wire) -> None:
    wants = "{{properties: [{{propertyName: APIKEY, propertyValue: {{env: {name}}}}}]}}"
    _project(tool.folder, wire, wants.format(name="ONE"))
    secrets = {"ONE": "canary-one", "TWO": "canary-two"}
    assert tool("plan", "--out", "plan.json", **secrets).code == 0
    _project(tool.folder, wire, wants.format(name="TWO"))
    assert tool("apply", "--plan", "plan.json", **secrets).code == 4
    assert wire.writes == []


EDITS: dict[str, Callable[[Json], None]] = {
    "a value in a body": lambda it: it["requests"][0]["body"].update(note="evil"),
    "a value left out of a body": lambda it: it["requests"][0]["body"].pop("note"),
    "a value put into a body": lambda it: it["requests"][0]["body"].update(dim=True),
    "a value within a body": lambda it: it["requests"][0]["body"]["trigger"].update(type="evil"),
    "a path": lambda it: it["requests"][1].update(path="/lamps/2/events"),
    "a method": lambda it: it["requests"][0].update(method="PUT"),
    "a query": lambda it: it["requests"][0].update(query={"force": "true"}),
    "a request less": lambda it: it["requests"].pop(),
    "a request more": lambda it: it["requests"].append(it["requests"][-1]),
    "requests in another order": lambda it: it["requests"].reverse(),
    "a change less": lambda it: it["changes"].pop(),
    "a change of another field": lambda it: it["changes"][0].update(path="watts"),
    "a change to another value": lambda it: it["changes"][0].update(after="evil"),
    "a change from another value": lambda it: it["changes"][0].update(before="evil"),
    "another precondition": lambda it: it.update(precondition="sha256:0"),
    "another action": lambda it: it.update(action="create"),
    "another address": lambda it: it.update(address="lamps/Lamp/z"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edited_plan_file_approves_no_more_than_it_says(edit: Callable[[Json], None]) -> None:
    now = _planned({"note": "n", "trigger": {"type": "time"}, "power": "ON"})
    saved = _saved(now)
    assert _approves(saved, now)
    edit(saved["operations"][0])
    assert not _approves(saved, now)


def _status(server: Server) -> None:
    server.rows[12101]["releaseStatus"] = "SUSPENDED"


def _pipeline(server: Server) -> None:
    server.rows[12101].update(pipelineName="Q")


def _project_gone(server: Server) -> None:
    server.rows[12101]["projects"].pop()


DAMAGES: dict[str, tuple[Callable[[Server], None], str]] = {
    "what no request closes": (_status, "releaseStatus: SUSPENDED, wanted STARTED"),
    "another field": (_pipeline, 'pipelineName: "Q", wanted "P"'),
    "an entry": (_project_gone, "projects[2"),
}


@pytest.mark.parametrize(("damage", "words"), DAMAGES.values(), ids=DAMAGES)
def test_damage_beside_a_write_is_told(damage: Callable[[Server], None], words: str) -> None:
    """What was as wanted before a write, and is not after it, is no `done`."""
    entries = [{"projectId": 1, "projectStreamId": 5}, {"projectId": 2, "projectStreamId": 6}]
    said: Row = {"description": "old", "pipelineName": "P", "releaseStatus": "STARTED"}
    world = World(Releases({**EMPTY, **row(**said, projects=copy.deepcopy(entries))}))
    world.meddle = {1: damage}  # between the write and the read-back
    want = {**said, "description": "new", "projects": entries}
    outcome = applied(world, a_release(want))
    assert (outcome.status, outcome.requests_sent) == ("unsettled", 1)
    assert words in outcome.detail
