"""Draws a world: what is live in four systems, and manifests that want it otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from random import Random
from typing import Any

Fields = dict[str, Any]
SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
ASKED = "2026-12-01T08:00:00Z"
BASES = {
    "flexdeploy": "/flexdeploy/rest/v1",
    "katalon": "",
    "foundry": "",
    "brpm": "/brpm",
}
VERSIONS = {
    "flexdeploy": "flexdeploy/v1",
    "katalon": "katalon/v1",
    "foundry": "foundry/v2",
    "brpm": "brpm/v1",
}
ENTRIES = (
    {"projectId": 13903, "projectStreamId": 13904},
    {"projectId": 13921, "projectStreamId": 13922, "packageName": "Package1"},
    {"projectId": 13921, "projectStreamId": 13922, "packageName": "Package2"},
    {"projectId": 6789, "projectStreamId": 6790},
)
CRONS = ("0 0 2 * * ?", "0 30 3 ? * MON", "0 0 4 1 * ?")
SWITCHES = (
    "flexdeploy.list_order=shuffled",
    "flexdeploy.ids=string",
    "flexdeploy.extra_fields=true",
    "brpm.name_filter=substring",
    "brpm.name_filter=ignored",
    "brpm.deleted=gone",
    "brpm.empty_list=200",
    "brpm.order=reversed",
    "brpm.wrapper=optional",
    "katalon.search_lag=1",
    "katalon.shape=seed_literal",
    "katalon.ids=string",
    "foundry.result_after_reads=3",
    "foundry.runs_lag=1",
    "foundry.run_answer_result=present",
    "foundry.result=ignored",
)


@dataclass(frozen=True)
class Drawn:
    """One world before anything happens."""

    seed: int
    manifests: tuple[Fields, ...]
    state: Fields
    switches: tuple[str, ...]
    settle: float
    rate: float
    """How probably a request is struck."""

    hands: float
    """How probably somebody else changes something before a request."""

    create_rate: float
    """How probably a request that creates or runs is struck."""

    naps: float = 0.0
    """How probably time passes where the client does not expect it: it is stopped, or waits for its turn."""

    secrets: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    """Secrets, and values, that the journal may not hold."""


class Pencil:
    """Draws one world from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"world {seed}")
        self.seed = seed
        self.texts: list[str] = []
        self.releases: list[Fields] = []
        self.runs: list[Fields] = []
        self.links: list[Fields] = []
        self.manifests: list[Fields] = []
        self.secret = f"Hunter2{seed}Canary"

    def text(self, what: str) -> str:
        """A text that stands nowhere else."""
        self.texts.append(f"{what} {self.seed}.{len(self.texts)}")
        return self.texts[-1]

    def maybe(self, probability: float = 0.5) -> bool:
        """Whether it comes so."""
        return self.rng.random() < probability

    def declare(self, system: str, kind: str, name: str, spec: Fields) -> None:
        """One more manifest, which may depend on an earlier one."""
        metadata: Fields = {"name": name}
        if self.manifests and self.maybe(0.3):
            other = self.rng.choice(self.manifests)
            metadata["dependsOn"] = [address_of(other)]
        self.manifests.append(
            {"apiVersion": VERSIONS[system], "kind": kind, "metadata": metadata, "spec": spec}
        )


def address_of(manifest: Fields) -> str:
    """The address of a manifest whose system has its type's name."""
    return f"{manifest['apiVersion'].split('/')[0]}/{manifest['kind']}/{manifest['metadata']['name']}"


def drawn(seed: int, *, small: bool = False, faulty: bool = True) -> Drawn:
    """The world of this seed: at least three objects on at least two systems."""
    pencil = Pencil(seed)
    parts = [_release, _run, _link, _schedule_run]
    chosen = [_release, *pencil.rng.sample(parts[1:], 1 if small else pencil.rng.choice((1, 2, 3)))]
    for part in chosen:
        part(pencil)
    while len(pencil.manifests) < 3 or (not small and pencil.maybe(0.3)):
        pencil.rng.choice((_release, _run, _katalon_release))(pencil)
    state = {
        "flexdeploy": {"releases": pencil.releases},
        "brpm": {"runs": pencil.runs},
        "katalon": {"runConfigurations": pencil.links} if pencil.links else {},
    }
    rate = pencil.rng.choice((0.1, 0.25, 0.5)) if faulty else 0.0
    hands = pencil.rng.choice((0.0, 0.0, 0.05, 0.2)) if faulty else 0.0
    naps = Random(f"naps {seed}").choice((0.0, 0.05, 0.2)) if faulty else 0.0
    return replace(_done(pencil, state, rate=rate, create_rate=rate, hands=hands), naps=naps)


def drawn_creates(seed: int) -> Drawn:
    """A world of seventeen things to create or run, of which most answers are lost or late."""
    pencil = Pencil(seed)
    for number in range(6):
        name = {"name": f"UAT {number}", "plan_id": 1, "plan_stage_id": 1}
        pencil.declare("flexdeploy", "Release", f"train-{number}", {"releaseName": f"Train {number}"})
        pencil.declare("brpm", "Run", f"uat-{number}", {**name, "owner_id": 1, "requestor_id": 1})
        if number < 4:
            _katalon_release(pencil)
    _schedule_run(pencil)
    state: Fields = {"flexdeploy": {"releases": []}, "brpm": {"runs": []}}
    return _done(pencil, state, rate=0.05, create_rate=0.8, hands=0.0)


