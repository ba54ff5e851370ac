"""Whatever is live and whatever is wanted: one apply, and nothing is left but what no request can do."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, note, settings
from tests.laws.bench import Shown
from tests.support.settings import SETTINGS

from reconcile.cleaning import Cleaner
from reconcile.endpoint import Basic, Endpoint
from reconcile.laws.bench import Clock
from reconcile.laws.hand import as_it_is
from reconcile.model import Secret
from reconcile.planfile.document_parts import DocumentOutcome
from reconcile.planning.build import Planned
from reconcile.planning.contents import Plan
from reconcile.session.apply import apply
from reconcile.session.consent import ALL
from reconcile.session.prepare import live_plan, ready
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin
from reconcile.transport import Writer
from reconcile_sandbox import Sandbox

from .drawing import examples
from .drawn import ID, NAME, Drawn
from .oracle import by_key, complaints, untold
from .stage import MOUNT

EXAMPLES = 600
AT_LEAST = 0.03
KINDS = ("POST", "PATCH", "PUT", "blocked", "finished")


@dataclass
class Bench:
    """One project folder, one sandbox and one client for all examples."""

    folder: Path
    sandbox: Sandbox
    client: Writer
    seen: Counter[str] = field(default_factory=Counter)

    def set_up(self, drawn: Drawn) -> None:
        system = {
            "url": self.sandbox.url + MOUNT,
            "auth": {"basic": {"username": "demo", "password": {"file": str(self.folder / "password")}}},
            "options": {"hidden": drawn.hidden},
        }
        (self.folder / "reconcile.yaml").write_text(
            json.dumps({"version": 1, "systems": {"flexdeploy": system}, "guards": {"max_deletes": 1_000}})
        )
        (self.folder / "manifests" / "train.yaml").write_text(json.dumps(drawn.manifest))
        self.sandbox.reset(
            drawn.state, [f"flexdeploy.{name}={value}" for name, value in drawn.switches.items()]
        )

    def planned(self) -> Planned:
        return live_plan(ready(self.session(Surroundings({}, Cleaner()))), self.client)

    def session(self, around: Surroundings) -> Session:
        return begin(RunOptions(self.folder, caches=False), around)

    def applied(self) -> tuple[DocumentOutcome, ...]:
        """What became of each operation; time passes only where the apply waits."""
        time = Clock()
        around = Surroundings(
            {},
            Cleaner(),
            stop=cast(Any, time),
            connect=lambda kind, endpoints, settings: cast(Any, Shown(self.client, as_it_is)),
            clock=time.clock,
            threads=1,
        )
        return apply(self.session(around), ALL).outcomes or ()

    def releases(self) -> dict[int, Any]:
        return {row["releaseId"]: row for row in self.sandbox.state["flexdeploy"]["releases"]}


@pytest.fixture
def bench(sandboxes: tuple[Sandbox, Sandbox], tmp_path: Path) -> Iterator[Bench]:
    sandbox = sandboxes[0]
    endpoint = Endpoint("flexdeploy", sandbox.url + MOUNT, Basic(Secret("demo"), Secret("demo")))
    with Writer({"flexdeploy": endpoint}, SETTINGS, environment={}) as client:
        (tmp_path / "password").write_text("demo")
        (tmp_path / "manifests").mkdir()
        yield Bench(tmp_path, sandbox, client)


def test_one_apply_leaves_nothing_but_what_is_blocked(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(examples())
    def converges(drawn: Drawn) -> None:
        _converges(bench, drawn)

    converges()
    shares = {kind: bench.seen[kind] / bench.seen["examples"] for kind in KINDS}
    told = ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items())
    with capsys.disabled():
        print(f"\nconvergence: {bench.seen['examples']} examples: {told}", file=sys.stderr)  # noqa: T201
    assert min(shares.values()) >= AT_LEAST, told


def _converges(bench: Bench, drawn: Drawn) -> None:
    bench.set_up(drawn)
    before = bench.releases()
    first = bench.planned()
    note(f"{first.plan}")
    outcomes = bench.applied()
    note(f"{outcomes}")
    bench.seen.update(["examples", *_happened(first.plan)])
    after = bench.releases()
    again = bench.planned().plan
    note(f"{again}")
    open_ = _never_shown(drawn)
    _ended_well(first.plan, outcomes, open_)
    _nothing_is_left(first.plan, again, open_, drawn)
    assert {key: row for key, row in before.items() if key != ID} == {
        key: row for key, row in after.items() if key in before and key != ID
    }
    _is_as_wanted(drawn, first.plan, before, after)


def _happened(plan: Plan) -> Iterator[str]:
    yield from {request.method for operation in plan.operations for request in operation.requests}
    yield from ["blocked"] if plan.blocked else []
    yield from ["finished"] if plan.finished else []


def _never_shown(drawn: Drawn) -> set[str]:
    """The fields that are wanted, never shown, and not declared hidden: they cannot settle."""
    hidden = ("properties", "cmsDetails")
    return {
        name
        for name in hidden
        if drawn.sealed_by_base(name) and drawn.spec.get(name) and name not in drawn.hidden
    }


def _ended_well(plan: Plan, outcomes: Sequence[DocumentOutcome], open_: set[str]) -> None:
    for outcome in outcomes:
        if outcome.status == "unsettled":
            assert any(name in outcome.detail and "options.hidden" in outcome.detail for name in open_), (
                outcome
            )
        else:
            assert outcome.status in ("done", "blocked" if plan.blocked else "done"), outcome


def _nothing_is_left(first: Plan, again: Plan, open_: set[str], drawn: Drawn) -> None:
    blocked, left = _blocked(first), _blocked(again)
    changes = {change.path for operation in again.operations for change in operation.changes}
    changes = {path for path in changes if path[0] not in open_}
    if "omit" in drawn.switches.values():  # what was left out of the first answer may stand in the second
        assert left | changes <= blocked
    else:
        assert not changes
        assert {path for path in left if path[0] not in open_} == {
            path for path in blocked if path[0] not in open_
        }


def _blocked(plan: Plan) -> set[tuple[Any, ...]]:
    return {item.path for item in plan.blocked}


def _is_as_wanted(drawn: Drawn, plan: Plan, before: dict[int, Any], after: dict[int, Any]) -> None:
    unverified = {item.path[0] for item in plan.unverified}
    spec = {"releaseName": NAME, **drawn.spec}
    spec |= {
        name: untold(name, value, written=name not in unverified)
        for name, value in drawn.spec.items()
        if drawn.sealed_by_base(name) or name in unverified
    }
    ours = [row for number, row in after.items() if number not in before or number == ID]
    if not ours:
        assert plan.blocked
        return
    (have,) = ours
    if plan.finished:
        assert before[ID] == have
        return
    held = _blocked(plan)
    blank = {name: None for name in have}
    had = before.get(ID, {**blank, "releaseId": have["releaseId"], "releaseStatus": "NOTSTARTED"})
    if () not in held and not any(path[:1] == ("absent",) for path in held):
        assert not list(complaints(spec, had, have, held))
    assert len(by_key("projects", have["projects"])) == len(have["projects"])
