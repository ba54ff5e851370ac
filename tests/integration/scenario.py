"""Plays a scenario: one YAML file that says what is declared, what is live, and what must come of it.

The course that every scenario with `expect` takes is plan, drift, show, apply, plan; one with `steps`
says its own. What must hold of all of them is checked for all of them. The keys stand in
tests/scenarios/README.md.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .checks import (
    after,
    both,
    by_hand,
    equal,
    fits,
    known,
    lacks,
    never,
    no_secret,
    only_planned,
    outcomes,
    requests,
    says,
    untouched,
)
from .stage import HEADER, Stage, assignments

TOP = {
    "why", "project", "systems", "world", "manifests", "options", "live", "environment",
    "arguments", "settle", "faults", "expect", "steps",
}  # fmt: skip
EXPECT = {
    "exit", "plan", "text", "error", "outcomes", "requests", "reads", "after", "other", "next",
    "converges", "never",
}  # fmt: skip
STEP = {
    "edit", "run", "exit", "out", "err", "lacks", "document", "requests", "reads", "after",
    "live", "faults", "options", "manifests", "environment",
}  # fmt: skip
READS_ONLY = frozenset({"plan", "drift", "validate", "show"})
_CANARY = re.compile(r"canary[\w-]*")


class Misfit(AssertionError):
    """What a scenario promises and did not come."""


def play(path: Path, stage: Stage) -> None:
    """Plays the scenario in `path`; Misfit says what is not as it promises, with all that was printed."""
    text = path.read_text()
    told = yaml.safe_load(text)
    known(told, TOP, path.name)
    stage.environment.update(told.get("environment") or {})
    stage.live(told.get("live"), told.get("options") or {}, told.get("world"))
    stage.project(told.get("project"), told.get("systems") or ())
    stage.manifests(told.get("manifests") or {})
    try:
        if "steps" in told:
            for step in told["steps"]:
                _step(stage, step)
        else:
            _course(stage, told)
        no_secret(stage, {HEADER, *_CANARY.findall(text)})
    except AssertionError as error:
        printed = "\n\n".join(map(str, stage.printed))
        raise Misfit(f"{path.name}: {told['why']}\n{error}\n\n{printed}") from None


def _course(stage: Stage, told: Mapping[str, Any]) -> None:
    expect, arguments, faults = told["expect"], told.get("arguments") or [], told.get("faults") or []
    known(expect, EXPECT, "expect")
    if "error" in expect:
        _refused(stage, expect, arguments)
        return
    document = _looked_at(stage, expect, arguments)
    before = {name: sandbox.state for name, sandbox in both(stage)}
    stage.forget()
    stage.sandbox.plan_faults(*faults)
    record = stage.folder / "record.json"
    settle = ["--settle", str(told["settle"])] if "settle" in told else []
    applied = stage.run("apply", "--yes", "-v", "--out", str(record), *settle, *arguments)
    stage.sandbox.clear_faults()
    equal("apply's exit code", expect.get("exit", 0), applied.code)
    writes = stage.sent(writes=True)
    only_planned(document, writes)
    requests(expect.get("requests"), writes)
    outcomes(expect.get("outcomes"), yaml.safe_load(record.read_text()))
    never(expect.get("never") or [], writes)
    untouched(before, dict(both(stage)), document, writes)
    after(expect.get("after"), stage.sandbox)
    after(expect.get("other"), stage.other)
    _settled(stage, expect, arguments)


def _looked_at(stage: Stage, expect: Mapping[str, Any], arguments: list[str]) -> dict[str, Any]:
    """The plan's document, once drift, plan in text and in JSON, and show of the saved plan agree on it."""
    saved = stage.folder / "plan.json"
    stage.forget()
    text = stage.run("plan", "-v", *arguments)
    reads = stage.sent(writes=False)
    said = stage.run("plan", "--detailed-exitcode", "-o", "json", "--out", str(saved), *arguments)
    drift = stage.run("drift", "-v", *arguments)
    shown = stage.run("show", str(saved))
    equal("writes of plan and drift", [], stage.sent(writes=True))
    document = said.document
    differs = bool(document["operations"] or document["blocked"])
    equal("exit codes of plan, plan --detailed-exitcode, drift and show",
           [0, 2 * differs, 2 * differs, 0], [text.code, said.code, drift.code, shown.code])  # fmt: skip
    equal("the outputs of plan and show", text.out, shown.out)
    equal("the objects of plan and drift", _marked(text.out), _marked(drift.out))
    last = "Drift: " if differs else "No drift."
    equal("drift's last line", last, drift.out.splitlines()[-1][: len(last)])
    fits("the plan", expect.get("plan") or {}, document)
    says("the plan's text", expect.get("text") or [], text.out)
    if "reads" in expect:
        equal("the reads of plan", sorted(expect["reads"]), sorted(sent.line for sent in reads))
    return document


def _marked(out: str) -> list[list[str]]:
    """The mark and the address of each row of a plan or a drift check."""
    return [line.split()[:2] for line in out.splitlines() if line[:2] in {f"{mark} " for mark in "+~->!=?.x"}]


def _settled(stage: Stage, expect: Mapping[str, Any], arguments: list[str]) -> None:
    """The next plan: empty where the scenario converges, and something else where it does not."""
    again = stage.run("plan", "--detailed-exitcode", *arguments)
    converges = expect.get("converges", True)
    says("the next plan", ["No changes."] if converges else [], again.out)
    says("the next plan", expect.get("next") or [], again.out)
    equal("the next plan's exit code", 0 if converges else 2, again.code)


def _refused(stage: Stage, expect: Mapping[str, Any], arguments: list[str]) -> None:
    """Plan, drift and apply all end with 1, say why, and write nothing."""
    before = [sandbox.state for _, sandbox in both(stage)]
    stage.forget()
    for command in (["plan"], ["plan", "-o", "json"], ["drift"], ["apply", "--yes"]):
        ran = stage.run(*command, *arguments)
        equal(f"{command}'s exit code", expect.get("exit", 1), ran.code)
        says(f"{command}'s standard error", expect["error"], ran.err)
        if "json" in command and not ran.document["problems"]:
            raise AssertionError("the JSON document names no problem")
    equal("writes", [], stage.sent(writes=True))
    equal("the live state", before, [sandbox.state for _, sandbox in both(stage)])


def _step(stage: Stage, step: Mapping[str, Any]) -> None:
    known(step, STEP, "step")
    stage.manifests(step.get("manifests") or {})
    stage.edit(step.get("edit") or {})
    stage.environment.update(step.get("environment") or {})
    stage.sandbox.set_options(*assignments(step.get("options") or {}))
    by_hand(stage.sandbox, step.get("live") or {})
    stage.sandbox.plan_faults(*(step.get("faults") or []))
    stage.forget()
    arguments = shlex.split(step["run"]) if isinstance(step["run"], str) else step["run"]
    ran = stage.run(*(word.replace("FOLDER", str(stage.folder)) for word in arguments))
    stage.sandbox.clear_faults()
    equal("the exit code", step.get("exit", 0), ran.code)
    says("standard output", step.get("out") or [], ran.out)
    says("standard error", step.get("err") or [], ran.err)
    lacks(step.get("lacks") or [], ran)
    fits("the document", step["document"], ran.document) if "document" in step else None
    writes = stage.sent(writes=True)
    requests([] if arguments[0] in READS_ONLY else step.get("requests"), writes)
    if "reads" in step:
        equal("the reads", sorted(step["reads"]), sorted(sent.line for sent in stage.sent(writes=False)))
    after(step.get("after"), stage.sandbox)