def one_of_each() -> Drawn:
    """A world of one create for each way to create, and one run: four writes."""
    pencil = Pencil(1)
    pencil.declare(
        "brpm",
        "Run",
        "uat",
        {"name": "UAT", "plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1},
    )
    pencil.declare(
        "flexdeploy", "Release", "train", {"releaseName": "Train", "description": pencil.text("wanted")}
    )
    pencil.declare("foundry", "ScheduleRun", "refresh", {"scheduleRid": SAMPLE, "requestedAt": ASKED})
    pencil.declare("katalon", "Release", "spring", {"name": "Spring", "description": pencil.text("wanted")})
    for manifest in pencil.manifests:
        manifest["metadata"].pop("dependsOn", None)
    drawn = _done(
        pencil, {"flexdeploy": {"releases": []}, "brpm": {"runs": []}}, rate=0.0, create_rate=0.0, hands=0.0
    )
    return replace(drawn, switches=(), settle=8.0)


def renamed(drawn: Drawn) -> Drawn:
    """The same world, in which each manifest has another name."""
    text = json.dumps(drawn.manifests)
    for manifest in drawn.manifests:
        address = address_of(manifest)
        text = text.replace(json.dumps(address), json.dumps(f"{address}-x"))
    manifests = json.loads(text)
    for manifest in manifests:
        manifest["metadata"]["name"] += "-x"
    return replace(drawn, manifests=tuple(manifests))


def _done(pencil: Pencil, state: Fields, *, rate: float, create_rate: float, hands: float) -> Drawn:
    """Where searches fail, an index that lags by so many of them lags for ever: not with faults."""
    switches = pencil.rng.sample(SWITCHES, pencil.rng.choice((0, 0, 1, 2)))
    return Drawn(
        pencil.seed,
        tuple(pencil.manifests),
        state,
        tuple(name for name in switches if not (rate and "lag=" in name)),
        settle=pencil.rng.choice((8.0, 30.0)),
        rate=rate,
        hands=hands,
        create_rate=create_rate,
        secrets=(pencil.secret,),
        texts=tuple(pencil.texts),
    )


def _release(pencil: Pencil) -> None:
    """A FlexDeploy release: to create, to change by PATCH or PUT, or as it should be."""
    name = f"Train {len(pencil.releases)}{'x' * len(pencil.manifests)}"
    if pencil.maybe(0.65):
        _live_release(pencil, name)
    spec: Fields = {"releaseName": name}
    if pencil.maybe(0.7):
        spec["description"] = pencil.text("wanted") if pencil.maybe(0.8) else None
    if pencil.maybe(0.4):
        spec["scheduleBuildExpression"] = pencil.rng.choice((*CRONS, None))
    if pencil.maybe(0.5):
        spec["projects"] = _entries(pencil)
    if pencil.maybe(0.4):
        spec["pipelineName"] = "Test Pipeline"
        spec["properties"] = [{"propertyName": "API_TOKEN", "propertyValue": pencil.secret}]
    if spec.get("projects") and pencil.maybe(0.4):
        spec["releaseStatus"] = "STARTED"
    pencil.declare("flexdeploy", "Release", f"train-{len(pencil.manifests)}", spec)


def _entries(pencil: Pencil) -> list[Fields]:
    return [dict(entry) for entry in ENTRIES if pencil.maybe()]


def _live_release(pencil: Pencil, name: str) -> None:
    own = {"releaseId": 500 + 10 * len(pencil.releases), "releaseName": name, "pipelineId": 10004}
    texts = {"description": pencil.text("live"), "scheduleBuildExpression": pencil.rng.choice(CRONS)}
    entries = [{**entry, "priority": pencil.rng.choice((1, 2, 3))} for entry in _entries(pencil)]
    pencil.releases.append({**own, **texts, "projects": entries})


def _run(pencil: Pencil) -> None:
    """A BRPM run: to create, to change, to bring from one state to another."""
    name = f"UAT {len(pencil.runs)}{'x' * len(pencil.manifests)}"
    place = {"plan_id": 1, "plan_stage_id": pencil.rng.choice((1, 2))}
    if pencil.maybe():
        state = pencil.rng.choice(("created", "planned", "started"))
        told = {"aasm_state": state, "description": pencil.text("live"), "duration": 7}
        pencil.runs.append({"id": 70 + 10 * len(pencil.runs), "name": name, **place, **told})
    spec = {"name": name, **place, "owner_id": 1, "requestor_id": 1}
    spec["state"] = pencil.rng.choice(("created", "planned", "started", "completed"))
    if pencil.maybe():
        spec["description"] = pencil.text("wanted")
    pencil.declare("brpm", "Run", f"uat-{len(pencil.manifests)}", spec)


def _link(pencil: Pencil) -> None:
    """A Katalon schedule, to be linked, relinked or unlinked; perhaps to a release to create."""
    own = {"id": 12345, "name": "Daily Smoke Test", "projectId": 4711}
    pencil.links.append({**own, "releaseId": pencil.rng.choice((None, 67890, 67891))})
    target: Any = pencil.rng.choice((None, 67890, 67891))
    if pencil.maybe(0.4):
        _katalon_release(pencil)
        target = {"ref": address_of(pencil.manifests[-1])}
    pencil.declare("katalon", "ScheduleLink", "smoke", {"runConfigurationId": 12345, "releaseId": target})


def _katalon_release(pencil: Pencil) -> None:
    spec: Fields = {"name": f"Spring {len(pencil.manifests)}", "description": pencil.text("wanted")}
    if pencil.maybe(0.3):
        spec["closed"] = True
    pencil.declare("katalon", "Release", f"spring-{len(pencil.manifests)}", spec)


def _schedule_run(pencil: Pencil) -> None:
    spec = {"scheduleRid": SAMPLE, "requestedAt": ASKED}
    pencil.declare("foundry", "ScheduleRun", "refresh", spec)
